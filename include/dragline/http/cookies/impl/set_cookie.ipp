// Included by <dragline/http/cookies/set_cookie.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/http/cookies/cookie_date.hpp>
#include <dragline/http/detail/cookie_rules.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>

namespace dragline::inline v1::http {
namespace detail {

inline constexpr std::array<std::pair<std::string_view, same_site_mode>, 3> same_site_names{
    {{"None", same_site_mode::none}, {"Lax", same_site_mode::lax}, {"Strict", same_site_mode::strict}}};

/// The text before the first `separator`, trimmed; `text` becomes what follows it.
DRAGLINE_DECL std::string_view take_cookie_part(std::string_view& text, char separator) noexcept {
    const auto end = text.find(separator);
    const auto taken = ascii::trim(text.substr(0, end));
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
    return taken;
}

/// RFC 6265bis, 5.6.2: digits, maybe after a '-'. What does not fit is the most that does.
DRAGLINE_DECL std::optional<std::chrono::seconds> parse_max_age(std::string_view text) noexcept {
    const bool negative = text.starts_with('-');
    const auto digits = negative ? text.substr(1) : text;
    if (digits.empty() || !std::all_of(digits.begin(), digits.end(), ascii::is_digit)) return std::nullopt;
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    const auto number = ascii::parse_number<std::uint64_t>(digits);
    const auto seconds = number && *number <= std::uint64_t{most} ? static_cast<std::int64_t>(*number) : most;
    return std::chrono::seconds(negative ? -seconds : seconds);
}

DRAGLINE_DECL void read_attribute(set_cookie& into, std::string_view name, std::string_view value) {
    const auto is = [name](std::string_view known) { return ascii::equals_ignoring_case(name, known); };
    if (is("Expires")) {
        if (const auto time = parse_cookie_date(value)) into.expires = time;
    } else if (is("Max-Age")) {
        if (const auto age = parse_max_age(value)) into.max_age = age;
    } else if (is("Domain")) {
        if (value.starts_with('.')) value = ascii::trim(value.substr(1));
        into.domain = ascii::to_lower(value);
    } else if (is("Path")) {
        into.path = value.starts_with('/') ? value : std::string_view();
    } else if (is("Secure")) {
        into.secure = true;
    } else if (is("HttpOnly")) {
        into.http_only = true;
    } else if (is("SameSite")) {
        into.same_site = same_site_mode::unset;
        for (const auto& [text, mode] : same_site_names) {
            if (ascii::equals_ignoring_case(value, text)) into.same_site = mode;
        }
    }
}

}  // namespace detail

DRAGLINE_DECL result<set_cookie> parse_set_cookie(std::string_view text, const set_cookie_limits& limits) {
    if (std::any_of(text.begin(), text.end(), [](char c) { return ascii::is_control(c) && c != '\t'; })) {
        return errc::invalid_cookie;
    }
    auto pair = detail::take_cookie_part(text, ';');
    const auto name = pair.find('=') == pair.npos ? std::string_view() : detail::take_cookie_part(pair, '=');
    const auto value = ascii::trim(pair);
    if (!detail::is_cookie_text(name, value)) return errc::invalid_cookie;
    if (name.size() + value.size() > limits.max_size()) return errc::cookie_too_large;

    set_cookie made;
    made.name = name;
    made.value = value;
    while (!text.empty()) {
        auto attribute = detail::take_cookie_part(text, ';');
        const auto attribute_name = detail::take_cookie_part(attribute, '=');
        const auto attribute_value = ascii::trim(attribute);
        if (attribute_value.size() > limits.max_attribute()) continue;
        detail::read_attribute(made, attribute_name, attribute_value);
    }
    if (detail::has_control_character(made.domain) || detail::has_control_character(made.path))
        return errc::invalid_cookie;
    return made;
}

DRAGLINE_DECL std::string to_string(const set_cookie& from) {
    std::string out;
    // "=a=b" has no name; "a=b" has.
    if (!from.name.empty() || from.value.find('=') != from.value.npos) out.append(from.name).append("=");
    out += from.value;
    if (from.expires) out.append("; Expires=").append(to_cookie_date(*from.expires));
    if (from.max_age) out.append("; Max-Age=").append(std::to_string(from.max_age->count()));
    if (!from.domain.empty()) {
        // One dot in front is taken away when it is read.
        out.append("; Domain=").append(from.domain.starts_with('.') ? "." : "").append(from.domain);
    }
    if (!from.path.empty()) out.append("; Path=").append(from.path);
    if (from.secure) out += "; Secure";
    if (from.http_only) out += "; HttpOnly";
    for (const auto& [text, mode] : detail::same_site_names) {
        if (from.same_site == mode) out.append("; SameSite=").append(text);
    }
    return out;
}

}  // namespace dragline::http

#endif
