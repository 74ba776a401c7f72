// Included by <dragline/testing/detail/http_routes.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::testing::detail {

DRAGLINE_DECL std::string_view without_port(std::string_view authority) noexcept {
    if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
    return authority.substr(0, authority.find(':'));
}

DRAGLINE_DECL void http_routes::add(std::string_view host, std::string pattern, http_script script) {
    std::lock_guard lock(mutex_);
    hosts_[ascii::to_lower(host)].insert_or_assign(std::move(pattern), std::move(script));
}

DRAGLINE_DECL const http_script* http_routes::find_in(const table& paths, const http_request& request) {
    if (const auto exact = paths.find(request.target); exact != paths.end()) return &exact->second;
    const std::string_view path = request.path();
    if (const auto same = paths.find(path); same != paths.end()) return &same->second;
    const http_script* best = nullptr;
    std::size_t best_size = 0;
    for (const auto& [pattern, script] : paths) {
        if (!pattern.ends_with('*') || pattern.size() < best_size) continue;
        if (!path.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1))) continue;
        best = &script;
        best_size = pattern.size();
    }
    return best;
}

DRAGLINE_DECL http_script http_routes::find(const http_request& request) const {
    const std::string host = ascii::to_lower(without_port(request.field("Host")));
    std::lock_guard lock(mutex_);
    for (const std::string_view name : {std::string_view(host), std::string_view()}) {
        const auto paths = hosts_.find(name);
        if (paths == hosts_.end()) continue;
        if (const auto* script = find_in(paths->second, request)) return *script;
    }
    return missing_;
}

}  // namespace dragline::testing::detail

#endif
