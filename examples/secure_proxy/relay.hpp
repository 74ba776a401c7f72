// Carries bytes both ways between a connection and a secure channel, until both have ended.
#pragma once

#include <dragline/dragline.hpp>

#include <asio/experimental/awaitable_operators.hpp>

#include <array>
#include <string>
#include <system_error>
#include <utility>

namespace secure_proxy {

namespace net = dragline::net;

// A tunnel may be silent for long.
inline const auto patient = net::read_options().timeout(std::chrono::hours(1));

inline asio::awaitable<void> send_all(net::stream& from, net::secure_stream& to) {
    std::array<char, 16 * 1024> bytes;
    for (;;) {
        const auto [ec, size] =
            co_await from.read_some(asio::buffer(bytes), patient, dragline::as_tuple(asio::use_awaitable));
        if (ec == asio::error::eof) co_return co_await to.shutdown();
        if (ec) throw std::system_error(ec);
        co_await to.send(std::string(bytes.data(), size));
    }
}

inline asio::awaitable<void> receive_all(net::secure_stream& from, net::stream& to) {
    for (;;) {
        auto [ec, message] = co_await from.receive(patient, dragline::as_tuple(asio::use_awaitable));
        if (ec == asio::error::eof) co_return co_await to.shutdown();
        if (ec) throw std::system_error(ec);
        co_await to.write(std::move(message));
    }
}

// The end of one way is passed on, and the other goes on; a failure of either ends both.
inline asio::awaitable<void> relay(net::stream plain, net::secure_stream channel) {
    using namespace asio::experimental::awaitable_operators;
    co_await (send_all(plain, channel) && receive_all(channel, plain));
    co_await channel.close();
}

}  // namespace secure_proxy
