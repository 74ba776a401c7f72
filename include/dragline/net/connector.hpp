// Connecting as the protocols above do it: with shared TLS contexts, tickets, and a way to be ended from
// outside. Programs start with open_connection() in connect.hpp.
#pragma once

#include <dragline/async/interrupter.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/connect_request.hpp>
#include <dragline/net/connect_trace.hpp>
#include <dragline/net/connected.hpp>

#include <asio/awaitable.hpp>

#include <memory>

namespace dragline::inline v1::net {

/// Connects on the caller's loop. `trace` is filled as far as it gets; `ending` ends it from outside. All
/// four have to live until it completes.
///
/// With proxies there is never a connection around them. Errors: those of the resolver, of the first address
/// that failed, of tls, and the timeout of the stage; errc::address_blocked; condition::proxy_failed;
/// operation_aborted once `ending` is interrupted.
asio::awaitable<result<connected>> connect(async::loop_state& loop, const connect_request& request,
                                           connect_trace& trace, async::interrupter& ending);
asio::awaitable<result<connected>> connect(async::loop_state& loop, connect_request&& request,
                                           connect_trace& trace, async::interrupter& ending) = delete;

/// As connect(), of a request without proxies, without the coroutine, which would cost as much as the rest.
/// The owner is kept until it has heard, or the loop is gone; until then the others have to live. Throws
/// std::bad_alloc before the owner has heard, and what connected() throws.
void connect_directly(async::loop_state& loop, const connect_request& request, connect_trace& trace,
                      async::interrupter& ending, std::shared_ptr<connect_owner> owner);

}  // namespace dragline::net

#include <dragline/net/impl/connector.ipp>
