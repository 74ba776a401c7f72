// A loop with servers on loopback, and clients that are coroutines of the same loop.
#pragma once

#include "../support/run.hpp"

#include <dragline/net/connect.hpp>
#include <dragline/net/server.hpp>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::test {

/// Answers each line with itself until the client ends.
inline asio::awaitable<void> echo_lines(net::stream client) {
    for (;;) {
        auto [ec, line] = co_await client.read_line(as_tuple(asio::use_awaitable));
        if (ec) co_return;
        co_await client.write(line + '\n');
    }
}

struct server_lab {
    event_loop loop;

    /// How starting ended, as the caller of a callback sees it.
    template <class Place, class Handler>
    kept_completion<net::server> try_start(Place& place, const net::endpoint& at, Handler handler,
                                           const net::server_options& options) {
        kept_completion<net::server> started;
        std::atomic<bool> done = false;
        net::start_server(place, at, std::move(handler), options, [&](std::error_code ec, net::server made) {
            started(ec, std::move(made));
            done = true;
        });
        run_until(loop, [&] { return done.load(); });
        return started;
    }

    template <class Handler>
    net::server start(Handler handler, const net::server_options& options = net::server_options(),
                      const net::endpoint& at = {"127.0.0.1", 0}) {
        auto started = try_start(loop, at, std::move(handler), options);
        INFO(started.ec().message());
        REQUIRE(!started.ec());
        return started.value();
    }

    net::stream connect(const net::endpoint& to, const connect_options& options = connect_options()) {
        auto connecting = net::open_connection(loop, to, options);
        return run_to_end(loop, std::move(connecting));
    }

    /// What the server answers to a line; the error's text when it does not.
    std::string ask(net::stream& server, std::string line) {
        kept_completion<std::size_t> written;
        server.write(std::move(line) + '\n', written);
        kept_completion<std::string> answer;
        server.read_line(answer);
        run_until(loop, [&] { return answer.done(); });
        return answer.ec() ? answer.ec().message() : answer.value();
    }

    std::error_code stop(const net::server& server, async::duration drain = std::chrono::seconds(10)) {
        std::atomic<bool> done = false;  // perhaps on another loop's thread
        std::error_code outcome;
        server.stop(drain, [&](std::error_code ec) {
            outcome = ec;
            done = true;
        });
        run_until(loop, [&] { return done.load(); });
        return outcome;
    }

    /// How the connection ends for the client.
    std::error_code end_of(net::stream& client) {
        kept_completion<std::string> rest;
        client.read_to_end(rest);
        run_until(loop, [&] { return rest.done(); });
        return rest.ec();
    }
};

}  // namespace dragline::test
