// Included by <dragline/http/cookies/cookie_date.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <array>
#include <cstddef>

namespace dragline::inline v1::http {
namespace detail {

inline constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
inline constexpr std::array<std::string_view, 7> weekday_names{"Sun", "Mon", "Tue", "Wed",
                                                               "Thu", "Fri", "Sat"};

/// The four parts of a date, filled token by token: the first that looks like a part is that part.
class date_parts {
public:
    DRAGLINE_DECL void take(std::string_view token) noexcept;
    DRAGLINE_DECL std::optional<std::chrono::sys_seconds> time() const noexcept;

private:
    DRAGLINE_DECL bool take_clock(std::string_view token) noexcept;
    DRAGLINE_DECL bool take_month(std::string_view token) noexcept;

    std::optional<std::array<int, 3>> clock_;
    std::optional<int> day_, month_, year_;
};

/// A number of `least` to `most` digits in front of `text`, which is taken away; what follows is no digit.
DRAGLINE_DECL std::optional<int> take_date_digits(std::string_view& text, std::size_t least,
                                                  std::size_t most) noexcept {
    std::size_t size = 0;
    int value = 0;
    for (; size < text.size() && ascii::is_digit(text[size]); ++size) {
        if (size == most) return std::nullopt;
        value = value * 10 + (text[size] - '0');
    }
    if (size < least) return std::nullopt;
    text.remove_prefix(size);
    return value;
}

DRAGLINE_DECL bool date_parts::take_clock(std::string_view token) noexcept {
    std::array<int, 3> parts{};
    for (std::size_t at = 0; at < parts.size(); ++at) {
        if (at > 0) {
            if (!token.starts_with(':')) return false;
            token.remove_prefix(1);
        }
        const auto number = take_date_digits(token, 1, 2);
        if (!number) return false;
        parts[at] = *number;
    }
    clock_ = parts;
    return true;
}

DRAGLINE_DECL bool date_parts::take_month(std::string_view token) noexcept {
    for (std::size_t at = 0; at < month_names.size(); ++at) {
        if (!ascii::equals_ignoring_case(token.substr(0, 3), month_names[at])) continue;
        month_ = static_cast<int>(at) + 1;
        return true;
    }
    return false;
}

DRAGLINE_DECL void date_parts::take(std::string_view token) noexcept {
    if (!clock_ && take_clock(token)) return;
    if (auto rest = token; !day_) {
        if ((day_ = take_date_digits(rest, 1, 2))) return;
    }
    if (!month_ && take_month(token)) return;
    if (auto rest = token; !year_) year_ = take_date_digits(rest, 2, 4);
}

DRAGLINE_DECL std::optional<std::chrono::sys_seconds> date_parts::time() const noexcept {
    if (!clock_ || !day_ || !month_ || !year_) return std::nullopt;
    const int year = *year_ + (*year_ < 70 ? 2000 : *year_ < 100 ? 1900 : 0);
    const auto [hour, minute, second] = *clock_;
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(*month_)),
                                           std::chrono::day(static_cast<unsigned>(*day_))};
    if (year < 1601 || hour > 23 || minute > 59 || second > 59 || !date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second);
}

}  // namespace detail

DRAGLINE_DECL std::optional<std::chrono::sys_seconds> parse_cookie_date(std::string_view text) noexcept {
    const auto is_delimiter = [](char c) {
        return c == '\t' || (c >= ' ' && c <= '/') || (c >= ';' && c <= '@') || (c >= '[' && c <= '`') ||
               (c >= '{' && c <= '~');
    };
    detail::date_parts parts;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && !is_delimiter(text[end])) ++end;
        if (end > at) parts.take(text.substr(at, end - at));
        at = end + 1;
    }
    return parts.time();
}

DRAGLINE_DECL std::string to_cookie_date(std::chrono::sys_seconds time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::string out(detail::weekday_names[std::chrono::weekday(day).c_encoding()]);
    const auto add = [&](const char* before, long long number, std::size_t width) {
        const auto digits = std::to_string(number);
        out += before;
        out.append(width > digits.size() ? width - digits.size() : 0, '0').append(digits);
    };
    add(", ", static_cast<unsigned>(date.day()), 2);
    out.append(" ").append(detail::month_names[static_cast<unsigned>(date.month()) - 1]);
    add(" ", static_cast<int>(date.year()), 4);
    add(" ", clock.hours().count(), 2);
    add(":", clock.minutes().count(), 2);
    add(":", clock.seconds().count(), 2);
    return out + " GMT";
}

}  // namespace dragline::http

#endif
