#include <dragline/net/server.hpp>

#include "server_lab.hpp"

#include <dragline/async/blocking_pool.hpp>
#include <dragline/async/loop_group.hpp>
#include <dragline/testing/manual_clock.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/execution.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <future>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::blocking_pool;
using dragline::blocking_pool_options;
using dragline::net::endpoint;
using dragline::net::server_options;
using dragline::net::stream;
using dragline::test::echo_lines;
using dragline::test::run_to_end;
using dragline::test::run_until;
using dragline::test::server_lab;

namespace net = dragline::net;

namespace {

void echo_plainly(stream& client) {
    try {
        for (;;) client.write(client.read_line(asio::use_future).get() + '\n', asio::use_future).get();
    } catch (const std::system_error& ended) {
        if (ended.code() != asio::error::eof) throw;
    }
}

// A handler object that only moves.
struct one_answer {
    std::unique_ptr<std::string> text = std::make_unique<std::string>("answer\n");
    void operator()(stream& client) const { client.queue(*text).value(); }
};

// Which threads ran the handlers.
struct thread_notes {
    std::mutex mutex;
    std::set<std::thread::id> seen;
    void add() {
        std::lock_guard lock(mutex);
        seen.insert(std::this_thread::get_id());
    }
};

struct noting_handler {
    thread_notes* notes;
    asio::awaitable<void> operator()(stream client) const {
        notes->add();
        auto serving = echo_lines(std::move(client));
        co_await std::move(serving);
    }
};

// A loop that has no memory left for what is posted to it.
struct full_loop {
    asio::io_context::executor_type inner;
    asio::execution_context& query(asio::execution::context_t) const noexcept { return inner.context(); }
    static constexpr asio::execution::blocking_t query(asio::execution::blocking_t) noexcept {
        return asio::execution::blocking.never;
    }
    full_loop require(asio::execution::blocking_t::never_t) const { return *this; }
    template <class Work>
    void execute(Work&&) const {
        throw std::bad_alloc();
    }
    friend bool operator==(const full_loop& a, const full_loop& b) noexcept { return a.inner == b.inner; }
};

struct unreached_listener final : net::detail::accepting {
    void resume() override {}
    void close() noexcept override {}
    void cancel_connections() override {}
};

}  // namespace

TEST_CASE("a plain function serves on the pool, and its stream is flushed and closed behind it",
          "[net][server]") {
    server_lab lab;
    blocking_pool pool(blocking_pool_options().threads(2));
    const auto server = lab.start(&echo_plainly, server_options().pool(pool));
    auto client = lab.connect(server.local_endpoint()), other = lab.connect(server.local_endpoint());
    CHECK(lab.ask(client, "one") == "one");
    CHECK(lab.ask(other, "two") == "two");
    client.abort();
    dragline::test::kept_completion<void> shut;
    other.shutdown(shut);
    CHECK(!lab.end_of(other));
    run_until(lab.loop, [&] { return server.counters().active == 0; });
    CHECK(server.counters().handler_failures == 0);

    const auto answering = lab.start([](stream& peer) { peer.queue(std::string(300'000, 'x')).value(); },
                                     server_options().pool(pool));
    auto reader = lab.connect(answering.local_endpoint());
    auto reading = reader.read_to_end(net::read_options().limit(1'000'000));
    CHECK(dragline::test::run_to_end(lab.loop, std::move(reading)).size() == 300'000);
    CHECK(!lab.stop(server));
    CHECK(!lab.stop(answering));
}

TEST_CASE("what a plain handler throws is its own connection's end", "[net][server]") {
    server_lab lab;
    blocking_pool pool(blocking_pool_options().threads(1).queue_limit(0));
    std::vector<std::string> told;
    const auto options =
        server_options().pool(pool).on_error([&](std::exception_ptr failure, const endpoint&) {
            try {
                std::rethrow_exception(failure);
            } catch (const std::exception& e) {
                told.emplace_back(e.what());
            }
        });
    const auto server = lab.start(
        [](stream& client) {
            client.read_line(asio::use_future).get();
            throw std::runtime_error("enough");
        },
        options);
    auto client = lab.connect(server.local_endpoint());
    run_until(lab.loop, [&] { return pool.running() == 1; });
    auto refused = lab.connect(server.local_endpoint());  // no thread is free, and nothing may wait
    lab.end_of(refused);
    CHECK(server.counters().refused == 1);
    lab.ask(client, "go");
    run_until(lab.loop, [&] { return server.counters().active == 0; });
    CHECK(server.counters().handler_failures == 1);
    REQUIRE(told.size() == 2);
    CHECK(told[1] == "enough");
}

TEST_CASE("stop asks plain handlers to stop, drops those that have not begun, and waits", "[net][server]") {
    server_lab lab;
    blocking_pool pool(blocking_pool_options().threads(1));
    std::atomic<int> begun = 0, left = 0;
    const auto server = lab.start(
        [&](stream& client, std::stop_token stop) {
            ++begun;
            while (!stop.stop_requested()) std::this_thread::yield();
            CHECK_THROWS_AS(client.read_line(asio::use_future).get(), std::system_error);
            ++left;
        },
        server_options().pool(pool));
    auto first = lab.connect(server.local_endpoint()), second = lab.connect(server.local_endpoint());
    run_until(lab.loop, [&] { return begun == 1 && server.counters().active == 2; });
    CHECK(!lab.stop(server, 20ms));
    CHECK(begun == 1);
    CHECK(left == 1);
    CHECK(server.counters().active == 0);
}

TEST_CASE("a server that has no memory to tell its loops anything goes on", "[net][server]") {
    dragline::event_loop loop;
    const auto listener = std::make_shared<unreached_listener>();
    net::detail::server_state server(nullptr, server_options(), std::nullopt);
    server.add(listener, std::make_shared<dragline::async::loop_gate>(full_loop{loop.get_executor()}));
    CHECK(!server.close_listeners());  // stop() says it again
    CHECK(!server.cancel_connections());
    server.part_ended(*listener);
    CHECK(server.gone());
    server.abort();
}

TEST_CASE("a handler may be moved in, and may throw before its coroutine begins", "[net][server]") {
    server_lab lab;
    blocking_pool pool;
    const auto server = lab.start(one_answer(), server_options().pool(pool));
    auto client = lab.connect(server.local_endpoint());
    CHECK(lab.ask(client, "?") == "answer");
    const auto throwing =
        lab.start([](stream) -> asio::awaitable<void> { throw std::runtime_error("no coroutine at all"); });
    auto other = lab.connect(throwing.local_endpoint());
    lab.end_of(other);
    CHECK(throwing.counters().handler_failures == 1);
    CHECK(throwing.counters().active == 0);
    CHECK(!lab.stop(server));
}

TEST_CASE("a handler that never waits ends on its loop, as others do", "[net][server]") {
    server_lab lab;
    const auto here = std::this_thread::get_id();
    std::size_t elsewhere = 0, told = 0;
    const auto options = server_options().on_error([&](std::exception_ptr, const endpoint&) {
        elsewhere += std::this_thread::get_id() != here;
        ++told;
    });
    auto greet = [](stream client) -> asio::awaitable<void> {
        co_await client.write("hello\n");
        throw std::runtime_error("of a handler");
    };
    const auto server = lab.start(greet, options);
    for (int i = 0; i < 8; ++i) {
        auto client = lab.connect(server.local_endpoint());
        CHECK(run_to_end(lab.loop, client.read_line()) == "hello");
    }
    run_until(lab.loop, [&] { return told == 8; });
    CHECK(elsewhere == 0);
    CHECK(!lab.stop(server));
}

TEST_CASE("a stream that its handler keeps for longer keeps no server", "[net][server]") {
    auto kept = std::make_shared<std::vector<stream>>();
    const std::weak_ptr<std::vector<stream>> watched = kept;
    {
        server_lab lab;
        auto keep = [kept](stream client) -> asio::awaitable<void> {
            kept->push_back(std::move(client));
            co_return;
        };
        const auto server = lab.start(std::move(keep));
        auto client = lab.connect(server.local_endpoint());
        run_until(lab.loop, [&] { return kept->size() == 1; });
        CHECK(run_to_end(lab.loop, kept->front().write("a\n")) == 2);
        CHECK(run_to_end(lab.loop, client.read_line()) == "a");
        CHECK(!lab.stop(server));
        kept.reset();
    }
    CHECK(watched.expired());
}

TEST_CASE("over a loop group each loop accepts, and runs what it accepts", "[net][server][loop_group]") {
    thread_notes notes;
    server_lab lab;
    dragline::loop_group group(3);
    auto started = lab.try_start(group, {"127.0.0.1", 0}, noting_handler{&notes}, server_options());
    REQUIRE(!started.ec());
    const auto server = started.value();
    const auto at = server.local_endpoint();
    const auto all_seen = [&] {
        std::lock_guard lock(notes.mutex);
        return notes.seen.size() == group.size();
    };
    std::vector<stream> clients;
    while (!all_seen() && clients.size() < 500) {
        clients.push_back(lab.connect(at));
        CHECK(lab.ask(clients.back(), "hello") == "hello");
    }
    CHECK(all_seen());
    CHECK(server.counters().accepted == clients.size());
    // The port is the group's own, though others could share it.
    CHECK(lab.try_start(group, at, &echo_lines, server_options()).ec() == asio::error::address_in_use);
    clients.clear();
    CHECK(!lab.stop(server));
    CHECK(server.counters().active == 0);
}

TEST_CASE("the connection cap of a group is one for all its loops", "[net][server][loop_group]") {
    server_lab lab;
    dragline::loop_group group(2);
    auto started = lab.try_start(group, {"127.0.0.1", 0}, &echo_lines, server_options().max_connections(3));
    REQUIRE(!started.ec());
    const auto server = started.value();
    for (int round = 0; round < 20; ++round) {
        std::vector<stream> clients;
        for (int i = 0; i < 3; ++i) clients.push_back(lab.connect(server.local_endpoint()));
        for (auto& each : clients) CHECK(lab.ask(each, "in") == "in");
        auto waiting = lab.connect(server.local_endpoint());
        CHECK(server.counters().active == 3);
        clients.erase(clients.begin());
        CHECK(lab.ask(waiting, "at last") == "at last");
    }
    started.value() = net::server();
    group.stop();
}

TEST_CASE("the accept rate of a group is one for all its loops, and exact", "[net][server][loop_group]") {
    server_lab lab;
    dragline::testing::manual_clock clock;
    dragline::loop_group group(3);
    for (std::size_t i = 0; i < group.size(); ++i) {
        group.at(i).state().use(clock, dragline::async::system_random());
    }
    auto started = lab.try_start(group, {"127.0.0.1", 0}, &echo_lines, server_options().accept_rate(1, 4));
    REQUIRE(!started.ec());
    const auto& server = started.value();
    std::vector<stream> clients;
    for (int i = 0; i < 20; ++i) clients.push_back(lab.connect(server.local_endpoint()));
    for (std::uint64_t allowed = 4; allowed <= clients.size(); ++allowed) {
        run_until(lab.loop, [&] { return server.counters().accepted >= allowed; });
        CHECK(server.counters().accepted == allowed);
        clock.advance(1020ms);
    }
    for (auto& each : clients) CHECK(lab.ask(each, "in") == "in");
    CHECK(server.counters().pauses > 0);
    group.stop();
}

TEST_CASE("a Unix socket serves a group too", "[net][server][loop_group]") {
    server_lab lab;
    dragline::loop_group group(2);
    const auto at = endpoint::local_socket(std::string("\0dragline-test-group-", 21) +
                                           std::to_string(std::random_device()()));
    auto started = lab.try_start(group, at, &echo_lines, server_options());
    REQUIRE(!started.ec());
    for (int i = 0; i < 10; ++i) {
        auto client = lab.connect(at);
        CHECK(lab.ask(client, "hello") == "hello");
    }
    CHECK(!lab.stop(started.value()));
}

TEST_CASE("stop over a group ends though one of its loops no longer runs", "[net][server][loop_group]") {
    thread_notes notes;
    server_lab lab;
    dragline::loop_group group(2);
    auto started = lab.try_start(group, {"127.0.0.1", 0}, noting_handler{&notes}, server_options());
    REQUIRE(!started.ec());
    const auto& server = started.value();
    std::vector<stream> clients;
    const auto seen = [&] {
        std::lock_guard lock(notes.mutex);
        return notes.seen.size();
    };
    while (seen() < 2 && clients.size() < 500) {
        clients.push_back(lab.connect(server.local_endpoint()));
        CHECK(lab.ask(clients.back(), "hello") == "hello");
    }
    std::promise<std::error_code> outcome;
    const auto told = [&](std::error_code ec) { outcome.set_value(ec); };
    SECTION("when stop is called") {
        group.at(GENERATE(0, 1)).stop();
        server.stop(20ms, told);
    }
    SECTION("while it waits") {
        server.stop(dragline::no_limit, told);  // on the first loop
        group.at(1).stop();
        clients.clear();
    }
    auto ended = outcome.get_future();
    REQUIRE(ended.wait_for(dragline::test::patience) == std::future_status::ready);
    CHECK(ended.get() == net::errc::loop_not_running);
    CHECK(server.counters().active > 0);  // those of the loop that was stopped
    group.stop();
}

TEST_CASE("loops of a group may end while their server has connections", "[net][server][loop_group]") {
    server_lab lab;
    auto group = std::make_unique<dragline::loop_group>(2);
    auto started = lab.try_start(*group, {"127.0.0.1", 0}, &echo_lines, server_options());
    REQUIRE(!started.ec());
    std::vector<stream> clients;
    for (int i = 0; i < 8; ++i) {
        clients.push_back(lab.connect(started.value().local_endpoint()));
        CHECK(lab.ask(clients.back(), "hello") == "hello");
    }
    group.reset();
    for (auto& each : clients) lab.end_of(each);
    CHECK(started.value().counters().accepted == 8);
}
