// What a Retry-After field says.
#pragma once

#include <dragline/core/features.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace dragline::inline v1::http {

/// How long a Retry-After field (RFC 9110, 10.2.3) asks to wait: a number of seconds, or a date, from which
/// `now` is taken.
///
/// Zero when the date has passed; a hundred years when it is more; nothing when it is neither of the two.
DRAGLINE_DECL std::optional<std::chrono::seconds> parse_retry_after(
    std::string_view value, std::chrono::system_clock::time_point now) noexcept;

}  // namespace dragline::http

#include <dragline/http/resilience/impl/retry_after.ipp>
