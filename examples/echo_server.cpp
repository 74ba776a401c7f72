// Answers each line with itself:  echo_server [HOST:PORT | PATH [CHAIN.pem KEY.pem]]
// Ends gracefully on SIGINT and SIGTERM. Without arguments it serves on loopback, and asks itself.
#include <dragline/dragline.hpp>

#include <asio/signal_set.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <chrono>
#include <csignal>
#include <exception>
#include <iostream>
#include <string>
#include <system_error>

namespace net = dragline::net;
using namespace std::chrono_literals;

asio::awaitable<void> echo(net::stream client) {
    for (;;) {
        auto [ec, line] = co_await client.read_line(dragline::as_tuple(asio::use_awaitable));
        if (ec == asio::error::eof) break;
        if (ec) throw std::system_error(ec);
        line += '\n';
        co_await client.write(line);
    }
    co_await client.close();
}

void complain(std::exception_ptr failure, const net::endpoint& from) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& e) {
        std::cerr << from.to_string() << ": " << e.what() << '\n';
    }
}

asio::awaitable<void> ask(net::endpoint server) {
    auto stream = co_await dragline::open_connection(server);
    co_await stream.write("hello, myself\n");
    const std::string answer = co_await stream.read_line();
    std::cout << "it answers: " << answer << '\n';
    co_await stream.close();
}

asio::awaitable<void> serve(net::endpoint at, dragline::server_options options, bool alone) {
    auto here = co_await asio::this_coro::executor;
    asio::signal_set signals(here, SIGINT, SIGTERM);
    auto server = co_await dragline::start_server(here, at, &echo, options);
    std::cout << "listening on " << server.local_endpoint().to_string() << std::endl;
    if (alone) {
        co_await ask(server.local_endpoint());
        std::raise(SIGTERM);
    }
    co_await signals.async_wait(asio::use_awaitable);
    co_await server.stop(5s);
    std::cout << server.counters().accepted << " connections served" << std::endl;
}

int main(int count, char** arguments) try {
    dragline::server_options options;
    options.connection_timeout(1h).on_error(complain);
    net::endpoint at("127.0.0.1", 0);
    if (count > 1) {
        const std::string where = arguments[1];
        const bool path = where.find('/') != where.npos;
        at = path ? net::endpoint::local_socket(where) : net::endpoint::parse(where).value();
    }
    if (count > 3) {
        const auto proof = dragline::tls::server_certificate::pem_files(arguments[2], arguments[3]);
        options.tls(dragline::tls::server_options().certificate(proof));
    }
    dragline::run(serve(at, options, count == 1));
} catch (const std::exception& e) {
    std::cerr << "echo_server: " << e.what() << '\n';
    return 1;
}
