// The dates of Expires attributes, in whatever form servers write them.
#pragma once

#include <dragline/core/features.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace dragline::inline v1::http {

/// Reads a date as RFC 6265bis, 5.1.1 says: a time, a day, a month and a year in any order between any
/// delimiters; years of two digits are 1970 to 2069; names of zones are ignored, all is UTC.
///
/// Nothing when one of the four is missing, is out of range, or names a day that does not exist.
DRAGLINE_DECL std::optional<std::chrono::sys_seconds> parse_cookie_date(std::string_view text) noexcept;

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7), for years 0 to 9999.
DRAGLINE_DECL std::string to_cookie_date(std::chrono::sys_seconds time);

}  // namespace dragline::http

#include <dragline/http/cookies/impl/cookie_date.ipp>
