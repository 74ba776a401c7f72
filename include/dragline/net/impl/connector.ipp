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
#include <cassert>
#include <memory>
#include <new>
#include <utility>

namespace dragline::inline v1::net {
namespace detail {

DRAGLINE_DECL asio::awaitable<result<dialled>> dial(async::loop_state& loop, const connect_request& request,
                                                    connect_trace& trace, async::interrupter& ending) {
    race_wait racing(loop, request, trace, ending, connecting::purpose::dial);
    auto running = racing.run();
    const auto ran = co_await std::move(running);
    if (!ran) co_return ran.error();
    dialled made;
    made.layer = racing.race().take_layer();
    made.address = racing.race().address();
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

// Holds its owner, as connect_owner says, and is held by what it waits for.
class direct_connect final : public connecting {
public:
    direct_connect(async::loop_state& loop, const connect_request& request, connect_trace& trace,
                   async::interrupter& ending, std::shared_ptr<connect_owner> owner)
        : connecting(loop, request, trace, ending, purpose::dial), owner_(std::move(owner)) {}
    ~direct_connect() override { end(); }  // while there is the owner's request

private:
    void over(std::error_code ec) override {
        const auto owner = std::move(owner_);
        owner->connected(ec ? result<net::connected>(ec) : made());
    }
    result<net::connected> made() try {
        net::connected made;
        made.stream = net::stream(
            stream_state::make(take_layer(), request().stream, started(), request().target.host()));
        made.address = address();
        return made;
    } catch (const std::bad_alloc&) {
        return std::make_error_code(std::errc::not_enough_memory);
    }

    std::shared_ptr<connect_owner> owner_;
};

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

DRAGLINE_DECL void connect_directly(async::loop_state& loop, const connect_request& request,
                                    connect_trace& trace, async::interrupter& ending,
                                    std::shared_ptr<connect_owner> owner) {
    using detail::direct_connect;
    assert(request.proxies.empty() && !request.tls);
    std::allocate_shared<direct_connect>(spare_allocator<direct_connect>(), loop, request, trace, ending,
                                         std::move(owner))
        ->start();
}

}  // namespace dragline::net

#endif
