// Included by <dragline/http/detail/redirect_machine.hpp> only.
#pragma once

#include <dragline/http/error.hpp>
#include <dragline/url/parse.hpp>

#if DRAGLINE_HEADER_BODIES

#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL redirect_step next_step(const redirect_policy& policy, int followed, const url::url& from,
                                      std::string_view method, const response_head& head) {
    redirect_step step;
    const bool redirects = head.status == 301 || head.status == 302 || head.status == 303 ||
                           head.status == 307 || head.status == 308;
    const auto location = head.headers.find("Location");
    if (!redirects || !location || policy.limit() == 0) return step;
    if (followed >= policy.limit()) return step.ec = errc::too_many_redirects, step;

    auto target = url::parse(*location, from);
    if (!target) return step.ec = target.error(), step;
    if (target->scheme() != "http" && target->scheme() != "https") {
        return step.ec = errc::unsupported_scheme, step;
    }
    if (from.scheme() == "https" && target->scheme() == "http" && !policy.allow_insecure()) {
        return step.ec = errc::insecure_redirect, step;
    }
    // RFC 9110, 10.2.2: a fragment is inherited unless the Location has its own.
    if (const auto fragment = from.fragment(); fragment && !target->fragment()) {
        target = target->with_fragment(*fragment);
    }

    step.method = method;
    const bool post_to_get = (head.status == 301 || head.status == 302) && method == "POST";
    if (post_to_get || (head.status == 303 && method != "HEAD" && method != "GET")) {
        step.method = "GET";
        step.drop_body = true;
    }
    step.new_origin = !url::same_origin(from, *target);
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
