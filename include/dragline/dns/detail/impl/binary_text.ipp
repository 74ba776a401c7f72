// Included by <dragline/dns/detail/binary_text.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstddef>

namespace dragline::inline v1::dns::detail {

inline constexpr std::string_view hex_digits = "0123456789ABCDEF";
inline constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

DRAGLINE_DECL void append_hex(std::string& text, byte_view bytes) {
    for (const auto byte : bytes) {
        text += hex_digits[byte >> 4];
        text += hex_digits[byte & 0xf];
    }
}

DRAGLINE_DECL std::optional<std::vector<std::uint8_t>> parse_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    std::vector<std::uint8_t> bytes;
    bytes.reserve(text.size() / 2);
    for (; !text.empty(); text.remove_prefix(2)) {
        const int high = ascii::hex_value(text[0]), low = ascii::hex_value(text[1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
    }
    return bytes;
}

DRAGLINE_DECL void append_base64(std::string& text, byte_view bytes) {
    while (!bytes.empty()) {
        const auto group = bytes.first(std::min<std::size_t>(bytes.size(), 3));
        unsigned bits = 0;
        for (std::size_t i = 0; i < 3; ++i) bits = bits << 8 | (i < group.size() ? group[i] : 0u);
        for (std::size_t i = 0; i < 4; ++i) {
            text += i <= group.size() ? base64_digits[bits >> (18 - 6 * i) & 0x3f] : '=';
        }
        bytes = bytes.subspan(group.size());
    }
}

DRAGLINE_DECL std::optional<std::vector<std::uint8_t>> parse_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::vector<std::uint8_t> bytes;
    bytes.reserve(text.size() / 4 * 3);
    for (; !text.empty(); text.remove_prefix(4)) {
        auto group = text.substr(0, 4);
        if (text.size() == 4) {
            if (group.ends_with('=')) group.remove_suffix(1);
            if (group.ends_with('=')) group.remove_suffix(1);
        }
        if (group.size() < 2) return std::nullopt;
        unsigned bits = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            const auto value = i < group.size() ? base64_digits.find(group[i]) : 0;
            if (value == base64_digits.npos) return std::nullopt;
            bits = bits << 6 | static_cast<unsigned>(value);
        }
        const unsigned beyond = group.size() == 4 ? 0 : group.size() == 3 ? 0xff : 0xffff;
        if (bits & beyond) return std::nullopt;
        for (std::size_t i = 0; i + 1 < group.size(); ++i) {
            bytes.push_back(static_cast<std::uint8_t>(bits >> (16 - 8 * i)));
        }
    }
    return bytes;
}

}  // namespace dragline::dns::detail

#endif
