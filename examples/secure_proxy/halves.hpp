// What the two halves do with a connection: the entrance speaks SOCKS 5 with a program, the exit connects to
// what the program asks for. Between them the first message names the target, and the second one answers.
#pragma once

#include "relay.hpp"

#include <asio/this_coro.hpp>

#include <chrono>
#include <string>
#include <system_error>
#include <utility>

namespace secure_proxy {

// For a whole piece of the handshake, which has seven at most: who sends byte by byte is not waited for.
inline const auto impatient = net::read_options().timeout(std::chrono::seconds(5));

inline asio::awaitable<void> receive_request(net::stream& program, net::socks5_server& socks) {
    while (!socks.has_request()) {
        // No more than belongs to the handshake: what is behind it is for the target.
        const auto bytes = co_await program.read_exactly(socks.wanted(), impatient);
        const auto taken = socks.receive(bytes);
        co_await program.write(std::string(socks.output()));
        socks.output_sent();
        if (!taken) throw std::system_error(taken.error());
    }
}

inline asio::awaitable<void> serve_entrance(net::stream program, net::endpoint exit,
                                            net::secure_channel_options secret) {
    net::socks5_server socks;
    co_await receive_request(program, socks);
    std::string target;
    socks.target().append_to(target);
    net::secure_stream channel;
    auto code = net::socks_reply::general_failure;  // also when the exit is not there, or has another key
    try {
        channel = net::secure_stream(co_await net::open_connection(exit), net::channel_role::client, secret);
        co_await channel.handshake();
        co_await channel.send(target);
        const auto answer = co_await channel.receive();
        if (answer.size() == 1) code = static_cast<net::socks_reply>(answer[0]);
    } catch (const std::system_error&) {
    }
    socks.reply(code);
    co_await program.write(std::string(socks.output()));
    if (code == net::socks_reply::succeeded) co_await relay(std::move(program), std::move(channel));
}

inline asio::awaitable<void> serve_exit(net::stream entrance, net::address_policy allowed,
                                        net::secure_channel_options secret) {
    net::secure_stream channel(std::move(entrance), net::channel_role::server, secret);
    co_await channel.handshake();
    const auto target = net::proxy_target::parse(co_await channel.receive()).value();
    const net::endpoint where(target.host(), target.port());
    const auto options = net::connect_options().address_policy(allowed);
    const auto loop = co_await asio::this_coro::executor;
    auto [ec, reached] =
        co_await net::open_connection(loop, where, options, dragline::as_tuple(asio::use_awaitable));
    co_await channel.send(std::string(1, static_cast<char>(net::make_socks_reply(ec))));
    if (!ec) co_await relay(std::move(reached), std::move(channel));
}

}  // namespace secure_proxy
