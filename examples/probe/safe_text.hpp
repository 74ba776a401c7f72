// What peers send is hostile text. Here it becomes fit to be shown: valid UTF-8 without control characters,
// measured in terminal columns. Start with printable() and fit().
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace probe {

inline constexpr char32_t replacement = 0xFFFD;

struct code_point {
    char32_t value;
    std::size_t size;  // bytes
    bool valid = true;
};

/// The code point at the start of `text`, which is not empty; U+FFFD, one byte long, where there is none.
inline code_point first_code_point(std::string_view text) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t size = lead >= 0xF0 && lead <= 0xF4 ? 4 : lead >= 0xE0 && lead <= 0xEF ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {replacement, 1, false};
    char32_t value = lead & (0xFFU >> (size + 1));
    for (std::size_t at = 1; at < size; ++at) {
        if ((byte(at) & 0xC0U) != 0x80) return {replacement, 1, false};
        value = value << 6U | (byte(at) & 0x3FU);
    }
    const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
    if (overlong || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {replacement, 1, false};
    return {value, size};
}

inline void append_utf8(std::string& out, char32_t value) {
    const auto put = [&out](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (value < 0x80) return put(value);
    if (value < 0x800) {
        put(0xC0 | value >> 6U);
    } else {
        if (value < 0x10000) {
            put(0xE0 | value >> 12U);
        } else {
            put(0xF0 | value >> 18U);
            put(0x80 | (value >> 12U & 0x3FU));
        }
        put(0x80 | (value >> 6U & 0x3FU));
    }
    put(0x80 | (value & 0x3FU));
}

/// Characters that steer a terminal: C0, DEL and C1.
inline bool is_control(char32_t value) { return value < 0x20 || (value >= 0x7F && value < 0xA0); }

/// Characters that are not seen, or that turn the direction of what follows.
inline bool is_invisible(char32_t value) {
    struct range {
        char32_t first, last;
    };
    static constexpr range ranges[] = {
        {0xAD, 0xAD},     {0x61C, 0x61C},   {0x115F, 0x1160},  {0x180B, 0x180F}, {0x200B, 0x200F},
        {0x2028, 0x202E}, {0x2060, 0x206F}, {0x3164, 0x3164},  {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF},
        {0xFFA0, 0xFFA0}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF}};
    for (const auto& one : ranges) {
        if (value >= one.first && value <= one.last) return true;
    }
    return false;
}

/// Columns that a terminal gives to a printable character: 0 for marks, 2 for what is wide in East Asia.
inline int columns_of(char32_t value) {
    struct range {
        char32_t first, last;
        int columns;
    };
    static constexpr range ranges[] = {
        {0x300, 0x36F, 0},     {0x483, 0x489, 0},     {0x591, 0x5BD, 0},     {0x610, 0x61A, 0},
        {0x64B, 0x65F, 0},     {0xE31, 0xE31, 0},     {0xE34, 0xE3A, 0},     {0xE47, 0xE4E, 0},
        {0x1100, 0x115F, 2},   {0x1AB0, 0x1AFF, 0},   {0x1DC0, 0x1DFF, 0},   {0x20D0, 0x20FF, 0},
        {0x231A, 0x231B, 2},   {0x2E80, 0x303E, 2},   {0x3041, 0x33FF, 2},   {0x3400, 0x4DBF, 2},
        {0x4E00, 0x9FFF, 2},   {0xA000, 0xA4CF, 2},   {0xAC00, 0xD7A3, 2},   {0xF900, 0xFAFF, 2},
        {0xFE20, 0xFE2F, 0},   {0xFE30, 0xFE6F, 2},   {0xFF00, 0xFF60, 2},   {0xFFE0, 0xFFE6, 2},
        {0x1F300, 0x1F64F, 2}, {0x1F680, 0x1F6FF, 2}, {0x1F900, 0x1F9FF, 2}, {0x1FA70, 0x1FAFF, 2},
        {0x20000, 0x3FFFD, 2}};
    for (const auto& one : ranges) {
        if (value >= one.first && value <= one.last) return one.columns;
    }
    return 1;
}

/// `text` fit for a terminal: white space becomes a space, a control character '?', what is not seen goes,
/// and no character carries more than two marks. With `ascii` everything beyond ASCII becomes '?', too.
inline std::string printable(std::string_view text, bool ascii = false) {
    std::string out;
    out.reserve(text.size());
    int marks = 0;
    while (!text.empty()) {
        const auto next = first_code_point(text);
        text.remove_prefix(next.size);
        if (next.value == '\t' || next.value == '\n' || next.value == '\r' || next.value == 0xA0) {
            out += ' ';
        } else if (is_control(next.value) || (ascii && next.value >= 0x80)) {
            out += '?';
        } else if (!is_invisible(next.value)) {
            marks = columns_of(next.value) == 0 ? marks + 1 : 0;
            if (marks <= 2) append_utf8(out, next.value);
        }
    }
    return out;
}

/// Columns that printable text takes.
inline std::size_t columns_of(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const auto next = first_code_point(text);
        columns += static_cast<std::size_t>(columns_of(next.value));
        text.remove_prefix(next.size);
    }
    return columns;
}

/// Printable text cut to at most `width` columns; `ellipsis` stands for the rest, where it has room.
inline std::string cut(std::string_view text, std::size_t width, std::string_view ellipsis = "...") {
    if (columns_of(text) <= width) return std::string(text);
    if (columns_of(ellipsis) > width) ellipsis = {};
    const auto room = width - columns_of(ellipsis);
    std::size_t columns = 0, end = 0;
    while (end < text.size()) {
        const auto next = first_code_point(text.substr(end));
        columns += static_cast<std::size_t>(columns_of(next.value));
        if (columns > room) break;
        end += next.size;
    }
    return std::string(text.substr(0, end)) + std::string(ellipsis);
}

/// As cut(), then filled with spaces to `width` columns; at the left side when `right`.
inline std::string fit(std::string_view text, std::size_t width, bool right = false,
                       std::string_view ellipsis = "...") {
    auto shown = cut(text, width, ellipsis);
    const std::string fill(width - std::min(width, columns_of(shown)), ' ');
    return right ? fill + shown : shown + fill;
}

}  // namespace probe
