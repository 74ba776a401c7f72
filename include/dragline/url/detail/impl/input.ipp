// Included by <dragline/url/detail/input.hpp> only.
#pragma once

#include <dragline/url/detail/utf8.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstddef>

namespace dragline::inline v1::url::detail {

DRAGLINE_DECL clean_input::clean_input(std::string_view raw) {
    const auto is_outer = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
    while (!raw.empty() && is_outer(raw.front())) raw.remove_prefix(1);
    while (!raw.empty() && is_outer(raw.back())) raw.remove_suffix(1);
    text_ = raw;

    const auto is_ignored = [](char c) { return c == '\t' || c == '\n' || c == '\r'; };
    bool ignored = false;
    bool foreign = false;
    for (const char c : raw) {
        ignored |= is_ignored(c);
        foreign |= !is_ascii(c);
    }
    // The order matters: a broken sequence is replaced before a line end inside it goes.
    if (foreign && !is_utf8(raw)) text_ = copy_ = encode_utf8(decode_utf8(raw));
    if (ignored) {
        if (copy_.empty()) copy_ = text_;
        copy_.erase(std::remove_if(copy_.begin(), copy_.end(), is_ignored), copy_.end());
        text_ = copy_;
    }
}

}  // namespace dragline::url::detail

#endif
