// What stands between "//" and the path: credentials, host and port.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/url/detail/record.hpp>

#include <string_view>
#include <system_error>

namespace dragline::inline v1::url::detail {

/// Appends "//" to `out`: an authority with an empty host.
DRAGLINE_DECL void begin_authority(record& out);

/// Appends the authority `text` to `out`, behind begin_authority().
DRAGLINE_DECL std::error_code append_authority(record& out, std::string_view text);

}  // namespace dragline::url::detail

#include <dragline/url/detail/impl/authority.ipp>
