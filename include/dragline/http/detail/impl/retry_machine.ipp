// Included by <dragline/http/detail/retry_machine.hpp> only.
#pragma once

#include <dragline/async/callback_failure.hpp>
#include <dragline/core/error.hpp>
#include <dragline/dns/error.hpp>
#include <dragline/h1/error.hpp>
#include <dragline/http/detail/fetch_check.hpp>
#include <dragline/http/detail/network_failure.hpp>
#include <dragline/http/error.hpp>
#include <dragline/http/resilience/retry_after.hpp>
#include <dragline/net/error.hpp>
#include <dragline/tls/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <exception>

namespace dragline::inline v1::http::detail {

// What a proxy, or the way to it, may do better a moment later.
inline bool is_passing_proxy_failure(std::error_code ec) noexcept {
    using net::errc;
    constexpr std::array failures{errc::proxy_unreachable,      errc::proxy_closed,
                                  errc::proxy_failure,          errc::proxy_network_unreachable,
                                  errc::proxy_host_unreachable, errc::proxy_connection_refused,
                                  errc::proxy_target_timeout};
    return std::any_of(failures.begin(), failures.end(), [ec](net::errc each) { return ec == each; });
}

DRAGLINE_DECL retry_reason reason_to_retry(std::error_code ec, bool sent, bool head_came) noexcept {
    if (ec == condition::timeout) {
        const auto where = phase_of(ec);
        const bool own = where != phase::queue && where != phase::redirect && where != phase::total;
        return own ? retry_reason::timeout : retry_reason::none;
    }
    if (!sent) {
        const bool passing = is_network_failure(ec) || is_passing_proxy_failure(ec) ||
                             ec == dns::errc::server_failure || ec == tls::errc::handshake_closed ||
                             ec == tls::errc::truncated || ec == errc::connection_closed;
        return passing ? retry_reason::connect_failed : retry_reason::none;
    }
    if (ec == h1::errc::truncated) return retry_reason::truncated;
    if (!is_network_failure(ec) && ec != errc::connection_closed && ec != tls::errc::truncated)
        return retry_reason::none;
    return head_came ? retry_reason::truncated : retry_reason::no_answer;
}

DRAGLINE_DECL retry_machine::retry_machine(const retry_policy& policy, retry_budget budget)
    : policy_(policy), budget_(std::move(budget)) {
    budget_.deposit();
}

DRAGLINE_DECL retry_machine::finding retry_machine::judge(const retry_question& asked) const noexcept {
    if (!asked.ec) {
        const auto rule = policy_.rule_of(asked.head->status);
        return {rule == retry_when::never ? retry_reason::none : retry_reason::status, rule};
    }
    const auto reason = reason_to_retry(asked.ec, asked.sent, asked.head != nullptr);
    const bool off = reason == retry_reason::timeout && !policy_.timeouts();
    if (off || reason == retry_reason::none) return {};
    return {reason, asked.sent ? retry_when::if_repeatable : retry_when::always};
}

DRAGLINE_DECL retry_decision retry_machine::ask(const retry_question& asked) const {
    if (!policy_.decide()) return retry_decision::by_policy;
    const fields none;
    const retry_proposal proposal(attempts_, asked.method, asked.ec, asked.head ? asked.head->status : 0,
                                  asked.head ? asked.head->headers : none);
    try {
        return (*policy_.decide())(proposal);
    } catch (...) {
        throw async::callback_failure(std::current_exception());
    }
}

// Full jitter: those who failed together do not come back together.
DRAGLINE_DECL async::duration retry_machine::backoff(async::random_source& random) const {
    auto most = policy_.first_backoff();
    for (int i = 1; i < attempts_ && most < policy_.longest_backoff(); ++i) {
        most = most > policy_.longest_backoff() / 2 ? policy_.longest_backoff() : 2 * most;
    }
    constexpr auto year = async::duration(std::chrono::hours(24 * 365));
    most = std::min({most, policy_.longest_backoff(), year});
    constexpr double parts = 9007199254740992.0;  // 2^53: as many as a double tells apart
    const auto part = static_cast<double>(random() >> 11) / parts;
    return async::duration(static_cast<async::duration::rep>(part * static_cast<double>(most.count())));
}

// What stands in the way of a repetition that is wanted; the pause is set when nothing does.
DRAGLINE_DECL retry_stop retry_machine::obstacle(const retry_question& asked, async::random_source& random) {
    if (!asked.replayable) return retry_stop::body;
    if (attempts_ >= policy_.attempts()) return retry_stop::attempts;
    async::duration wait{};
    if (!asked.ec) {
        const auto value = asked.head->headers.find("Retry-After");
        if (const auto said = value ? parse_retry_after(*value, asked.wall_time) : std::nullopt) {
            if (*said > policy_.max_retry_after()) return retry_stop::retry_after;
            wait = *said;
        }
    }
    wait += backoff(random);
    if (asked.until != async::no_deadline && wait >= asked.until - asked.now) return retry_stop::deadline;
    if (!budget_.withdraw(asked.now)) return retry_stop::budget;
    pause_ = wait;
    return retry_stop::none;
}

DRAGLINE_DECL bool retry_machine::retry(const retry_question& asked, async::random_source& random) {
    stopped_ = retry_stop::none;
    auto found = judge(asked);
    switch (ask(asked)) {
        case retry_decision::by_policy: break;
        case retry_decision::stop: return stopped_ = retry_stop::decision, false;
        case retry_decision::retry:
            if (found.reason == retry_reason::none) found.reason = retry_reason::decision;
            found.when = retry_when::always;
            break;
    }
    if (found.when == retry_when::never) {
        if (asked.ec) stopped_ = retry_stop::final_error;
        return false;
    }
    const bool repeatable = policy_.any_method() || asked.keyed || is_idempotent(asked.method);
    stopped_ = found.when == retry_when::always || repeatable ? obstacle(asked, random) : retry_stop::method;
    if (stopped_ != retry_stop::none) return false;
    ++attempts_;
    reason_ = found.reason;
    return true;
}

DRAGLINE_DECL bool retry_machine::follow(const retry_question& asked) {
    stopped_ = retry_stop::none;
    const auto value = asked.head->headers.find("Retry-After");
    const auto said = value ? parse_retry_after(*value, asked.wall_time) : std::nullopt;
    if (!said) return true;
    const bool late = asked.until != async::no_deadline && *said >= asked.until - asked.now;
    if (late || *said > policy_.max_retry_after()) {
        stopped_ = late ? retry_stop::deadline : retry_stop::retry_after;
        return false;
    }
    pause_ = *said;
    return true;
}

}  // namespace dragline::http::detail

#endif
