// Included by <dragline/http/session.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::http {

DRAGLINE_DECL session_statistics session::statistics() const {
    session_statistics now;
    now.calls = state_->calls();
    now.waiting = state_->pool().waiting();
    now.connections = state_->pool().connections();
    now.idle_connections = state_->pool().idle();
    return now;
}

namespace detail {

DRAGLINE_DECL asio::awaitable<result<void>> close_session_body(asio::any_io_executor loop, std::string key) {
    auto closing = loop_sessions::of(loop).close(std::move(key));
    co_return co_await std::move(closing);
}

DRAGLINE_DECL asio::awaitable<result<void>> close_all_body(asio::any_io_executor loop) {
    auto closing = loop_sessions::of(loop).close_all();
    co_return co_await std::move(closing);
}

}  // namespace detail
}  // namespace dragline::http

#endif
