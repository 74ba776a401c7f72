// An idle connection that turns out to be dead: what is repeated, and what never is.
#include <dragline/http/fetch.hpp>

#include "../support/http_client.hpp"

#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <string>

using namespace std::chrono_literals;
using dragline::fetch_options;
using dragline::test::fetched;
using dragline::test::http_client;
using dragline::testing::ending;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

// Answers once, and dies of the next request on that connection: a server that closes just then.
struct stale_server {
    explicit stale_server(ending how = ending::close) {
        server.on("/warm", http_reply().body("x").next_request(how)).on("/", http_reply().body("good"));
        server.on("/dies", http_reply().no_answer(how));
        server.on("/half", http_reply().cut_head(5, how));
    }

    fetched get(const fetch_options& options, const char* target = "/") {
        REQUIRE(!client.fetch(server.url("/warm")).ec);
        return client.fetch(server.url(target), options);
    }

    http_server server;
    http_client client;
};

}  // namespace

TEST_CASE("a GET that met a stale connection is repeated on a fresh one", "[http][fetch][stale]") {
    for (const auto how : {ending::close, ending::reset}) {
        stale_server run(how);
        const auto got = run.get(fetch_options());
        REQUIRE(!got.ec);
        CHECK(got.response.body == "good");
        CHECK(!got.response.peer.reused);
        REQUIRE(got.trace.attempts.size() == 2);
        CHECK(got.trace.attempts[0].reused);
        CHECK(!got.trace.attempts[0].retried);
        CHECK(got.trace.attempts[0].ec);
        CHECK(!got.trace.attempts[1].reused);
        CHECK(got.trace.attempts[1].retried);
        CHECK(got.trace.attempts[1].status == 200);
        CHECK(run.server.connection_count() == 2);
    }
}

TEST_CASE("every idempotent method is repeated, with its body", "[http][fetch][stale]") {
    for (const auto* method : {"HEAD", "OPTIONS", "PUT", "DELETE"}) {
        CAPTURE(method);
        stale_server run;
        CHECK(!run.get(fetch_options().method(method).body("text")).ec);
        CHECK(run.server.requests().back().body == "text");
    }
    stale_server run;
    CHECK(!run.get(fetch_options().method("TRACE")).ec);
}

TEST_CASE("a POST is never repeated once a byte of it was sent", "[http][fetch][stale]") {
    for (const auto* method : {"POST", "PATCH", "CUSTOM"}) {
        CAPTURE(method);
        stale_server run;
        const auto got = run.get(fetch_options().method(method).body("text"));
        CHECK(got.ec == http::errc::connection_closed);
        CHECK(got.trace.attempts.size() == 1);
        CHECK(run.server.request_count() == 2);
    }
}

TEST_CASE("an Idempotency-Key makes a POST repeatable", "[http][fetch][stale]") {
    stale_server run;
    const auto got = run.get(fetch_options().body("text").header("Idempotency-Key", "1"));
    CHECK(got.response.body == "good");
    CHECK(got.trace.attempts.size() == 2);
}

TEST_CASE("nothing is repeated after a byte of the answer", "[http][fetch][stale]") {
    http_server server;
    server.on("/warm", http_reply().body("x")).on("/half", http_reply().cut_head(5, ending::reset));
    http_client client;
    REQUIRE(!client.fetch(server.url("/warm")).ec);
    const auto got = client.fetch(server.url("/half"));
    CHECK(got.ec == asio::error::connection_reset);
    CHECK(got.trace.attempts.size() == 1);
}

TEST_CASE("a fetch is repeated once at most, and never after a fresh connection", "[http][fetch][stale]") {
    stale_server run;
    const auto twice = run.get(fetch_options(), "/dies");
    CHECK(twice.ec == http::errc::connection_closed);
    CHECK(twice.trace.attempts.size() == 2);
    const auto fresh = run.client.fetch(run.server.url("/dies"));
    CHECK(fresh.ec == http::errc::connection_closed);
    CHECK(fresh.trace.attempts.size() == 1);
}

TEST_CASE("repeating can be switched off", "[http][fetch][stale]") {
    stale_server run;
    const auto got = run.get(fetch_options().stale_retry(false));
    CHECK(got.ec == http::errc::connection_closed);
    CHECK(got.trace.attempts.size() == 1);
}

TEST_CASE("a timeout on an idle connection is a timeout, and is not repeated", "[http][fetch][stale]") {
    stale_server run(ending::stall);
    const auto got = run.get(fetch_options().first_byte_timeout(50ms));
    CHECK(got.ec == dragline::make_timeout(dragline::phase::first_byte));
    CHECK(got.trace.attempts.size() == 1);
}

TEST_CASE("the deadline covers the repetition", "[http][fetch][stale]") {
    http_server server;
    server.on("/warm", http_reply().body("x").next_request(ending::close)).on("/", http_reply().no_answer());
    http_client client;
    REQUIRE(!client.fetch(server.url("/warm")).ec);
    const auto got = client.fetch(server.url("/"), fetch_options().timeout(50ms));
    CHECK(got.ec == dragline::condition::timeout);
    CHECK(got.trace.attempts.size() == 2);
}

TEST_CASE("a stale connection at the cap is repeated on a fresh one, not on another that waits",
          "[http][fetch][stale]") {
    http_server server;
    server.on("/warm", http_reply().body("x").next_request(ending::close)).on("/", http_reply().body("good"));
    http_client client(http::session_options().connections_per_host(1));
    REQUIRE(!client.fetch(server.url("/warm")).ec);
    auto first = client.start(server.url("/"));
    auto second = client.start(server.url("/"));
    auto third = client.start(server.url("/"));
    client.wait_for({first, second, third});
    for (const auto& each : {first, second, third}) CHECK(each->response.body == "good");
}
