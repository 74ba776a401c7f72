#include <dragline/async/token_bucket.hpp>

#include <catch2/catch_test_macros.hpp>

namespace async = dragline::async;
using namespace std::chrono_literals;

TEST_CASE("a bucket is full at first, and then fills at its rate", "[async][token_bucket]") {
    async::token_bucket bucket(10, 3);
    const async::time_point start{1h};
    for (int i = 0; i < 3; ++i) CHECK(bucket.take(start));
    CHECK_FALSE(bucket.take(start));
    CHECK_FALSE(bucket.take(start + 99ms));
    CHECK(bucket.take(start + 101ms));
    CHECK_FALSE(bucket.take(start + 102ms));
}

TEST_CASE("a bucket keeps no more than its burst", "[async][token_bucket]") {
    async::token_bucket bucket(1000, 2);
    const async::time_point start{1h};
    CHECK(bucket.take(start));
    for (int i = 0; i < 2; ++i) CHECK(bucket.take(start + 1h));
    CHECK_FALSE(bucket.take(start + 1h));
}

TEST_CASE("a bucket tells when the next token comes", "[async][token_bucket]") {
    async::token_bucket bucket(2, 1);
    const async::time_point start{1h};
    CHECK(bucket.next(start) == start);
    CHECK(bucket.take(start));
    const auto next = bucket.next(start);
    CHECK(next > start + 499ms);
    CHECK(next < start + 501ms);
    CHECK_FALSE(bucket.take(next - 2ms));
    CHECK(bucket.take(next));
}

TEST_CASE("a very slow bucket and a clock that goes back do no harm", "[async][token_bucket]") {
    async::token_bucket slow(1e-30, 1);
    const async::time_point start{1h};
    CHECK(slow.take(start));
    CHECK(slow.next(start) > start + 24h);
    CHECK_FALSE(slow.take(start - 1min));
}
