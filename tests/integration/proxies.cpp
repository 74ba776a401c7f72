// Connections through real proxies: squid (CONNECT, with a password, over TLS), microsocks (SOCKS 5 with a
// password), Dante (SOCKS 4a and 5; Debian 13 has none), chains.
#include "../support/run.hpp"
#include "dante_server.hpp"
#include "microsocks_server.hpp"
#include "squid_server.hpp"

#include <dragline/net/connect.hpp>
#include <dragline/net/error.hpp>
#include <dragline/net/proxies/proxy.hpp>
#include <dragline/testing/http_server.hpp>
#include <dragline/testing/sockets.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <string>
#include <system_error>
#include <utility>

using namespace std::chrono_literals;
using dragline::connect_options;
using dragline::net::connect_trace;
using dragline::net::endpoint;
using dragline::net::proxy;
using dragline::net::proxy_scheme;
using dragline::test::run_to_end;
using dragline::testing::certificate_request;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace tls = dragline::tls;

namespace net = dragline::net;

namespace {

// A plain and a TLS target, whose name "origin.test" only squid knows, and the proxies.
struct proxy_lab {
    proxy_lab()
        : squid(authority.issue(certificate_request().address("127.0.0.1")), "127.0.0.1 origin.test\n") {
        secure_port = target.listen_tls(authority.issue(certificate_request().name("origin.test"))).port();
        target.on("/", http_reply().body("the origin"));
    }

    tls::client_options trusting() const { return tls::client_options().ca_pem(authority.certificate_pem()); }
    proxy squid_at(std::size_t which) const {
        const auto scheme = which == 2 ? proxy_scheme::https : proxy_scheme::http;
        return proxy(scheme, "127.0.0.1", squid.port(which)).tls(trusting());
    }
    proxy microsocks_by(proxy_scheme scheme) const {
        return proxy(scheme, "127.0.0.1", microsocks.port()).credentials("me", "secret");
    }

    // The status line of the target, plain and in TLS.
    void check(const connect_options& options, const std::string& host) {
        CAPTURE(host, options.proxies().front().to_string());
        const auto before = target.connection_count();
        const endpoint plain(host, target.port()), secure(host, secure_port);
        CHECK(run_to_end(loop, fetch(plain, options)) == "HTTP/1.1 200 OK");
        auto in_tls = options;
        in_tls.tls(trusting().server_name("origin.test"));
        CHECK(run_to_end(loop, fetch(secure, in_tls)) == "HTTP/1.1 200 OK");
        CHECK(target.connection_count() == before + 2);
    }

    std::error_code fails(const connect_options& options, const endpoint& where) {
        const auto before = target.connection_count();
        std::error_code ec;
        try {
            run_to_end(loop, fetch(where, options));
        } catch (const std::system_error& failure) {
            ec = failure.code();
        }
        CHECK(target.connection_count() == before);
        return ec;
    }

    static asio::awaitable<std::string> fetch(endpoint where, connect_options options) {
        auto stream = co_await dragline::open_connection(std::move(where), std::move(options));
        co_await stream.write("GET / HTTP/1.1\r\nHost: origin.test\r\nConnection: close\r\n\r\n");
        auto line = co_await stream.read_line();
        const auto rest = co_await stream.read_to_end();
        CHECK(rest.ends_with("the origin"));
        co_return line;
    }

    dragline::testing::certificate_authority authority;
    http_server target;
    std::uint16_t secure_port = 0;
    dragline::test::squid_server squid;
    dragline::test::microsocks_server microsocks;
    dragline::event_loop loop;
};

proxy dante_by(const dragline::test::dante_server& dante, proxy_scheme scheme) {
    return proxy(scheme, "127.0.0.1", dante.port());
}

void need_dante() {
    if (!dragline::test::find_program("danted")) SKIP("Dante is not installed; not every Debian has it");
}

}  // namespace

TEST_CASE("streams go through squid and microsocks, one or several", "[integration][proxies]") {
    proxy_lab lab;
    SECTION("squid, open, with a password, and over TLS; it alone knows the name") {
        for (const std::string host : {"origin.test", "127.0.0.1"}) {
            lab.check(connect_options().proxy(lab.squid_at(0)), host);
            lab.check(connect_options().proxy(lab.squid_at(1).credentials("me", "secret")), host);
            lab.check(connect_options().proxy(lab.squid_at(2)), host);
        }
    }
    SECTION("microsocks, with names looked up here and there") {
        for (const auto scheme : {proxy_scheme::socks5, proxy_scheme::socks5h}) {
            lab.check(connect_options().proxy(lab.microsocks_by(scheme)), "127.0.0.1");
        }
        lab.check(connect_options().proxy(lab.microsocks_by(proxy_scheme::socks5)), "localhost");
    }
    SECTION("chains, in either order") {
        const auto socks = lab.microsocks_by(proxy_scheme::socks5h);
        lab.check(connect_options().proxies({socks, lab.squid_at(2)}), "origin.test");
        lab.check(connect_options().proxies({lab.squid_at(2), socks}), "127.0.0.1");
        lab.check(connect_options().proxies({lab.squid_at(2), socks, lab.squid_at(2)}), "origin.test");
    }
}

TEST_CASE("streams go through Dante, and what it refuses is an error", "[integration][proxies]") {
    need_dante();
    const dragline::test::dante_server dante;
    proxy_lab lab;
    for (const auto scheme : {proxy_scheme::socks4a, proxy_scheme::socks5, proxy_scheme::socks5h}) {
        // Of localhost Dante takes ::1 first, which version 4 cannot say.
        if (scheme != proxy_scheme::socks4a) {
            lab.check(connect_options().proxy(dante_by(dante, scheme)), "localhost");
        }
        lab.check(connect_options().proxy(dante_by(dante, scheme)), "127.0.0.1");
    }
    const dragline::testing::dead_port dead;
    const endpoint nobody("127.0.0.1", dead.port());
    CHECK(lab.fails(connect_options().proxy(dante_by(dante, proxy_scheme::socks5)), nobody) ==
          net::errc::proxy_connection_refused);
    CHECK(lab.fails(connect_options().proxy(dante_by(dante, proxy_scheme::socks4a)), nobody) ==
          net::errc::proxy_failure);
}

TEST_CASE("what squid and microsocks refuse is an error, and nothing reaches the target",
          "[integration][proxies]") {
    proxy_lab lab;
    const endpoint target("127.0.0.1", lab.target.port());
    connect_trace trace;
    const auto guarded = lab.squid_at(1);
    CHECK(lab.fails(connect_options().proxy(guarded).trace(&trace), target) ==
          net::errc::proxy_authentication_required);
    REQUIRE(trace.proxies.size() == 1);
    CHECK(trace.proxies[0].status == 407);
    CHECK(trace.proxies[0].challenges.size() == 1);
    auto wrong = guarded;
    wrong.credentials("me", "guess");
    CHECK(lab.fails(connect_options().proxy(wrong), target) == net::errc::proxy_authentication_refused);
    const auto untrusted = proxy(proxy_scheme::https, "127.0.0.1", lab.squid.port(2));
    CHECK(lab.fails(connect_options().proxy(untrusted), target) == net::errc::proxy_tls_failed);

    const dragline::testing::dead_port dead;
    const endpoint nobody("127.0.0.1", dead.port());
    CHECK(lab.fails(connect_options().proxy(lab.squid_at(0)), nobody) == net::errc::proxy_host_unreachable);
    CHECK(lab.fails(connect_options().proxy(lab.microsocks_by(proxy_scheme::socks5)), nobody) ==
          net::errc::proxy_connection_refused);
    auto stranger = lab.microsocks_by(proxy_scheme::socks5);
    stranger.credentials("me", "guess");
    CHECK(lab.fails(connect_options().proxy(stranger), target) == net::errc::proxy_authentication_refused);
    // The wrong protocol for the proxy, either way.
    const proxy socks_to_squid(proxy_scheme::socks5, "127.0.0.1", lab.squid.port(0));
    const proxy http_to_socks(proxy_scheme::http, "127.0.0.1", lab.microsocks.port());
    for (const auto& each : {socks_to_squid, http_to_socks}) {
        const auto ec = lab.fails(connect_options().proxy(each).proxy_timeout(1s), target);
        CHECK(ec);
        CHECK(dragline::phase_of(ec) == dragline::phase::proxy);
    }
}
