#include <dragline/async/clock.hpp>

#include <catch2/catch_test_macros.hpp>

#include <random>
#include <set>

using namespace dragline;
using namespace std::chrono_literals;

static_assert(std::uniform_random_bit_generator<async::random_source>);

TEST_CASE("a timeout is above zero, or no_limit", "[async][clock]") {
    CHECK(async::valid_timeout(1ns));
    CHECK(async::valid_timeout(30s));
    CHECK(async::valid_timeout(no_limit));
    CHECK_FALSE(async::valid_timeout(0s));
    CHECK_FALSE(async::valid_timeout(-1ns));
    CHECK_FALSE(async::valid_timeout(async::duration::min()));
}

TEST_CASE("a deadline that cannot be told is none", "[async][clock]") {
    const async::time_point now(1h);
    CHECK(async::deadline_after(now, 5s) == now + 5s);
    CHECK(async::deadline_after(now, no_limit) == async::no_deadline);
    CHECK(async::deadline_after(now, async::no_deadline - now) == async::no_deadline);
    CHECK(async::deadline_after(now, async::no_deadline - now - 1ns) == async::no_deadline - 1ns);
}

TEST_CASE("the system clock does not go back", "[async][clock]") {
    auto& clock = async::system_clock();
    auto last = clock.now();
    for (int i = 0; i < 1000; ++i) {
        const auto now = clock.now();
        REQUIRE(now >= last);
        last = now;
    }
    CHECK(clock.longest_sleep() == async::duration::max());
}

TEST_CASE("the system clock knows the time of day", "[async][clock]") {
    const auto before = std::chrono::system_clock::now();
    CHECK(async::system_clock().wall_time() >= before);
}

TEST_CASE("the system's random numbers use all 64 bits and do not repeat", "[async][clock]") {
    auto& random = async::system_random();
    std::set<std::uint64_t> seen;
    std::uint64_t ones = 0, zeros = 0;
    for (int i = 0; i < 100; ++i) {
        const auto number = random();
        seen.insert(number);
        ones |= number;
        zeros |= ~number;
    }
    CHECK(seen.size() == 100);
    CHECK(ones == ~std::uint64_t{0});
    CHECK(zeros == ~std::uint64_t{0});
}
