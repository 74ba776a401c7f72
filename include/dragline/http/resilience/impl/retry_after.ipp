// Included by <dragline/http/resilience/retry_after.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/http/cookies/cookie_date.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace dragline::inline v1::http {

DRAGLINE_DECL std::optional<std::chrono::seconds> parse_retry_after(
    std::string_view value, std::chrono::system_clock::time_point now) noexcept {
    constexpr auto longest = std::chrono::seconds(std::chrono::hours(24 * 36525));
    if (std::all_of(value.begin(), value.end(), ascii::is_digit)) {
        std::uint32_t number = 0;
        const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
        if (read.ec == std::errc::result_out_of_range) return longest;
        if (read.ec != std::errc()) return std::nullopt;
        return std::min(std::chrono::seconds(number), longest);
    }
    // Each form of a date begins with the name of a day.
    if (!ascii::is_alpha(value.front())) return std::nullopt;
    const auto date = parse_cookie_date(value);
    if (!date) return std::nullopt;
    // Not a second too early.
    const auto wait = *date - std::chrono::floor<std::chrono::seconds>(now);
    return std::clamp(wait, std::chrono::seconds(0), longest);
}

}  // namespace dragline::http

#endif
