#include <dragline/dns/bulk/bulk.hpp>

#include <catch2/catch_test_macros.hpp>

#include <dragline/async/clock.hpp>
#include <dragline/core/error.hpp>

namespace dns = dragline::dns;
using namespace std::chrono_literals;
using dns::bulk_options;
using dns::record_type;

TEST_CASE("bulk options have the documented defaults", "[dns][bulk]") {
    const bulk_options options;
    CHECK(options.servers().empty());
    CHECK(options.trusted().empty());
    CHECK(options.window() == 1000);
    CHECK(options.try_timeout() == 1500ms);
    CHECK(options.tries() == 5);
    CHECK(options.timeout() == dragline::no_limit);
    CHECK(!options.in_order());
    CHECK(options.dedupe());
    CHECK(options.queries_per_second() == 0);
    CHECK(options.engine() == dns::bulk_engine::ares);
    CHECK(options.drop_bad_servers());
    CHECK(options.max_contradicted() == 3);
    CHECK(options.form() == dns::query_form());
    CHECK(!options.problem());
}

TEST_CASE("bulk options that cannot work say so", "[dns][bulk]") {
    const auto bad = [](const bulk_options& options) {
        return options.problem() == dragline::errc::invalid_option;
    };
    CHECK(bad(bulk_options().window(0)));
    CHECK(bad(bulk_options().window(bulk_options::max_window + 1)));
    CHECK(!bad(bulk_options().window(bulk_options::max_window)));
    CHECK(bad(bulk_options().tries(0)));
    CHECK(bad(bulk_options().tries(101)));
    CHECK(!bad(bulk_options().tries(100)));
    CHECK(bad(bulk_options().try_timeout(0ms)));
    CHECK(bad(bulk_options().try_timeout(dragline::no_limit)));
    CHECK(bad(bulk_options().timeout(-1ms)));
    CHECK(bad(bulk_options().queries_per_second(-1)));
    CHECK(bad(bulk_options().on_progress(nullptr, 0)));
    CHECK(bad(bulk_options().servers(std::vector<dns::server>(bulk_options::max_servers + 1))));
    CHECK(bulk_options().add_server("nowhere").problem() == dns::errc::invalid_server);
    CHECK(bulk_options().add_trusted("nowhere").problem() == dns::errc::invalid_server);
    CHECK(bulk_options().add_server("192.0.2.1").add_trusted("[2001:db8::1]:5353").trusted().front().port() ==
          5353);
}

TEST_CASE("one type, several, and a list of types mean what they say", "[dns][bulk]") {
    CHECK(dns::record_types(record_type::mx).list() == std::vector{record_type::mx});
    CHECK(dns::record_types({record_type::a, record_type::aaaa}).list().size() == 2);
    CHECK(dns::record_types(std::vector<record_type>()).list().empty());
}

TEST_CASE("the reasons to drop a server have names", "[dns][bulk]") {
    CHECK(std::string_view(to_string(dns::drop_reason::none)) == "none");
    CHECK(std::string_view(to_string(dns::drop_reason::unreachable)) == "unreachable");
    CHECK(std::string_view(to_string(dns::drop_reason::silent)) == "silent");
    CHECK(std::string_view(to_string(dns::drop_reason::failing)) == "failing");
    CHECK(std::string_view(to_string(dns::drop_reason::lying)) == "lying");
}
