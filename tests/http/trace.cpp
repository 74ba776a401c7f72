#include <dragline/http/trace.hpp>

#include "../support/http_client.hpp"

#include <dragline/testing/sockets.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <string>
#include <type_traits>

using namespace std::chrono_literals;
using dragline::fetch_options;
using dragline::test::http_client;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace dns = dragline::dns;
namespace http = dragline::http;

TEST_CASE("a trace starts empty and is no aggregate", "[http][trace]") {
    CHECK(http::trace().attempts.empty());
    const http::attempt_record attempt;
    CHECK(attempt.status == 0);
    CHECK(!attempt.reused);
    CHECK(!attempt.retried);
    CHECK(attempt.connection.dials.empty());
    STATIC_CHECK(!std::is_aggregate_v<http::trace>);
    STATIC_CHECK(!std::is_aggregate_v<http::attempt_record>);
}

TEST_CASE("a trace has look-ups, dials and bytes of each attempt", "[http][trace]") {
    dragline::testing::dns_server names;
    names.host("a.test", {"127.0.0.1"});
    http_server server;
    server.on("/", http_reply::redirect("/b").body("12")).on("/b", http_reply().body("12345"));
    http_client client(dragline::test::using_dns(names));
    const auto url = "http://a.test:" + std::to_string(server.port()) + "/";
    const auto got = client.fetch(url, fetch_options().method("PUT").body("text"));
    REQUIRE(!got.ec);
    REQUIRE(got.trace.attempts.size() == 2);

    const auto& first = got.trace.attempts[0];
    CHECK(first.url == url);
    CHECK(first.status == 302);
    CHECK(!first.ec);
    CHECK(!first.reused);
    CHECK(!first.connection.look_ups.empty());  // the slower family may not have counted any more
    for (const auto& look_up : first.connection.look_ups) {
        CHECK(look_up.asked.name == "a.test");
        CHECK(look_up.source == dns::answer_source::network);
    }
    REQUIRE(first.connection.dials.size() == 1);
    CHECK(first.connection.dials[0].address.to_string() == "127.0.0.1");
    CHECK(first.connection.dials[0].port == server.port());
    CHECK(first.connection.resolve > 0ns);
    CHECK(first.bytes_sent > 4);
    CHECK(first.bytes_received == 2);
    CHECK(first.first_byte > 0ns);
    CHECK(first.total >= first.first_byte);

    const auto& second = got.trace.attempts[1];
    CHECK(second.url == url + "b");
    CHECK(second.status == 200);
    CHECK(second.reused);
    CHECK(second.connection.dials.empty());
    CHECK(second.connection.look_ups.empty());
    CHECK(second.bytes_received == 5);
}

TEST_CASE("the second look-up of a name is answered by the cache", "[http][trace]") {
    dragline::testing::dns_server names;
    names.host("a.test", {"127.0.0.1"});
    http_server server;
    server.on("/", http_reply());
    http_client client(dragline::test::using_dns(names));
    const auto url = "http://a.test:" + std::to_string(server.port()) + "/";
    REQUIRE(!client.fetch(url).ec);
    const auto again = client.fetch(url, fetch_options().fresh_connection(true));
    REQUIRE(!again.ec);
    bool cached = false;
    for (const auto& look_up : again.trace.attempts.at(0).connection.look_ups) {
        if (look_up.asked.type == dns::record_type::a) cached = look_up.source == dns::answer_source::cache;
    }
    CHECK(cached);
    CHECK(names.query_count("a.test", dns::record_type::a) == 1);
}

TEST_CASE("a trace is filled also when the fetch fails", "[http][trace]") {
    const dragline::testing::dead_port dead;
    http_client client;
    const auto got = client.fetch("http://127.0.0.1:" + std::to_string(dead.port()) + "/");
    REQUIRE(got.trace.attempts.size() == 1);
    CHECK(got.trace.attempts[0].ec == got.ec);
    REQUIRE(got.trace.attempts[0].connection.dials.size() == 1);
    CHECK(got.trace.attempts[0].connection.dials[0].ec == got.ec);
    CHECK(got.trace.attempts[0].bytes_sent == 0);
}

TEST_CASE("no user name and no password of a URL stands in a trace", "[http][trace]") {
    http_server server;
    const auto here = "127.0.0.1:" + std::to_string(server.port());
    server.on("/", http_reply::redirect("http://other:hidden@" + here + "/b"))
        .on("/b", http_reply().body("x"));
    http_client client;
    const auto got = client.fetch("http://me:secret@" + here + "/");
    REQUIRE(!got.ec);
    REQUIRE(got.trace.attempts.size() == 2);
    CHECK(got.trace.attempts[0].url == "http://" + here + "/");
    CHECK(got.trace.attempts[1].url == "http://" + here + "/b");
    const auto failed = client.fetch("http://me:secret@[::ffff:0:0]:1/");
    for (const auto& attempt : failed.trace.attempts) {
        CHECK(attempt.url.find("secret") == std::string::npos);
        CHECK(attempt.connection.tls_detail.find("secret") == std::string::npos);
    }
}

TEST_CASE("a trace adds up over several fetches", "[http][trace]") {
    http_server server;
    server.on("/", http_reply());
    http_client client;
    http::trace trace;
    for (int i = 0; i < 3; ++i) REQUIRE(!client.fetch(server.url("/"), fetch_options().trace(&trace)).ec);
    CHECK(trace.attempts.size() == 3);
}
