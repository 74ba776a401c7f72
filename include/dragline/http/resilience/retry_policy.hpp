// Which failed requests are made again, when, and how often. Off by default: fetch_options().retry(...).
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/features.hpp>
#include <dragline/http/fields.hpp>
#include <dragline/http/resilience/retry_budget.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::http {

enum class retry_when {
    never,
    if_repeatable,  ///< When the request may be made twice, see retry_policy::any_method().
    always,         ///< Whatever the method.
};

enum class retry_decision {
    by_policy,
    retry,  ///< Though the policy says otherwise; its limits and the body still have the last word.
    stop,
};

/// What came of an attempt, for the time of one call.
class retry_proposal {
public:
    retry_proposal(int count, std::string_view request_method, std::error_code failure, int code,
                   const fields& received) noexcept
        : attempts(count), method(request_method), ec(failure), status(code), headers(received) {}

    int attempts;  ///< Made so far.
    std::string_view method;
    std::error_code ec;     ///< Or else the answer:
    int status;             ///< 0 when there is none.
    const fields& headers;  ///< Empty when there is none.
};

/// A value that says what is retried.
///
/// By default: when no connection could be made, also by a proxy, any request; when the connection ended
/// before or inside the answer, the time of a phase was up, or the answer is 408, 429, 502, 503 or 504,
/// requests that may be made twice. Never a body that cannot be sent again, and never what no repetition
/// mends: a certificate, a name that does not exist, a malformed answer. The repetition that stale_retry()
/// stands for is not counted.
class retry_policy {
public:
    using duration = async::duration;
    using decision_function = std::function<retry_decision(const retry_proposal&)>;

    /// Repeats `attempts` - 1 times at most, in a fetch with redirects as in one without.
    explicit retry_policy(int attempts = 3) : attempts_(attempts) {}

    /// For a fetch of a session that has a policy.
    static retry_policy none() { return retry_policy(1); }

    int attempts() const noexcept { return attempts_; }

    /// The pause is random, from nothing to `first` at first, and twice that each time, up to `longest`.
    retry_policy& backoff(duration first, duration longest) {
        return first_ = first, longest_ = longest, *this;
    }
    duration first_backoff() const noexcept { return first_; }
    duration longest_backoff() const noexcept { return longest_; }

    /// What a Retry-After asks for is waited besides, also before a redirect is followed. One that asks for
    /// more than this, or than is left of the time, makes the answer that has it the result.
    retry_policy& max_retry_after(duration value) { return max_retry_after_ = value, *this; }
    duration max_retry_after() const noexcept { return max_retry_after_; }

    /// The rule for answers of this status, 300 or more; the last one said counts.
    DRAGLINE_DECL retry_policy& status(int code, retry_when rule);
    DRAGLINE_DECL retry_when rule_of(int status) const noexcept;

    /// Takes every request for one that may be made twice. Default: GET, HEAD, OPTIONS, TRACE, PUT, DELETE,
    /// and those with an Idempotency-Key.
    retry_policy& any_method(bool value) { return any_method_ = value, *this; }
    bool any_method() const noexcept { return any_method_; }

    /// Whether the timeout of a phase is retried; the one of the whole never is.
    retry_policy& timeouts(bool value) { return timeouts_ = value, *this; }
    bool timeouts() const noexcept { return timeouts_; }

    /// Default: one for all fetches of the session, as retry_budget() makes it.
    retry_policy& budget(retry_budget value) { return budget_ = std::move(value), *this; }
    const std::optional<retry_budget>& budget() const noexcept { return budget_; }

    /// Asked about every error but a cancellation, and every answer; on the loop. What it throws ends the
    /// fetch as errc::callback_failed, or reaches who awaits it. Policies are equal when they are copies
    /// with the same function.
    retry_policy& decide(decision_function value) {
        return decide_ = std::make_shared<const decision_function>(std::move(value)), *this;
    }
    const decision_function* decide() const noexcept { return decide_.get(); }

    /// Else a fetch ends with dragline::errc::invalid_option.
    DRAGLINE_DECL bool valid() const noexcept;

    friend bool operator==(const retry_policy&, const retry_policy&) = default;

private:
    int attempts_;
    duration first_ = std::chrono::milliseconds(100);
    duration longest_ = std::chrono::seconds(10);
    duration max_retry_after_ = std::chrono::seconds(60);
    std::vector<std::pair<int, retry_when>> rules_;  // beside the usual ones, in order of the status
    std::optional<retry_budget> budget_;
    std::shared_ptr<const decision_function> decide_;
    bool any_method_ = false;
    bool timeouts_ = true;
};

}  // namespace dragline::http

#include <dragline/http/resilience/impl/retry_policy.ipp>
