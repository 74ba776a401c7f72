// Sessions: what fetches of one purpose share, cached by (key, event loop). Start with get_session().
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/async/where.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/http/cookies/cookie_jar.hpp>
#include <dragline/http/detail/close_everywhere.hpp>
#include <dragline/http/detail/session_state.hpp>
#include <dragline/http/insight/metrics.hpp>
#include <dragline/http/policy/hsts_store.hpp>
#include <dragline/http/session_options.hpp>

#include <asio/any_io_executor.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragline::inline v1::http {

/// What a session has at the moment.
class session_statistics {
public:
    session_statistics() {}

    std::size_t calls = 0;        ///< Fetches under way.
    std::size_t waiting = 0;      ///< Of these, waiting for a connection.
    std::size_t held_back = 0;    ///< Of these, waiting for the limit of a host.
    std::size_t connections = 0;  ///< Idle ones included.
    std::size_t idle_connections = 0;
};

/// A handle to one session: connections and limits of its own, resolver and TLS setup shared with its loop.
///
/// Cheap to copy. May be given to operations on any thread; its other members belong to the loop's thread.
class session {
public:
    using executor_type = asio::any_io_executor;

    executor_type get_executor() const noexcept { return state_->loop().executor(); }
    dns::resolver get_resolver() const { return state_->resolver(); }
    const std::string& key() const noexcept { return state_->key(); }

    /// False after close_session(): each call on this handle then ends with errc::session_closed.
    bool is_open() const noexcept { return !state_->closed(); }
    session_statistics statistics() const;

    /// The jar of this session, for looking into it, saving it and loading it; nullptr when it keeps no
    /// cookies.
    const std::shared_ptr<http::cookie_jar>& cookie_jar() const noexcept { return state_->cookies(); }

    /// The hosts that this session reaches over TLS alone; nullptr when it does not obey
    /// Strict-Transport-Security.
    const std::shared_ptr<http::hsts_store>& hsts_store() const noexcept { return state_->hsts(); }
    /// Sets the limit of one host from now on, or of those below a name, as host_limits::host() does: what a
    /// robots.txt says, say. False when the limit cannot work, and then nothing is changed.
    bool limit_host(std::string_view name, const host_limit& limit);

    /// That of an origin, such as "https://example.com"; closed also where nothing was asked of late.
    circuit_state circuit(std::string_view origin) const noexcept;
    /// What its fetches came to; nullptr unless session_options::metrics() asks for it.
    const std::shared_ptr<http::metrics>& metrics() const noexcept { return state_->metrics(); }

    friend bool operator==(const session&, const session&) = default;

private:
    friend struct session_access;
    explicit session(std::shared_ptr<detail::session_state> state) noexcept : state_(std::move(state)) {}

    std::shared_ptr<detail::session_state> state_;
};

/// Opens the handle for the operations of this module.
struct session_access {
    static session make(std::shared_ptr<detail::session_state> state) { return session(std::move(state)); }
    static const std::shared_ptr<detail::session_state>& state(const session& from) { return from.state_; }
};

/// The living session of `key` on this loop, made at first use with default options. Never fails.
///
/// Threads: the loop's, or any before the loop runs.
template <async::where Loop>
session get_session(Loop&& loop, std::string_view key = {}) {
    return session_access::make(detail::loop_sessions::of(async::executor_of(loop)).get(key, nullptr));
}

/// As above, made with `options`. Throws std::system_error(errc::session_options_differ) when it lives with
/// others.
template <async::where Loop>
session get_session(Loop&& loop, std::string_view key, const session_options& options) {
    return session_access::make(detail::loop_sessions::of(async::executor_of(loop)).get(key, &options));
}

namespace detail {

asio::awaitable<result<void>> close_session_body(asio::any_io_executor loop, std::string key);
asio::awaitable<result<void>> close_all_body(asio::any_io_executor loop);

}  // namespace detail

/// Ends the session of `key` on one loop and completes when its sockets are closed: void(error_code).
///
/// Calls in flight end with operation_aborted, new ones on old handles with errc::session_closed; the next
/// get_session() makes a new session. Without such a session it succeeds. Threads: any.
template <async::where Loop, class Token = default_token>
auto close_session(Loop&& loop, std::string_view key, Token&& token = {}) {
    auto executor = async::executor_of(loop);
    return async::initiate<void>(executor, &detail::close_session_body, std::forward<Token>(token), executor,
                                 std::string(key));
}

/// As above, on every loop of the process. Completes on the token's executor, which has to live until then;
/// without one, on a thread of Asio's own. A coroutine that awaits it with
/// use_awaitable, or as_tuple() of it, may die with its loop, as always.
///
/// Errors: errc::loop_not_running when a loop that has such a session did not answer within 5 seconds.
template <class Token = default_token>
auto close_session(std::string_view key, Token&& token = {}) {
    return detail::close_everywhere_with(std::forward<Token>(token), std::optional<std::string>(key));
}

/// As close_session(), for every session of one loop.
template <async::where Loop, class Token = default_token>
auto close_all_sessions(Loop&& loop, Token&& token = {}) {
    auto executor = async::executor_of(loop);
    return async::initiate<void>(executor, &detail::close_all_body, std::forward<Token>(token), executor);
}

/// As above, for every session of every loop of the process.
template <class Token = default_token>
requires(!async::where<Token>) auto close_all_sessions(Token&& token = {}) {
    return detail::close_everywhere_with(std::forward<Token>(token), std::optional<std::string>());
}

}  // namespace dragline::http

namespace dragline::inline v1 {
using http::close_all_sessions;
using http::close_session;
using http::get_session;
using http::session;
}

#include <dragline/http/impl/session.ipp>
