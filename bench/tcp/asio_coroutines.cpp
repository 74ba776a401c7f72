// Bare Asio with coroutines, errors as codes: the measure of net::stream.
#include "echo.hpp"

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <utility>

namespace {

using asio::ip::tcp;

asio::awaitable<void> echo(tcp::socket socket) {
    message buffer;
    std::error_code ec;
    auto token = asio::redirect_error(asio::use_awaitable, ec);
    for (;;) {
        const auto size = co_await socket.async_read_some(asio::buffer(buffer), token);
        if (ec) co_return;
        co_await asio::async_write(socket, asio::buffer(buffer, size), token);
        if (ec) co_return;
    }
}

asio::awaitable<void> accept_all(tcp::acceptor& acceptor) {
    for (;;) {
        auto socket = co_await acceptor.async_accept(asio::use_awaitable);
        socket.set_option(tcp::no_delay(true));
        asio::co_spawn(acceptor.get_executor(), echo(std::move(socket)), asio::detached);
    }
}

void serve() {
    asio::io_context loop(1);
    tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
    tell_port(acceptor.local_endpoint().port());
    asio::co_spawn(loop, accept_all(acceptor), asio::detached);
    loop.run();
}

asio::awaitable<void> exchange(tcp::socket socket, int& left) {
    const auto text = make_message();
    message buffer;
    std::error_code ec;
    auto token = asio::redirect_error(asio::use_awaitable, ec);
    while (left-- > 0) {
        co_await asio::async_write(socket, asio::buffer(text), token);
        require(!ec, "write");
        co_await asio::async_read(socket, asio::buffer(buffer), token);
        require(!ec, "read");
    }
}

void run_client(const echo_work& work) {
    asio::io_context loop(1);
    int left = work.round_trips;
    for (int i = 0; i < work.connections; ++i) {
        tcp::socket socket(loop);
        socket.connect({asio::ip::address_v4::loopback(), work.port});
        socket.set_option(tcp::no_delay(true));
        asio::co_spawn(loop, exchange(std::move(socket), left), asio::detached);
    }
    wait_for_start();
    const stopwatch watch;
    loop.run();
    print(watch, work.round_trips);
}

}  // namespace

int main(int count, char** arguments) {
    const auto work = read_arguments(count, arguments);
    work.server ? serve() : run_client(work);
}
