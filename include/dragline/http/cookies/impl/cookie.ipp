// Included by <dragline/http/cookies/cookie.hpp> only.
#pragma once

#include <dragline/http/detail/cookie_rules.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::http {

DRAGLINE_DECL std::error_code check_cookie_pair(std::string_view name, std::string_view value) noexcept {
    if (name.empty() || !detail::is_cookie_text(name, value)) return errc::invalid_cookie;
    return {};
}

DRAGLINE_DECL void append_cookie(std::string& field, std::string_view name, std::string_view value) {
    if (!field.empty()) field += "; ";
    if (!name.empty()) field.append(name).append("=");
    field += value;
}

DRAGLINE_DECL std::string cookie_field(std::span<const cookie_pair> pairs) {
    std::string field;
    for (const auto& [name, value] : pairs) append_cookie(field, name, value);
    return field;
}

}  // namespace dragline::http

#endif
