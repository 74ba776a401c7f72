// Included by <dragline/http/resilience/host_limits.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/http/detail/host_name.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::http {

DRAGLINE_DECL host_limits& host_limits::host(std::string_view name, host_limit value) {
    hosts_.insert_or_assign(ascii::to_lower(detail::without_final_dot(name)), value);
    return *this;
}

DRAGLINE_DECL const host_limit& host_limits::limit_of(std::string_view host) const noexcept {
    if (hosts_.empty()) return each_;
    host = detail::without_final_dot(host);
    if (const auto own = hosts_.find(host); own != hosts_.end()) return own->second;
    for (auto dot = host.find('.'); dot != host.npos; dot = host.find('.', dot + 1)) {
        if (const auto below = hosts_.find(host.substr(dot)); below != hosts_.end()) return below->second;
    }
    return each_;
}

DRAGLINE_DECL bool host_limits::valid() const noexcept {
    return each_.valid() && max_hosts_ > 0 && (!pause_ || async::valid_timeout(*pause_)) &&
           std::all_of(hosts_.begin(), hosts_.end(), [](const auto& own) { return own.second.valid(); });
}

}  // namespace dragline::http

#endif
