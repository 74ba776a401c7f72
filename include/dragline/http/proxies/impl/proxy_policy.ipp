// Included by <dragline/http/proxies/proxy_policy.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <optional>

namespace dragline::inline v1::http {

struct proxy_policy::state {
    std::shared_ptr<const proxy_choices> http;
    std::shared_ptr<const proxy_choices> https;
    std::shared_ptr<const choose_function> choose;  // in place of both
    no_proxy except;
};

DRAGLINE_DECL proxy_policy proxy_policy::first_of(proxy_choices choices) {
    const auto is_direct = [](const net::proxy_chain& each) { return each.empty(); };
    proxy_policy made;
    if (!choices.empty() && std::all_of(choices.begin(), choices.end(), is_direct)) return made;
    auto all = std::make_shared<const proxy_choices>(std::move(choices));
    made.state_ = std::make_shared<const state>(state{all, all, nullptr, {}});
    return made;
}

DRAGLINE_DECL proxy_policy proxy_policy::from_environment(const proxy_environment& said) {
    const auto choices_of =
        [&](const std::optional<net::proxy>& own) -> std::shared_ptr<const proxy_choices> {
        const auto& by = own ? own : said.all_proxy();
        if (!by) return nullptr;
        return std::make_shared<const proxy_choices>(1, net::proxy_chain{*by});
    };
    state made{choices_of(said.http_proxy()), choices_of(said.https_proxy()), nullptr, said.no_proxy()};
    proxy_policy policy;
    if (made.http || made.https) policy.state_ = std::make_shared<const state>(std::move(made));
    return policy;
}

DRAGLINE_DECL proxy_policy proxy_policy::function(choose_function choose) {
    if (!choose) return first_of({});
    proxy_policy made;
    auto kept = std::make_shared<const choose_function>(std::move(choose));
    made.state_ = std::make_shared<const state>(state{nullptr, nullptr, std::move(kept), {}});
    return made;
}

DRAGLINE_DECL proxy_policy& proxy_policy::except(no_proxy hosts) {
    if (!state_) return *this;
    auto changed = *state_;
    changed.except = std::move(hosts);
    state_ = std::make_shared<const state>(std::move(changed));
    return *this;
}

DRAGLINE_DECL std::shared_ptr<const proxy_choices> proxy_policy::choices_for(const url::url& where) const {
    if (!state_ || state_->except.matches(where)) return nullptr;
    if (state_->choose) return std::make_shared<const proxy_choices>((*state_->choose)(where));
    return where.scheme() == "https" ? state_->https : state_->http;
}

DRAGLINE_DECL bool operator==(const proxy_policy& a, const proxy_policy& b) {
    if (a.state_ == b.state_) return true;
    if (!a.state_ || !b.state_) return false;
    const auto same = [](const auto& one, const auto& other) {
        return one == other || (one && other && *one == *other);
    };
    return a.state_->choose == b.state_->choose && same(a.state_->http, b.state_->http) &&
           same(a.state_->https, b.state_->https) && a.state_->except == b.state_->except;
}

}  // namespace dragline::http

#endif
