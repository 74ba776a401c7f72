// Expect: 100-continue (RFC 9110, 10.1.1).
#include <dragline/http/fetch.hpp>

#include "../support/http_client.hpp"
#include "../support/request_body.hpp"
#include "../support/tcp_peer.hpp"

#include <dragline/core/error.hpp>
#include <dragline/http/error.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

using namespace std::chrono_literals;
using dragline::fetch_options;
using dragline::http::body;
using dragline::test::http_client;
using dragline::test::tcp_peer;
using dragline::test::text_reading;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

// Asks to continue, and the peer is played by hand.
struct asking {
    explicit asking(const fetch_options& options) : started(client.start(peer.url(), options)) {
        dragline::test::run_until(client.loop, [&] { return client.statistics().connections == 1; });
        connection = &peer.accept();
        head = receive_until("\r\n\r\n");
        CHECK(head.find("\r\nExpect: 100-continue\r\n") != head.npos);
        CHECK(head.ends_with("\r\n\r\n"));
    }

    std::string receive_until(std::string_view end) {
        std::string text;
        dragline::test::run_until(client.loop, [&] {
            if (connection->available() > 0) text += dragline::test::receive(*connection);
            return text.ends_with(end);
        });
        return text;
    }

    void answer(std::string_view text) { dragline::test::send(*connection, text); }
    void finish() { client.wait_for(started); }

    tcp_peer peer;
    http_client client;
    std::shared_ptr<dragline::test::fetched> started;
    asio::ip::tcp::socket* connection = nullptr;
    std::string head;
};

fetch_options patient() { return fetch_options().expect_continue(dragline::no_limit); }

}  // namespace

TEST_CASE("the body goes out when the peer says 100", "[http][fetch][expect]") {
    const bool streamed = GENERATE(false, true);
    asking run(patient().body(streamed ? body::from_source(text_reading("abc"), 3) : body("abc")));
    run.client.run_for(20ms);
    CHECK(run.connection->available() == 0);
    run.answer("HTTP/1.1 103 Early Hints\r\n\r\n");
    run.client.run_for(20ms);
    CHECK(run.connection->available() == 0);
    run.answer("HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(run.receive_until("abc") == "abc");
    run.answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    run.finish();
    CHECK(!run.started->ec);
    CHECK(run.started->response.body == "ok");
    CHECK(run.client.statistics().idle_connections == 1);
}

TEST_CASE("the body goes out when the peer has kept silent for long enough", "[http][fetch][expect]") {
    asking run(fetch_options().expect_continue(30ms).body("abc"));
    CHECK(run.receive_until("abc") == "abc");
    run.answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");  // too late, and harmless
    run.finish();
    CHECK(run.started->response.status == 204);
    CHECK(run.client.statistics().idle_connections == 1);
}

TEST_CASE("a final answer instead of 100 means that the body is never sent", "[http][fetch][expect]") {
    const auto* status = GENERATE("200 OK", "401 Unauthorized", "413 Too Large");
    asking run(patient().body(body::from_source(text_reading("abc"))));
    run.answer("HTTP/1.1 " + std::string(status) + "\r\nContent-Length: 2\r\n\r\nno");
    run.finish();
    CHECK(!run.started->ec);
    CHECK(run.started->response.body == "no");
    // What came next would be taken for the body.
    CHECK(run.client.statistics().connections == 0);
    CHECK(dragline::test::receive(*run.connection).empty());
}

TEST_CASE("the wait for 100 ends with its limits, with the peer, and with the end of patience",
          "[http][fetch][expect]") {
    SECTION("write_timeout") {
        asking run(patient().body("abc").write_timeout(30ms));
        run.finish();
        CHECK(run.started->ec == dragline::make_timeout(dragline::phase::write));
    }
    SECTION("the peer closes") {
        asking run(patient().body("abc"));
        run.connection->close();
        run.finish();
        CHECK(run.started->ec == http::errc::connection_closed);
    }
    SECTION("too many interim responses") {
        asking run(patient().body("abc").max_interim(3));
        for (int i = 0; i < 4; ++i) run.answer("HTTP/1.1 102 Processing\r\n\r\n");
        run.finish();
        CHECK(run.started->ec == http::errc::too_many_interim);
    }
}

TEST_CASE("a redirect or a challenge before the body takes the untouched body along",
          "[http][fetch][expect]") {
    http_server server;
    server.on("/", http_reply::redirect("/end", 307).before_body().close()).on("/end", http_reply());
    server.on("/401",
              std::vector<http_reply>{
                  http_reply(401).header("WWW-Authenticate", "Basic realm=\"r\"").before_body().close(),
                  http_reply()});
    http_client client;
    const auto options = patient().credentials(http::credentials::any("me", "secret"));
    for (const auto* path : {"/", "/401"}) {
        CAPTURE(path);
        server.clear_requests();
        const auto once = body::from_source(text_reading("abc"));
        const auto got = client.fetch(server.url(path), fetch_options(options).body(once));
        REQUIRE(!got.ec);
        REQUIRE(server.request_count() == 2);
        CHECK(server.requests()[1].body == "abc");
        CHECK(server.requests()[1].field("Expect") == "100-continue");
    }
}

TEST_CASE("a 417 has the request sent once more without asking", "[http][fetch][expect]") {
    http_server server;
    server.on("/", std::vector<http_reply>{http_reply(417).before_body().close(), http_reply().body("good")});
    server.on("/always", http_reply(417).before_body().close());
    server.on("/late", http_reply(417).no_continue());
    http_client client;
    const auto once = [] { return body::from_source(text_reading("abc"), 3); };
    const auto got = client.fetch(server.url("/"), patient().body(once()));
    CHECK(got.response.body == "good");
    REQUIRE(server.request_count() == 2);
    CHECK(server.requests()[0].has_field("Expect"));
    CHECK(!server.requests()[1].has_field("Expect"));
    CHECK(server.requests()[1].body == "abc");

    server.clear_requests();
    CHECK(client.fetch(server.url("/always"), patient().body("abc")).response.status == 417);
    CHECK(server.request_count() == 2);
    server.clear_requests();
    const auto late = client.fetch(server.url("/late"), fetch_options().expect_continue(1ms).body(once()));
    CHECK(late.response.status == 417);  // the body is gone
    CHECK(server.request_count() == 1);
}

TEST_CASE("without a body nothing is asked, and a limit that cannot be is refused", "[http][fetch][expect]") {
    http_server server;
    server.on("/", http_reply());
    http_client client;
    CHECK(!client.fetch(server.url(), patient()).ec);
    CHECK(!client.fetch(server.url(), patient().body("")).ec);
    CHECK(!client.fetch(server.url(), patient().body(body::from_source(text_reading(""), 0))).ec);
    CHECK(!client.fetch(server.url(), patient().body("x").expect_continue(std::nullopt)).ec);
    for (const auto& request : server.requests()) CHECK(!request.has_field("Expect"));
    for (const auto wait : {0ms, -1ms}) {
        CHECK(client.fetch(server.url(), fetch_options().expect_continue(wait)).ec ==
              dragline::errc::invalid_option);
    }
    CHECK(client.fetch(server.url(), patient().body("x").header("Expect", "100-continue")).ec ==
          dragline::errc::invalid_option);
    CHECK(!client.fetch(server.url(), patient().body("x")).ec);  // this server says 100
    CHECK(server.requests().back().body == "x");
}
