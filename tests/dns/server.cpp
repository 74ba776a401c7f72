#include <dragline/dns/server.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

namespace dns = dragline::dns;

TEST_CASE("server addresses are read with and without port", "[dns][server]") {
    const struct {
        std::string_view text;
        std::string_view expected;
    } cases[] = {
        {"192.0.2.1", "192.0.2.1:53"},
        {"192.0.2.1:5353", "192.0.2.1:5353"},
        {"192.0.2.1:65535", "192.0.2.1:65535"},
        {"2001:db8::1", "[2001:db8::1]:53"},
        {"[2001:db8::1]", "[2001:db8::1]:53"},
        {"[::1]:5353", "[::1]:5353"},
        {"::ffff:192.0.2.1", "[::ffff:192.0.2.1]:53"},
    };
    for (const auto& each : cases) {
        CAPTURE(each.text);
        const auto parsed = dns::server::parse(each.text);
        REQUIRE(parsed);
        CHECK(parsed->to_string() == each.expected);
        CHECK(dns::server::parse(parsed->to_string()).value() == *parsed);
    }
}

TEST_CASE("what is no server address is refused", "[dns][server]") {
    for (const std::string_view text : {"",
                                        ":",
                                        ":53",
                                        "dns.example",
                                        "dns.example:53",
                                        "192.0.2.1:",
                                        "192.0.2.1:0",
                                        "192.0.2.1:65536",
                                        "192.0.2.1:+53",
                                        "192.0.2.1:53x",
                                        "192.0.2.256",
                                        "[192.0.2.1]:53",
                                        "[::1",
                                        "[::1]53",
                                        "[::1]:",
                                        "[]:53",
                                        "[::1]:0",
                                        "fe80::1%eth0",
                                        "192.0.2.1 ",
                                        "127.1"}) {
        CAPTURE(text);
        CHECK(dns::server::parse(text).error() == dns::errc::invalid_server);
    }
    CHECK(dns::server::parse(std::string(100'000, '1')).error() == dns::errc::invalid_server);
}

TEST_CASE("resolv.conf names the servers of the system", "[dns][server]") {
    const auto servers = dns::parse_resolv_conf(
        "# comment\n"
        "search example.org\n"
        "nameserver 192.0.2.1\r\n"
        "nameserver\t2001:db8::1 # the second\n"
        "nameserver 192.0.2.1\n"
        "nameserver dns.example\n"
        "nameserver\n"
        "nameservers 192.0.2.9\n"
        "nameserver [192.0.2.9]\n"
        "options timeout:1\n"
        "nameserver 127.0.0.1:5353");
    REQUIRE(servers.size() == 3);
    CHECK(servers[0].to_string() == "192.0.2.1:53");
    CHECK(servers[1].to_string() == "[2001:db8::1]:53");
    CHECK(servers[2].to_string() == "127.0.0.1:5353");
    CHECK(dns::parse_resolv_conf("").empty());
}

TEST_CASE("no more servers are taken from resolv.conf than the limit", "[dns][server]") {
    std::string text;
    for (int i = 1; i <= 17; ++i) text += "nameserver 192.0.2." + std::to_string(i) + "\n";
    CHECK(dns::parse_resolv_conf(text).size() == dns::max_system_servers);
    CHECK(dns::max_system_servers == 16);
}
