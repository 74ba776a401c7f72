// Included by <dragline/dns/records/record_data.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::dns {

DRAGLINE_DECL bool caa_record::has_valid_tag() const noexcept {
    return !tag.empty() && tag.size() <= 255 && std::all_of(tag.begin(), tag.end(), ascii::is_alphanumeric);
}

}  // namespace dragline::dns

#endif
