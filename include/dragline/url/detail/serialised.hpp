// URLs that already are what the parser would write: most are, and need only be cut, in one pass.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/url/detail/record.hpp>

#include <string_view>

namespace dragline::inline v1::url::detail {

/// Fills `out`, which is empty, with an http or https URL that the parser would copy as it is. Where this
/// does not see it at once, as with credentials or an IPv6 address, it leaves `out` alone and returns false.
DRAGLINE_DECL bool read_serialised(record& out, std::string_view text);

}  // namespace dragline::url::detail

#include <dragline/url/detail/impl/serialised.ipp>
