#include <dragline/http/trace.hpp>

#include "../support/http_client.hpp"

#include <dragline/testing/sockets.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

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
    CHECK(attempt.target().empty());
    CHECK(!attempt.timeline().queue);
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
    CHECK(first.method == "PUT");
    CHECK(first.target() == "/");
    CHECK(first.number == 1);
    CHECK(first.cause == http::attempt_cause::first);
    CHECK(first.reason == "Found");
    CHECK(first.redirect_to == url + "b");
    CHECK(first.address.to_string() == "127.0.0.1");
    CHECK(first.port == server.port());
    CHECK(first.local_port != 0);
    CHECK(first.bytes_sent == first.head_sent + 4);
    CHECK(first.head_received > 20);
    CHECK(first.request_headers.empty());
    CHECK(first.complete);
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
    CHECK(second.method == "PUT");
    CHECK(second.target() == "/b");
    CHECK(second.fetch == first.fetch);
    CHECK(second.number == 2);
    CHECK(second.cause == http::attempt_cause::redirect);
    CHECK(second.started >= first.started + first.total);
    CHECK(second.started_at >= first.started_at);
    CHECK(second.local_port == first.local_port);
    CHECK(second.bytes_decoded == 5);
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

TEST_CASE("the steps of an attempt follow each other", "[http][trace]") {
    dragline::testing::dns_server names;
    names.host("a.test", {"127.0.0.1"});
    http_server server(dragline::test::usual_certificate());
    server.on("/", http_reply().delay(50ms).body("12345").body_delay(50ms));
    http_client client(dragline::test::using_dns(names).tls(dragline::test::trusting_test_ca()));
    const auto url = "https://a.test:" + std::to_string(server.port()) + "/";
    for (const bool reused : {false, true}) {
        const auto got = client.fetch(url, fetch_options().body("text"));
        REQUIRE(!got.ec);
        const auto& attempt = got.trace.attempts.at(0);
        CHECK(attempt.tls.version() == "TLSv1.3");
        CHECK(attempt.tls.cipher() != "");
        const auto line = attempt.timeline();
        CHECK(line.resolve.has_value() == !reused);
        CHECK(line.connect.has_value() == !reused);
        CHECK(line.tls.has_value() == !reused);
        CHECK(!line.proxy);
        REQUIRE(line.receive);
        auto at = 0ns;
        for (const auto& step :
             {line.queue, line.resolve, line.connect, line.tls, line.send, line.wait, line.receive}) {
            if (!step) continue;
            CHECK(step->start >= at);
            CHECK(step->took >= 0ns);
            at = step->start + step->took;
        }
        CHECK(at <= attempt.total);
        CHECK(line.wait->took == attempt.first_byte);
        CHECK(line.wait->took >= 4ms);
        CHECK(line.receive->took >= 4ms);
    }
}

TEST_CASE("a trace says where an attempt failed, also when the code does not", "[http][trace]") {
    const dragline::testing::dead_port dead;
    dragline::testing::dns_server names;
    names.host("a.test", {"127.0.0.1"});
    http_server server;
    server.on("/cut", http_reply().body("12345").cut_body(2, dragline::testing::ending::reset))
        .on("/gone", http_reply().no_answer(dragline::testing::ending::reset));
    http_client client(dragline::test::using_dns(names));
    const auto failed_in = [&](const std::string& url) {
        const auto got = client.fetch(url);
        CHECK(got.ec);
        return got.trace.attempts.at(0).failed_in;
    };
    CHECK(failed_in("http://127.0.0.1:" + std::to_string(dead.port()) + "/") == dragline::phase::connect);
    CHECK(failed_in("http://b.test/") == dragline::phase::resolve);
    CHECK(failed_in("https://127.0.0.1:" + std::to_string(server.port()) + "/") == dragline::phase::tls);
    CHECK(failed_in(server.url("/gone")) == dragline::phase::first_byte);
    CHECK(failed_in(server.url("/cut")) == dragline::phase::read);
}

TEST_CASE("a trace has the rounds of an authentication, and header fields when asked for, masked",
          "[http][trace][secrets]") {
    http_server server;
    server.on("*", std::vector<http_reply>{
                       http_reply(401).header("WWW-Authenticate", "Basic realm=\"a\""),
                       http_reply().header("Set-Cookie", "a=secret; Path=/").header("X-Odd", "\xff\"\\")});
    http_client client;
    const auto got =
        client.fetch(server.url("/?token=secret"), fetch_options()
                                                       .credentials(http::credentials::any("me", "secret"))
                                                       .secret_header("X-Mine", "secret")
                                                       .recording(http::recording().headers(true)));
    REQUIRE(!got.ec);
    REQUIRE(got.trace.attempts.size() == 2);
    const auto& last = got.trace.attempts[1];
    CHECK(last.cause == http::attempt_cause::authentication);
    CHECK(last.url == server.url("/?token=***"));
    CHECK(last.request_headers.get("Authorization") == "Basic ***");
    CHECK(last.request_headers.get("X-Mine") == "***");
    CHECK(last.request_headers.get("Host") == server.url("").substr(7, server.url("").find('/', 7) - 7));
    CHECK(last.response_headers.get("Set-Cookie") == "a=***; Path=/");
    CHECK(last.response_headers.get("X-Odd") == "\xff\"\\");
    CHECK(last.secret_names.empty());
}

TEST_CASE("a trace keeps what a callback of the user threw", "[http][trace]") {
    http_server server;
    server.on("/", http_reply::redirect("/b"));
    http_client client;
    const auto refuse = [](const http::redirect_proposal&) -> http::redirect_decision {
        throw std::runtime_error("mine");
    };
    const auto policy = http::redirect_policy::function(refuse);
    const auto got = client.fetch(server.url("/"), fetch_options().redirects(policy));
    CHECK(got.ec == dragline::errc::callback_failed);
    REQUIRE(got.trace.attempts.size() == 1);
    CHECK(got.trace.attempts[0].ec == dragline::errc::callback_failed);
    CHECK_THROWS_AS(std::rethrow_exception(got.trace.attempts[0].exception), std::runtime_error);

    // Between two attempts, when the first of them is over.
    const auto choose = [](const dragline::url::url& to) {
        if (to.path() == "/b") throw std::runtime_error("mine");
        return http::proxy_choices{{}};
    };
    const auto late =
        client.fetch(server.url("/"), fetch_options().proxy(http::proxy_policy::function(choose)));
    CHECK(late.ec == dragline::errc::callback_failed);
    REQUIRE(late.trace.attempts.size() == 1);
    REQUIRE(late.trace.attempts[0].exception);
    CHECK_THROWS_AS(std::rethrow_exception(late.trace.attempts[0].exception), std::runtime_error);
}
