// Included by <dragline/http/detail/fetch_guard.hpp> only.
#pragma once

#include <dragline/async/callback_failure.hpp>
#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <exception>
#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL std::error_code fetch_guard::judge(const url::url& to) const {
    for (const auto* each : {&shared_.url_policy(), &options_.url_policy()}) {
        if (each->allows_all()) [[likely]]
            continue;
        try {
            if (const auto ec = each->judge(to)) return ec;
        } catch (...) {
            throw async::callback_failure(std::current_exception());
        }
    }
    return {};
}

DRAGLINE_DECL std::error_code fetch_guard::judge_told(const url::url& to) const {
    const auto policy = addresses();
    if (policy.allows_all()) return {};
    return policy.judge(net::endpoint(to.hostname(), to.port_or_default()));
}

// RFC 6797, 8.1: only what came over TLS without errors, of which nobody knows who does not verify; of
// several fields the first.
DRAGLINE_DECL void fetch_guard::note(const fields& of_response, const url::url& from) const {
    if (!store_ || from.scheme() != "https") return;
    const auto& tls = options_.tls() ? *options_.tls() : shared_.tls();
    const auto field = of_response.find("Strict-Transport-Security");
    if (field && tls.verify()) store_->note(from, *field, time_.wall_time());
}

DRAGLINE_DECL net::address_policy fetch_guard::addresses() const {
    if (options_.address_policy().allows_all()) [[likely]]
        return shared_.address_policy();
    auto both = options_.address_policy();
    return std::move(both.within(shared_.address_policy()));
}

DRAGLINE_DECL void fetch_guard::write_number(std::string& key, policy_numbers& numbers) const {
    ascii::append_number(key += " a", numbers.number_of(options_.address_policy()));
}

}  // namespace dragline::http::detail

#endif
