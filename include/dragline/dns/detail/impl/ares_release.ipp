// Included by <dragline/dns/detail/ares_release.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <ares.h>
#include <ares_version.h>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL int ares_version_number() noexcept {
    int version = 0;
    ares_version(&version);
    return version;
}

DRAGLINE_DECL bool ares_rewrites_messages() noexcept { return ares_version_number() >= 0x011c00; }

DRAGLINE_DECL int ares_tries() noexcept { return ares_version_number() >= 0x012000 ? 4 : 1; }

}  // namespace dragline::dns::detail

#endif
