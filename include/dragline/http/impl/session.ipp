// Included by <dragline/http/session.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::http {

DRAGLINE_DECL session_statistics session::statistics() const {
    session_statistics now;
    now.calls = state_->calls();
    now.waiting = state_->pool().waiting();
    if (const auto* guard = state_->guard()) now.held_back = guard->gates().waiting();
    now.connections = state_->pool().connections();
    now.idle_connections = state_->pool().idle();
    return now;
}

DRAGLINE_DECL bool session::limit_host(std::string_view name, const host_limit& limit) {
    if (!limit.valid()) return false;
    state_->guard_made().gates().set(name, limit);
    return true;
}

DRAGLINE_DECL circuit_state session::circuit(std::string_view origin) const noexcept {
    const auto* guard = state_->guard();
    return guard ? guard->state_of(origin) : circuit_state::closed;
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
