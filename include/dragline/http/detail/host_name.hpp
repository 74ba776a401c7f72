// The names of hosts: one spelling, and which stand below which.
#pragma once

#include <string_view>

namespace dragline::inline v1::http::detail {

/// "example.com." and "example.com" are the same host. Not for a name that is a dot.
constexpr std::string_view without_final_dot(std::string_view name) noexcept {
    if (name.ends_with('.')) name.remove_suffix(1);
    return name;
}

/// "a.example.com" and "example.com" are within "example.com".
constexpr bool is_within_domain(std::string_view name, std::string_view domain) noexcept {
    if (!name.ends_with(domain)) return false;
    return name.size() == domain.size() || name[name.size() - domain.size() - 1] == '.';
}

}  // namespace dragline::http::detail
