// Included by <dragline/url/detail/utf8.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <cstddef>

namespace dragline::inline v1::url::detail {

DRAGLINE_DECL char32_t take_character(std::string_view& text, bool& broken) noexcept {
    const auto byte_at = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte_at(0);
    const std::size_t size = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
    std::size_t taken = 1;
    char32_t value = size < 2 ? lead : lead & (0x7fu >> size);
    // The second byte excludes overlong forms, surrogates and what lies above U+10FFFF.
    unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    while (taken < size && taken < text.size() && byte_at(taken) >= low && byte_at(taken) <= high) {
        value = value << 6 | (byte_at(taken) & 0x3f);
        low = 0x80;
        high = 0xbf;
        ++taken;
    }
    text.remove_prefix(taken);
    if (taken == size) return value;
    broken = true;
    return replacement_character;
}

DRAGLINE_DECL bool is_utf8(std::string_view text) noexcept {
    bool broken = false;
    while (!text.empty() && !broken) take_character(text, broken);
    return !broken;
}

DRAGLINE_DECL std::u32string decode_utf8(std::string_view text) {
    std::u32string out;
    bool broken = false;
    while (!text.empty()) out += take_character(text, broken);
    return out;
}

DRAGLINE_DECL std::string encode_utf8(std::u32string_view text) {
    std::string out;
    const auto add = [&out](char32_t bits) { out += static_cast<char>(bits); };
    for (const char32_t c : text) {
        if (c < 0x80) {
            add(c);
        } else if (c < 0x800) {
            add(0xc0 | c >> 6);
            add(0x80 | (c & 0x3f));
        } else if (c < 0x10000) {
            add(0xe0 | c >> 12);
            add(0x80 | (c >> 6 & 0x3f));
            add(0x80 | (c & 0x3f));
        } else {
            add(0xf0 | c >> 18);
            add(0x80 | (c >> 12 & 0x3f));
            add(0x80 | (c >> 6 & 0x3f));
            add(0x80 | (c & 0x3f));
        }
    }
    return out;
}

}  // namespace dragline::url::detail

#endif
