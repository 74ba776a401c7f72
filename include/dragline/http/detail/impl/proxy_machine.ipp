// Included by <dragline/http/detail/proxy_machine.hpp> only.
#pragma once

#include <dragline/async/callback_failure.hpp>
#include <dragline/core/error.hpp>
#include <dragline/dns/name.hpp>
#include <dragline/http/error.hpp>
#include <dragline/net/error.hpp>
#include <dragline/net/proxies/wire/socks.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <exception>

namespace dragline::inline v1::http::detail {

// As it stands in the first line of CONNECT.
inline std::string tunnel_target(const net::endpoint& to) {
    if (to.address()) return to.to_string();
    const auto name = dns::normal_host_name(to.host());
    const auto target = name ? net::proxy_target::make(*name, to.port()) : name.error();
    return target ? target->to_string() : to.to_string();
}

DRAGLINE_DECL std::error_code proxy_machine::choose(const url::url& where, bool may_forward) {
    std::shared_ptr<const proxy_choices> choices;
    try {
        choices = policy_.choices_for(where);
    } catch (...) {
        throw async::callback_failure(std::current_exception());
    }
    ways_.clear();
    if (choices && choices->empty()) return errc::no_proxy_chosen;
    if (!choices) {
        ways_.emplace_back();
    } else {
        for (const auto& chain : *choices) {
            if (chain.empty()) {
                ways_.emplace_back();
                continue;
            }
            auto found = routes_.of(chain);
            if (!found) return found.error();
            ways_.push_back(*std::move(found));
        }
    }
    may_forward_ = may_forward && where.scheme() == "http";
    if (may_forward_) {
        target_ = "http://";
        target_.append(where.host()).append(where.request_target());
    }
    return take(0);
}

DRAGLINE_DECL std::error_code proxy_machine::take(std::size_t which) {
    chosen_ = which;
    way_ = ways_[which];
    logins_.clear();
    answer_ = false;
    forwards_ = way_ && may_forward_ && way_->chain.back().speaks_http();
    if (!way_) return {};
    for (std::size_t at = 0; at < way_->chain.size(); ++at) {
        const auto& by = way_->chain[at];
        if (!by.speaks_http() || !by.has_credentials() || !by.authorization().empty()) continue;
        auto& machine =
            logins_.emplace_back(login{at, authentication_machine(routes_.challenges(), proxy_side)}).machine;
        const auto name = by.to_string();
        const auto known = routes_.challenges().find(name);
        // With the first request, until it asks for something better.
        if (!known.basic && !known.digest) routes_.challenges().put_basic(name);
        if (const auto ec = machine.use(credentials::any(by.user(), by.password()), name)) return ec;
    }
    return {};
}

DRAGLINE_DECL std::error_code proxy_machine::set_up(net::connect_request& request) {
    if (!way_) return {};
    request.proxies = way_->chain;
    request.forward = forwards_;
    for (auto& [which, machine] : logins_) {
        if (is_forwarder(which)) continue;
        const bool last = which + 1 == request.proxies.size();
        const auto target = tunnel_target(last ? request.target : request.proxies[which + 1].where());
        fields answer;
        if (const auto ec = machine.authorize(digest_request("CONNECT", target), answer)) return ec;
        if (const auto value = answer.find(proxy_side.credentials))
            request.proxies[which].authorization(std::string(*value));
    }
    return {};
}

DRAGLINE_DECL void proxy_machine::on_failed(std::error_code ec, const net::connect_trace& trace,
                                            bool goes_on) {
    again_ = false;
    if (!way_ || !goes_on) return;
    if (answer_challenge(trace)) {
        again_ = true;
        return;
    }
    const bool by_proxy = ec == condition::proxy_failed || ec == make_timeout(phase::proxy);
    again_ = by_proxy && chosen_ + 1 < ways_.size() && !take(chosen_ + 1);
}

// To a 407 that came instead of a tunnel.
DRAGLINE_DECL bool proxy_machine::answer_challenge(const net::connect_trace& trace) {
    if (trace.proxies.empty() || trace.proxies.back().status != proxy_side.status) return false;
    const auto& record = trace.proxies.back();
    response_head head;
    head.status = record.status;
    for (const auto& each : record.challenges) head.headers.add(proxy_side.challenge, each);
    const auto asked = std::find_if(logins_.rbegin(), logins_.rend(), [&](const login& each) {
        return way_->chain[each.which].to_string() == record.proxy;
    });
    if (asked == logins_.rend()) return false;
    return !asked->machine.on_response(head, random_) && asked->machine.answer();
}

DRAGLINE_DECL std::error_code proxy_machine::authorize(const digest_request& request, fields& headers) {
    headers.remove(proxy_side.credentials);
    if (!forwards_) return {};
    if (!logins_.empty() && is_forwarder(logins_.back().which))
        return logins_.back().machine.authorize(request, headers);
    const auto value = way_->chain.back().authorization_value();
    if (!value.empty()) headers.set(proxy_side.credentials, value);
    return {};
}

DRAGLINE_DECL std::error_code proxy_machine::on_response(const response_head& head, bool replayable) {
    answer_ = false;
    if (!forwards_ || logins_.empty() || !is_forwarder(logins_.back().which)) return {};
    auto& machine = logins_.back().machine;
    const auto ec = machine.on_response(head, random_, replayable);
    answer_ = !ec && machine.answer();
    return ec;
}

}  // namespace dragline::http::detail

#endif
