#include <dragline/http/detail/connection_pool.hpp>

#include "pool_lab.hpp"

#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace dragline::test;
using namespace std::chrono_literals;
using dragline::phase;
using place = connection_pool::place;

namespace async = dragline::async;

TEST_CASE("a pool gives the newest idle connection of its host, else a place", "[http][connection_pool]") {
    pool_run run;
    auto one = run.used("a"), two = run.used("a");
    auto* first = one->got->connection();
    auto* second = two->got->connection();
    CHECK(first != second);
    run.park(one);
    run.park(two);
    CHECK(run.pool.idle() == 2);
    CHECK(run.ask("b")->got->connection() == nullptr);
    auto newest = run.ask("a");
    CHECK(newest->got->connection() == second);
    auto oldest = run.ask("a");
    CHECK(oldest->got->connection() == first);
    CHECK(run.pool.idle() == 0);
    CHECK(run.pool.connections() == 2);
    newest.reset();
    oldest.reset();
    CHECK(run.pool.connections() == 0);
}

TEST_CASE("a place that is moved or dropped frees one connection, once", "[http][connection_pool]") {
    pool_run run;
    auto one = run.used("a"), two = run.used("a");
    *one->got = std::move(*two->got);
    CHECK(run.pool.connections() == 1);
    CHECK(!*two->got);
    place elsewhere = std::move(*one->got);
    CHECK(run.pool.connections() == 1);
    elsewhere = place();
    CHECK(run.pool.connections() == 0);
}

TEST_CASE("an idle connection lives for the pool's time, or the peer's less a second",
          "[http][connection_pool]") {
    const auto lives = [](const std::string& said, std::chrono::milliseconds pause) {
        pool_run run;
        run.said = said;
        auto one = run.used("a");
        run.park(one);
        run.time += pause;
        return run.ask("a")->got->connection() != nullptr;
    };
    CHECK(lives("", 14'999ms));
    CHECK(!lives("", 15s));
    CHECK(lives("Keep-Alive: timeout=3\r\n", 1'999ms));
    CHECK(!lives("Keep-Alive: timeout=3\r\n", 2s));
    CHECK(!lives("Keep-Alive: timeout=0\r\n", 0ms));
    CHECK(lives("Keep-Alive: timeout=4294967295\r\n", 1h));
}

TEST_CASE("idle connections past their time go when anybody asks", "[http][connection_pool]") {
    pool_run run;
    for (const auto* host : {"a", "b", "c"}) {
        auto one = run.used(host);
        run.park(one);
        run.time += 6s;
    }
    CHECK(run.pool.idle() == 3);
    run.time += 4s;
    run.ask("d");
    CHECK(run.pool.idle() == 1);
}

TEST_CASE("a connection on which something came is not given", "[http][connection_pool]") {
    pool_run run;
    auto one = run.used("a"), two = run.used("a"), three = run.used("a");
    auto* good = one->got->connection();
    run.park(one);
    run.park(two);
    run.park(three);
    run.write(*run.pairs[1], "unasked");
    run.pairs[2]->server.abort();
    run.time += 20us;  // before that, it is as it was when it was parked
    CHECK(run.ask("a")->got->connection() == good);
    CHECK(run.pool.connections() == 0);
}

TEST_CASE("the caps hold, and who waits is served in order", "[http][connection_pool]") {
    pool_run run(limits(2, 100));
    auto one = run.used("a"), two = run.used("a");
    auto three = run.ask("a"), four = run.ask("a");
    CHECK(run.pool.waiting() == 2);
    CHECK(run.ask("b")->got);
    auto* parked = two->got->connection();
    run.park(two);
    CHECK(three->got->connection() == parked);
    CHECK(!four->done);
    one.reset();
    settle(run.loop);
    CHECK(four->got);
    CHECK(four->got->connection() == nullptr);
    CHECK(run.pool.waiting() == 0);
    CHECK(run.pool.connections() == 2);
}

TEST_CASE("the cap of the pool holds over hosts, in order", "[http][connection_pool]") {
    pool_run run(limits(2, 2));
    auto one = run.ask("a"), two = run.ask("b");
    auto three = run.ask("c"), four = run.ask("a"), five = run.ask("b");
    CHECK(run.pool.waiting() == 3);
    two.reset();
    settle(run.loop);
    CHECK(three->got);
    one.reset();
    settle(run.loop);
    CHECK(four->got);
    CHECK(!five->done);
    three.reset();
    settle(run.loop);
    CHECK(five->got);
    CHECK(run.pool.connections() == 2);
}

TEST_CASE("a waiter whose host fills up meanwhile waits on in that host's line", "[http][connection_pool]") {
    pool_run run(limits(1, 2));
    auto a = run.ask("a"), b = run.ask("b");
    auto c1 = run.ask("c"), c2 = run.ask("c"), d = run.ask("d");
    a.reset();
    settle(run.loop);
    CHECK(c1->got);
    b.reset();
    settle(run.loop);
    CHECK(!c2->done);
    CHECK(d->got);
    d.reset();
    settle(run.loop);
    CHECK(!c2->done);
    c1.reset();
    settle(run.loop);
    CHECK(c2->got);
}

TEST_CASE("an idle connection makes room for another host", "[http][connection_pool]") {
    pool_run run(limits(10, 2));
    auto a = run.used("a"), b = run.used("b");
    run.park(a);
    run.park(b);
    auto c = run.ask("c");
    CHECK(c->got);
    CHECK(run.pool.idle() == 1);
    CHECK(run.ask("b")->got->connection());  // the oldest went
}

TEST_CASE("who wants a fresh place gets one, at either cap", "[http][connection_pool]") {
    for (const auto& cap : {limits(1, 10), limits(10, 1)}) {
        pool_run run(cap);
        auto one = run.used("a");
        run.park(one);
        auto fresh = run.ask("a", true);
        REQUIRE(fresh->got);
        CHECK(fresh->got->connection() == nullptr);
        CHECK(run.pool.connections() == 1);
        auto waits = run.ask("a", true);
        fresh->got->put(run.connect(), run.time);
        run.exchange(*fresh->got->connection());
        run.park(fresh);
        REQUIRE(waits->got);
        CHECK(waits->got->connection() == nullptr);
    }
}

TEST_CASE("who waits for a host and who waits for the session are served in the order of arrival",
          "[http][connection_pool]") {
    SECTION("the other host came first") {
        pool_run run(limits(1, 1));
        auto holder = run.used("a");
        auto other = run.ask("b"), same = run.ask("a");
        run.park(holder);
        settle(run.loop);
        CHECK(other->got);
        CHECK(!same->done);
        other.reset();
        settle(run.loop);
        CHECK(same->got);
    }
    SECTION("the same host came first, and gets the connection itself") {
        pool_run run(limits(1, 1));
        auto holder = run.used("a");
        auto* connection = holder->got->connection();
        auto same = run.ask("a"), other = run.ask("b");
        run.park(holder);
        settle(run.loop);
        REQUIRE(same->got);
        CHECK(same->got->connection() == connection);
        CHECK(!other->done);
        same.reset();
        settle(run.loop);
        CHECK(other->got);
    }
}

TEST_CASE("the line has a limit", "[http][connection_pool]") {
    pool_run run(limits(1, 10, 2));
    auto holder = run.ask("a");
    auto two = run.ask("a"), three = run.ask("a"), four = run.ask("a");
    CHECK(!two->done);
    CHECK(!three->done);
    CHECK(four->ec == dragline::errc::queue_full);
    CHECK(run.ask("b")->got);
}

TEST_CASE("a waiter leaves at its deadline, when cancelled and when interrupted", "[http][connection_pool]") {
    pool_run run(limits(1, 10));
    auto holder = run.ask("a");
    auto late = run.ask("a", false, run.loop.state().now() + 10ms);
    auto cancelled = run.ask("a"), interrupted = run.ask("a"), stays = run.ask("a");
    cancelled->cancel.emit(asio::cancellation_type::terminal);
    interrupted->ending.interrupt();
    run_until(run.loop, [&] { return late->done && cancelled->done && interrupted->done; });
    CHECK(late->ec == dragline::make_timeout(phase::queue));
    CHECK(cancelled->ec == asio::error::operation_aborted);
    CHECK(interrupted->ec == asio::error::operation_aborted);
    CHECK(run.pool.waiting() == 1);
    holder.reset();
    settle(run.loop);
    CHECK(stays->got);
}

TEST_CASE("a host without connections lives on while somebody waits for room", "[http][connection_pool]") {
    pool_run run(limits(10, 1));
    auto a = run.ask("a");
    auto b = run.ask("b"), again = run.ask("a");
    a.reset();
    settle(run.loop);
    REQUIRE(b->got);
    CHECK(!again->done);
    b.reset();
    settle(run.loop);
    CHECK(again->got);

    auto gone = run.ask("z", false, run.loop.state().now() + 5ms);
    run_until(run.loop, [&] { return gone->done; });
    CHECK(gone->ec == dragline::make_timeout(phase::queue));
}

TEST_CASE("a closed pool keeps nothing", "[http][connection_pool]") {
    pool_run run;
    auto one = run.used("a"), two = run.used("a");
    run.park(one);
    run.pool.close();
    CHECK(run.pool.idle() == 0);
    CHECK(run.pool.connections() == 1);
    run.park(two);
    CHECK(run.pool.connections() == 0);
}

TEST_CASE("hosts that nobody uses any more are forgotten", "[http][connection_pool]") {
    pool_run run;
    auto kept = run.used("kept");
    auto* parked = kept->got->connection();
    run.park(kept);
    std::size_t most = 0;
    for (int i = 0; i < 1000; ++i) {
        run.ask("host " + std::to_string(i));
        most = std::max(most, run.pool.hosts());
    }
    CHECK(most == 64);
    CHECK(run.ask("kept")->got->connection() == parked);
}

TEST_CASE("hosts in use stay, however many they are", "[http][connection_pool]") {
    pool_run run(limits(2, 400));
    std::vector<asking> all;
    for (int i = 0; i < 300; ++i) all.push_back(run.ask("host " + std::to_string(i)));
    CHECK(run.pool.hosts() == 300);
    auto more = run.ask("host 7");
    auto waits = run.ask("host 7");
    CHECK(more->got);
    CHECK(!waits->done);
    all[7].reset();
    settle(run.loop);
    CHECK(waits->got);
    // From here on there is room for as many as were in use when they were counted last: 256, and as many
    // again.
    all.clear();
    for (int i = 300; i < 512; ++i) run.ask("host " + std::to_string(i));
    CHECK(run.pool.hosts() == 512);
    run.ask("another");
    CHECK(run.pool.hosts() == 2);
}
