// A SOCKS 5 proxy in two halves with a secure channel between them: programs connect to the entrance, and the
// exit connects to wherever they want to go.
//     secure_proxy entrance LISTEN EXIT KEY_FILE
//     secure_proxy exit LISTEN KEY_FILE [NETWORK...]     NETWORK: private addresses that may be reached, too
// The key file has 32 random bytes. Without arguments it shows itself.
#include "secure_proxy/halves.hpp"

#include <asio/signal_set.hpp>

#include <csignal>
#include <cstddef>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

using namespace secure_proxy;

asio::awaitable<net::server> open_entrance(dragline::event_loop& loop, net::endpoint at, net::endpoint exit,
                                           net::secure_channel_options secret) {
    const auto serve = [=](net::stream program) { return serve_entrance(std::move(program), exit, secret); };
    co_return co_await dragline::start_server(loop, at, serve);
}

asio::awaitable<net::server> open_exit(dragline::event_loop& loop, net::endpoint at,
                                       net::address_policy allowed, net::secure_channel_options secret) {
    const auto serve = [=](net::stream entrance) { return serve_exit(std::move(entrance), allowed, secret); };
    co_return co_await dragline::start_server(loop, at, serve);
}

asio::awaitable<void> show(dragline::event_loop& loop) {
    const net::endpoint anywhere("127.0.0.1", 0);
    const auto secret = net::secure_channel_options().key("32 bytes, and no good for others");
    const auto greet = [](net::stream client) -> asio::awaitable<void> {
        const auto name = co_await client.read_line();
        co_await client.write("hello " + name + "\n");
    };
    const auto target = co_await dragline::start_server(loop, anywhere, greet);
    const auto allowed = net::address_policy::public_only().allow("127.0.0.0/8").allow("::1");
    const auto exit = co_await open_exit(loop, anywhere, allowed, secret);
    const auto entrance = co_await open_entrance(loop, anywhere, exit.local_endpoint(), secret);

    const auto options = net::connect_options().proxy("socks5h://" + entrance.local_endpoint().to_string());
    const net::endpoint there("localhost", target.local_endpoint().port());  // looked up by the exit
    auto through = co_await net::open_connection(there, options);
    co_await through.write("world\n");
    if (co_await through.read_line() != "hello world") throw std::runtime_error("another greeting");
    co_await through.close();
    std::cout << "greeted through " << options.proxies().front().to_string() << '\n';
    for (const auto& each : {entrance, exit, target}) co_await each.stop();
}

asio::awaitable<void> serve(dragline::event_loop& loop, std::vector<std::string> words) {
    const bool entrance = words.at(0) == "entrance";
    const auto at = net::endpoint::parse(words.at(1)).value();
    std::ifstream file(words.at(entrance ? 3 : 2), std::ios::binary);
    const std::string key(std::istreambuf_iterator<char>(file), {});
    const auto secret = net::secure_channel_options().key(key);
    auto allowed = net::address_policy::public_only();
    for (std::size_t i = 3; !entrance && i < words.size(); ++i) allowed.allow(words[i]);
    net::server server;
    if (entrance)
        server = co_await open_entrance(loop, at, net::endpoint::parse(words.at(2)).value(), secret);
    if (!entrance) server = co_await open_exit(loop, at, allowed, secret);
    std::cout << "listening at " << server.local_endpoint().to_string() << std::endl;
    asio::signal_set signals(loop.get_executor(), SIGINT, SIGTERM);
    co_await signals.async_wait(asio::use_awaitable);
    co_await server.stop(std::chrono::seconds(1));
}

int main(int count, char** arguments) try {
    dragline::event_loop loop;
    dragline::run(loop, count == 1 ? show(loop) : serve(loop, {arguments + 1, arguments + count}));
} catch (const std::exception& failure) {
    std::cerr << "secure_proxy: " << failure.what() << '\n';
    return 1;
}
