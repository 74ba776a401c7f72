// Included by <dragline/http/detail/cookie_rules.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL bool has_control_character(std::string_view text) noexcept {
    return std::any_of(text.begin(), text.end(), ascii::is_control);
}

DRAGLINE_DECL bool is_cookie_text(std::string_view name, std::string_view value) noexcept {
    const auto bad = [](std::string_view text, std::string_view ends) {
        return has_control_character(text) || text.find_first_of(ends) != text.npos ||
               ascii::trim(text) != text;
    };
    return !(name.empty() && value.empty()) && !bad(name, ";=") && !bad(value, ";");
}

DRAGLINE_DECL bool domain_matches(std::string_view host, bool host_is_name,
                                  std::string_view domain) noexcept {
    if (host == domain) return true;
    return host_is_name && !domain.empty() && host.size() > domain.size() && host.ends_with(domain) &&
           host[host.size() - domain.size() - 1] == '.';
}

DRAGLINE_DECL bool path_matches(std::string_view request_path, std::string_view cookie_path) noexcept {
    if (!request_path.starts_with(cookie_path)) return false;
    return request_path.size() == cookie_path.size() || cookie_path.ends_with('/') ||
           request_path[cookie_path.size()] == '/';
}

DRAGLINE_DECL std::string_view default_path(std::string_view request_path) noexcept {
    const auto last = request_path.rfind('/');
    return last == request_path.npos || last == 0 ? "/" : request_path.substr(0, last);
}

DRAGLINE_DECL bool carries_secure_cookies(const url::url& url) noexcept {
    return url.scheme() == "https" || url.scheme() == "wss";
}

DRAGLINE_DECL name_prefix prefix_of(std::string_view name) noexcept {
    const auto begins = [name](std::string_view prefix) {
        return ascii::equals_ignoring_case(name.substr(0, prefix.size()), prefix);
    };
    return begins("__Host-")     ? name_prefix::host
           : begins("__Secure-") ? name_prefix::secure
                                 : name_prefix::none;
}

}  // namespace dragline::http::detail

#endif
