// Connecting: names looked up, every address tried in the manner of RFC 8305, TLS on top where it is asked
// for.
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/async/where.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/dns/resolver.hpp>
#include <dragline/net/connector.hpp>
#include <dragline/net/endpoint.hpp>
#include <dragline/net/options.hpp>
#include <dragline/net/stream.hpp>

#include <asio/any_io_executor.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::net {

namespace detail {

asio::awaitable<result<stream>> open_body(asio::any_io_executor loop, dns::resolver resolver, endpoint target,
                                          connect_options options);
asio::awaitable<result<stream>> open_here_body(asio::any_io_executor here, endpoint target,
                                               connect_options options);

}  // namespace detail

/// Connects to `target` and completes with void(error_code, stream).
///
/// Every address of a name is tried: IPv6 first, the next one after `attempt_delay` or at once when one
/// fails.
///
/// Errors: those of the look-up; of the first address that failed, when all did; of tls; errc::proxy_*;
///   errc::address_blocked; make_timeout(resolve, connect, proxy, tls or total); errc::invalid_endpoint,
///   dragline::errc::invalid_option.
/// Cancel: any type. Threads: any.
template <async::where Where, class Token = default_token>
auto open_connection(Where&& where, endpoint target, connect_options options, Token&& token = {}) {
    auto loop = async::executor_of(where);
    return async::initiate<stream>(loop, &detail::open_body, std::forward<Token>(token), loop,
                                   dns::resolver_of(where), std::move(target), std::move(options));
}

/// As above, with default options.
template <async::where Where, class Token = default_token>
requires(!std::same_as<std::remove_cvref_t<Token>, connect_options>) auto open_connection(
    Where&& where, endpoint target, Token&& token = {}) {
    return open_connection(std::forward<Where>(where), std::move(target), connect_options(),
                           std::forward<Token>(token));
}

/// As above, on the loop whose coroutine awaits this.
DRAGLINE_DECL asio::awaitable<stream> open_connection(endpoint target,
                                                      connect_options options = connect_options());

}  // namespace dragline::net

namespace dragline::inline v1 {
using net::open_connection;
}

#include <dragline/net/impl/connect.ipp>
