// Included by <dragline/http/detail/media_type.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL bool is_media_type(std::string_view content_type, std::string_view wanted) noexcept {
    return ascii::equals_ignoring_case(ascii::trim(content_type.substr(0, content_type.find(';'))), wanted);
}

DRAGLINE_DECL std::string charset_of(std::string_view content_type) {
    auto rest = content_type.substr(std::min(content_type.find(';'), content_type.size()));
    while (!rest.empty()) {
        rest.remove_prefix(1);  // a semicolon
        const auto name = ascii::trim(rest.substr(0, rest.find_first_of("=;")));
        const auto mark = rest.find_first_of("=;");
        std::string value;
        if (mark != rest.npos && rest[mark] == '=') {
            rest = ascii::trim(rest.substr(mark + 1));
            if (rest.starts_with('"')) {
                rest.remove_prefix(1);
                while (!rest.empty() && rest[0] != '"') {
                    if (rest[0] == '\\' && rest.size() > 1) rest.remove_prefix(1);
                    value += rest[0];
                    rest.remove_prefix(1);
                }
            } else {
                value = ascii::trim(rest.substr(0, rest.find(';')));
            }
        }
        if (!value.empty() && ascii::equals_ignoring_case(name, "charset")) return value;
        rest.remove_prefix(std::min(rest.find(';'), rest.size()));
    }
    return {};
}

}  // namespace dragline::http::detail

#endif
