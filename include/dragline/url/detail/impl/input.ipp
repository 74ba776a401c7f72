// Included by <dragline/url/detail/input.hpp> only.
#pragma once

#include <dragline/url/detail/utf8.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace dragline::inline v1::url::detail {

inline constexpr std::uint8_t ignored_input = 1;
inline constexpr std::uint8_t foreign_input = 2;  // not ASCII

constexpr std::array<std::uint8_t, 256> make_input_bytes() noexcept {
    std::array<std::uint8_t, 256> kinds{};
    for (const char c : {'\t', '\n', '\r'}) kinds[static_cast<unsigned char>(c)] = ignored_input;
    for (std::size_t byte = 0x80; byte < 0x100; ++byte) kinds[byte] = foreign_input;
    return kinds;
}

inline constexpr std::array<std::uint8_t, 256> input_bytes = make_input_bytes();

DRAGLINE_DECL clean_input::clean_input(std::string_view raw) {
    const auto is_outer = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
    while (!raw.empty() && is_outer(raw.front())) raw.remove_prefix(1);
    while (!raw.empty() && is_outer(raw.back())) raw.remove_suffix(1);
    text_ = raw;

    unsigned kinds = 0;
    for (const char c : raw) kinds |= input_bytes[static_cast<unsigned char>(c)];
    if (kinds == 0) return;
    // The order matters: a broken sequence is replaced before a line end inside it goes.
    if ((kinds & foreign_input) && !is_utf8(raw)) text_ = copy_ = encode_utf8(decode_utf8(raw));
    if (kinds & ignored_input) {
        const auto is_ignored = [](char c) { return c == '\t' || c == '\n' || c == '\r'; };
        if (copy_.empty()) copy_ = text_;
        copy_.erase(std::remove_if(copy_.begin(), copy_.end(), is_ignored), copy_.end());
        text_ = copy_;
    }
}

}  // namespace dragline::url::detail

#endif
