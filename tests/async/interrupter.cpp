#include <dragline/async/interrupter.hpp>

#include <catch2/catch_test_macros.hpp>

using dragline::async::interrupter;

namespace {

void count(void* calls) noexcept { ++*static_cast<int*>(calls); }

}  // namespace

TEST_CASE("an interruption ends the innermost wait only", "[async][interrupter]") {
    interrupter operation;
    int outer_calls = 0, inner_calls = 0;
    interrupter::scope outer(operation, &count, &outer_calls);
    {
        interrupter::scope inner(operation, &count, &inner_calls);
        operation.interrupt();
        CHECK(inner_calls == 1);
        CHECK(outer_calls == 0);
    }
    operation.interrupt();
    CHECK(inner_calls == 1);
    CHECK(outer_calls == 1);
}

TEST_CASE("an interruption between two waits is remembered", "[async][interrupter]") {
    interrupter operation;
    CHECK_FALSE(operation.interrupted());
    operation.interrupt();
    CHECK(operation.interrupted());
}
