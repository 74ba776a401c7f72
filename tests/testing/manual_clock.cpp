#include <dragline/testing/manual_clock.hpp>

#include <catch2/catch_test_macros.hpp>

using namespace dragline;
using namespace std::chrono_literals;

TEST_CASE("a manual clock moves only when it is told to", "[testing][manual_clock]") {
    testing::manual_clock clock;
    const auto start = clock.now();
    CHECK(clock.now() == start);
    clock.advance(5s);
    CHECK(clock.now() == start + 5s);
    clock.advance(1ns);
    CHECK(clock.now() == start + 5s + 1ns);
    CHECK(clock.longest_sleep() == 1ms);
    CHECK(clock.wall_time() == std::chrono::sys_days(std::chrono::January / 1 / 2000) + 5s + 1ns);
}

TEST_CASE("seeded random numbers are the same each time", "[testing][manual_clock]") {
    testing::seeded_random first(7), second(7), other(8);
    const auto number = first();
    CHECK(second() == number);
    CHECK(other() != number);
    CHECK(first() != number);
    CHECK(testing::seeded_random(5489)() == 14514284786278117030u);  // the engine's published first number
}
