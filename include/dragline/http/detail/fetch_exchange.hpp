// One exchange of a fetch: a request on a connection, up to a head and what follows from it.
#pragma once

#include <dragline/async/interrupter.hpp>
#include <dragline/core/boxed.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/detail/authentication_machine.hpp>
#include <dragline/http/detail/body_reader.hpp>
#include <dragline/http/detail/fetch_cookies.hpp>
#include <dragline/http/detail/fetch_guard.hpp>
#include <dragline/http/detail/fetch_insight.hpp>
#include <dragline/http/detail/host_guard.hpp>
#include <dragline/http/detail/proxy_machine.hpp>
#include <dragline/http/detail/redirect_machine.hpp>
#include <dragline/http/detail/request_fields.hpp>
#include <dragline/http/detail/retry_machine.hpp>
#include <dragline/http/detail/session_state.hpp>
#include <dragline/http/exchange.hpp>
#include <dragline/http/options.hpp>
#include <dragline/http/redirect_policy.hpp>
#include <dragline/url/url.hpp>

#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace dragline::inline v1::http::detail {

class fetch_exchange {
protected:
    using time_point = async::time_point;
    using duration = async::duration;

    fetch_exchange(std::shared_ptr<session_state> session, const fetch_options& options);

    asio::awaitable<result<void>> exchange_on(h1_connection& connection);

    /// Who asks from here on, at the origin of url_.
    std::error_code ask_as(credentials who);
    void next_request() noexcept {
        if (authentication_) authentication_->next_request();
    }

    /// After it: the fetch ends with this head, and the body that follows is the one of the answer.
    bool is_answer() const noexcept {
        if (next_ || again_) [[unlikely]]
            return false;
        return true;
    }
    retry_question question(std::error_code ec) const;

    /// The attempt is over.
    void record(std::error_code ec);
    static void close_connection(void* connection) noexcept {
        static_cast<h1_connection*>(connection)->close();
    }
    time_point now() const noexcept { return session_->loop().now(); }

    std::shared_ptr<session_state> session_;
    session_state::call call_;
    const fetch_options& options_;
    time_point started_;
    time_point until_;
    body_reader reader_;

    dragline::url::url url_;
    std::string method_;
    request_fields fields_;
    http::body body_;                       // of the request
    std::unique_ptr<body_source> source_;   // of that body, while it is sent
    std::optional<fetch_cookies> cookies_;  // where there are any
    fetch_guard guard_;
    bool pinned_ = true;  // connect_to and own cookies still apply: no redirect has left the origin

    std::unique_ptr<authentication_machine> authentication_;  // of who has credentials
    std::unique_ptr<proxy_machine> proxies_;                  // where there may be some
    std::unique_ptr<retry_machine> retry_;                    // none without a retry_policy
    std::unique_ptr<host_admission> admission_;               // none without limits and circuit breaker
    response_head head_;
    boxed<redirect_step> next_;  // what follows head_
    bool again_ = false;         // the same request, rather
    std::vector<redirect_record> history_;
    attempt_progress attempt_;
    time_point attempt_started_{};
    stage_limit write_limit_;
    std::unique_ptr<fetch_insight> insight_;  // none when nobody wants to know

private:
    std::error_code authorize();
    std::error_code prepare_request();
    result<bool> begin_request(h1_connection& connection, time_point begun);
    std::error_code judge_head();
    void look_at_answer();
    bool has_body() const noexcept;
    bool asks_for_continue() const noexcept;
    stage_limit limit_of(duration stage, phase where, time_point from) const noexcept;

    bool expectation_failed_ = false;  // 417: 100 (Continue) is not asked for again
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/fetch_exchange.ipp>
