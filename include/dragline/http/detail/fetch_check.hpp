// What is wrong with the options of a fetch and of its session, before anything is done.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/http/options.hpp>
#include <dragline/http/session_options.hpp>

#include <string_view>
#include <system_error>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL std::error_code check_options(const fetch_options& options);

/// Those of the session, which fail every fetch on it.
DRAGLINE_DECL std::error_code check_options(const session_options& shared);

/// The fields that the caller has given; how the message ends is not theirs to say, nor what proxies are
/// told.
DRAGLINE_DECL std::error_code check_fields(const fetch_options& options, const session_options& shared);

/// Whether a request of this method may be sent twice (RFC 9110, 9.2.2).
DRAGLINE_DECL bool is_idempotent(std::string_view method) noexcept;

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/fetch_check.ipp>
