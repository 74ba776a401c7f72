// One hop of a fetch: the attempts at one request, up to a head, and the connection that has its body.
#pragma once

#include <dragline/async/interrupter.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/detail/authentication_machine.hpp>
#include <dragline/http/detail/body_reader.hpp>
#include <dragline/http/detail/connection_pool.hpp>
#include <dragline/http/detail/fetch_cookies.hpp>
#include <dragline/http/detail/fetch_insight.hpp>
#include <dragline/http/detail/redirect_machine.hpp>
#include <dragline/http/detail/session_state.hpp>
#include <dragline/http/exchange.hpp>
#include <dragline/http/options.hpp>
#include <dragline/http/response.hpp>
#include <dragline/url/url.hpp>

#include <memory>
#include <string>
#include <system_error>

namespace dragline::inline v1::http::detail {

class fetch_hop {
protected:
    using time_point = async::time_point;
    using duration = async::duration;

    fetch_hop(std::shared_ptr<session_state> session, fetch_options&& options);

    /// Up to a head, or again_ says that the same request is to be made once more.
    asio::awaitable<result<void>> hop();

    /// The attempt is over.
    void record(std::error_code ec);
    void fill_timings() noexcept;
    static void close_connection(void* connection) noexcept {
        static_cast<h1_connection*>(connection)->close();
    }
    time_point now() const noexcept { return session_->loop().now(); }

    std::shared_ptr<session_state> session_;
    session_state::call call_;
    fetch_options options_;
    time_point started_;
    time_point until_;
    body_reader reader_;
    connection_pool::place place_;  // after a hop that is the answer

    dragline::url::url url_;
    std::string method_;
    fields fields_;                        // of the request, complete but for Host
    http::body body_;                      // of the request
    std::unique_ptr<body_source> source_;  // of that body, while it is sent
    fetch_cookies cookies_;
    bool pinned_ = true;  // connect_to and own cookies still apply: no redirect has left the origin

    authentication_machine authentication_;
    response_head head_;
    redirect_step next_;  // what follows head_
    bool again_ = false;  // the same request, rather
    response_record response_;
    attempt_progress attempt_;
    std::unique_ptr<fetch_insight> insight_;  // nullptr when nobody wants to know
    stage_limit write_limit_;

private:
    asio::awaitable<result<void>> attempt(bool& stale);
    asio::awaitable<result<void>> exchange_on(h1_connection& connection);
    bool is_answer() const noexcept { return !next_.ec && !next_.target && !again_; }
    bool may_repeat(const h1_connection& connection, std::error_code ec) const noexcept;
    std::error_code choose_tls();
    stage_limit limit_of(duration stage, phase where, time_point from) const noexcept;

    std::shared_ptr<tls_setup> tls_;
    time_point attempt_started_{};
    bool expectation_failed_ = false;  // 417: 100 (Continue) is not asked for again
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/fetch_hop.ipp>
