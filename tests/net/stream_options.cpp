#include <dragline/net/stream_options.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <type_traits>

using namespace std::chrono_literals;
using dragline::net::read_options;
using dragline::net::stream_options;
using dragline::net::write_options;

static_assert(!std::is_aggregate_v<read_options> && !std::is_aggregate_v<write_options>);
static_assert(!std::is_aggregate_v<stream_options> && !std::is_aggregate_v<dragline::net::read_shortfall>);

TEST_CASE("the budgets and limits of a stream have their defaults", "[net][stream_options]") {
    const stream_options options;
    CHECK(options.read_timeout() == 60s);
    CHECK(options.write_timeout() == 60s);
    CHECK(options.tls_timeout() == 10s);
    CHECK(options.total_timeout() == dragline::no_limit);
    CHECK(options.read_limit() == 64 * 1024);
    CHECK(options.high_water() == 64 * 1024);
    CHECK(options.low_water() == 16 * 1024);
    CHECK(options.most_queued() == 16 * 1024 * 1024);
    CHECK(!read_options().timeout());
    CHECK(!read_options().limit());
    CHECK(!read_options().keep_delimiter());
    CHECK(!write_options().timeout());
}
