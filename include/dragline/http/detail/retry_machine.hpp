// Decides whether a request is made once more, and after which pause. No I/O and no clock.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/http/exchange.hpp>
#include <dragline/http/resilience/retry_policy.hpp>
#include <dragline/http/trace.hpp>

#include <chrono>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragline::inline v1::http::detail {

/// What came of an attempt: an error, or the head of an answer.
struct retry_question {
    std::error_code ec;
    const response_head* head = nullptr;  // when there is no error, or it is one of the body
    std::string_view method;
    bool keyed = false;       // an Idempotency-Key says that it may be made twice
    bool replayable = true;   // its body
    bool sent = true;         // the peer may have seen some of it
    async::time_point now{};  // and of the whole:
    async::time_point until = async::no_deadline;
    std::chrono::system_clock::time_point wall_time{};
};

/// For one fetch; the policy must outlive it.
class retry_machine {
public:
    DRAGLINE_DECL retry_machine(const retry_policy& policy, retry_budget budget);

    /// Whether there is anything to ask about an answer of this status.
    bool concerns(int status) const noexcept { return status >= 300 || policy_.decide(); }

    /// Whether the request is to be made again, after take_pause(). Else stopped() says why not, if it was
    /// thinkable. Throws async::callback_failure with what the policy's function throws.
    DRAGLINE_DECL bool retry(const retry_question& asked, async::random_source& random);
    retry_stop stopped() const noexcept { return stopped_; }

    /// Whether a redirect may be followed, after take_pause(): no Retry-After asks for too much.
    DRAGLINE_DECL bool follow(const retry_question& asked);

    async::duration take_pause() noexcept { return std::exchange(pause_, {}); }

    /// Why the next attempt is made; none when nothing is retried.
    retry_reason take_reason() noexcept { return std::exchange(reason_, retry_reason::none); }

private:
    struct finding {
        retry_reason reason = retry_reason::none;
        retry_when when = retry_when::never;
    };
    finding judge(const retry_question& asked) const noexcept;
    retry_decision ask(const retry_question& asked) const;
    retry_stop obstacle(const retry_question& asked, async::random_source& random);
    async::duration backoff(async::random_source& random) const;

    const retry_policy& policy_;
    retry_budget budget_;
    int attempts_ = 1;
    async::duration pause_{};
    retry_reason reason_ = retry_reason::none;
    retry_stop stopped_ = retry_stop::none;
};

/// Why such an error may be mended by repeating the request, or retry_reason::none.
DRAGLINE_DECL retry_reason reason_to_retry(std::error_code ec, bool sent, bool head_came) noexcept;

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/retry_machine.ipp>
