// Included by <dragline/http/detail/proxy_routes.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL result<std::shared_ptr<const proxy_route>> proxy_routes::of(const net::proxy_chain& chain) {
    if (const auto found = routes_.find(chain); found != routes_.end()) return found->second;
    auto made = std::make_shared<proxy_route>();
    for (const auto& each : chain) {
        if (const auto ec = each.error()) return ec;
        if (!made->text.empty()) made->text += ' ';
        made->text += each.to_string();
    }
    // A function of the user may give other credentials each time.
    if (routes_.size() >= most_unused)
        std::erase_if(routes_, [](const auto& each) { return each.second.use_count() == 1; });
    made->number = ++made_;
    made->chain = chain;
    return routes_.emplace(chain, std::move(made)).first->second;
}

}  // namespace dragline::http::detail

#endif
