// Every way in which a proxy can fail ends in an error: never in a connection around it.
#include <dragline/net/connect.hpp>

#include "../../support/tcp_peer.hpp"
#include "lab_proxy.hpp"

#include <dragline/net/error.hpp>
#include <dragline/testing/sockets.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <system_error>

using namespace std::chrono_literals;
using namespace std::string_literals;
using dragline::condition;
using dragline::connect_options;
using dragline::make_timeout;
using dragline::phase;
using dragline::net::connect_trace;
using dragline::net::endpoint;
using dragline::net::errc;
using dragline::net::proxy;
using dragline::net::proxy_scheme;
using dragline::net::stream;
using dragline::test::kept_completion;
using dragline::test::lab_proxy;
using dragline::test::quiet_target;
using dragline::test::run_until;
using dragline::test::tcp_peer;
using dragline::testing::certificate_request;

namespace {

constexpr proxy_scheme plain_schemes[] = {proxy_scheme::http, proxy_scheme::socks4a, proxy_scheme::socks5,
                                          proxy_scheme::socks5h};

using behaviour = std::function<void(asio::ip::tcp::socket&)>;

// What comes of a connection through a proxy that answers the first bytes like this. Nobody reaches the
// target.
std::error_code failing(proxy_scheme scheme, const behaviour& behave,
                        connect_options options = connect_options()) {
    dragline::event_loop loop;
    quiet_target target(loop);
    tcp_peer peer;
    connect_trace trace;
    kept_completion<stream> opened;
    const proxy by(scheme, "127.0.0.1", peer.port());
    dragline::open_connection(loop, target.where(), options.proxy(by).trace(&trace), opened);
    run_until(loop, [&] { return !trace.dials.empty(); });
    auto& other = peer.accept();
    run_until(loop, [&] { return other.available() > 0 || opened.done(); });
    dragline::test::receive(other);
    behave(other);
    run_until(loop, [&] { return opened.done(); });
    CHECK(!opened.value().is_open());
    CHECK(!target.visited());
    REQUIRE(trace.proxies.size() == 1);
    CHECK(trace.proxies[0].ec == opened.ec());
    CHECK(trace.dials.size() == 1);
    CHECK(dragline::phase_of(opened.ec()) == phase::proxy);
    return opened.ec();
}

behaviour sending(const std::string& bytes) {
    return [bytes](asio::ip::tcp::socket& to) { dragline::test::send(to, bytes); };
}

std::error_code unreachable(const proxy& by, connect_options options = connect_options()) {
    dragline::event_loop loop;
    quiet_target target(loop);
    kept_completion<stream> opened;
    dragline::open_connection(loop, target.where(), options.proxy(by), opened);
    run_until(loop, [&] { return opened.done(); });
    CHECK(!target.visited());
    return opened.ec();
}

}  // namespace

TEST_CASE("a proxy that is down is the failure: nothing goes direct", "[net][proxies]") {
    const dragline::testing::dead_port dead;
    const dragline::testing::black_hole hole;
    for (const auto scheme : {proxy_scheme::http, proxy_scheme::https, proxy_scheme::socks5}) {
        CHECK(unreachable(proxy(scheme, "127.0.0.1", dead.port())) == errc::proxy_unreachable);
        const auto soon = connect_options().proxy_timeout(30ms);
        CHECK(unreachable(proxy(scheme, "127.0.0.1", hole.port()), soon) == make_timeout(phase::proxy));
    }
    CHECK(unreachable(proxy(proxy_scheme::http, "none.invalid")) == errc::proxy_not_resolved);
    CHECK(unreachable(proxy(proxy_scheme::http, "none.invalid")) == condition::proxy_failed);
    CHECK(unreachable(proxy()) == errc::invalid_proxy);
    CHECK(unreachable(proxy("socks5://:0")) == errc::invalid_proxy);
}

TEST_CASE("a proxy that says nothing is left at its timeout", "[net][proxies]") {
    const auto silence = [](asio::ip::tcp::socket&) {};
    for (const auto scheme : plain_schemes) {
        CHECK(failing(scheme, silence, connect_options().proxy_timeout(30ms)) == make_timeout(phase::proxy));
        CHECK(failing(scheme, silence, connect_options().timeout(30ms)) == make_timeout(phase::proxy));
    }
    CHECK(failing(proxy_scheme::https, silence, connect_options().proxy_timeout(30ms)) ==
          make_timeout(phase::proxy));
}

TEST_CASE("a proxy that stops in the middle of its answer is left at its timeout", "[net][proxies]") {
    const auto soon = connect_options().proxy_timeout(30ms);
    CHECK(failing(proxy_scheme::http, sending("HTTP/1.1 200 OK\r\n"), soon) == make_timeout(phase::proxy));
    CHECK(failing(proxy_scheme::socks5, sending("\5"), soon) == make_timeout(phase::proxy));
    CHECK(failing(proxy_scheme::socks4a, sending("\0\x5a\0\0"s), soon) == make_timeout(phase::proxy));
}

TEST_CASE("a proxy that closes or resets before there is a tunnel is proxy_closed", "[net][proxies]") {
    for (const auto scheme : plain_schemes) {
        CHECK(failing(scheme, [](asio::ip::tcp::socket& other) { other.close(); }) == errc::proxy_closed);
        CHECK(failing(scheme, &dragline::test::reset) == errc::proxy_closed);
    }
    const auto half = [](asio::ip::tcp::socket& other) {
        dragline::test::send(other, "HTTP/1.1 200 OK\r\nA: b");
        other.close();
    };
    CHECK(failing(proxy_scheme::http, half) == errc::proxy_closed);
}

TEST_CASE("a proxy that answers HTML, or another protocol, is proxy_protocol_error", "[net][proxies]") {
    const auto page = sending("<html><body>Welcome to our hotel</body></html>");
    for (const auto scheme : plain_schemes) CHECK(failing(scheme, page) == errc::proxy_protocol_error);
    CHECK(failing(proxy_scheme::http, sending("\5\0"s)) == errc::proxy_protocol_error);
    CHECK(failing(proxy_scheme::socks5, sending("HTTP/1.1 200 OK\r\n\r\n")) == errc::proxy_protocol_error);
    CHECK(failing(proxy_scheme::https, page) == errc::proxy_tls_failed);
}

TEST_CASE("a proxy whose head never ends is proxy_limit_exceeded", "[net][proxies]") {
    CHECK(failing(proxy_scheme::http, sending("HTTP/1.1 200 OK\r\nA: " + std::string(20'000, 'b'))) ==
          errc::proxy_limit_exceeded);
    std::string fields = "HTTP/1.1 200 OK\r\n";
    for (int count = 0; count < 300; ++count) fields += "a: b\r\n";
    CHECK(failing(proxy_scheme::http, sending(fields)) == errc::proxy_limit_exceeded);
}

TEST_CASE("a proxy that asks for credentials that it was not given is left alone", "[net][proxies]") {
    const auto challenge = sending("HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm=\"a\"\r\n\r\n");
    CHECK(failing(proxy_scheme::http, challenge) == errc::proxy_authentication_required);
    CHECK(failing(proxy_scheme::socks5, sending("\5\xff"s)) == errc::proxy_authentication_required);
    CHECK(failing(proxy_scheme::socks4a, sending("\0\x5d\0\0\0\0\0\0"s)) ==
          errc::proxy_authentication_refused);
}

TEST_CASE("a proxy that refuses the target is the failure", "[net][proxies]") {
    CHECK(failing(proxy_scheme::http, sending("HTTP/1.1 403 No\r\n\r\n")) == errc::proxy_refused);
    CHECK(failing(proxy_scheme::http, sending("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n")) ==
          errc::proxy_refused);
    CHECK(failing(proxy_scheme::socks4a, sending("\0\x5b\0\0\0\0\0\0"s)) == errc::proxy_failure);
    // The answers to the greeting and to the request, at once.
    CHECK(failing(proxy_scheme::socks5, sending("\5\0\5\2\0\1\0\0\0\0\0\0"s)) == errc::proxy_refused);
}

TEST_CASE("an https proxy must prove its own name", "[net][proxies]") {
    dragline::event_loop loop;
    quiet_target target(loop);
    const auto outcome = [&](const proxy& by, connect_trace& trace) {
        kept_completion<stream> opened;
        dragline::open_connection(loop, target.where(), connect_options().proxy(by).trace(&trace), opened);
        run_until(loop, [&] { return opened.done(); });
        return opened.ec();
    };
    lab_proxy lab(loop, proxy_scheme::https);
    connect_trace stranger, expired, other, ignored;
    const auto untrusting = lab.as_proxy().tls(
        dragline::tls::client_options().ca_pem(dragline::testing::certificate_authority().certificate_pem()));
    CHECK(outcome(untrusting, stranger) == errc::proxy_tls_failed);
    CHECK(!stranger.proxies.at(0).tls_detail.empty());
    CHECK(stranger.tls_detail.empty());
    lab.certificate(certificate_request().address("127.0.0.1").expired());
    CHECK(outcome(lab.as_proxy(), expired) == errc::proxy_tls_failed);
    lab.certificate(certificate_request().name("other.test"));
    CHECK(outcome(lab.as_proxy(), other) == errc::proxy_tls_failed);
    CHECK(!target.visited());
    CHECK(lab.asked().empty());
    CHECK(!outcome(lab.as_proxy().tls(dragline::tls::client_options().verify(false)), ignored));
    CHECK(target.visited());
}

TEST_CASE("in a chain the proxy that failed is the last in the trace", "[net][proxies]") {
    dragline::event_loop loop;
    quiet_target target(loop);
    const lab_proxy first(loop, proxy_scheme::socks5h);
    const dragline::testing::dead_port dead;
    connect_trace trace;
    kept_completion<stream> opened;
    const proxy second(proxy_scheme::http, "127.0.0.1", dead.port());
    const auto options =
        connect_options().proxies({first.as_proxy(), second, first.as_proxy()}).trace(&trace);
    dragline::open_connection(loop, target.where(), options, opened);
    run_until(loop, [&] { return opened.done(); });
    CHECK(opened.ec() == errc::proxy_connection_refused);
    REQUIRE(trace.proxies.size() == 1);
    CHECK(trace.proxies[0].target == second.where().to_string());
    CHECK(!target.visited());
}

TEST_CASE("what no proxy can be asked for fails before anything is dialled", "[net][proxies]") {
    dragline::event_loop loop;
    tcp_peer peer;
    const auto outcome = [&](const endpoint& target, proxy_scheme scheme) {
        connect_trace trace;
        kept_completion<stream> opened;
        const proxy by(scheme, "127.0.0.1", peer.port());
        dragline::open_connection(loop, target, connect_options().proxy(by).trace(&trace), opened);
        run_until(loop, [&] { return opened.done(); });
        CHECK(trace.dials.empty());
        CHECK(trace.proxies.empty());
        return opened.ec();
    };
    for (const auto scheme : plain_schemes) {
        CHECK(outcome(endpoint::local_socket("/run/a"), scheme) == errc::invalid_endpoint);
        CHECK(outcome(endpoint("fe80::1%1", 80), scheme) == errc::invalid_endpoint);
        CHECK(outcome(endpoint("a b", 80), scheme));
        CHECK(outcome(endpoint("a\r\nb.test", 80), scheme));
        CHECK(outcome(endpoint(std::string(254, 'a'), 80), scheme));
    }
    CHECK(outcome(endpoint("1.2.3.4.5", 80), proxy_scheme::http) == errc::invalid_endpoint);
    CHECK(outcome(endpoint("::1", 80), proxy_scheme::socks4a) == errc::proxy_address_not_supported);
}
