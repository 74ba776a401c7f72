#include <dragline/dns/wildcards/wildcard_options.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <type_traits>
#include <vector>

namespace dns = dragline::dns;
using dns::wildcard_options;

namespace {

const auto bad = make_error_code(dragline::errc::invalid_option);

}  // namespace

TEST_CASE("wildcard options have the documented defaults", "[dns][wildcard_options]") {
    STATIC_CHECK(!std::is_aggregate_v<wildcard_options>);
    CHECK(wildcard_options().probes() == 3);
    CHECK(wildcard_options().depth() == 2);
    CHECK(wildcard_options().levels() == 8);
    CHECK(wildcard_options().types().empty());
    CHECK(wildcard_options().quiet_rounds() == 3);
    CHECK(wildcard_options().max_rounds() == 20);
    CHECK(wildcard_options().max_pool() == 10'000);
    CHECK(wildcard_options().at_once() == 64);
    CHECK(wildcard_options().signatures());
    CHECK(wildcard_options().controls() == std::vector<std::string>{".", "com"});
    CHECK_FALSE(wildcard_options().problem());
}

TEST_CASE("probes are 1 to 100", "[dns][wildcard_options]") {
    CHECK(wildcard_options().probes(0).problem() == bad);
    CHECK_FALSE(wildcard_options().probes(1).problem());
    CHECK_FALSE(wildcard_options().probes(100).problem());
    CHECK(wildcard_options().probes(101).problem() == bad);
    CHECK(wildcard_options().query(dns::query_options().tries(0)).problem() == bad);
}

TEST_CASE("every other count of a probe has its bounds", "[dns][wildcard_options]") {
    const struct {
        wildcard_options& (wildcard_options::*set)(int);
        int most;
    } counts[] = {
        {&wildcard_options::depth, 4},           {&wildcard_options::levels, 127},
        {&wildcard_options::quiet_rounds, 1000}, {&wildcard_options::max_rounds, 1000},
        {&wildcard_options::at_once, 10'000},
    };
    for (const auto& each : counts) {
        wildcard_options options;
        CHECK((options.*each.set)(0).problem() == bad);
        CHECK_FALSE((options.*each.set)(1).problem());
        CHECK_FALSE((options.*each.set)(each.most).problem());
        CHECK((options.*each.set)(each.most + 1).problem() == bad);
    }
    CHECK(wildcard_options().max_pool(0).problem() == bad);
    CHECK_FALSE(wildcard_options().max_pool(1).problem());
    using types = std::vector<dns::record_type>;
    CHECK_FALSE(wildcard_options().types(types(16, dns::record_type::txt)).problem());
    CHECK(wildcard_options().types(types(17, dns::record_type::txt)).problem() == bad);
    CHECK(wildcard_options().types({dns::record_type::opt}).problem() == bad);
}

TEST_CASE("controls are names", "[dns][wildcard_options]") {
    using names = std::vector<std::string>;
    CHECK_FALSE(wildcard_options().controls({}).problem());
    CHECK_FALSE(wildcard_options().controls(names(8, "org")).problem());
    CHECK(wildcard_options().controls(names(9, "org")).problem() == bad);
    CHECK(wildcard_options().controls({""}).problem() == bad);
    CHECK(wildcard_options().controls({"a..b"}).problem() == bad);
    CHECK(wildcard_options().controls({"192.0.2.1"}).problem() == bad);
}
