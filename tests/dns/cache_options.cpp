#include <dragline/dns/cache_options.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <type_traits>

namespace dns = dragline::dns;
using namespace std::chrono_literals;

TEST_CASE("cache options have the documented defaults", "[dns][cache_options]") {
    STATIC_CHECK(!std::is_aggregate_v<dns::cache_options>);
    const dns::cache_options options;
    CHECK(options.max_entries() == 10'000);
    CHECK(options.max_bytes() == 64u * 1024 * 1024);
    CHECK(options.max_ttl() == 1h);
    CHECK(options.max_negative_ttl() == 15min);
    CHECK(options.failure_ttl() == 5s);
    CHECK(options.refresh_ahead() == 10);
    CHECK(options.max_stale() == 0s);
    CHECK(options.stale_after() == 1800ms);
    CHECK(options == dns::cache_options());
    CHECK(options != dns::cache_options().max_entries(1));
}
