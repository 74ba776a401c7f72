// Included by <dragline/dns/detail/escapes.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <cstddef>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL void append_decimal_escape(std::string& text, std::uint8_t byte) {
    text += '\\';
    text += static_cast<char>('0' + byte / 100);
    text += static_cast<char>('0' + byte / 10 % 10);
    text += static_cast<char>('0' + byte % 10);
}

DRAGLINE_DECL bool take_character(std::string_view& text, std::uint8_t& byte) noexcept {
    byte = static_cast<std::uint8_t>(text.front());
    text.remove_prefix(1);
    if (byte != '\\') return true;
    if (text.empty()) return false;
    if (!ascii::is_digit(text.front())) {
        byte = static_cast<std::uint8_t>(text.front());
        text.remove_prefix(1);
        return true;
    }
    if (text.size() < 3 || !ascii::is_digit(text[1]) || !ascii::is_digit(text[2])) return false;
    const int value = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
    text.remove_prefix(3);
    byte = static_cast<std::uint8_t>(value);
    return value <= 255;
}

DRAGLINE_DECL bool ends_with_dot(std::string_view text) noexcept {
    if (text.empty() || text.back() != '.') return false;
    text.remove_suffix(1);
    std::size_t backslashes = 0;  // an odd number escapes the dot
    while (backslashes < text.size() && text[text.size() - 1 - backslashes] == '\\') ++backslashes;
    return backslashes % 2 == 0;
}

}  // namespace dragline::dns::detail

#endif
