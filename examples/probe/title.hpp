// The title of a page, as a person would read it. Start with title_of().
#pragma once

#include "safe_text.hpp"

#include <dragline/core/ascii.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace probe {

inline constexpr std::size_t title_search = 256 * 1024;  // bytes of a page that are looked through
inline constexpr std::size_t longest_title = 512;        // bytes

namespace detail {

inline constexpr auto npos = std::string_view::npos;

// What the bytes 0x80 to 0x9F mean in windows-1252, which pages mean by Latin-1.
inline constexpr std::array<char16_t, 32> windows_1252 = {
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

inline char32_t from_windows_1252(char32_t value) {
    return value >= 0x80 && value < 0xA0 ? windows_1252[value - 0x80] : value;
}

inline std::string as_utf8(std::string_view bytes) {
    std::string out;
    for (auto rest = bytes; !rest.empty();) {
        const auto next = first_code_point(rest);
        if (!next.valid) {  // no UTF-8 at all, then
            out.clear();
            for (const char byte : bytes)
                append_utf8(out, from_windows_1252(static_cast<unsigned char>(byte)));
            return out;
        }
        append_utf8(out, next.value);
        rest.remove_prefix(next.size);
    }
    return out;
}

inline std::optional<char32_t> named_reference(std::string_view name) {
    static constexpr std::pair<std::string_view, char32_t> names[] = {
        {"amp", '&'},      {"lt", '<'},        {"gt", '>'},       {"quot", '"'},     {"apos", '\''},
        {"nbsp", ' '},     {"copy", 0xA9},     {"reg", 0xAE},     {"trade", 0x2122}, {"ndash", 0x2013},
        {"mdash", 0x2014}, {"hellip", 0x2026}, {"bull", 0x2022},  {"middot", 0xB7},  {"laquo", 0xAB},
        {"raquo", 0xBB},   {"lsquo", 0x2018},  {"rsquo", 0x2019}, {"ldquo", 0x201C}, {"rdquo", 0x201D},
        {"euro", 0x20AC},  {"pound", 0xA3},    {"auml", 0xE4},    {"ouml", 0xF6},    {"uuml", 0xFC},
        {"Auml", 0xC4},    {"Ouml", 0xD6},     {"Uuml", 0xDC},    {"szlig", 0xDF},   {"eacute", 0xE9},
        {"egrave", 0xE8},  {"agrave", 0xE0},   {"ccedil", 0xE7},  {"ntilde", 0xF1},  {"aring", 0xE5}};
    for (const auto& [known, value] : names) {
        if (known == name) return value;
    }
    return std::nullopt;
}

inline std::optional<char32_t> reference(std::string_view name) {
    if (name.empty() || name.front() != '#') return named_reference(name);
    name.remove_prefix(1);
    const bool hexadecimal = !name.empty() && (name.front() | 0x20) == 'x';
    const auto number =
        dragline::ascii::parse_number<std::uint32_t>(name.substr(hexadecimal ? 1 : 0), hexadecimal ? 16 : 10);
    if (!number) return std::nullopt;
    if (*number == 0 || *number > 0x10FFFF || (*number >= 0xD800 && *number <= 0xDFFF)) return replacement;
    return from_windows_1252(*number);
}

inline std::string without_references(std::string_view text) {
    constexpr std::size_t longest_name = 10;
    std::string out;
    while (!text.empty()) {
        const auto end = text.front() == '&' ? text.substr(0, longest_name + 1).find(';') : npos;
        const auto value = end == npos ? std::nullopt : reference(text.substr(1, end - 1));
        if (value) {
            append_utf8(out, *value);
            text.remove_prefix(end + 1);
        } else {
            out += text.front();
            text.remove_prefix(1);
        }
    }
    return out;
}

inline bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

inline std::string single_spaced(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (!is_space(c)) {
            out += c;
        } else if (!out.empty() && out.back() != ' ') {
            out += ' ';
        }
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

inline std::size_t find_ignoring_case(std::string_view in, std::string_view what, std::size_t from) {
    if (from > in.size()) return npos;
    const auto same = [](char a, char b) {
        return dragline::ascii::to_lower(a) == dragline::ascii::to_lower(b);
    };
    const auto at =
        std::search(in.begin() + static_cast<std::ptrdiff_t>(from), in.end(), what.begin(), what.end(), same);
    return at == in.end() ? npos : static_cast<std::size_t>(at - in.begin());
}

// Where the tag `name` starts at `at`: "<name" and then no further letter.
inline bool is_tag(std::string_view page, std::size_t at, std::string_view name) {
    const auto tag = page.substr(at + 1, name.size());
    const auto after = at + 1 + name.size();
    return dragline::ascii::equals_ignoring_case(tag, name) && after < page.size() &&
           (is_space(page[after]) || page[after] == '>' || page[after] == '/');
}

// Past the comment or the element at `at` whose text is no part of the page; `at` when there is none.
inline std::size_t skip_foreign(std::string_view page, std::size_t at) {
    if (page.substr(at, 4) == "<!--") return page.find("-->", at + 4);
    for (const std::string_view name : {"script", "style", "svg", "textarea", "noscript"}) {
        if (is_tag(page, at, name)) return find_ignoring_case(page, "</" + std::string(name), at);
    }
    return at;
}

}  // namespace detail

/// The text of the first title element, references resolved and white space collapsed; nothing when there is
/// none. Control characters are left in: it is hostile text still.
inline std::optional<std::string> title_of(std::string_view page) {
    page = page.substr(0, title_search);
    for (auto at = page.find('<'); at != detail::npos;) {
        if (detail::is_tag(page, at, "title")) {
            const auto begin = page.find('>', at);
            const auto end =
                begin == detail::npos ? begin : detail::find_ignoring_case(page, "</title", begin);
            if (end == detail::npos) return std::nullopt;
            const auto text = detail::as_utf8(page.substr(begin + 1, end - begin - 1));
            auto title = detail::single_spaced(detail::without_references(text));
            return title.size() <= longest_title ? title : printable(title.substr(0, longest_title));
        }
        at = detail::skip_foreign(page, at);
        at = at == detail::npos ? at : page.find('<', at + 1);
    }
    return std::nullopt;
}

}  // namespace probe
