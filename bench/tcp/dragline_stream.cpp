// net::stream and start_server() with everything on: deadlines, the leftover of reads, the write queue.
#include "echo.hpp"

#include <dragline/net/connect.hpp>
#include <dragline/net/server.hpp>

#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/use_awaitable.hpp>

#include <utility>
#include <vector>

namespace {

using dragline::net::stream;

asio::awaitable<void> echo(stream peer) {
    message buffer;
    for (;;) {
        auto [ec, size] =
            co_await peer.read_some(asio::buffer(buffer), dragline::as_tuple(asio::use_awaitable));
        if (ec) co_return;
        auto [failed, written] =
            co_await peer.write(asio::buffer(buffer, size), dragline::as_tuple(asio::use_awaitable));
        if (failed) co_return;
    }
}

void serve() {
    asio::io_context loop(1);
    const auto options = dragline::net::server_options().max_connections(100'000);
    dragline::net::server server;
    dragline::start_server(loop, dragline::net::endpoint("127.0.0.1", 0), &echo, options,
                           [&server](std::error_code ec, dragline::net::server started) {
                               require(!ec, "start_server");
                               tell_port(started.local_endpoint().port());
                               server = std::move(started);
                           });
    loop.run();
}

asio::awaitable<void> connect(unsigned short port, int count, std::vector<stream>& made) {
    const dragline::net::endpoint where("127.0.0.1", port);
    while (count-- > 0) made.push_back(co_await dragline::open_connection(where));
}

asio::awaitable<void> exchange(stream peer, int& left) {
    const auto text = make_message();
    message buffer;
    while (left-- > 0) {
        auto [ec, written] = co_await peer.write(asio::buffer(text), dragline::as_tuple(asio::use_awaitable));
        require(!ec, "write");
        auto [failed, size] =
            co_await peer.read_exactly(asio::buffer(buffer), dragline::as_tuple(asio::use_awaitable));
        require(!failed, "read");
    }
}

void run_client(const echo_work& work) {
    asio::io_context loop(1);
    std::vector<stream> streams;
    asio::co_spawn(loop, connect(work.port, work.connections, streams), asio::detached);
    loop.run();
    require(streams.size() == static_cast<std::size_t>(work.connections), "connect");
    int left = work.round_trips;
    for (auto& each : streams) asio::co_spawn(loop, exchange(std::move(each), left), asio::detached);
    loop.restart();
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
