// Included by <dragline/net/connector.hpp> only.
#pragma once

#include <dragline/core/spare_memory.hpp>
#include <dragline/net/detail/connecting.hpp>
#include <dragline/net/detail/proxying.hpp>
#include <dragline/net/detail/tls_layer.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace dragline::inline v1::net {
namespace detail {

DRAGLINE_DECL asio::awaitable<result<dialled>> dial(async::loop_state& loop, const connect_request& request,
                                                    connect_trace& trace, async::interrupter& ending) {
    const connecting_guard guard(
        std::allocate_shared<connecting>(spare_allocator<connecting>(), loop, request, trace));
    guard.race->start();
    auto running = guard.race->run(ending);
    const auto ran = co_await std::move(running);
    if (!ran) co_return ran.error();
    auto socket = guard.race->take_socket();
    dialled made;
    made.layer = std::make_shared<socket_layer>(std::move(socket));
    made.address = guard.race->address();
    co_return made;
}

inline asio::awaitable<result<dialled>> dial_through(async::loop_state& loop, const connect_request& request,
                                                     connect_trace& trace, async::interrupter& ending) {
    proxying through(loop, request, trace, ending);
    auto running = through.run();
    co_return co_await std::move(running);
}

inline net::stream stream_over(std::shared_ptr<stream_layer> layer, const connect_request& request,
                               async::time_point opened) {
    return net::stream(
        std::make_shared<stream_state>(std::move(layer), request.stream, opened, request.target.host()));
}

inline asio::awaitable<result<void>> shake_hands(async::loop_state& loop, connected& made,
                                                 std::shared_ptr<stream_layer> lower,
                                                 const connect_request& request, async::time_point opened,
                                                 connect_trace& trace, async::interrupter& ending) {
    const auto started = loop.now();
    auto layer = std::make_shared<tls_layer>(std::move(lower), *request.tls, request.tls_options);
    made.stream = stream_over(layer, request, opened);
    async::interrupter::scope scope(
        ending, [](void* self) noexcept { static_cast<tls_layer*>(self)->close(); }, layer.get());
    auto shaking =
        layer->handshake(std::min(request.until, async::deadline_after(started, request.tls_timeout)));
    auto done = co_await std::move(shaking);
    trace.tls = loop.now() - started;
    trace.tls_resumed = layer->engine().resumed();
    made.peer = trace.peer = layer->engine().peer();
    if (!done) trace.tls_detail = layer->engine().error_detail();
    co_return done;
}

}  // namespace detail

DRAGLINE_DECL asio::awaitable<result<connected>> connect(async::loop_state& loop,
                                                         const connect_request& request, connect_trace& trace,
                                                         async::interrupter& ending) {
    const auto opened = loop.now();
    connected made;
    auto dialling = request.proxies.empty() ? detail::dial(loop, request, trace, ending)
                                            : detail::dial_through(loop, request, trace, ending);
    auto stands = co_await std::move(dialling);
    // Whatever a step came to, and whatever the layers under it made of being closed.
    if (ending.interrupted()) co_return asio::error::make_error_code(asio::error::operation_aborted);
    if (!stands) co_return stands.error();
    made.address = stands->address;
    if (!request.tls) {
        made.stream = detail::stream_over(std::move(stands->layer), request, opened);
        co_return made;
    }
    auto shaking = detail::shake_hands(loop, made, std::move(stands->layer), request, opened, trace, ending);
    auto shaken = co_await std::move(shaking);
    if (ending.interrupted()) co_return asio::error::make_error_code(asio::error::operation_aborted);
    if (!shaken) co_return shaken.error();
    co_return made;
}

}  // namespace dragline::net

#endif
