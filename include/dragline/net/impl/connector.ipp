// Included by <dragline/net/connector.hpp> only.
#pragma once

#include <dragline/core/spare_memory.hpp>
#include <dragline/net/detail/direct_connect.hpp>
#include <dragline/net/detail/proxying.hpp>
#include <dragline/net/detail/race_wait.hpp>
#include <dragline/net/detail/securing.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <cassert>
#include <memory>
#include <utility>

namespace dragline::inline v1::net {
namespace detail {

DRAGLINE_DECL asio::awaitable<result<connected>> dial(async::loop_state& loop, const connect_request& request,
                                                      connect_trace& trace, async::interrupter& ending) {
    race_wait racing(loop, request, trace, ending, connecting::purpose::dial);
    auto running = racing.run();
    const auto ran = co_await std::move(running);
    if (!ran) co_return ran.error();
    connected made;
    made.layer = racing.race().take_layer();
    made.address = racing.race().address();
    co_return made;
}

inline asio::awaitable<result<connected>> dial_through(async::loop_state& loop,
                                                       const connect_request& request, connect_trace& trace,
                                                       async::interrupter& ending) {
    proxying through(loop, request, trace, ending);
    auto running = through.run();
    co_return co_await std::move(running);
}

}  // namespace detail

DRAGLINE_DECL asio::awaitable<result<connected>> connect(async::loop_state& loop,
                                                         const connect_request& request, connect_trace& trace,
                                                         async::interrupter& ending) {
    auto dialling = request.proxies.empty() ? detail::dial(loop, request, trace, ending)
                                            : detail::dial_through(loop, request, trace, ending);
    auto made = co_await std::move(dialling);
    // Whatever a step came to, and whatever the layers under it made of being closed.
    if (ending.interrupted()) co_return asio::error::make_error_code(asio::error::operation_aborted);
    if (!made || !request.tls) co_return made;
    detail::securing secured(loop, request, trace, ending, std::move(made->layer));
    auto shaking = secured.layer().handshake(secured.until(), secured.last_flight());
    const auto shaken = co_await std::move(shaking);
    secured.tell(*made, shaken.error());
    if (ending.interrupted()) co_return asio::error::make_error_code(asio::error::operation_aborted);
    if (!shaken) co_return shaken.error();
    co_return made;
}

DRAGLINE_DECL void connect_directly(async::loop_state& loop, const connect_request& request,
                                    connect_trace& trace, async::interrupter& ending,
                                    std::shared_ptr<connect_owner> owner) {
    using detail::direct_connect;
    assert(request.proxies.empty());
    std::allocate_shared<direct_connect>(spare_allocator<direct_connect>(), loop, request, trace, ending,
                                         std::move(owner))
        ->start();
}

}  // namespace dragline::net

#endif
