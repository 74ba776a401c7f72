#include <dragline/dns/wildcard_options.hpp>

#include <catch2/catch_test_macros.hpp>

#include <type_traits>

namespace dns = dragline::dns;

TEST_CASE("wildcard options have the documented defaults", "[dns][wildcard_options]") {
    STATIC_CHECK(!std::is_aggregate_v<dns::wildcard_options>);
    CHECK(dns::wildcard_options().probes() == 3);
    CHECK_FALSE(dns::wildcard_options().problem());
}

TEST_CASE("probes are 1 to 100", "[dns][wildcard_options]") {
    const auto bad = make_error_code(dragline::errc::invalid_option);
    CHECK(dns::wildcard_options().probes(0).problem() == bad);
    CHECK_FALSE(dns::wildcard_options().probes(1).problem());
    CHECK_FALSE(dns::wildcard_options().probes(100).problem());
    CHECK(dns::wildcard_options().probes(101).problem() == bad);
    CHECK(dns::wildcard_options().query(dns::query_options().tries(0)).problem() == bad);
}
