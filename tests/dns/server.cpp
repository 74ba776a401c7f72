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
    CHECK(dns::server::parse(std::string_view("192.0.2.1\0x", 11)).error() == dns::errc::invalid_server);
    CHECK(dns::server::parse(std::string(100'000, '1')).error() == dns::errc::invalid_server);
}
