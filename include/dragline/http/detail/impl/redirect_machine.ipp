// Included by <dragline/http/detail/redirect_machine.hpp> only.
#pragma once

#include <dragline/async/callback_failure.hpp>
#include <dragline/http/detail/refresh.hpp>
#include <dragline/http/error.hpp>
#include <dragline/url/parse.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL bool redirects(const response_head& head) {
    constexpr std::array statuses{301, 302, 303, 307, 308};
    return std::find(statuses.begin(), statuses.end(), head.status) != statuses.end() &&
           head.headers.contains("Location");
}

// The URL of a Refresh field that counts as a redirect.
DRAGLINE_DECL std::optional<std::string_view> refresh_target(const redirect_policy& policy,
                                                             const response_head& head) {
    if (!policy.refresh()) return std::nullopt;
    const auto text = head.headers.find("Refresh");
    const auto field = text ? parse_refresh(*text) : std::nullopt;
    if (!field || field->url.empty() || field->delay > *policy.refresh()) return std::nullopt;
    return field->url;
}

DRAGLINE_DECL bool leads_on(const redirect_policy& policy, const response_head& head) {
    return redirects(head) || policy.refresh();
}

// What the policy's own function says.
DRAGLINE_DECL redirect_decision decide(const redirect_policy& policy, const redirect_proposal& proposal) {
    if (!policy.decide()) return redirect_decision::follow;
    try {
        return policy.decide()(proposal);
    } catch (...) {
        throw async::callback_failure(std::current_exception());
    }
}

DRAGLINE_DECL redirect_step next_step(const redirect_policy& policy,
                                      std::span<const redirect_record> followed, const url::url& from,
                                      std::string_view method, const response_head& head,
                                      const fetch_guard* guard) {
    redirect_step step;
    if (policy.limit() == 0) return step;
    const bool refreshes = !redirects(head);
    const auto leads_to = refreshes ? refresh_target(policy, head) : head.headers.find("Location");
    if (!leads_to) return step;
    // An upgrade, which only the first URL can have for itself, is no redirect of anybody.
    const bool by_us = !followed.empty() && followed.front().status == 0 && followed.front().upgraded;
    if (followed.size() - by_us >= static_cast<std::size_t>(policy.limit()))
        return step.ec = errc::too_many_redirects, step;

    auto target = url::parse(*leads_to, from);
    if (!target) return step.ec = target.error(), step;
    if (auto secure = guard ? guard->upgrade(*target) : std::nullopt) {
        target = *std::move(secure);
        step.upgraded = true;
    }
    const bool new_origin = !url::same_origin(from, *target);
    if (policy.only_same_origin() && new_origin) return step;
    if (target->scheme() != "http" && target->scheme() != "https") {
        return step.ec = errc::unsupported_scheme, step;
    }
    if (from.scheme() == "https" && target->scheme() == "http" && !policy.allow_insecure()) {
        return step.ec = errc::insecure_redirect, step;
    }
    if (guard) step.ec = guard->judge(*target);
    if (step.ec) return step;
    // RFC 9110, 10.2.2: a fragment is inherited unless the Location has its own.
    if (const auto fragment = from.fragment(); fragment && !target->fragment()) {
        target = target->with_fragment(*fragment);
    }
    switch (decide(policy, redirect_proposal(head.status, from, *target, followed))) {
        case redirect_decision::follow: break;
        case redirect_decision::stop: return step;
        case redirect_decision::refuse: return step.ec = errc::redirect_refused, step;
    }

    step.method = method;
    const bool post_to_get = (head.status == 301 || head.status == 302) && method == "POST";
    if (post_to_get || ((head.status == 303 || refreshes) && method != "HEAD" && method != "GET")) {
        step.method = "GET";
        step.drop_body = true;
    }
    step.new_origin = new_origin;
    step.target = *std::move(target);
    return step;
}

DRAGLINE_DECL void strip_credentials(fields& headers) {
    for (const auto* name : {"Authorization", "Cookie", "Proxy-Authorization"}) headers.remove(name);
}

DRAGLINE_DECL void strip_body_fields(fields& headers) {
    for (const auto* name : {"Content-Type", "Content-Length", "Content-Encoding", "Content-Language",
                             "Content-Location", "Transfer-Encoding", "Digest", "Expect"}) {
        headers.remove(name);
    }
}

}  // namespace dragline::http::detail

#endif
