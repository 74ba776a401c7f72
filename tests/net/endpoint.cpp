#include <dragline/net/endpoint.hpp>

#include <dragline/net/error.hpp>

#include <asio/ip/address.hpp>
#include <catch2/catch_test_macros.hpp>

#include <string>

using dragline::net::endpoint;
using dragline::net::errc;

TEST_CASE("an endpoint keeps a name as it is given, and does not look it up", "[net][endpoint]") {
    const endpoint made("A.test", 8080);
    CHECK(made.host() == "A.test");
    CHECK(made.port() == 8080);
    CHECK(!made.address());
    CHECK(!made.is_local_socket());
    CHECK(made.to_string() == "A.test:8080");
}

TEST_CASE("an endpoint turns a literal into an address in its usual spelling", "[net][endpoint]") {
    const endpoint v4("127.0.0.1", 80);
    REQUIRE(v4.address());
    CHECK(v4.address()->is_loopback());
    CHECK(v4.to_string() == "127.0.0.1:80");
    for (const auto* text : {"::1", "[::1]", "0:0:0:0:0:0:0:1", "[0::0:1]"}) {
        CAPTURE(text);
        const endpoint v6(text, 443);
        REQUIRE(v6.address());
        CHECK(v6.address()->is_v6());
        CHECK(v6.host() == "::1");
        CHECK(v6.to_string() == "[::1]:443");
        CHECK(v6 == endpoint(asio::ip::make_address("::1"), 443));
    }
}

TEST_CASE("an endpoint reads an address up to a NUL, as the system does", "[net][endpoint]") {
    using namespace std::string_literals;
    CHECK(endpoint("127.0.0.1\0:x"s, 80).to_string() == "127.0.0.1:80");
    CHECK(endpoint("127.0.0.1\0"s, 80).address().has_value());
    CHECK(endpoint("::1\0.x"s, 80).to_string() == "[::1]:80");
    CHECK_FALSE(endpoint("\0::1"s, 80).address().has_value());
}

TEST_CASE("an endpoint keeps the scope of a link-local address", "[net][endpoint]") {
    const endpoint scoped("[fe80::1%1]", 80);
    REQUIRE(scoped.address());
    CHECK(scoped.address()->to_v6().scope_id() == 1);
    CHECK(endpoint(*scoped.address(), 80) == scoped);
}

TEST_CASE("an endpoint is the path of a Unix socket", "[net][endpoint]") {
    const auto made = endpoint::local_socket("/run/some.sock");
    CHECK(made.is_local_socket());
    CHECK(made.host() == "/run/some.sock");
    CHECK(made.to_string() == "/run/some.sock");
    CHECK(!made.address());
    CHECK(!(made == endpoint("/run/some.sock", 0)));
}

TEST_CASE("endpoints are equal when kind, host and port are", "[net][endpoint]") {
    CHECK(endpoint("a.test", 1) == endpoint("a.test", 1));
    CHECK(!(endpoint("a.test", 1) == endpoint("a.test", 2)));
    CHECK(!(endpoint("a.test", 1) == endpoint("b.test", 1)));
    CHECK(endpoint() == endpoint());
}

TEST_CASE("parse reads what to_string writes", "[net][endpoint]") {
    for (const std::string text : {"a.test:80", "127.0.0.1:65535", "[::1]:443", "[2001:db8::1]:1", "x:0"}) {
        CAPTURE(text);
        const auto read = endpoint::parse(text);
        REQUIRE(read);
        CHECK(read->to_string() == text);
    }
    CHECK(endpoint::parse("[0:0::1]:443")->host() == "::1");
}

TEST_CASE("parse refuses what names no host and port", "[net][endpoint]") {
    for (const auto* text :
         {"",          ":",         ":80",         "a.test",         "a.test:", "a.test:65536", "a.test:-1",
          "a.test:+1", "a.test:8o", "a.test: 80",  "a.test:80 ",     "::1",     "::1:80",       "[::1]",
          "[::1]:",    "[]:80",     "[a.test]:80", "[127.0.0.1]:80", "[::1:80", "a:b:80"}) {
        CAPTURE(text);
        const auto read = endpoint::parse(text);
        CHECK(read.error() == errc::invalid_endpoint);
        CHECK(read.error() == std::errc::invalid_argument);
    }
}
