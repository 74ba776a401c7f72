#include <dragline/http/resilience/retry_budget.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <limits>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using dragline::http::retry_budget;

namespace async = dragline::async;

TEST_CASE("a budget allows a part of the first attempts, and some retries each second besides",
          "[http][retry_budget]") {
    const async::time_point start{1h};
    retry_budget part(0.2, 0);
    CHECK_FALSE(part.withdraw(start));
    for (int i = 0; i < 4; ++i) part.deposit();
    CHECK_FALSE(part.withdraw(start));
    part.deposit();
    CHECK(part.withdraw(start));
    CHECK_FALSE(part.withdraw(start));

    retry_budget few(0, 2);
    CHECK(few.withdraw(start));
    CHECK(few.withdraw(start));
    CHECK_FALSE(few.withdraw(start));
    CHECK_FALSE(few.withdraw(start + 499ms));
    CHECK(few.withdraw(start + 500ms));
}

TEST_CASE("a budget saves no more than it may", "[http][retry_budget]") {
    const async::time_point start{1h};
    retry_budget saving(1, 0, 3);
    for (int i = 0; i < 1000; ++i) saving.deposit();
    for (int i = 0; i < 3; ++i) CHECK(saving.withdraw(start));
    CHECK_FALSE(saving.withdraw(start));
}

TEST_CASE("a budget is shared by its copies, and equal to them", "[http][retry_budget]") {
    const async::time_point start{1h};
    retry_budget one(0, 1);
    auto same = one;
    CHECK(same.withdraw(start));
    CHECK_FALSE(one.withdraw(start));
    CHECK(one == same);
    CHECK(!(one == retry_budget(0, 1)));
    auto unlimited = retry_budget::unlimited();
    CHECK(unlimited == retry_budget::unlimited());
    CHECK(unlimited.valid());
    for (int i = 0; i < 1000; ++i) CHECK(unlimited.withdraw(start));
}

TEST_CASE("a budget is shared between threads, and gives no more than there is", "[http][retry_budget]") {
    const async::time_point start{1h};
    retry_budget shared(1, 0, 1000);
    while (shared.withdraw(start)) {
    }
    std::atomic<int> allowed = 0;
    {
        std::vector<std::jthread> threads;
        for (int each = 0; each < 4; ++each) {
            threads.emplace_back([&allowed, start, own = shared]() mutable {
                for (int i = 0; i < 500; ++i) {
                    own.deposit();
                    if (own.withdraw(start)) ++allowed;
                }
            });
        }
    }
    while (shared.withdraw(start)) ++allowed;
    CHECK(allowed == 2000);
}

TEST_CASE("a budget of nonsense is not valid", "[http][retry_budget]") {
    constexpr auto nan = std::numeric_limits<double>::quiet_NaN();
    constexpr auto infinite = std::numeric_limits<double>::infinity();
    CHECK(retry_budget().valid());
    CHECK(retry_budget(0, 0).valid());
    for (const auto bad : {-1.0, nan, infinite}) {
        CHECK_FALSE(retry_budget(bad).valid());
        CHECK_FALSE(retry_budget(0.2, bad).valid());
        CHECK_FALSE(retry_budget(0.2, 1, bad).valid());
    }
    CHECK_FALSE(retry_budget(0.2, 1, 0.5).valid());
}
