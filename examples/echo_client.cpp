// Sends each line of its input and prints the answers:  echo_client [HOST:PORT | PATH [CA.pem]]
// Without arguments it speaks to a server of its own on loopback, over TLS.
#include <dragline/dragline.hpp>
#include <dragline/testing/certificate_authority.hpp>

#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <sstream>
#include <string>

namespace net = dragline::net;
using namespace std::chrono_literals;

asio::awaitable<void> talk(net::endpoint server, dragline::connect_options options, std::istream& input) {
    auto stream = co_await dragline::open_connection(server, options);
    const auto patience = net::read_options().timeout(5s).limit(1024 * 1024);
    for (std::string line; std::getline(input, line);) {
        line += '\n';
        co_await stream.write(line);
        const std::string answer = co_await stream.read_line(patience);
        std::cout << answer << '\n';
    }
    co_await stream.close();
}

asio::awaitable<void> echo(net::stream client) {
    for (;;) {
        auto [ec, line] = co_await client.read_line(dragline::as_tuple(asio::use_awaitable));
        if (ec) co_return;
        line += '\n';
        co_await client.write(line);
    }
}

asio::awaitable<void> show_itself() {
    const dragline::testing::certificate_authority authority;
    const auto issued = authority.issue(dragline::testing::certificate_request().name("localhost"));
    const auto proof = dragline::tls::server_certificate::pem(issued.chain_pem, issued.private_key_pem);
    const auto proving = dragline::server_options().tls(dragline::tls::server_options().certificate(proof));
    const auto trusting = dragline::connect_options().tls(
        dragline::tls::client_options().ca_pem(authority.certificate_pem()).server_name("localhost"));

    auto here = co_await asio::this_coro::executor;
    const net::endpoint anywhere("127.0.0.1", 0);
    auto server = co_await dragline::start_server(here, anywhere, &echo, proving);
    std::istringstream lines("one line\nand another one\n");
    co_await talk(server.local_endpoint(), trusting, lines);
    co_await server.stop(5s);
}

int main(int count, char** arguments) try {
    if (count == 1) {
        dragline::run(show_itself());
        return 0;
    }
    const std::string where = arguments[1];
    const bool path = where.find('/') != where.npos;
    const auto server = path ? net::endpoint::local_socket(where) : net::endpoint::parse(where).value();
    dragline::connect_options options;
    if (count > 2) options.tls(dragline::tls::client_options().ca_file(arguments[2]));
    dragline::run(talk(server, options, std::cin));
} catch (const std::exception& e) {
    std::cerr << "echo_client: " << e.what() << '\n';
    return 1;
}
