// Servers: connections accepted on one loop or on many, each given to a handler. Start with start_server().
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/loop_group.hpp>
#include <dragline/async/operation.hpp>
#include <dragline/async/where.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/dns/resolver.hpp>
#include <dragline/net/detail/server_handler.hpp>
#include <dragline/net/endpoint.hpp>
#include <dragline/net/server_options.hpp>
#include <dragline/net/stream.hpp>
#include <dragline/tls/options.hpp>

#include <asio/any_io_executor.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace dragline::inline v1::net {

namespace detail {
class server_handle;
}

/// What a server has done so far.
class server_counters {
public:
    server_counters() {}

    std::size_t active = 0;                ///< Connections now, those in a handshake included.
    std::uint64_t accepted = 0;            ///< Since the start.
    std::uint64_t handshake_failures = 0;  ///< TLS: clients that did not get as far as a handler.
    std::uint64_t handler_failures = 0;    ///< Exceptions that left a handler.
    std::uint64_t timeouts = 0;            ///< Connections that lasted longer than connection_timeout.
    std::uint64_t refused = 0;             ///< Closed at once: no memory, or no place in the pool's queue.
    std::uint64_t accept_errors = 0;       ///< No descriptors, above all; see pauses.
    std::uint64_t pauses =
        0;  ///< How often accepting stopped for a while: at the cap, for its rate, for errors.
};

/// A server that listens: a handle, of which copies mean the same server. The last one to go aborts it.
///
/// The loops may end first. Threads: any.
class server {
public:
    server() noexcept {}
    explicit server(std::shared_ptr<detail::server_handle> handle) noexcept : handle_(std::move(handle)) {}

    explicit operator bool() const noexcept { return handle_ != nullptr; }

    /// Where it listens, with the port that the system chose; of a name all its addresses.
    const endpoint& local_endpoint() const { return local_endpoints().front(); }
    const std::vector<endpoint>& local_endpoints() const;

    /// Whether stop() or abort() was called.
    bool is_stopping() const noexcept;

    server_counters counters() const;

    /// Certificates and settings for new connections; those that stand go on with the old ones. Reads files:
    /// it may block for a moment.
    ///
    /// Errors: those of tls::context::make_server(), and all stays as it was; dragline::errc::invalid_option
    /// for a server without TLS.
    result<void> reload(const tls::server_options& renewed) const;

    /// Stops accepting at once, and completes with void(error_code) when every handler has ended. Those that
    /// have not after `drain_timeout` (by default that of the options) are cancelled, plain ones asked to
    /// stop, and their streams closed; then they are waited for.
    ///
    /// Errors: dragline::errc::invalid_option; errc::loop_not_running, when what is left is on loops of the
    /// group that were stopped. Cancel: any type; the wait ends, and the handlers go on.
    template <class Token = default_token>
    auto stop(async::duration drain_timeout, Token&& token = {}) const {
        auto loop = home();
        return async::initiate<void>(loop, &stop_body, std::forward<Token>(token), loop, handle_,
                                     drain_timeout);
    }
    template <class Token = default_token>
    requires(!std::convertible_to<Token, async::duration>) auto stop(Token&& token = {}) const {
        return stop(default_drain_timeout(), std::forward<Token>(token));
    }

    /// Stops accepting, cancels every handler and closes every stream, without waiting for them.
    void abort() const noexcept;

private:
    static asio::awaitable<result<void>> stop_body(asio::any_io_executor loop,
                                                   std::shared_ptr<detail::server_handle> handle,
                                                   async::duration drain_timeout);
    asio::any_io_executor home() const;
    async::duration default_drain_timeout() const;

    std::shared_ptr<detail::server_handle> handle_;
};

namespace detail {

template <class T>
concept loop_group_like = std::same_as<std::remove_cvref_t<T>, async::loop_group>;
template <class T>
concept server_place = async::where<T> || loop_group_like<T>;

DRAGLINE_DECL std::vector<asio::any_io_executor> loops_of(const async::loop_group& group);

DRAGLINE_DECL asio::awaitable<result<server>> start_server_body(std::vector<asio::any_io_executor> loops,
                                                                dns::resolver resolver, endpoint at,
                                                                std::shared_ptr<server_handler> handler,
                                                                server_options options);

}  // namespace detail

/// Listens at `at` and completes with void(error_code, server). Port 0 is a free one; a host that is empty
/// stands for every address of this machine, and an IPv4 client then has a v4-mapped one; the file that a
/// dead server left of a Unix socket is replaced.
///
/// Each connection calls `handler`: a coroutine, awaitable<void>(net::stream), runs on the loop and owns its
/// stream; a plain function, void(net::stream&), perhaps with a std::stop_token, runs on options.pool(), uses
/// the stream with a token that blocks, asio::use_future, and its stream is closed behind it. What a handler
/// throws ends its own connection and is counted. Over a loop_group each loop has a listener of its own
/// (SO_REUSEPORT) and runs what it accepts, so the handler is called by several threads at once.
/// Errors: of the look-up, of the sockets (address_in_use), of tls; errc::invalid_endpoint,
/// dragline::errc::invalid_option. Cancel: any type. Threads: any.
template <detail::server_place Loop, class Handler, class Token = default_token>
auto start_server(Loop&& where, endpoint at, Handler&& handler, server_options options, Token&& token = {}) {
    auto served = detail::make_server_handler(std::forward<Handler>(handler));
    const auto begin = [&](std::vector<asio::any_io_executor> loops, dns::resolver resolver) {
        auto home = loops.front();
        return async::initiate<server>(home, &detail::start_server_body, std::forward<Token>(token),
                                       std::move(loops), std::move(resolver), std::move(at),
                                       std::move(served), std::move(options));
    };
    if constexpr (detail::loop_group_like<Loop>) {
        return begin(detail::loops_of(where), dns::resolver(where.at(0)));
    } else {
        return begin({async::executor_of(where)}, dns::resolver_of(where));
    }
}

/// As above, with default options.
template <detail::server_place Loop, class Handler, class Token = default_token>
requires(!std::same_as<std::remove_cvref_t<Token>, server_options>) auto start_server(Loop&& where,
                                                                                      endpoint at,
                                                                                      Handler&& handler,
                                                                                      Token&& token = {}) {
    return start_server(std::forward<Loop>(where), std::move(at), std::forward<Handler>(handler),
                        server_options(), std::forward<Token>(token));
}

}  // namespace dragline::net

namespace dragline::inline v1 {
using net::start_server;
}

#include <dragline/net/impl/server.ipp>
