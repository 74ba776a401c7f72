// Included by <dragline/tls/key_log.hpp> only.
#pragma once

#include <dragline/core/platform.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::tls {

DRAGLINE_DECL key_log key_log::from_environment() {
    const char* path = platform::trusted_environment("SSLKEYLOGFILE");
    return path && *path ? to_file(path) : key_log();
}

}  // namespace dragline::inline v1::tls

#endif
