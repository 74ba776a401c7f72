// Which connection carries a fetch: reuse, and what ends it.
#include <dragline/http/fetch.hpp>

#include "../support/http_client.hpp"
#include "../support/tcp_peer.hpp"

#include <dragline/testing/manual_clock.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <string>

using namespace std::chrono_literals;
using dragline::event_loop_options;
using dragline::fetch_options;
using dragline::test::http_client;
using dragline::testing::ending;
using dragline::testing::http_framing;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

// Fetches twice with a pause in between; true when one connection carried both.
bool reused(http_server& server, http_client& client, dragline::testing::manual_clock* time = nullptr,
            std::chrono::milliseconds pause = 0ms) {
    REQUIRE(!client.fetch(server.url("/")).ec);
    const auto before = server.connection_count();
    if (time) time->advance(pause);
    const auto second = client.fetch(server.url("/"));
    REQUIRE(!second.ec);
    const bool same = server.connection_count() == before;
    CHECK(second.response.peer.reused == same);
    CHECK(second.trace.attempts.size() == 1);
    CHECK(second.trace.attempts[0].reused == second.response.peer.reused);
    return same;
}

bool reused(const http_reply& reply) {
    http_server server;
    server.on("/", reply);
    http_client client;
    return reused(server, client);
}

}  // namespace

TEST_CASE("one connection carries fetch after fetch", "[http][fetch][pool]") {
    http_server server;
    server.on("*", http_reply().body("x"));
    http_client client;
    for (int i = 0; i < 10; ++i) {
        const auto got =
            client.fetch(server.url("/" + std::to_string(i)), fetch_options().method(i % 2 ? "POST" : "GET"));
        CHECK(got.response.peer.reused == (i > 0));
        CHECK(got.trace.attempts.at(0).connection.dials.size() == (i > 0 ? 0 : 1));
    }
    CHECK(server.connection_count() == 1);
    CHECK(server.requests().back().sequence == 10);
    CHECK(client.statistics().idle_connections == 1);
}

TEST_CASE("the connection that was used last is used first", "[http][fetch][pool]") {
    http_server server;
    server.on("/slow", http_reply().body("x").delay(50ms)).on("/fast", http_reply().body("x"));
    http_client client;
    auto slow = client.start(server.url("/slow"));
    auto fast = client.start(server.url("/fast"));
    client.wait_for({slow, fast});
    std::uint64_t last_used = 0;
    for (const auto& request : server.requests()) {
        if (request.target == "/slow") last_used = request.connection;
    }
    for (int i = 0; i < 3; ++i) REQUIRE(!client.fetch(server.url("/fast")).ec);
    for (const auto& request : server.requests()) {
        if (request.reused()) CHECK(request.connection == last_used);
    }
    CHECK(client.statistics().idle_connections == 2);
}

TEST_CASE("origins do not share connections, nor do sessions", "[http][fetch][pool]") {
    http_server server;
    server.on("*", http_reply());
    http_client client;
    const auto here = dragline::net::endpoint("127.0.0.1", server.port());
    REQUIRE(!client.fetch(server.url("/")).ec);
    REQUIRE(!client.fetch("http://a.test/", fetch_options().connect_to(here)).ec);
    REQUIRE(!client.fetch("http://b.test/", fetch_options().connect_to(here)).ec);
    REQUIRE(!client.fetch("http://a.test:8080/", fetch_options().connect_to(here)).ec);
    CHECK(server.connection_count() == 4);
    REQUIRE(!client.fetch("http://A.test:80/x", fetch_options().connect_to(here)).ec);
    CHECK(server.connection_count() == 4);
    dragline::test::kept_completion<http::response> other;
    fetch_url(dragline::get_session(client.loop, "other"), server.url("/"), other);
    dragline::test::run_until(client.loop, [&] { return other.done(); });
    CHECK(server.connection_count() == 5);
}

TEST_CASE("Connection: close ends the connection, on either side", "[http][fetch][pool]") {
    CHECK(reused(http_reply().body("x")));
    CHECK(reused(http_reply().body("x").header("Connection", "keep-alive")));
    CHECK(!reused(http_reply().body("x").close()));
    CHECK(!reused(http_reply().body("x").header("Connection", "x, Close")));
    CHECK(!reused(http_reply().body("x").framing(http_framing::until_close)));
}

TEST_CASE("HTTP/1.0 is kept only when it says so", "[http][fetch][pool]") {
    CHECK(!reused(http_reply().version("HTTP/1.0").body("x")));
    CHECK(reused(http_reply().version("HTTP/1.0").body("x").header("Connection", "Keep-Alive")));
    http_server server;
    server.on("/", http_reply().version("HTTP/1.0").body("x"));
    http_client client;
    CHECK(client.fetch(server.url("/")).response.version_minor == 0);
}

TEST_CASE("an idle connection is kept for 15 seconds, and no longer", "[http][fetch][pool]") {
    dragline::testing::manual_clock time;
    http_server server;
    server.on("/", http_reply().body("x"));
    http_client client({}, event_loop_options().time(time));
    CHECK(reused(server, client, &time, 14'999ms));
    CHECK(!reused(server, client, &time, 15'000ms));
    CHECK(client.statistics().connections == 1);
}

TEST_CASE("the session decides how long an idle connection is kept", "[http][fetch][pool]") {
    dragline::testing::manual_clock time;
    http_server server;
    server.on("/", http_reply().body("x"));
    http_client client(http::session_options().idle_timeout(2s), event_loop_options().time(time));
    CHECK(reused(server, client, &time, 1'999ms));
    CHECK(!reused(server, client, &time, 2'000ms));
}

TEST_CASE("what the peer says about keeping a connection counts, less a second", "[http][fetch][pool]") {
    const auto kept = [](const char* keep_alive, std::chrono::milliseconds pause) {
        dragline::testing::manual_clock time;
        http_server server;
        server.on("/", http_reply().body("x").header("Keep-Alive", keep_alive));
        http_client client({}, event_loop_options().time(time));
        return reused(server, client, &time, pause);
    };
    CHECK(kept("timeout=5, max=100", 3'999ms));
    CHECK(!kept("timeout=5, max=100", 4'000ms));
    CHECK(kept("timeout=60", 58s));
    CHECK(!kept("timeout=60", 59s));
    CHECK(!kept("timeout=1", 0ms));
    CHECK(!kept("timeout=0", 0ms));
    CHECK(kept("max=5", 14s));
}

TEST_CASE("an idle connection that is past its time is closed when the session next does something",
          "[http][fetch][pool]") {
    dragline::testing::manual_clock time;
    http_server one, other;
    one.on("/", http_reply().body("x"));
    other.on("/", http_reply().body("x"));
    http_client client({}, event_loop_options().time(time));
    REQUIRE(!client.fetch(one.url("/")).ec);
    time.advance(20s);
    REQUIRE(!client.fetch(other.url("/")).ec);
    CHECK(one.wait_for_open_connections(0));
    CHECK(client.statistics().connections == 1);
}

TEST_CASE("a connection is not used beyond its lifetime, but an exchange under way is finished",
          "[http][fetch][pool]") {
    dragline::testing::manual_clock time;
    http_server server;
    server.on("/", http_reply().body("x"));
    http_client client(http::session_options().connection_lifetime(10s), event_loop_options().time(time));
    CHECK(reused(server, client, &time, 9s));
    time.advance(1s);
    CHECK(!client.fetch(server.url("/")).response.peer.reused);
    http_client bad(http::session_options().connection_lifetime(-1s));
    CHECK(bad.fetch(server.url("/")).ec == dragline::errc::invalid_option);
}

TEST_CASE("bytes that nobody asked for end an idle connection", "[http][fetch][pool]") {
    http_server server;
    server.on("/", http_reply().body("x").extra("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged", 20ms));
    http_client client;
    REQUIRE(client.fetch(server.url("/")).response.body == "x");
    CHECK(client.statistics().idle_connections == 1);
    client.run_for(100ms);
    CHECK(client.fetch(server.url("/")).response.body == "x");
    CHECK(server.connection_count() == 2);
}

TEST_CASE("bytes behind a response end its connection", "[http][fetch][pool]") {
    const std::string forged = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged";
    for (const auto& reply :
         {http_reply().raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx" + forged),
          http_reply().raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n" +
                           forged),
          http_reply().raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx\r\n")}) {
        http_server server;
        server.on("/", reply);
        http_client client;
        for (int round = 1; round <= 2; ++round) {
            CHECK(client.fetch(server.url("/")).response.body == "x");
            CHECK(client.statistics().connections == 0);
            CHECK(server.connection_count() == static_cast<std::uint64_t>(round));
        }
    }
}

TEST_CASE("a connection that the server closed while it was idle is not used", "[http][fetch][pool]") {
    for (const auto how : {ending::close, ending::reset}) {
        dragline::test::tcp_peer peer;
        dragline::testing::manual_clock time;
        http_client client(http::session_options(), event_loop_options().time(time));
        for (int round = 0; round < 2; ++round) {
            auto started = client.start(peer.url());
            dragline::test::settle(client.loop);  // begins to connect: the idle connection is no more
            auto& connection = peer.accept();
            dragline::test::settle(client.loop);
            dragline::test::receive_head(connection);
            dragline::test::send(connection, "HTTP/1.1 204 No Content\r\n\r\n");
            client.wait_for(started);
            CHECK(!started->ec);
            CHECK(started->trace.attempts.size() == 1);  // noticed in time: nothing to repeat
            if (how == ending::reset) dragline::test::reset(connection);
            connection.close();
            time.advance(1ms);  // one that has just been parked is not asked again
        }
    }
}

TEST_CASE("fresh_connection takes no idle connection and leaves none", "[http][fetch][pool]") {
    http_server server;
    server.on("/", http_reply().body("x"));
    http_client client;
    const auto fresh = fetch_options().fresh_connection(true);
    REQUIRE(!client.fetch(server.url("/")).ec);
    CHECK(!client.fetch(server.url("/"), fresh).response.peer.reused);
    CHECK(!client.fetch(server.url("/"), fresh).response.peer.reused);
    CHECK(server.connection_count() == 3);
    CHECK(server.wait_for_open_connections(1));
    CHECK(client.fetch(server.url("/")).response.peer.reused);
}

TEST_CASE("fresh_connection puts an idle connection out of its way", "[http][fetch][pool]") {
    http_server server;
    server.on("/", http_reply().body("x"));
    const auto fresh = fetch_options().fresh_connection(true).timeout(5s);
    SECTION("at the cap of the host") {
        http_client client(http::session_options().connections_per_host(1));
        REQUIRE(!client.fetch(server.url("/")).ec);
        CHECK(!client.fetch(server.url("/"), fresh).ec);
    }
    SECTION("at the cap of the session") {
        http_client client(http::session_options().connections(1));
        REQUIRE(!client.fetch(server.url("/")).ec);
        CHECK(!client.fetch(server.url("/"), fresh).ec);
    }
    CHECK(server.connection_count() == 2);
}

TEST_CASE("one who waits for a fresh connection is not given a used one", "[http][fetch][pool]") {
    http_server server;
    server.on("/", http_reply().body("x").delay(10ms));
    http_client client(http::session_options().connections_per_host(1));
    auto first = client.start(server.url("/"));
    auto second = client.start(server.url("/"), fetch_options().fresh_connection(true));
    auto third = client.start(server.url("/"));
    client.wait_for({first, second, third});
    CHECK(!second->response.peer.reused);
    CHECK(!third->response.peer.reused);
    CHECK(server.connection_count() == 3);
}

TEST_CASE("idle connections are closed in time while the loop waits for anything, and keep it from nothing",
          "[http][fetch][pool]") {
    http_server server;
    server.on("/", http_reply().body("x")).on("/never", http_reply().no_answer());
    http_client client(http::session_options().idle_timeout(30ms));
    REQUIRE(!client.fetch(server.url("/")).ec);
    client.loop.restart();
    client.loop.run();  // returns, with one idle
    CHECK(client.statistics().idle_connections == 1);
    auto elsewhere = dragline::get_session(client.loop, "elsewhere");
    fetch_url(elsewhere, server.url("/never"), [](std::error_code, const http::response&) {});
    dragline::test::run_until(client.loop, [&] { return client.statistics().connections == 0; });
    CHECK(server.wait_for_open_connections(1));
}

TEST_CASE("a connection that has rested for a while serves as before", "[http][fetch][pool]") {
    http_server server(dragline::test::usual_certificate());
    server.on("/", http_reply().body("x"));
    dragline::testing::manual_clock time;
    http_client client(http::session_options().tls(dragline::test::trusting_test_ca()),
                       event_loop_options().time(time));
    for (int round = 0; round < 4; ++round) {
        const auto got = client.fetch(server.url("/"), fetch_options().body(std::string(100'000, 'b')));
        CHECK(got.response.body == "x");
        CHECK(got.response.peer.reused == (round > 0));
        time.advance(2s);
    }
}
