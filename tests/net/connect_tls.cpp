#include <dragline/net/connect.hpp>

#include "../support/tcp_peer.hpp"

#include <dragline/testing/certificate_authority.hpp>
#include <dragline/testing/http_server.hpp>
#include <dragline/tls/error.hpp>

#include <asio/buffer.hpp>
#include <asio/read_until.hpp>
#include <asio/write.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <string>
#include <system_error>
#include <utility>

using namespace std::chrono_literals;
using dragline::condition;
using dragline::connect_options;
using dragline::make_timeout;
using dragline::phase;
using dragline::net::connect_trace;
using dragline::net::endpoint;
using dragline::net::stream;
using dragline::test::kept_completion;
using dragline::test::run_to_end;
using dragline::test::run_until;
using dragline::test::tcp_peer;
using dragline::testing::certificate_authority;
using dragline::testing::certificate_request;
using dragline::testing::http_reply;
using dragline::testing::http_server;
using dragline::tls::client_options;

namespace tls = dragline::tls;

namespace {

const certificate_authority& authority() {
    static const certificate_authority instance;
    return instance;
}

client_options trusting() { return client_options().ca_pem(authority().certificate_pem()); }

std::error_code outcome_of(dragline::event_loop& loop, const endpoint& target,
                           const connect_options& options) {
    kept_completion<stream> opened;
    dragline::open_connection(loop, target, options, opened);
    run_until(loop, [&] { return opened.done(); });
    CHECK(opened.value().is_open() == !opened.ec());
    return opened.ec();
}

asio::awaitable<std::string> get_status_line(endpoint target, connect_options options) {
    auto opened = co_await dragline::open_connection(std::move(target), std::move(options));
    const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    co_await asio::async_write(opened, asio::buffer(request), asio::use_awaitable);
    std::string text;
    const auto size =
        co_await asio::async_read_until(opened, asio::dynamic_buffer(text), "\r\n", asio::use_awaitable);
    co_return text.substr(0, size);
}

}  // namespace

TEST_CASE("open_connection speaks TLS when it is asked to, and verifies an address", "[net][connect][tls]") {
    http_server server(authority().issue(certificate_request().address("127.0.0.1")));
    server.on("/", http_reply().body("abc"));
    dragline::event_loop loop;
    const endpoint target("127.0.0.1", server.port());
    connect_trace trace;
    const auto options = connect_options().tls(trusting()).trace(&trace);
    CHECK(run_to_end(loop, get_status_line(target, options)) == "HTTP/1.1 200 OK\r\n");
    CHECK(trace.tls > 0ns);
    const auto seen = server.requests();
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].secure);
    CHECK(seen[0].server_name.empty());
}

TEST_CASE("open_connection verifies the name that the options give instead", "[net][connect][tls]") {
    http_server server(authority().issue(certificate_request().name("a.test")));
    server.on("/", http_reply());
    dragline::event_loop loop;
    const endpoint target("127.0.0.1", server.port());
    CHECK(!outcome_of(loop, target, connect_options().tls(trusting().server_name("a.test"))));
    connect_trace trace;
    CHECK(outcome_of(loop, target, connect_options().tls(trusting()).trace(&trace)) ==
          tls::errc::address_mismatch);
    CHECK(!trace.tls_detail.empty());
}

TEST_CASE("a TLS server that says nothing is left at the TLS timeout", "[net][connect][tls]") {
    tcp_peer silent;
    dragline::event_loop loop;
    const endpoint target("127.0.0.1", silent.port());
    const auto secure = connect_options().tls(client_options().verify(false));
    auto handshake = secure;
    CHECK(outcome_of(loop, target, handshake.tls_timeout(30ms)) == make_timeout(phase::tls));
    auto whole = secure;
    CHECK(outcome_of(loop, target, whole.timeout(30ms)) == make_timeout(phase::tls));
}

TEST_CASE("TLS against a plain server is an error that says so", "[net][connect][tls]") {
    http_server server;
    dragline::event_loop loop;
    const auto ec = outcome_of(loop, endpoint("127.0.0.1", server.port()), connect_options().tls(trusting()));
    CHECK(ec == tls::errc::not_tls);
    CHECK(ec == condition::tls_failed);
}

TEST_CASE("a peer that ends inside the handshake is an error of TLS", "[net][connect][tls]") {
    tcp_peer peer;
    dragline::event_loop loop;
    kept_completion<stream> opened;
    dragline::open_connection(loop, endpoint("127.0.0.1", peer.port()), connect_options().tls(trusting()),
                              opened);
    loop.poll();  // on loopback it connects at once
    auto& other = peer.accept();
    run_until(loop, [&] { return other.available() > 0; });
    dragline::test::receive(other);
    other.close();
    run_until(loop, [&] { return opened.done(); });
    CHECK(opened.ec() == tls::errc::handshake_closed);
    CHECK(opened.ec() == condition::tls_failed);
}

TEST_CASE("TLS options that cannot work fail before anything is dialled", "[net][connect][tls]") {
    tcp_peer peer;
    dragline::event_loop loop;
    connect_trace trace;
    const auto ec = outcome_of(loop, endpoint("127.0.0.1", peer.port()),
                               connect_options().tls(client_options().ca_pem("")).trace(&trace));
    CHECK(ec == condition::tls_failed);
    CHECK(trace.dials.empty());
}
