#include <dragline/net/server.hpp>

#include "../support/temporary_folder.hpp"
#include "server_lab.hpp"

#include <dragline/testing/manual_clock.hpp>

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::net::endpoint;
using dragline::net::server_options;
using dragline::net::stream;
using dragline::test::echo_lines;
using dragline::test::kept_completion;
using dragline::test::run_until;
using dragline::test::server_lab;
using dragline::test::settle;

namespace net = dragline::net;

namespace {

// Never ends by itself, and says when it is cancelled.
struct endless_handler {
    std::shared_ptr<int> cancelled = std::make_shared<int>(0);

    asio::awaitable<void> operator()(stream client) const {
        auto seen = cancelled;
        try {
            for (;;) co_await client.read_exactly(1);
        } catch (const std::system_error& ended) {
            if (ended.code() == asio::error::operation_aborted) ++*seen;
            throw;
        }
    }
};

asio::awaitable<void> throw_at_line(stream client) {
    const auto line = co_await client.read_line();
    if (line == "code") throw std::system_error(asio::error::host_not_found);
    if (line == "int") throw 42;
    co_await client.write("fine\n");
}

struct told_failure {
    std::string what;
    endpoint from;
};

server_options telling(std::vector<told_failure>& told) {
    return server_options().on_error([&told](std::exception_ptr failure, const endpoint& from) {
        try {
            std::rethrow_exception(failure);
        } catch (const std::exception& e) {
            told.push_back({e.what(), from});
        } catch (...) {
            told.push_back({"something else", from});
        }
        throw std::runtime_error("a hook that throws");
    });
}

asio::awaitable<void> whole_life_of_a_server() {
    auto here = co_await asio::this_coro::executor;
    auto server = co_await dragline::start_server(here, {"localhost", 0}, &echo_lines);
    auto client = co_await dragline::open_connection(server.local_endpoint());
    co_await client.write("hello\n");
    const auto answer = co_await client.read_line();
    CHECK(answer == "hello");
    co_await client.close();
    co_await server.stop(5s);
    CHECK(server.counters().accepted == 1);
    CHECK(server.counters().active == 0);
}

}  // namespace

TEST_CASE("a server serves, counts and stops, in a coroutine", "[net][server]") {
    server_lab lab;
    dragline::test::run_to_end(lab.loop, whole_life_of_a_server());
}

TEST_CASE("a server listens on addresses of both families, on names and on all of them", "[net][server]") {
    server_lab lab;
    for (const auto* host : {"127.0.0.1", "localhost", "", "::1"}) {
        INFO('"' << host << '"');
        auto started = lab.try_start(lab.loop, {host, 0}, &echo_lines, server_options());
        if (std::string(host) == "::1" && started.ec()) continue;  // a machine without IPv6
        REQUIRE(!started.ec());
        const auto port = started.value().local_endpoint().port();
        CHECK(port != 0);
        for (const auto& each : started.value().local_endpoints()) CHECK(each.port() == port);
        auto client = lab.connect({std::string(host) == "::1" ? "::1" : "127.0.0.1", port});
        CHECK(lab.ask(client, "hello") == "hello");
    }
    // With v6_only the IPv4 port of the same number is another one.
    auto six = lab.try_start(lab.loop, {"::", 0}, &echo_lines, server_options().v6_only(true));
    if (six.ec()) return;
    lab.start(&echo_lines, server_options(), {"0.0.0.0", six.value().local_endpoint().port()});
}

TEST_CASE("a port in use, a bad place and bad options are typed errors", "[net][server]") {
    server_lab lab;
    const auto first = lab.start(&echo_lines);
    const auto code = [&](const endpoint& at, const server_options& options) {
        return lab.try_start(lab.loop, at, &echo_lines, options).ec();
    };
    CHECK(code(first.local_endpoint(), server_options()) == asio::error::address_in_use);
    CHECK(code({"192.0.2.1", 0}, server_options()).value() == EADDRNOTAVAIL);
    CHECK(code(endpoint::local_socket(""), server_options()) == net::errc::invalid_endpoint);
    CHECK(code(endpoint::local_socket(std::string(200, 'x')), server_options()).value() == ENAMETOOLONG);
    for (const auto& bad : {server_options().max_connections(0), server_options().backlog(0),
                            server_options().accept_rate(-1, 1), server_options().accept_rate(1, 0.5),
                            server_options().connection_timeout(0s), server_options().handshake_timeout(-1s),
                            server_options().drain_timeout(0s)}) {
        CHECK(code({"127.0.0.1", 0}, bad) == dragline::errc::invalid_option);
    }
    const auto plain = lab.try_start(
        lab.loop, {"127.0.0.1", 0}, [](stream&) {}, server_options());
    CHECK(plain.ec() == dragline::errc::invalid_option);  // no pool
    CHECK(lab.stop(first, 0s) == dragline::errc::invalid_option);
    auto client = lab.connect(first.local_endpoint());
    CHECK(lab.ask(client, "still there") == "still there");
}

TEST_CASE("a Unix socket replaces the file of a dead server, respects a living one and cleans up",
          "[net][server]") {
    server_lab lab;
    const dragline::test::temporary_folder folder;
    const auto path = folder.file("socket");
    const auto at = endpoint::local_socket(path);
    {  // as a process leaves it that was killed
        const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
        ::sockaddr_un name{};
        name.sun_family = AF_UNIX;
        std::copy(path.begin(), path.end(), name.sun_path);
        REQUIRE(::bind(dead, reinterpret_cast<const ::sockaddr*>(&name), sizeof name) == 0);
        ::close(dead);
    }
    using std::filesystem::perms;
    const auto options = server_options().local_permissions(perms::owner_read | perms::owner_write);
    const auto server = lab.start(&echo_lines, options, at);
    CHECK((std::filesystem::status(path).permissions() & perms::all) ==
          (perms::owner_read | perms::owner_write));
    auto client = lab.connect(at);
    CHECK(lab.ask(client, "hello") == "hello");
    CHECK(server.local_endpoint().host() == path);
    CHECK(lab.try_start(lab.loop, at, &echo_lines, options).ec() == asio::error::address_in_use);
    client.abort();
    CHECK(!lab.stop(server));
    CHECK(!std::filesystem::exists(path));

    // What is no socket, or no longer its own, it leaves alone.
    folder.file("socket", "precious");
    CHECK(lab.try_start(lab.loop, at, &echo_lines, options).ec() == asio::error::address_in_use);
    std::filesystem::remove(path);
    auto moved = lab.start(&echo_lines, options, at);
    std::filesystem::rename(path, path + ".old");
    folder.file("socket", "precious");
    CHECK(!lab.stop(moved));
    CHECK(std::filesystem::is_regular_file(path));
}

TEST_CASE("an exception of one handler touches no other, is counted and told", "[net][server]") {
    server_lab lab;
    std::vector<told_failure> told;
    const auto server = lab.start(&throw_at_line, telling(told));
    auto bystander = lab.connect(server.local_endpoint());
    for (const auto* line : {"code", "int"}) {
        auto client = lab.connect(server.local_endpoint());
        CHECK(lab.ask(client, line) != "fine");
    }
    CHECK(lab.ask(bystander, "go on") == "fine");
    run_until(lab.loop, [&] { return server.counters().active == 0; });
    CHECK(server.counters().handler_failures == 2);
    REQUIRE(told.size() == 2);
    CHECK(told[0].what ==
          std::system_error(asio::error::make_error_code(asio::error::host_not_found)).what());
    CHECK(told[0].from.host() == "127.0.0.1");
    CHECK(told[0].from.port() != 0);
    CHECK(told[1].what == "something else");
}

// seed_systems 6.16
TEST_CASE("a server at its connection cap stops accepting and recovers", "[net][server]") {
    server_lab lab;
    const auto server = lab.start(&echo_lines, server_options().max_connections(2));
    auto first = lab.connect(server.local_endpoint()), second = lab.connect(server.local_endpoint());
    CHECK(lab.ask(first, "1") == "1");
    CHECK(lab.ask(second, "2") == "2");

    // The kernel connects the third; nobody takes it out of its queue.
    auto third = lab.connect(server.local_endpoint());
    kept_completion<std::string> answer;
    kept_completion<std::size_t> written;
    third.write("3\n", written);
    third.read_line(answer);
    run_until(lab.loop, [&] { return written.done(); });
    settle(lab.loop);
    CHECK(server.counters().accepted == 2);
    CHECK(server.counters().active == 2);
    CHECK(server.counters().pauses > 0);
    CHECK(!answer.done());

    first.abort();
    run_until(lab.loop, [&] { return answer.done(); });
    CHECK(answer.value() == "3");
    CHECK(server.counters().active == 2);
    CHECK(lab.ask(second, "2") == "2");
}

// seed_systems 6.16, asyncio #78
TEST_CASE("running out of descriptors does not kill the listener", "[net][server]") {
    server_lab lab;
    std::vector<told_failure> told;
    const auto server = lab.start(&echo_lines, telling(told));
    auto first = lab.connect(server.local_endpoint());
    CHECK(lab.ask(first, "1") == "1");
    auto second = stream();
    {
        struct few_descriptors {
            ::rlimit before{};
            few_descriptors() {
                ::getrlimit(RLIMIT_NOFILE, &before);
                const int next = ::dup(0);  // the lowest that is free: it goes to the client
                ::close(next);
                const ::rlimit few{static_cast<::rlim_t>(next) + 1, before.rlim_max};
                ::setrlimit(RLIMIT_NOFILE, &few);
            }
            ~few_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before); }
        } const starving;
        second = lab.connect(server.local_endpoint());
        run_until(lab.loop, [&] { return server.counters().accept_errors > 0; });
        CHECK(server.counters().accepted == 1);
    }
    CHECK(lab.ask(second, "2") == "2");
    CHECK(lab.ask(first, "1") == "1");
    CHECK(server.counters().accept_errors < 5);  // it paused between them
    REQUIRE(!told.empty());
    CHECK(told[0].from == endpoint());
}

TEST_CASE("connections are accepted at a limited rate", "[net][server]") {
    dragline::testing::manual_clock clock;
    server_lab lab;
    lab.loop.state().use(clock, dragline::async::system_random());
    const auto server = lab.start(&echo_lines, server_options().accept_rate(1, 2));
    std::vector<stream> clients;
    for (int i = 0; i < 6; ++i) clients.push_back(lab.connect(server.local_endpoint()));
    for (std::uint64_t allowed = 2; allowed <= clients.size(); ++allowed) {
        run_until(lab.loop, [&] { return server.counters().accepted >= allowed; });
        settle(lab.loop);
        CHECK(server.counters().accepted == allowed);
        clock.advance(1020ms);  // the deadlines of a loop are late by up to 16 ms
    }
    for (auto& each : clients) CHECK(lab.ask(each, "hello") == "hello");
    CHECK(server.counters().pauses >= 4);
}

TEST_CASE("a connection has a deadline as a whole", "[net][server]") {
    server_lab lab;
    std::vector<told_failure> told;
    const endless_handler handler;
    const auto server = lab.start(handler, telling(told).connection_timeout(20ms));
    auto client = lab.connect(server.local_endpoint());
    lab.end_of(client);
    run_until(lab.loop, [&] { return server.counters().active == 0; });
    CHECK(server.counters().timeouts == 1);
    CHECK(server.counters().handler_failures == 0);
    CHECK(*handler.cancelled == 1);
    REQUIRE(told.size() == 1);
}

// cpython#114914
TEST_CASE("stop accepts no more at once, and completes when every handler has ended", "[net][server]") {
    server_lab lab;
    const auto server = lab.start(&echo_lines);
    const auto at = server.local_endpoint();
    auto busy = lab.connect(at);
    CHECK(lab.ask(busy, "hello") == "hello");
    kept_completion<void> stopped, again;
    server.stop(dragline::no_limit, stopped);
    server.stop(again);
    settle(lab.loop);
    CHECK(server.is_stopping());
    kept_completion<stream> late;
    net::open_connection(lab.loop, at, late);
    run_until(lab.loop, [&] { return late.done(); });
    CHECK(late.ec() == asio::error::connection_refused);
    CHECK(!stopped.done());
    CHECK(lab.ask(busy, "still served") == "still served");
    busy.abort();
    run_until(lab.loop, [&] { return stopped.done() && again.done(); });
    CHECK(!stopped.ec());
    CHECK(!again.ec());
    CHECK(server.counters().active == 0);
    CHECK(!lab.stop(server));  // once more changes nothing
}

TEST_CASE("past the drain timeout handlers are cancelled, and waited for", "[net][server]") {
    server_lab lab;
    const endless_handler handler;
    const auto server = lab.start(handler);
    std::vector<stream> clients;
    for (int i = 0; i < 3; ++i) clients.push_back(lab.connect(server.local_endpoint()));
    run_until(lab.loop, [&] { return server.counters().active == 3; });
    CHECK(!lab.stop(server, 20ms));
    CHECK(*handler.cancelled == 3);
    CHECK(server.counters().active == 0);
    CHECK(server.counters().handler_failures == 0);
    for (auto& each : clients) CHECK(lab.end_of(each) != dragline::condition::timeout);
}

TEST_CASE("the last handle that goes aborts the server", "[net][server]") {
    server_lab lab;
    const endless_handler handler;
    std::optional<net::server> server = lab.start(handler), copy = server;
    const auto at = server->local_endpoint();
    auto client = lab.connect(at);
    run_until(lab.loop, [&] { return copy->counters().active == 1; });
    server.reset();
    settle(lab.loop);
    CHECK(*handler.cancelled == 0);
    copy.reset();
    run_until(lab.loop, [&] { return *handler.cancelled == 1; });
    lab.start(&echo_lines, server_options(), at);  // the port is free again
}

TEST_CASE("loops may end before their servers", "[net][server]") {
    auto lab = std::make_unique<server_lab>();
    const auto server = lab->start(&echo_lines);
    auto client = lab->connect(server.local_endpoint());
    CHECK(lab->ask(client, "hello") == "hello");
    client = stream();
    auto pending = lab->connect(server.local_endpoint());
    settle(lab->loop);
    { const auto dying = std::move(pending); }
    lab.reset();
    CHECK(server.counters().accepted == 2);
    server.abort();
}

TEST_CASE("half-open, silent and vanishing clients cost their own connection only", "[net][server]") {
    server_lab lab;
    const auto server =
        lab.start(&echo_lines, server_options().stream(net::stream_options().read_timeout(30ms)));
    auto silent = lab.connect(server.local_endpoint()), half = lab.connect(server.local_endpoint());
    kept_completion<void> shut;
    half.shutdown(shut);
    for (int i = 0; i < 50; ++i) lab.connect(server.local_endpoint()).abort();
    CHECK(lab.end_of(half) == std::error_code());
    CHECK(lab.end_of(silent) == std::error_code());  // its read ended at its limit
    run_until(lab.loop, [&] { return server.counters().active == 0; });
    auto client = lab.connect(server.local_endpoint());
    CHECK(lab.ask(client, "hello") == "hello");
}
