#include <dragline/net/upstreams/upstream_options.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <type_traits>

using namespace std::chrono_literals;
using dragline::net::errc;
using dragline::net::parse_upstreams;
using dragline::net::upstream_options;
using dragline::net::upstream_policy;

namespace {

// "host:port*weight", one after the other; "!" when refused.
std::string read_back(std::string_view text, std::uint16_t default_port = 0) {
    const auto read = parse_upstreams(text, default_port);
    if (!read) {
        CHECK(read.error() == errc::invalid_upstreams);
        CHECK(read.error() == std::errc::invalid_argument);
        return "!";
    }
    std::string out;
    for (const auto& each : read->servers) {
        out += (out.empty() ? "" : " ") + each.target.to_string() + '*' + std::to_string(each.weight);
    }
    return out;
}

}  // namespace

TEST_CASE("a list of servers is read from text", "[net][upstream_options]") {
    CHECK(read_back("a.test:80") == "a.test:80*1");
    CHECK(read_back("a.test:80:5, b.test:81;c.test:82:1000 d.test:1") ==
          "a.test:80*5 b.test:81*1 c.test:82*1000 d.test:1*1");
    CHECK(read_back("  a.test ,, 192.0.2.1\n", 6379) == "a.test:6379*1 192.0.2.1:6379*1");
    CHECK(read_back("[::1]:80:2 [2001:db8::1] ::2", 5) == "[::1]:80*2 [2001:db8::1]:5*1 [::2]:5*1");
    CHECK(read_back("/run/a.sock /run/b.sock:7") == "/run/a.sock*1 /run/b.sock*7");
}

TEST_CASE("a list may begin with its policy", "[net][upstream_options]") {
    CHECK(parse_upstreams("round-robin:a:1")->policy == upstream_policy::round_robin);
    CHECK(parse_upstreams(" master-slave: a:1, b:2")->policy == upstream_policy::master_slave);
    CHECK(parse_upstreams("random:a:1")->policy == upstream_policy::random);
    CHECK(parse_upstreams("hash:a:1:2")->policy == upstream_policy::hash_ring);
    CHECK(!parse_upstreams("a:1")->policy);
    CHECK(read_back("hash:") == "!");
}

TEST_CASE("what is no list of servers is refused", "[net][upstream_options]") {
    for (const char* text : {"",
                             " ,; ",
                             "a.test",
                             "a.test:",
                             "a.test:0",
                             "a.test:65536",
                             "a.test:80:0",
                             "a.test:80:1001",
                             "a.test:80:1:1",
                             "a.test:80:",
                             ":80",
                             "[::1",
                             "[a.test]:80",
                             "[::1]80",
                             "a:80,a:80",
                             "a:80:1,a:80:2",
                             "a.test:-1",
                             "a.test:80:x",
                             "/run/a.sock:0",
                             "a:99999999999999999999"}) {
        CAPTURE(text);
        CHECK(read_back(text) == "!");
    }
}

TEST_CASE("upstream_options have the documented defaults", "[net][upstream_options]") {
    const upstream_options options;
    CHECK(options.policy() == upstream_policy::round_robin);
    CHECK(options.max_errors() == 4);
    CHECK(options.error_window() == 10s);
    CHECK(options.revive_time() == 60s);
    CHECK(options.max_revive_time() == 600s);
    CHECK(options.revive_jitter() == 0.4);
    CHECK(options.probe_interval() == 1s);
    CHECK(options.timeout() == 10s);
    CHECK(options.connect().timeout() == 3s);
    CHECK(options.max_attempts() == 3);
    CHECK(options.resolve_interval() == 1h);
    CHECK(options.valid());
    STATIC_CHECK(!std::is_aggregate_v<dragline::net::upstream_server>);
    STATIC_CHECK(!std::is_aggregate_v<dragline::net::upstream_definition>);
}

TEST_CASE("upstream_options that cannot work are kept, and told", "[net][upstream_options]") {
    CHECK(upstream_options().max_errors(1'000).valid());
    CHECK(!upstream_options().max_errors(1'001).valid());
    CHECK(!upstream_options().max_errors(0).valid());
    CHECK(!upstream_options().max_attempts(0).valid());
    CHECK(upstream_options().ring_points(1'000).valid());
    CHECK(!upstream_options().ring_points(1'001).valid());
    CHECK(!upstream_options().revive_jitter(1.5).valid());
    CHECK(!upstream_options().revive_jitter(-0.1).valid());
    CHECK(!upstream_options().revive_time(0s).valid());
    CHECK(!upstream_options().timeout(-1s).valid());
    CHECK(upstream_options().timeout(dragline::no_limit).valid());
    CHECK(!upstream_options().connect(dragline::connect_options().timeout(0s)).valid());
}
