// Included by <dragline/http/detail/json_writer.hpp> only.
#pragma once

#include <algorithm>
#include <cstddef>

namespace dragline::inline v1::http::detail {

// How many bytes at the front of `text`, which is not empty, are one well-formed character: 0 for none
// (Unicode, table 3-7).
DRAGLINE_DECL std::size_t utf8_size(std::string_view text) noexcept;

template <class Escaped>
void append_utf8(std::string& out, std::string_view text, Escaped escaped) {
    while (!text.empty()) {
        const auto size = utf8_size(text);
        if (size == 1) {
            escaped(out, text.front());
        } else {
            out.append(size == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(0, size));
        }
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
}

}  // namespace dragline::http::detail
