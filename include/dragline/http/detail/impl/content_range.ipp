// Included by <dragline/http/detail/content_range.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/http/cookies/cookie_date.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <chrono>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL std::optional<content_range> parse_content_range(std::string_view text) {
    constexpr std::string_view unit = "bytes ";
    const auto slash = text.find('/');
    if (!ascii::equals_ignoring_case(text.substr(0, unit.size()), unit) || slash == text.npos) return {};
    content_range range;
    const auto whole = text.substr(slash + 1);
    if (whole != "*") {
        range.whole = ascii::parse_number<std::uint64_t>(whole);
        if (!range.whole) return {};
    }
    const auto part = text.substr(unit.size(), slash - unit.size());
    if (part == "*") return range.whole ? std::optional(range) : std::nullopt;
    const auto dash = part.find('-');
    if (dash == part.npos) return {};
    range.first = ascii::parse_number<std::uint64_t>(part.substr(0, dash));
    const auto last = ascii::parse_number<std::uint64_t>(part.substr(dash + 1));
    if (!range.first || !last || *last < *range.first || (range.whole && *last >= *range.whole)) return {};
    range.last = *last;
    return range;
}

DRAGLINE_DECL std::string strong_validator(const fields& headers) {
    const auto tag = headers.get("ETag");
    const bool quoted = tag.size() >= 2 && tag.front() == '"' && tag.find('"', 1) == tag.size() - 1;
    if (quoted) return std::string(tag);
    const auto modified = headers.get("Last-Modified");
    const auto date = parse_cookie_date(headers.get("Date"));
    const auto then = parse_cookie_date(modified);
    if (!date || !then || *then + std::chrono::seconds(1) > *date) return {};
    return std::string(modified);
}

}  // namespace dragline::http::detail

#endif
