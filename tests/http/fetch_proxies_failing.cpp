// Every way in which a proxy can fail a fetch: an error or the next choice, never a direct connection.
#include <dragline/http/fetch.hpp>

#include "../net/proxies/lab_proxy.hpp"
#include "../support/http_client.hpp"
#include "../support/tcp_peer.hpp"

#include <dragline/http/error.hpp>
#include <dragline/net/error.hpp>
#include <dragline/testing/sockets.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <system_error>
#include <utility>

using namespace std::chrono_literals;
using dragline::condition;
using dragline::fetch_options;
using dragline::make_timeout;
using dragline::phase;
using dragline::http::proxy_choices;
using dragline::http::proxy_policy;
using dragline::net::proxy;
using dragline::net::proxy_scheme;
using dragline::test::fetched;
using dragline::test::http_client;
using dragline::test::lab_proxy;
using dragline::test::quiet_target;
using dragline::test::run_until;
using dragline::test::tcp_peer;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;
namespace h1 = dragline::h1;
namespace net = dragline::net;

namespace {

using scripted = std::function<void(asio::ip::tcp::socket&)>;

scripted answering(std::string bytes) {
    return [bytes = std::move(bytes)](asio::ip::tcp::socket& to) { dragline::test::send(to, bytes); };
}

// What a fetch of `scheme`://origin/ comes to, whose proxy answers its first bytes so. Nobody reaches the
// origin.
fetched by_failing_proxy(const std::string& scheme, const scripted& script,
                         const fetch_options& options = fetch_options(),
                         proxy_scheme speaking = proxy_scheme::http) {
    http_client client;
    quiet_target origin(client.loop);
    tcp_peer peer;
    const auto where = scheme + "://" + origin.where().to_string() + "/";
    auto started =
        client.start(where, fetch_options(options).proxy(proxy(speaking, "127.0.0.1", peer.port())));
    run_until(client.loop, [&] { return started->done || client.statistics().connections > 0; });
    auto& other = peer.accept();
    run_until(client.loop, [&] { return other.available() > 0 || started->done; });
    dragline::test::receive(other);
    script(other);
    client.wait_for(started);
    CHECK(!origin.visited());
    return std::move(*started);
}

std::error_code unreachable_by(const std::string& where, proxy_policy policy,
                               const fetch_options& options = fetch_options()) {
    http_client client;
    return client.fetch(where, fetch_options(options).proxy(std::move(policy))).ec;
}

}  // namespace

TEST_CASE("a proxy that is down, silent or none is an error, and nothing goes direct",
          "[http][fetch][proxies]") {
    http_server origin(dragline::test::usual_certificate());
    const auto plain = origin.listen().port();
    const dragline::testing::dead_port dead;
    const dragline::testing::black_hole hole;
    const auto soon = fetch_options().proxy_timeout(30ms);
    for (const auto& where : {origin.url("/"), "http://127.0.0.1:" + std::to_string(plain) + "/"}) {
        CAPTURE(where);
        for (const auto scheme : {proxy_scheme::http, proxy_scheme::https, proxy_scheme::socks5h}) {
            const auto refused = unreachable_by(where, proxy(scheme, "127.0.0.1", dead.port()));
            CHECK(refused == net::errc::proxy_unreachable);
            CHECK(refused == condition::proxy_failed);
            CHECK(unreachable_by(where, proxy(scheme, "127.0.0.1", hole.port()), soon) ==
                  make_timeout(phase::proxy));
        }
        CHECK(unreachable_by(where, proxy(proxy_scheme::http, "none.invalid")) ==
              net::errc::proxy_not_resolved);
        for (const auto* none : {"", "nonsense", "ftp://a", "http://", "http://a:99999", "http://a/path",
                                 "socks4://a", "http://a b", "http://u%3aser:p@a:1"}) {
            CHECK(unreachable_by(where, proxy_policy::through(none)) == net::errc::invalid_proxy);
        }
        auto unable = proxy(proxy_scheme::https, "127.0.0.1", dead.port());
        unable.tls(dragline::tls::client_options().ca_pem("none"));
        CHECK(unreachable_by(where, unable) == net::errc::proxy_tls_failed);
        const auto bad_time = fetch_options().proxy_timeout(0s);
        CHECK(unreachable_by(where, proxy_policy::none(), bad_time) == dragline::errc::invalid_option);
    }
    CHECK(origin.connection_count() == 0);
}

TEST_CASE("a proxy that fails before there is a tunnel never gives a response", "[http][fetch][proxies]") {
    const std::string page = "Content-Length: 22\r\n\r\n<html>Welcome</html>\r\n";
    const auto fails = [](const scripted& script, const fetch_options& options = fetch_options()) {
        const auto got = by_failing_proxy("https", script, options);
        CHECK(dragline::phase_of(got.ec) == phase::proxy);
        CHECK(got.response.status == 0);
        CHECK(got.response.body.empty());
        return got.ec;
    };
    const auto soon = fetch_options().proxy_timeout(30ms);
    CHECK(fails(answering("HTTP/1.1 403 Forbidden\r\n" + page)) == net::errc::proxy_refused);
    CHECK(fails(answering("HTTP/1.1 302 Found\r\nLocation: http://login/\r\n" + page)) ==
          condition::proxy_failed);
    CHECK(fails(answering("<html><body>Welcome to our hotel</body></html>")) ==
          net::errc::proxy_protocol_error);
    CHECK(fails(answering("HTTP/1.1 502 Bad Gateway\r\n" + page)) == net::errc::proxy_host_unreachable);
    CHECK(fails(answering("HTTP/1.1 407 No\r\n" + page)) == net::errc::proxy_authentication_required);
    CHECK(fails(answering("HTTP/1.1 200 OK\r\nA: " + std::string(20'000, 'b'))) ==
          net::errc::proxy_limit_exceeded);
    CHECK(fails([](asio::ip::tcp::socket& other) { other.close(); }) == net::errc::proxy_closed);
    CHECK(fails(&dragline::test::reset) == net::errc::proxy_closed);
    CHECK(fails(answering("HTTP/1.1 200 OK\r\n"), soon) == make_timeout(phase::proxy));
    CHECK(fails([](asio::ip::tcp::socket&) {}, fetch_options().timeout(30ms)) == make_timeout(phase::proxy));
    // What follows a 200 is the origin's: TLS, and no page.
    const auto inside = by_failing_proxy("https", answering("HTTP/1.1 200 OK\r\n" + page));
    CHECK(inside.ec == condition::tls_failed);
    CHECK(inside.response.body.empty());
    const auto socks = by_failing_proxy("http", answering("HTTP/1.1 200 OK\r\n" + page), fetch_options(),
                                        proxy_scheme::socks5);
    CHECK(socks.ec == net::errc::proxy_protocol_error);
}

TEST_CASE("a proxy that forwards may fail as any server does", "[http][fetch][proxies]") {
    const auto fails = [](const scripted& script, const fetch_options& options = fetch_options()) {
        return by_failing_proxy("http", script, options).ec;
    };
    CHECK(fails([](asio::ip::tcp::socket& other) { other.close(); }) == http::errc::connection_closed);
    CHECK(fails(&dragline::test::reset) == asio::error::connection_reset);
    CHECK(fails([](asio::ip::tcp::socket& other) {
              dragline::test::send(other, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
              other.close();
          }) == h1::errc::truncated);
    CHECK(fails([](asio::ip::tcp::socket&) {}, fetch_options().first_byte_timeout(30ms)) ==
          make_timeout(phase::first_byte));
    CHECK(fails(answering("HTTP/1.1 200 OK\r\nA: " + std::string(40'000, 'b'))) == condition::limit_exceeded);
    CHECK(fails(answering("\5\0")) == condition::protocol_error);
    const auto answer =
        by_failing_proxy("http", answering("HTTP/1.1 502 Bad\r\nContent-Length: 3\r\n\r\nbad"));
    CHECK(answer.response.status == 502);
    CHECK(answer.response.body == "bad");
}

TEST_CASE("a tunnel that is refused for its credentials is asked for once more with Digest",
          "[http][fetch][proxies]") {
    const std::string challenge =
        "HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm=\"a\", nonce=\"n\", qop=\"auth\"\r\n\r\n";
    http_client client;
    quiet_target origin(client.loop);
    tcp_peer peer;
    const auto where = "https://" + origin.where().to_string() + "/";
    const auto by = proxy(proxy_scheme::http, "127.0.0.1", peer.port()).credentials("me", "secret");
    const auto talk = [&](const std::string& second) {
        auto started = client.start(where, fetch_options().proxy(by));
        std::string heads[2];
        for (int round = 0; round < 2; ++round) {
            run_until(client.loop, [&] { return client.statistics().connections > 0; });
            auto& other = peer.accept();
            run_until(client.loop, [&] { return other.available() > 0; });
            heads[round] = dragline::test::receive_head(other);
            dragline::test::send(other, round == 0 ? challenge : second);
            if (round == 0) run_until(client.loop, [&] { return !started->trace.attempts.empty(); });
        }
        client.wait_for(started);
        CHECK(heads[0].starts_with("CONNECT " + origin.where().to_string() + " HTTP/1.1\r\n"));
        CHECK(heads[0].find("\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n") != heads[0].npos);
        CHECK(heads[1].find("\r\nProxy-Authorization: Digest ") != heads[1].npos);
        CHECK(heads[1].find("uri=\"" + origin.where().to_string() + "\"") != heads[1].npos);
        CHECK(heads[1].find("secret") == heads[1].npos);
        CHECK(started->trace.attempts.size() == 2);
        return started->ec;
    };
    CHECK(talk("HTTP/1.1 403 No\r\n\r\n") == net::errc::proxy_refused);
    CHECK(!origin.visited());
}

TEST_CASE("a tunnel that is refused twice is an error", "[http][fetch][proxies]") {
    for (const auto* fields : {"Proxy-Authenticate: Digest realm=\"a\", nonce=\"", "Other: \""}) {
        http_client client;
        quiet_target origin(client.loop);
        http_server by;
        int nonce = 0;
        by.on("*", [&](const dragline::testing::http_request&) {
            return http_reply().raw("HTTP/1.1 407 No\r\n" + std::string(fields) + std::to_string(++nonce) +
                                    "\"\r\nContent-Length: 0\r\n\r\n");
        });
        const auto through = proxy(proxy_scheme::http, "127.0.0.1", by.port()).credentials("me", "guess");
        const auto got =
            client.fetch("https://" + origin.where().to_string() + "/", fetch_options().proxy(through));
        CHECK(got.ec == net::errc::proxy_authentication_refused);
        CHECK(by.request_count() == (*fields == 'P' ? 2u : 1u));
        CHECK(!origin.visited());
    }
}

TEST_CASE("the next choice is tried when a proxy could not be reached or refused, and no other",
          "[http][fetch][proxies]") {
    const dragline::testing::dead_port dead;
    http_server origin, forwarder;
    origin.on("*", http_reply().body("by the origin"));
    forwarder.on("*", http_reply().body("by the proxy"));
    http_client client;
    lab_proxy refusing(client.loop, proxy_scheme::http);
    refusing.want("me", "secret");
    const net::proxy_chain down{proxy(proxy_scheme::http, "127.0.0.1", dead.port())};
    const net::proxy_chain up{proxy(proxy_scheme::http, "127.0.0.1", forwarder.port())};
    const auto get = [&](proxy_choices choices, const std::string& where) {
        return client.fetch(where, fetch_options().proxy(proxy_policy::first_of(std::move(choices))));
    };
    const auto second = get({down, up}, origin.url("/"));
    REQUIRE(!second.ec);
    CHECK(second.response.body == "by the proxy");
    CHECK(second.response.peer.proxy == up.front().to_string());
    REQUIRE(second.trace.attempts.size() == 2);
    CHECK(second.trace.attempts[0].ec == net::errc::proxy_unreachable);
    CHECK(get({down, {refusing.as_proxy()}}, "https://a.test/").ec ==
          net::errc::proxy_authentication_required);
    CHECK(origin.connection_count() == 0);
    // Directly, where the list says so.
    CHECK(get({down, {refusing.as_proxy()}, {}}, "https://a.invalid/").ec == condition::resolve_failed);
    CHECK(get({down, {}}, origin.url("/")).response.body == "by the origin");
    // A proxy that answered has answered, and one that took the request is not passed over.
    forwarder.on("*", http_reply(503));
    CHECK(get({up, {}}, origin.url("/")).response.status == 503);
    forwarder.on("*", http_reply().no_answer(dragline::testing::ending::close));
    CHECK(get({up, {}}, origin.url("/")).ec == http::errc::connection_closed);
    CHECK(get({{proxy()}, {}}, origin.url("/")).ec == net::errc::invalid_proxy);
    CHECK(origin.connection_count() == 1);
}

TEST_CASE("a retry_policy repeats what a proxy may do better the next time", "[http][fetch][proxies]") {
    const dragline::testing::dead_port dead;
    http_server by;
    http_client client;
    const auto attempts = [&](const std::string& where, std::uint16_t port) {
        const auto policy = http::retry_policy(3).backoff(1ns, 1ns);
        const auto through = proxy(proxy_scheme::http, "127.0.0.1", port);
        return client.fetch(where, fetch_options().proxy(through).retry(policy)).trace.attempts.size();
    };
    CHECK(attempts("http://a.invalid/", dead.port()) == 3);
    CHECK(attempts("https://a.invalid/", dead.port()) == 3);
    by.on("*", http_reply().raw("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"));
    CHECK(attempts("https://a.invalid/", by.port()) == 3);
    by.on("*", http_reply().raw("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"));
    CHECK(attempts("https://a.invalid/", by.port()) == 1);
}

TEST_CASE("a fetch that is ended tries no further proxy", "[http][fetch][proxies]") {
    const dragline::testing::black_hole hole;
    http_client client;
    quiet_target second(client.loop);
    const auto choices = proxy_policy::first_of({{proxy(proxy_scheme::http, "127.0.0.1", hole.port())},
                                                 {proxy(proxy_scheme::http, "127.0.0.1", second.port())}});
    const auto late = client.fetch("https://a.invalid/", fetch_options().proxy(choices).timeout(30ms));
    CHECK(late.ec == make_timeout(phase::proxy));
    CHECK(late.trace.attempts.size() == 1);
    auto started = client.start("https://a.invalid/", fetch_options().proxy(choices));
    run_until(client.loop, [&] { return client.statistics().connections > 0; });
    bool closed = false;
    dragline::close_session(client.loop, "test", [&](std::error_code) { closed = true; });
    run_until(client.loop, [&] { return closed && started->done; });
    CHECK(started->ec == asio::error::operation_aborted);
    CHECK(!second.visited());
    // In time it is tried.
    http_client other;
    const auto soon = fetch_options().proxy(choices).proxy_timeout(30ms).timeout(2s);
    auto next = other.start("https://a.invalid/", soon);
    run_until(other.loop, [&] { return next->trace.attempts.size() == 1; });
    run_until(other.loop, [&] { return second.visited(); });
    other.wait_for(next);
    CHECK(next->ec == net::errc::proxy_closed);
    CHECK(next->trace.attempts.size() == 2);
}
