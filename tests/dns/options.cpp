#include <dragline/dns/options.hpp>

#include <catch2/catch_test_macros.hpp>

#include <type_traits>

namespace dns = dragline::dns;
using namespace std::chrono_literals;

TEST_CASE("query options have the documented defaults", "[dns][options]") {
    const dns::query_options options;
    CHECK(options.servers().empty());
    CHECK(options.try_timeout() == 1500ms);
    CHECK(options.tries() == 3);
    CHECK(options.timeout() == 5s);
    CHECK_FALSE(options.bypass_cache());
    CHECK(options.hosts_file());
    CHECK(options.hosts_path() == dragline::platform::hosts_file);
    CHECK(options.resolv_conf() == "/etc/resolv.conf");
    CHECK_FALSE(options.problem());
}

TEST_CASE("dns options can stand in a co_await expression of GCC 12", "[dns][options]") {
    STATIC_CHECK(!std::is_aggregate_v<dns::query_options>);
    STATIC_CHECK(!std::is_aggregate_v<dns::server>);
    STATIC_CHECK(!std::is_aggregate_v<dns::lookup_trace>);
    STATIC_CHECK(!std::is_aggregate_v<dns::attempt_trace>);
}

TEST_CASE("zero and negative times are refused, no_limit is not", "[dns][options]") {
    const auto bad = make_error_code(dragline::errc::invalid_option);
    CHECK(dns::query_options().timeout(0s).problem() == bad);
    CHECK(dns::query_options().timeout(-1s).problem() == bad);
    CHECK(dns::query_options().try_timeout(0s).problem() == bad);
    CHECK(dns::query_options().try_timeout(-1ns).problem() == bad);
    CHECK_FALSE(dns::query_options().timeout(1ns).problem());
    CHECK_FALSE(dns::query_options().timeout(dragline::no_limit).try_timeout(dragline::no_limit).problem());
    CHECK(bad == std::errc::invalid_argument);
}

TEST_CASE("tries are 1 to 100", "[dns][options]") {
    const auto bad = make_error_code(dragline::errc::invalid_option);
    CHECK(dns::query_options().tries(0).problem() == bad);
    CHECK_FALSE(dns::query_options().tries(1).problem());
    CHECK_FALSE(dns::query_options().tries(100).problem());
    CHECK(dns::query_options().tries(101).problem() == bad);
}

TEST_CASE("a server that cannot be understood is an error of the call", "[dns][options]") {
    const auto options = dns::query_options().add_server("192.0.2.1").add_server("dns.example");
    CHECK(options.servers().size() == 1);
    CHECK(options.problem() == dns::errc::invalid_server);
}

TEST_CASE("options that say nothing take what others say", "[dns][options]") {
    const auto base = dns::query_options().add_server("192.0.2.1").timeout(9s).tries(2).hosts_file(false);
    const auto both = dns::query_options().timeout(1s).bypass_cache(true).over(base);
    CHECK(both.servers() == base.servers());
    CHECK(both.timeout() == 1s);
    CHECK(both.tries() == 2);
    CHECK(both.bypass_cache());
    CHECK_FALSE(both.hosts_file());
    CHECK(dns::query_options().servers({}).over(base).servers().empty());  // those of the system, explicitly
    CHECK_FALSE(dns::query_options().add_server("::1").over(dns::query_options().add_server("x")).problem());
    CHECK(dns::query_options().over(dns::query_options().add_server("x")).problem() ==
          dns::errc::invalid_server);
}

TEST_CASE("query options are equal when each of them is, whoever set them", "[dns][options]") {
    using dragline::dns::query_options;
    const auto with_server = [](const char* text) { return query_options().add_server(text); };
    CHECK(query_options() == query_options());
    CHECK(with_server("127.0.0.1") == with_server("127.0.0.1"));
    CHECK_FALSE(with_server("127.0.0.1") == with_server("127.0.0.2"));
    CHECK_FALSE(with_server("127.0.0.1") == query_options());
    CHECK(query_options().hosts_path("/a") == query_options().hosts_path("/a"));
    CHECK_FALSE(query_options().tries(1) == query_options().tries(2));
}
