// The byte classes of RFC 9110 5.6, as tables and word-wide scans.
#pragma once

#include <dragline/core/ascii.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace dragline::inline v1::h1::detail {

inline constexpr auto token_table = [] {
    std::array<bool, 256> table{};
    for (std::size_t code = 0; code < 128; ++code)
        table[code] = ascii::is_alphanumeric(static_cast<char>(code));
    for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
    return table;
}();

constexpr bool is_token_character(char c) noexcept { return token_table[static_cast<unsigned char>(c)]; }

constexpr bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

/// A control character other than HTAB: what ends a line, or may not stand in it.
constexpr bool is_line_control(char c) noexcept { return ascii::is_control(c) && c != '\t'; }

/// The first line control of a range, or its end. Eight bytes at a time: the hot loop of every head.
inline const char* find_line_control(const char* at, const char* end) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101u;
    constexpr std::uint64_t highs = ones * 0x80;
    while (end - at >= 8) {
        std::uint64_t word;
        std::memcpy(&word, at, sizeof word);
        const std::uint64_t below_space = (word - ones * 0x20) & ~word;
        const std::uint64_t not_delete = word ^ (ones * 0x7f);
        const std::uint64_t found = (below_space | ((not_delete - ones) & ~not_delete)) & highs;
        if (found == 0) {
            at += 8;
        } else if constexpr (std::endian::native == std::endian::little) {
            // Borrows run upwards, so the lowest mark is exact; higher ones may be false.
            at += std::countr_zero(found) / 8;
            if (*at != '\t') [[likely]]
                return at;
            ++at;
        } else {
            const char* stop = std::find_if(at, at + 8, is_line_control);
            if (stop != at + 8) return stop;
            at += 8;
        }
    }
    return std::find_if(at, end, is_line_control);
}

}  // namespace dragline::h1::detail
