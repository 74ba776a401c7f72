// Included by <dragline/url/percent.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::url {

DRAGLINE_DECL void append_percent_encoded(std::string& out, std::string_view text, const percent_set& set) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const char* from = text.data();
    const char* const end = from + text.size();
    for (;;) {
        const char* const stop = std::find_if(from, end, [&set](char c) { return set.contains(c); });
        out.append(from, static_cast<std::size_t>(stop - from));
        if (stop == end) return;
        const auto byte = static_cast<unsigned char>(*stop);
        const char escape[] = {'%', digits[byte >> 4], digits[byte & 15]};
        out.append(escape, sizeof escape);
        from = stop + 1;
    }
}

DRAGLINE_DECL std::string percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const int high = text.size() > 2 && text[0] == '%' ? ascii::hex_value(text[1]) : -1;
        const int low = high < 0 ? -1 : ascii::hex_value(text[2]);
        out += low < 0 ? text[0] : static_cast<char>(high << 4 | low);
        text.remove_prefix(low < 0 ? 1 : 3);
    }
    return out;
}

}  // namespace dragline::url

#endif
