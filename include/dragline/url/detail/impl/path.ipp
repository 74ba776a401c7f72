// Included by <dragline/url/detail/path.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/url/percent.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::url::detail {

DRAGLINE_DECL bool is_drive_letter(std::string_view text) noexcept {
    return text.size() == 2 && ascii::is_alpha(text[0]) && (text[1] == ':' || text[1] == '|');
}

DRAGLINE_DECL bool starts_with_drive_letter(std::string_view text) noexcept {
    return is_drive_letter(text.substr(0, 2)) && (text.size() == 2 || is_slash(text[2], true));
}

/// 1 or 2 when a segment is just so many dots, in plain or as "%2e"; else 0.
DRAGLINE_DECL int count_dots(std::string_view segment) noexcept {
    int dots = 0;
    while (!segment.empty() && dots < 3) {
        const bool escaped = ascii::equals_ignoring_case(segment.substr(0, 3), "%2e");
        if (!escaped && segment[0] != '.') return 0;
        segment.remove_prefix(escaped ? 3 : 1);
        ++dots;
    }
    return dots < 3 ? dots : 0;
}

DRAGLINE_DECL void shorten_path(std::string& out, std::size_t begin, scheme_kind scheme) {
    const auto path = std::string_view(out).substr(begin);
    if (path.empty()) return;
    const bool lone_drive = path.size() == 3 && ascii::is_alpha(path[1]) && path[2] == ':';
    if (scheme == scheme_kind::file && lone_drive) return;
    out.resize(out.rfind('/'));
}

DRAGLINE_DECL void append_segment(std::string& out, std::size_t begin, std::string_view segment,
                                  scheme_kind scheme) {
    out += '/';
    const auto at = out.size();
    append_percent_encoded(out, segment, path_set);
    const bool first = at == begin + 1;
    if (scheme == scheme_kind::file && first && is_drive_letter(std::string_view(out).substr(at)))
        out.back() = ':';
}

DRAGLINE_DECL void append_path(std::string& out, std::size_t begin, std::string_view text,
                               scheme_kind scheme) {
    const auto ends_segment = [special = scheme != scheme_kind::other](char c) {
        return is_slash(c, special);
    };
    for (;;) {
        const auto end = std::find_if(text.begin(), text.end(), ends_segment);
        const auto segment = text.substr(0, static_cast<std::size_t>(end - text.begin()));
        const bool last = end == text.end();
        const int dots = count_dots(segment);
        if (dots == 2) shorten_path(out, begin, scheme);
        if (dots == 0) {
            append_segment(out, begin, segment, scheme);
        } else if (last) {
            out += '/';  // "a/." and "a/.." name a folder
        }
        if (last) return;
        text.remove_prefix(segment.size() + 1);
    }
}

}  // namespace dragline::url::detail

#endif
