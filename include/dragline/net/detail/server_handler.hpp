// The handler of a server, whatever its type: a coroutine that owns its stream, or a plain function on the
// blocking pool.
#pragma once

#include <dragline/async/handler.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/net/stream.hpp>

#include <asio/awaitable.hpp>

#include <concepts>
#include <functional>
#include <memory>
#include <stop_token>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::net::detail {

class server_handler {
public:
    explicit server_handler(bool runs_on_pool) noexcept : plain(runs_on_pool) {}
    virtual ~server_handler() = default;
    server_handler(const server_handler&) = delete;
    server_handler& operator=(const server_handler&) = delete;

    virtual asio::awaitable<void> serve(stream connection) = 0;
    virtual void serve_plainly(stream& connection, std::stop_token stop) = 0;

    const bool plain;
};

template <class Handler>
class coroutine_server_handler final : public server_handler {
public:
    explicit coroutine_server_handler(Handler handler)
        : server_handler(false), handler_(std::move(handler)) {}

    asio::awaitable<void> serve(stream connection) override {
        return std::invoke(handler_, std::move(connection));
    }
    void serve_plainly(stream&, std::stop_token) override {}

private:
    Handler handler_;
};

template <class Handler>
class plain_server_handler final : public server_handler {
public:
    explicit plain_server_handler(Handler handler) : server_handler(true), handler_(std::move(handler)) {}

    asio::awaitable<void> serve(stream) override { co_return; }
    void serve_plainly(stream& connection, std::stop_token stop) override {
        if constexpr (std::invocable<Handler&, stream&>) {
            std::invoke(handler_, connection);
        } else {
            std::invoke(handler_, connection, std::move(stop));
        }
    }

private:
    Handler handler_;
};

template <class Handler>
std::shared_ptr<server_handler> make_server_handler(Handler&& handler) {
    using kept = std::decay_t<Handler>;
    constexpr bool coroutine = async::coroutine_handler<kept, stream>;
    constexpr bool plain = !coroutine && async::blocking_handler<kept, std::reference_wrapper<stream>>;
    static_assert(
        coroutine || plain,
        "dragline: the handler of a server is a coroutine, asio::awaitable<void>(net::stream), or a "
        "plain function, void(net::stream&), after which a std::stop_token may follow");
    if constexpr (coroutine) {
        constexpr bool fits = std::same_as<std::invoke_result_t<kept&, stream>, asio::awaitable<void>>;
        static_assert(fits, "dragline: a server's coroutine handler returns asio::awaitable<void>");
        if constexpr (fits)
            return std::make_shared<coroutine_server_handler<kept>>(std::forward<Handler>(handler));
    } else if constexpr (plain) {
        return std::make_shared<plain_server_handler<kept>>(std::forward<Handler>(handler));
    }
    return nullptr;
}

}  // namespace dragline::net::detail
