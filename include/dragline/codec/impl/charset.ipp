// Included by <dragline/codec/charset.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <utility>

#if defined(__GLIBC__)
#include <iconv.h>

#include <cerrno>
#endif

namespace dragline::inline v1::codec {
namespace detail {

inline constexpr std::string_view replacement = "\xef\xbf\xbd";

DRAGLINE_DECL void append_utf8(std::string& out, std::uint32_t point) {
    const auto add = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (point < 0x80) return add(point);
    if (point < 0x800) {
        add(0xc0 | point >> 6);
    } else {
        if (point < 0x10000) {
            add(0xe0 | point >> 12);
        } else {
            add(0xf0 | point >> 18);
            add(0x80 | (point >> 12 & 0x3f));
        }
        add(0x80 | (point >> 6 & 0x3f));
    }
    add(0x80 | (point & 0x3f));
}

// How many bytes at the front are one character, or, negative, how many are one error.
DRAGLINE_DECL int utf8_step(std::string_view text) noexcept {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const auto first = byte(0);
    if (first < 0x80) return 1;
    if (first < 0xc2 || first > 0xf4) return -1;
    const int size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    // Table 3-7 of the Unicode standard: the second byte excludes surrogates and overlong forms.
    const unsigned low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const unsigned high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    for (int at = 1; at < size; ++at) {
        const auto index = static_cast<std::size_t>(at);
        const bool fits = index < text.size() && byte(index) >= (at == 1 ? low : 0x80u) &&
                          byte(index) <= (at == 1 ? high : 0xbfu);
        if (!fits) return -at;
    }
    return size;
}

DRAGLINE_DECL std::string from_utf16(std::string_view text, bool big) {
    std::string out;
    out.reserve(text.size());
    const auto unit = [&](std::size_t at) {
        const auto one = static_cast<unsigned char>(text[at]), two = static_cast<unsigned char>(text[at + 1]);
        return static_cast<std::uint32_t>(big ? one << 8 | two : two << 8 | one);
    };
    std::size_t at = 0;
    for (; at + 1 < text.size(); at += 2) {
        const auto lead = unit(at);
        if (lead < 0xd800 || lead > 0xdfff) {
            append_utf8(out, lead);
            continue;
        }
        const auto trail = lead < 0xdc00 && at + 3 < text.size() ? unit(at + 2) : 0;
        if (trail >= 0xdc00 && trail <= 0xdfff) {
            append_utf8(out, 0x10000 + ((lead - 0xd800) << 10) + (trail - 0xdc00));
            at += 2;
        } else if (lead < 0xdc00 && at + 3 == text.size()) {
            return out += replacement;  // one error, with the odd byte behind it
        } else {
            out += replacement;
        }
    }
    if (at < text.size()) out += replacement;
    return out;
}

// 0x80 to 0x9f; the unused five are themselves.
inline constexpr std::array<std::uint16_t, 32> windows_1252_points{
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};

inline constexpr std::pair<std::uint8_t, std::uint16_t> iso_8859_15_points[]{
    {0xa4, 0x20ac}, {0xa6, 0x0160}, {0xa8, 0x0161}, {0xb4, 0x017d},
    {0xb8, 0x017e}, {0xbc, 0x0152}, {0xbd, 0x0153}, {0xbe, 0x0178}};

DRAGLINE_DECL std::string from_latin(std::string_view text, bool nine) {
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    for (const char c : text) {
        std::uint32_t point = static_cast<unsigned char>(c);
        if (nine) {
            for (const auto& [from, to] : iso_8859_15_points) {
                if (point == from) point = to;
            }
        } else if (point >= 0x80 && point < 0xa0) {
            point = windows_1252_points[point - 0x80];
        }
        append_utf8(out, point);
    }
    return out;
}

enum class decoding { none, utf8, utf16_little, utf16_big, windows_1252, iso_8859_15, by_system };

struct charset_label {
    std::string_view label;
    decoding how;
    std::string_view system_name = {};
};

// The labels of the standard that are seen, lower case; `iso-8859-n`, `windows-n` and their spellings come
// from rules.
inline constexpr charset_label charset_labels[]{
    {"utf-8", decoding::utf8},
    {"utf8", decoding::utf8},
    {"unicode-1-1-utf-8", decoding::utf8},
    {"utf-16", decoding::utf16_little},
    {"utf-16le", decoding::utf16_little},
    {"unicode", decoding::utf16_little},
    {"ucs-2", decoding::utf16_little},
    {"utf-16be", decoding::utf16_big},
    {"us-ascii", decoding::windows_1252},
    {"ascii", decoding::windows_1252},
    {"ansi_x3.4-1968", decoding::windows_1252},
    {"latin1", decoding::windows_1252},
    {"l1", decoding::windows_1252},
    {"latin-9", decoding::iso_8859_15},
    {"l9", decoding::iso_8859_15},
    {"latin2", decoding::by_system, "ISO-8859-2"},
    {"cyrillic", decoding::by_system, "ISO-8859-5"},
    {"greek", decoding::by_system, "ISO-8859-7"},
    {"hebrew", decoding::by_system, "ISO-8859-8"},
    {"arabic", decoding::by_system, "ISO-8859-6"},
    {"latin5", decoding::by_system, "CP1254"},
    {"koi8-r", decoding::by_system, "KOI8-R"},
    {"koi8_r", decoding::by_system, "KOI8-R"},
    {"koi8-u", decoding::by_system, "KOI8-U"},
    {"ibm866", decoding::by_system, "IBM866"},
    {"cp866", decoding::by_system, "IBM866"},
    {"macintosh", decoding::by_system, "MACINTOSH"},
    {"tis-620", decoding::by_system, "CP874"},
    {"gb2312", decoding::by_system, "GB18030"},  // as the standard has it: GBK, decoded by its superset
    {"gbk", decoding::by_system, "GB18030"},
    {"x-gbk", decoding::by_system, "GB18030"},
    {"gb18030", decoding::by_system, "GB18030"},
    {"big5", decoding::by_system, "BIG5-HKSCS"},
    {"big5-hkscs", decoding::by_system, "BIG5-HKSCS"},
    {"euc-jp", decoding::by_system, "EUC-JP"},
    {"x-euc-jp", decoding::by_system, "EUC-JP"},
    {"shift_jis", decoding::by_system, "CP932"},
    {"shift-jis", decoding::by_system, "CP932"},
    {"sjis", decoding::by_system, "CP932"},
    {"x-sjis", decoding::by_system, "CP932"},
    {"windows-31j", decoding::by_system, "CP932"},
    {"ms_kanji", decoding::by_system, "CP932"},
    {"iso-2022-jp", decoding::by_system, "ISO-2022-JP"},
    {"euc-kr", decoding::by_system, "CP949"},
    {"ks_c_5601-1987", decoding::by_system, "CP949"},
    {"korean", decoding::by_system, "CP949"},
};

struct charset_choice {
    decoding how = decoding::none;
    std::string system_name;
};

DRAGLINE_DECL charset_choice find_charset(std::string_view charset) {
    const auto label = ascii::to_lower(ascii::trim(charset));
    const auto* found = std::find_if(std::begin(charset_labels), std::end(charset_labels),
                                     [&](const charset_label& each) { return each.label == label; });
    if (found != std::end(charset_labels)) return {found->how, std::string(found->system_name)};
    const auto number_after = [&](std::initializer_list<std::string_view> fronts) {
        for (const auto front : fronts) {
            if (!label.starts_with(front)) continue;
            if (const auto n = ascii::parse_number<unsigned>(std::string_view(label).substr(front.size())))
                return *n;
        }
        return 0u;
    };
    if (const auto part = number_after({"iso-8859-", "iso8859-", "iso8859", "iso_8859-"})) {
        if (part == 1) return {decoding::windows_1252, {}};
        if (part == 15) return {decoding::iso_8859_15, {}};
        if (part == 9) return {decoding::by_system, "CP1254"};
        if (part == 11) return {decoding::by_system, "CP874"};
        if (part <= 16 && part != 12) return {decoding::by_system, "ISO-8859-" + std::to_string(part)};
    }
    if (const auto page = number_after({"windows-", "cp", "x-cp"})) {
        if (page == 1252) return {decoding::windows_1252, {}};
        const bool known = (page >= 1250 && page <= 1258) || page == 874 || page == 949;
        if (known) return {decoding::by_system, "CP" + std::to_string(page)};
    }
    return {};
}

#if defined(__GLIBC__)
DRAGLINE_DECL result<std::string> decode_by_system(std::string_view text, const std::string& name) {
    struct converter {
        ::iconv_t handle;
        ~converter() { ::iconv_close(handle); }
    };
    const auto handle = ::iconv_open("UTF-8", name.c_str());
    if (handle == reinterpret_cast<::iconv_t>(-1)) return errc::unknown_charset;
    const converter owner{handle};
    std::string out;
    std::array<char, 4096> room;
    auto* from = const_cast<char*>(text.data());
    for (auto left = text.size(); left > 0;) {
        char* to = room.data();
        auto free = room.size();
        const auto converted = ::iconv(handle, &from, &left, &to, &free);
        const auto reason = errno;
        out.append(room.data(), room.size() - free);
        if (converted != static_cast<std::size_t>(-1) || reason == E2BIG) continue;
        out += replacement;
        if (reason == EINVAL) break;  // incomplete at the end
        ++from;
        --left;
    }
    return out;
}
#else
DRAGLINE_DECL result<std::string> decode_by_system(std::string_view, const std::string&) {
    return errc::unknown_charset;
}
#endif

}  // namespace detail

DRAGLINE_DECL byte_order_mark find_byte_order_mark(std::string_view text) noexcept {
    if (text.starts_with("\xef\xbb\xbf")) return {"UTF-8", 3};
    if (text.starts_with("\xff\xfe")) return {"UTF-16LE", 2};
    if (text.starts_with("\xfe\xff")) return {"UTF-16BE", 2};
    return {};
}

DRAGLINE_DECL std::string to_valid_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::size_t begin = 0;  // of what is valid and not yet copied
    for (std::size_t at = 0; at < text.size();) {
        const int step = detail::utf8_step(text.substr(at));
        if (step > 0) {
            at += static_cast<std::size_t>(step);
            continue;
        }
        out.append(text, begin, at - begin);
        out += detail::replacement;
        begin = at += static_cast<std::size_t>(-step);
    }
    return out.append(text, begin);
}

DRAGLINE_DECL result<std::string> to_utf8(std::string_view text, std::string_view charset) {
    const auto choice = detail::find_charset(charset);
    switch (choice.how) {
        case detail::decoding::none: break;
        case detail::decoding::utf8: return to_valid_utf8(text);
        case detail::decoding::utf16_little: return detail::from_utf16(text, false);
        case detail::decoding::utf16_big: return detail::from_utf16(text, true);
        case detail::decoding::windows_1252: return detail::from_latin(text, false);
        case detail::decoding::iso_8859_15: return detail::from_latin(text, true);
        case detail::decoding::by_system: return detail::decode_by_system(text, choice.system_name);
    }
    return errc::unknown_charset;
}

}  // namespace dragline::codec

#endif
