// One spelling for the name of a host.
#pragma once

#include <string_view>

namespace dragline::inline v1::http::detail {

/// "example.com." and "example.com" are the same host. Not for a name that is a dot.
constexpr std::string_view without_final_dot(std::string_view name) noexcept {
    if (name.ends_with('.')) name.remove_suffix(1);
    return name;
}

}  // namespace dragline::http::detail
