// Where a URL is kept on the disk: always below the folder that the user named, whatever the URL says. Start
// with local_path().
#pragma once

#include <dragline/url/percent.hpp>
#include <dragline/url/url.hpp>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

namespace mirror {

inline constexpr std::size_t longest_name = 120;   // bytes of one name; file systems take 255
inline constexpr std::size_t longest_path = 1000;  // of all of it

/// FNV-1a, for telling long names apart.
inline std::string short_hash(std::string_view text) {
    std::uint64_t hash = 14695981039346656037U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    char out[20];
    std::snprintf(out, sizeof out, "%016llx", static_cast<unsigned long long>(hash));
    return out;
}

/// One name of a file or folder: letters, digits and a few marks, all else as '%' and two digits; never "."
/// or "..", nor hidden, nor with a separator; a long one is cut and has its hash at the end.
inline std::string safe_name(std::string_view text) {
    constexpr std::string_view marks = "-_.,+=@~ ", digits = "0123456789ABCDEF";
    std::string name;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           marks.find(c) != marks.npos;
        if (plain && !(c == '.' && name.empty())) {
            name += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            name += '%';
            name += digits[byte >> 4];
            name += digits[byte & 15];
        }
    }
    if (name.size() > longest_name) {
        const auto dot = name.rfind('.');
        const auto end = dot != name.npos && name.size() - dot <= 8 ? name.substr(dot) : std::string();
        name = name.substr(0, longest_name - 18 - end.size()) + '~' + short_hash(text) + end;
    }
    return name;
}

/// A relative path: one folder for each segment, "index.html" for what has no name, the query behind an '@'.
inline std::filesystem::path local_path(const dragline::url::url& at) {
    std::filesystem::path made;
    auto rest = at.path().substr(at.path().starts_with('/') ? 1 : 0);
    for (;;) {
        const auto end = rest.find('/');
        const auto segment = dragline::url::percent_decode(rest.substr(0, end));
        if (end == rest.npos) {
            auto name = safe_name(segment);
            // A page "a" beside a folder "a".
            if (name.empty() || name.find('.') == name.npos) {
                if (!name.empty()) made /= name;
                name = "index.html";
            }
            if (const auto query = at.query()) {
                const auto dot = name.rfind('.');
                name = safe_name(name.substr(0, dot) + '@' + std::string(*query) + name.substr(dot));
            }
            made /= name;
            break;
        }
        if (!segment.empty()) made /= safe_name(segment);
        rest.remove_prefix(end + 1);
    }
    if (made.native().size() > longest_path) return "long-" + short_hash(at.href());
    return made;
}

}  // namespace mirror
