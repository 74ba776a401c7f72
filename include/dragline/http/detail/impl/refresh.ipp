// Included by <dragline/http/detail/refresh.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL std::optional<refresh_field> parse_refresh(std::string_view text) noexcept {
    constexpr std::string_view blank = " \t";
    constexpr long day = 24 * 60 * 60;
    const auto skip = [&text](std::string_view any) {
        text.remove_prefix(std::min(text.find_first_not_of(any), text.size()));
    };
    const auto skip_one = [&text](std::string_view any) {
        const bool found = !text.empty() && any.find(text.front()) != std::string_view::npos;
        if (found) text.remove_prefix(1);
        return found;
    };

    skip(blank);
    if (text.empty() || (!ascii::is_digit(text.front()) && text.front() != '.')) return std::nullopt;
    long delay = 0;
    for (; !text.empty() && ascii::is_digit(text.front()); text.remove_prefix(1))
        delay = std::min(day, delay * 10 + (text.front() - '0'));
    skip("0123456789.");
    refresh_field field{std::chrono::seconds(delay), {}};
    if (text.empty()) return field;
    if (std::string_view(";, \t").find(text.front()) == std::string_view::npos) return std::nullopt;
    skip(blank);
    skip_one(";,");
    skip(blank);

    const auto whole = text;
    if (ascii::equals_ignoring_case(text.substr(0, 3), "url")) {
        text.remove_prefix(3);
        skip(blank);
        if (skip_one("=")) {
            skip(blank);
        } else {
            text = whole;
        }
    }
    const char quote = text.empty() ? '\0' : text.front();
    if (skip_one("'\"")) text = text.substr(0, text.find(quote));
    field.url = text;
    return field;
}

}  // namespace dragline::http::detail

#endif
