// One fetch: its hops and attempts up to a head that is the answer, and the connection that has its body.
#pragma once

#include <dragline/async/interrupter.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/detail/authentication_machine.hpp>
#include <dragline/http/detail/body_reader.hpp>
#include <dragline/http/detail/connection_pool.hpp>
#include <dragline/http/detail/fetch_cookies.hpp>
#include <dragline/http/detail/redirect_machine.hpp>
#include <dragline/http/detail/session_state.hpp>
#include <dragline/http/exchange.hpp>
#include <dragline/http/options.hpp>
#include <dragline/http/response.hpp>
#include <dragline/url/url.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace dragline::inline v1::http::detail {

class fetch_op {
public:
    fetch_op(std::shared_ptr<session_state> session, fetch_options&& options);

    /// Up to the head of the answer. Call once; the object must outlive the coroutine, here and below.
    asio::awaitable<result<void>> open(std::string url);

    /// All of the body, after open(); an answer whose body fails has none.
    asio::awaitable<result<response>> receive();

    // For who reads the body in pieces: from connection(), with body(), until close_body().
    h1_connection& connection() noexcept { return *place_.connection(); }
    body_reader& body() noexcept { return reader_; }
    async::interrupter& ending() noexcept { return call_.ending(); }

    /// After the body: the rest of the request, as far as the peer takes it. What the caller ends or his
    /// source refuses is an error, a peer that takes no more is none.
    asio::awaitable<result<void>> finish_request();

    /// What is known before the body; call once.
    response_record take_record();

    /// The body has ended, or failed: the connection is kept for the next fetch, or closed.
    void close_body(std::error_code ec);

private:
    using time_point = async::time_point;
    using duration = async::duration;

    std::error_code prepare(const std::string& text);
    asio::awaitable<result<void>> hop();
    asio::awaitable<result<void>> attempt(bool& stale);
    asio::awaitable<result<void>> exchange_on(h1_connection& connection);
    bool is_answer() const noexcept { return !next_.ec && !next_.target && !again_; }
    bool may_repeat(const h1_connection& connection, std::error_code ec) const noexcept;
    std::error_code choose_tls();
    std::error_code follow();
    void record(std::error_code ec);

    static void close_connection(void* connection) noexcept {
        static_cast<h1_connection*>(connection)->close();
    }
    time_point now() const noexcept { return session_->loop().now(); }
    stage_limit limit_of(duration stage, phase where, time_point from) const noexcept;

    std::shared_ptr<session_state> session_;
    session_state::call call_;
    fetch_options options_;
    time_point started_;
    time_point until_;
    body_reader reader_;
    connection_pool::place place_;  // after open()

    dragline::url::url url_;
    std::string method_;
    fields fields_;                        // of the request, complete but for Host
    http::body body_;                      // of the request
    std::unique_ptr<body_source> source_;  // of that body, while it is sent
    fetch_cookies cookies_;
    bool pinned_ = true;  // connect_to and own cookies still apply: no redirect has left the origin
    std::shared_ptr<tls_setup> tls_;

    authentication_machine authentication_;
    response_head head_;
    redirect_step next_;               // what follows head_
    bool again_ = false;               // the same request, rather
    bool expectation_failed_ = false;  // 417: 100 (Continue) is not asked for again
    response_record response_;
    attempt_record attempt_;
    time_point attempt_started_{};
    stage_limit write_limit_;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/fetch_op.ipp>
