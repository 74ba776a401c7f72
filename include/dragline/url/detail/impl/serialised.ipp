// Included by <dragline/url/detail/serialised.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/url/ipv4.hpp>
#include <dragline/url/percent.hpp>

#if DRAGLINE_HEADER_BODIES

#include <array>
#include <cstddef>
#include <cstdint>

namespace dragline::inline v1::url::detail {

// Where a byte may stand as it is.
inline constexpr std::uint8_t plain_in_host = 1;
inline constexpr std::uint8_t plain_in_path = 2;
inline constexpr std::uint8_t plain_in_query = 4;
inline constexpr std::uint8_t plain_in_fragment = 8;

constexpr std::array<std::uint8_t, 256> make_plain_bytes() noexcept {
    std::array<std::uint8_t, 256> places{};
    for (std::size_t byte = 0; byte < places.size(); ++byte) {
        const char c = static_cast<char>(byte);
        auto& in = places[byte];
        if (ascii::is_lower(c) || ascii::is_digit(c) || c == '-' || c == '.') in |= plain_in_host;
        if (!path_set.contains(c) && c != '\\') in |= plain_in_path;
        if (!special_query_set.contains(c)) in |= plain_in_query;
        if (!fragment_set.contains(c)) in |= plain_in_fragment;
    }
    return places;
}

inline constexpr std::array<std::uint8_t, 256> plain_bytes = make_plain_bytes();

/// The end of the bytes from `at` on that may stand there as they are.
DRAGLINE_DECL std::uint32_t end_of_plain(std::string_view text, std::uint32_t at,
                                         std::uint8_t where) noexcept {
    while (at < text.size() && (plain_bytes[static_cast<unsigned char>(text[at])] & where)) ++at;
    return at;
}

/// The end of the path that the slash at `at` begins; 0 when a segment may be of dots only.
DRAGLINE_DECL std::uint32_t end_of_plain_path(std::string_view text, std::uint32_t at) noexcept {
    for (; at < text.size() && (plain_bytes[static_cast<unsigned char>(text[at])] & plain_in_path); ++at) {
        if ((text[at] == '.' || text[at] == '%') && text[at - 1] == '/') return 0;
    }
    return at;
}

/// The end of a port that the parser would write, after the colon; 0 when this is none.
DRAGLINE_DECL std::uint32_t read_plain_port(positions& out, std::string_view text,
                                            std::uint32_t at) noexcept {
    auto end = at;
    while (end < text.size() && ascii::is_digit(text[end])) ++end;
    const auto digits = text.substr(at, end - at);
    const auto port = ascii::parse_number<std::uint16_t>(digits);
    if (!port || *port == default_port(out.scheme) || (digits[0] == '0' && digits.size() > 1)) return 0;
    out.port = *port;
    return end;
}

DRAGLINE_DECL bool read_serialised(record& out, std::string_view text) {
    positions at;
    at.scheme = text.starts_with("https://")  ? scheme_kind::https
                : text.starts_with("http://") ? scheme_kind::http
                                              : scheme_kind::other;
    if (at.scheme == scheme_kind::other) [[unlikely]]
        return false;
    at.scheme_end = at.scheme == scheme_kind::https ? 5 : 4;
    at.username_end = at.host_begin = at.scheme_end + 3;

    at.host_end = at.path_begin = end_of_plain(text, at.host_begin, plain_in_host);
    const auto host = text.substr(at.host_begin, at.host_end - at.host_begin);
    at.host = is_dotted_decimal(host) ? host_kind::ipv4 : host_kind::domain;
    if (at.host == host_kind::domain && (host.empty() || ends_in_number(host))) return false;

    const auto is_at = [text](std::uint32_t where, char c) {
        return where < text.size() && text[where] == c;
    };
    if (is_at(at.host_end, ':')) at.path_begin = read_plain_port(at, text, at.host_end + 1);
    if (!is_at(at.path_begin, '/')) [[unlikely]]
        return false;
    auto end = end_of_plain_path(text, at.path_begin);
    if (is_at(end, '?')) {
        at.query_begin = end;
        end = end_of_plain(text, end + 1, plain_in_query);
    }
    if (is_at(end, '#')) {
        at.fragment_begin = end;
        end = end_of_plain(text, end + 1, plain_in_fragment);
    }
    if (end != text.size()) [[unlikely]]
        return false;
    out.href = std::string(text);  // at once as large as it has to be
    static_cast<positions&>(out) = at;
    return true;
}

}  // namespace dragline::url::detail

#endif
