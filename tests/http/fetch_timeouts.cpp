// Every timeout says which phase it ended.
#include <dragline/http/fetch.hpp>

#include "../support/http_client.hpp"
#include "../support/tcp_peer.hpp"

#include <dragline/testing/manual_clock.hpp>
#include <dragline/testing/sockets.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <string>
#include <system_error>

using namespace std::chrono_literals;
using dragline::condition;
using dragline::fetch_options;
using dragline::make_timeout;
using dragline::phase;
using dragline::phase_of;
using dragline::test::http_client;
using dragline::test::tcp_peer;
using dragline::testing::dns_reply;
using dragline::testing::ending;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

// Ended by this limit, or, the same wait, by the total: both name the phase.
void check_both(http_client& client, const std::string& url, const fetch_options& limited,
                fetch_options unlimited, phase where) {
    const auto own = client.fetch(url, limited);
    CHECK(own.ec == make_timeout(where));
    CHECK(own.ec == condition::timeout);
    CHECK(phase_of(own.ec) == where);
    const auto total = client.fetch(url, unlimited.timeout(100ms));
    CHECK(total.ec == make_timeout(where));
    REQUIRE(total.trace.attempts.size() == 1);
    CHECK(total.trace.attempts[0].ec == total.ec);
    CHECK(client.statistics().connections == 0);
}

}  // namespace

TEST_CASE("a silent DNS server is a timeout of the phase resolve", "[http][fetch][timeout]") {
    dragline::testing::dns_server server;
    server.on("*", dns_reply().silent());
    http_client client(dragline::test::using_dns(server));
    check_both(client, "http://a.test/", fetch_options().resolve_timeout(30ms), fetch_options(),
               phase::resolve);
}

TEST_CASE("a black hole is a timeout of the phase connect", "[http][fetch][timeout]") {
    const dragline::testing::black_hole hole;
    http_client client;
    check_both(client, "http://127.0.0.1:" + std::to_string(hole.port()) + "/",
               fetch_options().connect_timeout(30ms), fetch_options(), phase::connect);
}

TEST_CASE("a TLS server that says nothing is a timeout of the phase tls", "[http][fetch][timeout]") {
    tcp_peer silent;
    http_client client(http::session_options().tls(dragline::test::trusting_test_ca()));
    check_both(client, "https://127.0.0.1:" + std::to_string(silent.port()) + "/",
               fetch_options().tls_timeout(30ms), fetch_options(), phase::tls);
}

TEST_CASE("a peer that never reads is a timeout of the phase write", "[http][fetch][timeout]") {
    tcp_peer silent;
    http_client client;
    const auto upload = fetch_options().body(std::string(32 * 1024 * 1024, 'b'));
    check_both(client, silent.url(), fetch_options(upload).write_timeout(100ms), upload, phase::write);
}

TEST_CASE("a slow banner is a timeout of the phase first_byte", "[http][fetch][timeout]") {
    http_server server;
    server.on("/silent", http_reply().no_answer());
    server.on("/half", http_reply().cut_head(20, ending::stall));
    http_client client;
    for (const auto* path : {"/silent", "/half"}) {
        CAPTURE(path);
        check_both(client, server.url(path), fetch_options().first_byte_timeout(30ms), fetch_options(),
                   phase::first_byte);
    }
}

TEST_CASE("interim responses do not put off the timeout of the first byte", "[http][fetch][timeout]") {
    http_server server;
    server.on("/", http_reply().interim(103, {}, 5).cut_head(10, ending::stall));
    http_client client;
    CHECK(client.fetch(server.url("/"), fetch_options().first_byte_timeout(30ms)).ec ==
          make_timeout(phase::first_byte));
}

TEST_CASE("the wait for the first byte begins when the request is sent", "[http][fetch][timeout]") {
    dragline::testing::manual_clock time;
    tcp_peer peer;
    http_client client({}, dragline::event_loop_options().time(time));
    const std::string body(32 * 1024 * 1024, 'b');
    auto started = client.start(peer.url(), fetch_options().body(body).first_byte_timeout(2s));
    client.run_for(20ms);
    time.advance(5s);  // longer than the limit, and nothing is read yet
    client.run_for(20ms);
    CHECK(!started->done);
    auto& connection = peer.accept();
    connection.non_blocking(true);
    std::size_t received = 0;
    std::string bytes(1024 * 1024, '\0');
    dragline::test::run_until(client.loop, [&] {
        std::error_code ec;
        received += connection.read_some(asio::buffer(bytes), ec);
        return received >= body.size();
    });
    dragline::test::settle(client.loop);
    time.advance(1s);
    dragline::test::send(connection, "HTTP/1.1 204 No Content\r\n\r\n");
    client.wait_for(started);
    CHECK(!started->ec);
    CHECK(started->response.timings.first_byte == 1s);
}

TEST_CASE("a body that stops coming is a timeout of the phase read", "[http][fetch][timeout]") {
    http_server server;
    server.on("/", http_reply().body("12345").cut_body(2, ending::stall));
    http_client client;
    const auto got = client.fetch(server.url("/"), fetch_options().read_timeout(30ms));
    CHECK(got.ec == make_timeout(phase::read));
    CHECK(got.trace.attempts.at(0).status == 200);
    CHECK(client.statistics().connections == 0);
}

TEST_CASE("a slow drip stays below the read timeout and is ended by the total", "[http][fetch][timeout]") {
    http_server server;
    server.on("/", http_reply().body(std::string(100'000, 'x')).drip_body(1, 5ms));
    http_client client;
    const auto got = client.fetch(server.url("/"), fetch_options().read_timeout(5s).timeout(150ms));
    CHECK(got.ec == make_timeout(phase::total));
    CHECK(got.trace.attempts.at(0).bytes_received > 0);
    const auto steady =
        client.fetch(server.url("/"), fetch_options().max_body(10).on_limit(http::on_limit::truncate));
    CHECK(steady.response.body.size() == 10);
}

TEST_CASE("waiting for a connection is a timeout of the phase queue", "[http][fetch][timeout]") {
    http_server server;
    server.on("/", http_reply().no_answer());
    http_client client(http::session_options().connections_per_host(1));
    auto first = client.start(server.url("/"), fetch_options().timeout(10s));
    const auto second = client.fetch(server.url("/"), fetch_options().timeout(30ms));
    CHECK(second.ec == make_timeout(phase::queue));
    REQUIRE(second.trace.attempts.size() == 1);
    CHECK(second.trace.attempts[0].queue > 0ns);
    CHECK(!first->done);
    CHECK(client.statistics().waiting == 0);
}

TEST_CASE("the total counts over redirects", "[http][fetch][timeout]") {
    http_server server;
    server.on("*", http_reply::redirect("/again").delay(10ms));
    http_client client;
    const auto got = client.fetch(server.url("/"), fetch_options().redirects(1'000'000).timeout(100ms));
    CHECK(got.ec == condition::timeout);
    CHECK(got.trace.attempts.size() > 1);
}

TEST_CASE("a timeout of zero or less is refused, whichever it is", "[http][fetch][timeout]") {
    http_server server;
    http_client client;
    for (const auto bad : {0ms, -1ms}) {
        for (const auto& options :
             {fetch_options().timeout(bad), fetch_options().resolve_timeout(bad),
              fetch_options().connect_timeout(bad), fetch_options().tls_timeout(bad),
              fetch_options().write_timeout(bad), fetch_options().discard_timeout(bad),
              fetch_options().first_byte_timeout(bad), fetch_options().read_timeout(bad)}) {
            const auto got = client.fetch(server.url("/"), options);
            CHECK(got.ec == dragline::errc::invalid_option);
            CHECK(got.ec == std::errc::invalid_argument);
        }
    }
    CHECK(server.connection_count() == 0);
}

TEST_CASE("without any limit a fetch waits as long as it takes", "[http][fetch][timeout]") {
    http_server server;
    server.on("/", http_reply().body("x").delay(30ms).body_delay(30ms));
    http_client client;
    const auto patient = fetch_options()
                             .timeout(dragline::no_limit)
                             .connect_timeout(dragline::no_limit)
                             .tls_timeout(dragline::no_limit);
    CHECK(client.fetch(server.url("/"), patient).response.body == "x");
}

TEST_CASE("a body that nobody wants and that does not come holds nothing up", "[http][fetch][timeout]") {
    dragline::testing::manual_clock time;
    http_server server;
    server.on("/", http_reply::redirect("/next").header("Content-Length", "100").cut_body(0, ending::stall));
    server.on("/next", http_reply().body("x"));
    http_client client({}, dragline::event_loop_options().time(time));
    auto started = client.start(server.url("/"));
    dragline::test::run_until(client.loop, [&] { return time.advance(5ms), started->done; });
    CHECK(!started->ec);
    CHECK(started->response.body == "x");
    CHECK(server.connection_count() == 2);
}

TEST_CASE("a body that nobody wants keeps its connection if it comes within discard_timeout, 250 ms",
          "[http][fetch][timeout]") {
    const bool in_time = GENERATE(true, false), patient = GENERATE(false, true);
    const auto options = patient ? fetch_options().discard_timeout(3s) : fetch_options();
    dragline::testing::manual_clock time;
    tcp_peer peer;
    http_server next;
    next.on("/", http_reply().body("x"));
    http_client client({}, dragline::event_loop_options().time(time));
    auto started = client.start(peer.url(), options);
    dragline::test::settle(client.loop);
    auto& connection = peer.accept();
    dragline::test::run_until(client.loop, [&] { return connection.available() > 0; });
    dragline::test::receive_head(connection);
    dragline::test::send(
        connection, "HTTP/1.1 302 Found\r\nContent-Length: 1\r\nLocation: " + next.url("/") + "\r\n\r\n");
    dragline::test::settle(client.loop);
    // Deadlines are kept to the tick of 16 ms.
    time.advance((patient ? 3000ms : 250ms) + (in_time ? -20ms : 20ms));
    if (in_time) {
        dragline::test::settle(client.loop);
        CHECK(next.connection_count() == 0);
        dragline::test::send(connection, "-");
    }
    client.wait_for(started);
    CHECK(started->response.body == "x");
    CHECK(client.statistics().idle_connections == (in_time ? 2 : 1));
}
