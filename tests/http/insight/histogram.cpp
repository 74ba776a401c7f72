#include <dragline/http/insight/histogram.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>

using namespace std::chrono_literals;
using dragline::http::histogram;

TEST_CASE("a histogram starts empty", "[http][histogram]") {
    const histogram empty;
    CHECK(empty.count() == 0);
    CHECK(empty.sum() == 0ns);
    CHECK(empty.quantile(0.5) == 0ns);
    CHECK(empty.count_up_to(1h) == 0);
    CHECK(empty == histogram());
}

TEST_CASE("each bucket of a histogram holds what is above the one before and not above its bound",
          "[http][histogram]") {
    for (std::size_t index = 0; index + 1 < histogram::bucket_count; ++index) {
        const auto bound = histogram::bucket_bound(index);
        histogram at, after;
        at.record(bound);
        after.record(bound + 1us);
        CAPTURE(index, bound.count());
        REQUIRE(at.bucket(index) == 1);
        REQUIRE(after.bucket(index + 1) == 1);
    }
    CHECK(histogram::bucket_bound(7) == 8us);
    CHECK(histogram::bucket_bound(15) == 16us);
    CHECK(histogram::bucket_bound(16) == 18us);
}

TEST_CASE("every power of two is the bound of a bucket", "[http][histogram]") {
    for (int power = 0; power <= 35; ++power) {
        const std::chrono::microseconds bound(std::int64_t{1} << power);
        histogram values;
        values.record(bound);
        values.record(bound + 1ns);
        CAPTURE(power);
        CHECK(values.count_up_to(bound) == 1);
    }
}

TEST_CASE("a quantile errs by no more than it says", "[http][histogram]") {
    for (std::int64_t value = 17; value < 50'000'000; value = value * 9 / 8 + 1) {
        histogram values;
        for (int i = 0; i < 10; ++i) values.record(std::chrono::microseconds(value));
        values.record(24h);
        const auto got = std::chrono::duration<double, std::micro>(values.quantile(0.5)).count();
        const auto wanted = static_cast<double>(value);
        CAPTURE(value, got);
        CHECK(got >= wanted * (1 - 0.0625) - 1);
        CHECK(got <= wanted * (1 + 0.0625) + 1);
    }
    histogram thousand;
    for (int i = 1; i <= 1000; ++i) thousand.record(std::chrono::milliseconds(i));
    CHECK(thousand.quantile(0.99) > 920ms);
    CHECK(thousand.quantile(0.99) < 1060ms);
    CHECK(thousand.quantile(1) <= 1000ms);
    CHECK(thousand.quantile(0) < 2ms);
    CHECK(thousand.largest() == 1s);
    CHECK(thousand.sum() == 500'500ms);
}

TEST_CASE("a histogram takes any duration", "[http][histogram]") {
    histogram values;
    values.record(-1s);
    values.record(0s);
    values.record(std::chrono::hours(24 * 365));
    CHECK(values.count() == 3);
    CHECK(values.bucket(0) == 2);
    CHECK(values.bucket(histogram::bucket_count - 1) == 1);
    CHECK(values.quantile(1) == std::chrono::hours(24 * 365));
    CHECK(values.sum() == std::chrono::hours(24 * 365));
    // 10,000 requests at a time have waited for so long in ten days.
    values.record(dragline::async::duration::max());
    values.record(1s);
    CHECK(values.sum() == dragline::async::duration::max());
    const auto same = values;
    CHECK(values.merge(same).sum() == dragline::async::duration::max());
    CHECK(values.count() == 10);
}

TEST_CASE("merged histograms are as one that had all values", "[http][histogram]") {
    histogram odd, even, all;
    for (int i = 0; i < 1000; ++i) {
        (i % 2 == 0 ? even : odd).record(std::chrono::microseconds(i * i));
        all.record(std::chrono::microseconds(i * i));
    }
    CHECK(odd != all);
    CHECK(odd.merge(even) == all);
    CHECK(all.merge(histogram()) == odd);
}
