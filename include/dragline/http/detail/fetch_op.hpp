// One fetch from beginning to end: hops, attempts, the body.
#pragma once

#include <dragline/async/interrupter.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/detail/authentication_machine.hpp>
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
    fetch_op(std::shared_ptr<session_state> session, fetch_options options);

    /// Call once; the object must outlive the coroutine.
    asio::awaitable<result<response>> run(std::string url);

private:
    using time_point = async::time_point;
    using duration = async::duration;

    std::error_code prepare(const std::string& text);
    asio::awaitable<result<void>> hop();
    asio::awaitable<result<void>> attempt(bool& stale);
    asio::awaitable<result<void>> connect(connection_pool::place& place);
    asio::awaitable<result<void>> exchange_on(h1_connection& connection);
    bool may_repeat(const h1_connection& connection, std::error_code ec) const noexcept;
    result<std::string> pool_key();
    std::error_code follow();
    void record(std::error_code ec);

    time_point now() const noexcept { return session_->loop().now(); }
    stage_limit limit_of(duration stage, phase where, time_point from) const noexcept;

    std::shared_ptr<session_state> session_;
    session_state::call call_;
    fetch_options options_;
    time_point started_;
    time_point until_;

    dragline::url::url url_;
    std::string method_;
    fields fields_;  // of the request, complete but for Host
    http::body body_;
    std::unique_ptr<body_source> source_;  // of the body, while it is sent
    fetch_cookies cookies_;
    bool pinned_ = true;  // connect_to and own cookies still apply: no redirect has left the origin
    std::shared_ptr<tls_setup> tls_;

    authentication_machine authentication_;
    response_head head_;
    redirect_step next_;               // what follows head_
    bool again_ = false;               // the same request, rather
    bool expectation_failed_ = false;  // 417: 100 (Continue) is not asked for again
    response response_;
    attempt_record attempt_;
    time_point attempt_started_{};
};

/// Where a fetch runs: on a session, or on the default session of its loop.
struct fetch_place {
    asio::any_io_executor loop;
    std::shared_ptr<session_state> session;
};

asio::awaitable<result<response>> fetch_body(fetch_place place, std::string url, fetch_options options);

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/fetch_op.ipp>
