// Who opens a connection beside others, and how long connections live.
#include <dragline/http/detail/connection_pool.hpp>

#include "pool_lab.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>

using namespace dragline::test;
using namespace std::chrono_literals;
using contender = connection_pool::contender;

TEST_CASE("who opens a connection is given one that is parked meanwhile, the first of them first",
          "[http][connection_pool]") {
    pool_run run;
    auto used = run.used("a"), second = run.used("a");
    auto* connection = used->got->connection();
    auto first_place = run.ask("a"), later_place = run.ask("a"), other_place = run.ask("b");
    contender fresh(run.pool, *first_place->got, false), first(run.pool, *first_place->got, true),
        later(run.pool, *later_place->got, true), other(run.pool, *other_place->got, true);
    run.park(used);
    REQUIRE(first.granted);
    CHECK(first.wake.notified());
    CHECK(first.granted.connection() == connection);
    CHECK(!fresh.granted);
    CHECK(!later.granted);
    CHECK(!other.granted);
    run.park(second);
    CHECK(later.granted);
    CHECK(run.pool.idle() == 0);
    first.granted.park(run.time);
    CHECK(run.pool.idle() == 1);
}

TEST_CASE("who opens a connection comes before those who wait for a place", "[http][connection_pool]") {
    pool_run run(limits(2, 2));
    auto used = run.used("a");
    auto place = run.ask("a"), waits = run.ask("a"), elsewhere = run.ask("b");
    {
        contender opening(run.pool, *place->got, true);
        run.park(used);
        CHECK(opening.granted);
        CHECK(!waits->done);
        CHECK(!elsewhere->done);
    }  // what was granted and not taken is closed
    settle(run.loop);
    CHECK(waits->got);
    CHECK(!elsewhere->done);
}

TEST_CASE("a connection is used for its lifetime, and no longer", "[http][connection_pool]") {
    auto with_lifetime = limits(10, 10);
    with_lifetime.lifetime = 10s;
    pool_run run(with_lifetime);
    auto one = run.used("a");
    run.time += 9s;
    run.park(one);
    CHECK(run.pool.idle() == 1);
    run.time += 1s - 1ns;
    one = run.used("a");
    CHECK(run.pool.connections() == 1);
    run.time += 1ns;
    run.park(one);  // too old to be kept
    CHECK(run.pool.connections() == 0);

    one = run.used("a");
    run.park(one);
    run.time += 10s;  // not yet idle for long
    auto next = run.ask("a");
    REQUIRE(next->got);
    CHECK(next->got->connection() == nullptr);
}
