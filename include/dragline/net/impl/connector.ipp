// Included by <dragline/net/connector.hpp> only.
#pragma once

#include <dragline/core/spare_memory.hpp>
#include <dragline/net/detail/proxying.hpp>
#include <dragline/net/detail/race_wait.hpp>
#include <dragline/net/detail/stream_state.hpp>
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
    auto racing = await_race(*guard.race, loop, ending);
    const auto raced = co_await std::move(racing);
    if (!raced) co_return raced.error();
    dialled made;
    made.layer = guard.race->take_layer();
    made.address = guard.race->address();
    co_return made;
}

inline asio::awaitable<result<dialled>> dial_through(async::loop_state& loop, const connect_request& request,
                                                     connect_trace& trace, async::interrupter& ending) {
    proxying through(loop, request, trace, ending);
    auto running = through.run();
    co_return co_await std::move(running);
}

inline asio::awaitable<result<void>> shake_hands(async::loop_state& loop, connected& made,
                                                 std::shared_ptr<stream_layer> lower,
                                                 const connect_request& request, async::time_point opened,
                                                 connect_trace& trace, async::interrupter& ending) {
    const auto started = loop.now();
    auto layer = std::make_shared<tls_layer>(std::move(lower), *request.tls, request.tls_options);
    made.stream = net::stream(stream_state::make(layer, request.stream, opened, request.target.host()));
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
        auto state = detail::stream_state::make(std::move(stands->layer), request.stream, opened,
                                                request.target.host());
        made.stream = net::stream(std::move(state));
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
