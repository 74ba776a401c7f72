// Connections that fail, at every stage.
#include <dragline/http/fetch.hpp>

#include "../support/http_client.hpp"
#include "../support/tcp_peer.hpp"

#include <dragline/h1/error.hpp>
#include <dragline/testing/sockets.hpp>
#include <dragline/tls/error.hpp>

#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <system_error>

using namespace std::chrono_literals;
using dragline::condition;
using dragline::fetch_options;
using dragline::phase;
using dragline::phase_of;
using dragline::test::fetched;
using dragline::test::http_client;
using dragline::test::tcp_peer;
using dragline::testing::ending;
using dragline::testing::http_framing;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace dns = dragline::dns;
namespace h1 = dragline::h1;
namespace http = dragline::http;
namespace tls = dragline::tls;

namespace {

fetched get(const http_reply& reply, const fetch_options& options = fetch_options()) {
    http_server server;
    server.on("/", reply);
    http_client client;
    return client.fetch(server.url("/"), options);
}

// The head of http_reply().body("12345"), to be cut at will.
constexpr std::size_t head_size = std::string_view("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").size();

http::session_options trusting() { return http::session_options().tls(dragline::test::trusting_test_ca()); }

}  // namespace

TEST_CASE("a name that does not exist and a name without addresses differ", "[http][fetch][fault]") {
    dragline::testing::dns_server server;
    server.empty("empty.test");
    http_client client(dragline::test::using_dns(server));
    const auto missing = client.fetch("http://missing.test/");
    CHECK(missing.ec == dns::errc::name_not_found);
    CHECK(missing.ec == condition::resolve_failed);
    CHECK(client.fetch("http://empty.test/").ec == dns::errc::no_data);
    REQUIRE(missing.trace.attempts.size() == 1);
    CHECK(missing.trace.attempts[0].connection.look_ups.size() == 2);
    CHECK(missing.trace.attempts[0].ec == missing.ec);
    CHECK(client.statistics().connections == 0);
}

TEST_CASE("a refused connection is connect_failed", "[http][fetch][fault]") {
    const dragline::testing::dead_port dead;
    http_client client;
    const auto got = client.fetch("http://127.0.0.1:" + std::to_string(dead.port()) + "/");
    CHECK(got.ec == asio::error::connection_refused);
    CHECK(got.ec == condition::connect_failed);
    REQUIRE(got.trace.attempts.size() == 1);
    CHECK(got.trace.attempts[0].connection.dials.size() == 1);
    CHECK(client.statistics().connections == 0);
}

TEST_CASE("a connection cut as soon as it is accepted is an error, and is not tried again",
          "[http][fetch][fault]") {
    for (const auto how : {ending::reset, ending::close}) {
        http_server server;
        server.on("/", http_reply()).fail_connections(1, how);
        http_client client;
        const auto got = client.fetch(server.url("/"));
        CHECK((got.ec == asio::error::connection_reset || got.ec == asio::error::broken_pipe ||
               got.ec == http::errc::connection_closed));
        CHECK(got.trace.attempts.size() == 1);
        CHECK(!client.fetch(server.url("/")).ec);
        CHECK(server.connection_count() == 2);
    }
}

TEST_CASE("a connection that ends before the answer is connection_closed", "[http][fetch][fault]") {
    const auto closed = get(http_reply().no_answer(ending::close));
    CHECK(closed.ec == http::errc::connection_closed);
    CHECK(closed.ec == condition::protocol_error);
    CHECK(phase_of(closed.ec) == phase::first_byte);
    CHECK(closed.trace.attempts.size() == 1);
    CHECK(get(http_reply().no_answer(ending::reset)).ec == asio::error::connection_reset);
}

TEST_CASE("a head that is cut at any byte is truncated", "[http][fetch][fault]") {
    http_server server;
    http_client client;
    for (std::size_t size = 1; size < head_size; ++size) {
        CAPTURE(size);
        server.on("/", http_reply().body("12345").cut_head(size));
        CHECK(client.fetch(server.url("/")).ec == h1::errc::truncated);
    }
    CHECK(get(http_reply().cut_head(10, ending::reset)).ec == asio::error::connection_reset);
}

TEST_CASE("a body that is cut at any byte is truncated", "[http][fetch][fault]") {
    http_server server;
    http_client client;
    for (std::size_t size = 0; size < 5; ++size) {
        CAPTURE(size);
        server.on("/", http_reply().body("12345").cut_body(size));
        CHECK(client.fetch(server.url("/")).ec == h1::errc::truncated);
    }
    for (std::size_t size = 0; size < 15; ++size) {
        CAPTURE(size);
        server.on("/", http_reply().body("12345").framing(http_framing::chunked).cut_body(size));
        CHECK(client.fetch(server.url("/")).ec == h1::errc::truncated);
    }
    CHECK(client.statistics().connections == 0);
}

TEST_CASE("a failure after the head is a failure, not a response with what came", "[http][fetch][fault]") {
    const auto got = get(http_reply().body("12345").cut_body(3, ending::reset));
    CHECK(got.ec == asio::error::connection_reset);
    CHECK(got.response.status == 0);
    CHECK(got.response.body.empty());
    REQUIRE(got.trace.attempts.size() == 1);
    CHECK(got.trace.attempts[0].status == 200);
    CHECK(got.trace.attempts[0].bytes_received == 3);
    CHECK(got.trace.attempts[0].ec == got.ec);
    CHECK(get(http_reply().body("12345").chunks({1}).cut_body(9, ending::reset)).ec ==
          asio::error::connection_reset);
    const auto until_close = http_reply().body("12345").framing(http_framing::until_close);
    CHECK(get(http_reply(until_close).cut_body(3, ending::reset)).ec == asio::error::connection_reset);
}

TEST_CASE("over TLS an end without close_notify is never the end of a body", "[http][fetch][fault][tls]") {
    http_server server(dragline::test::usual_certificate());
    const auto body = http_reply().body("12345").framing(http_framing::until_close);
    server.on("/clean", body);
    server.on("/cut", http_reply(body).cut_body(5, ending::truncate));
    server.on("/length", http_reply().body("12345").finish(ending::truncate));
    server.on("/short", http_reply().body("12345").cut_body(3, ending::truncate));
    server.on("/silent", http_reply().no_answer(ending::truncate));
    http_client client(trusting());
    CHECK(client.fetch(server.url("/clean")).response.body == "12345");
    CHECK(client.fetch(server.url("/cut")).ec == tls::errc::truncated);
    CHECK(client.fetch(server.url("/length")).response.body == "12345");  // its length proves it whole
    CHECK(client.fetch(server.url("/short")).ec == tls::errc::truncated);
    CHECK(client.fetch(server.url("/silent")).ec == tls::errc::truncated);
}

TEST_CASE("an early answer to a large upload is read, whatever becomes of the upload",
          "[http][fetch][fault]") {
    const std::string big(8 * 1024 * 1024, 'b');
    for (const auto how : {ending::close, ending::reset}) {
        http_server server;
        server.on("/", http_reply(413).body("too much").before_body().finish(how));
        http_client client;
        const auto got = client.fetch(server.url("/"), fetch_options().body(big));
        if (how == ending::close) {
            CHECK(!got.ec);
            CHECK(got.response.status == 413);
            CHECK(got.response.body == "too much");
        } else if (!got.ec) {  // a reset may overtake the answer
            CHECK(got.response.status == 413);
        }
        CHECK(client.statistics().connections == 0);
    }
}

TEST_CASE("an early answer from a peer that reads no more is read", "[http][fetch][fault]") {
    tcp_peer peer;
    http_client client;
    auto started = client.start(peer.url(), fetch_options().body(std::string(32 * 1024 * 1024, 'b')));
    dragline::test::run_until(client.loop, [&] { return client.statistics().connections == 1; });
    dragline::test::settle(client.loop);
    auto& connection = peer.accept();
    dragline::test::send(connection, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
    dragline::test::settle(client.loop);
    connection.close();  // with input unread: the peer's kernel resets the connection
    client.wait_for(started);
    CHECK(!started->ec);
    CHECK(started->response.status == 413);
    CHECK(started->response.body == "no");
    CHECK(client.statistics().connections == 0);
}

TEST_CASE("a fetch that is cancelled ends as operation_aborted and closes its connection",
          "[http][fetch][fault]") {
    dragline::testing::dns_server dns_server;
    dns_server.on("silent.test", dragline::testing::dns_reply().silent());
    const dragline::testing::black_hole hole;
    tcp_peer silent;
    http_server server;
    server.on("/head", http_reply().no_answer())
        .on("/body", http_reply().body("12345").cut_body(2, ending::stall));
    http_client client(dragline::test::using_dns(dns_server)
                           .connections_per_host(2)
                           .tls(dragline::test::trusting_test_ca()));  // the system may trust nobody
    const auto at = [](std::uint16_t port) { return "127.0.0.1:" + std::to_string(port) + "/"; };
    for (const auto& url : {std::string("http://silent.test/"), "http://" + at(hole.port()),
                            "https://" + at(silent.port()), server.url("/head"), server.url("/body")}) {
        CAPTURE(url);
        asio::cancellation_signal ending;
        dragline::test::kept_completion<http::response> done;
        fetch_url(client.session, url, asio::bind_cancellation_slot(ending.slot(), done));
        client.run_for(20ms);
        CHECK(!done.done());
        ending.emit(asio::cancellation_type::total);
        dragline::test::run_until(client.loop, [&] { return done.done(); });
        CHECK(done.ec() == asio::error::operation_aborted);
        CHECK(client.statistics().connections == 0);
        CHECK(client.statistics().calls == 0);
    }
    CHECK(server.wait_for_open_connections(0));
}
