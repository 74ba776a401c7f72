// Fetching through real proxies: squid (open, with Basic, with Digest, in TLS), microsocks, Dante and
// tinyproxy, one or several, from nginx.
#include <dragline/http.hpp>

#include "../support/http_client.hpp"
#include "dante_server.hpp"
#include "microsocks_server.hpp"
#include "nginx_server.hpp"
#include "squid_server.hpp"
#include "tinyproxy_server.hpp"

#include <dragline/net/error.hpp>
#include <dragline/testing/sockets.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <system_error>
#include <utility>

using namespace std::chrono_literals;
using dragline::fetch_options;
using dragline::http::proxy_policy;
using dragline::net::proxy;
using dragline::net::proxy_chain;
using dragline::net::proxy_scheme;
using dragline::test::fetched;
using dragline::test::http_client;
using dragline::test::squid_login;
using dragline::test::trusting_test_ca;
using dragline::test::usual_certificate;

namespace http = dragline::http;
namespace net = dragline::net;

namespace {

// Two plain origins and one in TLS that say how they were asked; only squid knows their names.
struct http_proxies_lab {
    explicit http_proxies_lab(squid_login login = squid_login::basic)
        : nginx(origins(), certificate_files()),
          squid(usual_certificate(), "127.0.0.1 a.test b.test\n", login),
          client(http::session_options().tls(trusting_test_ca())) {}

    static dragline::test::file_list certificate_files() {
        dragline::test::file_list files{{"www/large", dragline::test::pattern(1024 * 1024)}};
        dragline::test::add_certificate(files, "usual", usual_certificate());
        return files;
    }
    static std::string origins() {
        return R"(
        ssl_certificate @F/usual.pem; ssl_certificate_key @F/usual.key;
        add_header X-Host $http_host;
        add_header X-Via $http_via;
        add_header X-Target $request_uri;
        add_header X-Secret "$http_proxy_authorization$http_authorization";
        server { listen 127.0.0.1:@0; location = /echo { return 200 "plain"; }
                 location = /go { return 302 http://b.test:@1/echo; } }
        server { listen 127.0.0.1:@1; location = /echo { return 200 "other"; } }
        server { listen 127.0.0.1:@2 ssl; location = /echo { return 200 "secure"; } })";
    }

    std::string at(const std::string& host, std::size_t which, const std::string& path = "/echo") const {
        return (which == 2 ? "https://" : "http://") + host + ":" + std::to_string(nginx.port(which)) + path;
    }
    proxy squid_at(std::size_t which) const {
        const auto scheme = which == 2 ? proxy_scheme::https : proxy_scheme::http;
        return proxy(scheme, "127.0.0.1", squid.port(which)).tls(trusting_test_ca());
    }
    fetched get(const std::string& where, proxy_policy policy) {
        return client.fetch(where, fetch_options().proxy(std::move(policy)));
    }

    // Plain and in TLS, by `host`. `via`: who forwards http.
    void check(const proxy_policy& policy, const std::string& host, const std::string& via) {
        CAPTURE(host, via);
        const auto plain = get(at(host, 0), policy);
        REQUIRE(!plain.ec);
        CHECK(plain.response.body == "plain");
        CHECK(plain.response.headers.get("X-Host") == host + ":" + std::to_string(nginx.port(0)));
        CHECK(plain.response.headers.get("X-Target") == "/echo");
        CHECK(plain.response.headers.get("X-Via").find(via) != std::string_view::npos);
        CHECK(plain.response.headers.contains("X-Via") == !via.empty());
        CHECK(!plain.response.headers.contains("X-Secret"));
        CHECK(!plain.response.peer.proxy.empty());
        const auto secure = get(at(host, 2), policy);
        REQUIRE(!secure.ec);
        CHECK(secure.response.body == "secure");
        CHECK(!secure.response.headers.contains("X-Via"));
        CHECK(!secure.response.headers.contains("X-Secret"));
        CHECK(bool(secure.response.peer.tls));
        CHECK(get(at(host, 2), policy).response.peer.reused);
        CHECK(get(at(host, 0, "/large"), policy).response.body.size() == 1024 * 1024);
    }

    dragline::test::nginx_server nginx;
    dragline::test::squid_server squid;
    http_client client;
};

}  // namespace

TEST_CASE("http and https go through squid, open, with a password and in TLS", "[integration][proxies]") {
    http_proxies_lab lab;
    lab.check(lab.squid_at(0), "a.test", "squid.test");
    lab.check(lab.squid_at(1).credentials("me", "secret"), "a.test", "squid.test");
    lab.check(lab.squid_at(2), "a.test", "squid.test");
    lab.check(lab.squid_at(0), "127.0.0.1", "squid.test");
    // One connection to the proxy is for all hosts, and a redirect stays with it.
    const auto redirected = lab.get(lab.at("a.test", 0, "/go"), lab.squid_at(0));
    CHECK(redirected.response.body == "other");
    CHECK(redirected.response.peer.reused);
    CHECK(redirected.response.url.hostname() == "b.test");
}

TEST_CASE("http and https go through squid with Digest", "[integration][proxies]") {
    http_proxies_lab lab(squid_login::digest);
    const auto mine = lab.squid_at(1).credentials("me", "secret");
    const auto secure = lab.get(lab.at("a.test", 2), mine);
    CHECK(secure.response.body == "secure");
    CHECK(secure.trace.attempts.size() == 2);
    lab.check(mine, "a.test", "squid.test");
    CHECK(lab.get(lab.at("b.test", 2), mine).trace.attempts.size() == 1);
    auto wrong = lab.squid_at(1);
    wrong.credentials("me", "guess");
    CHECK(lab.get(lab.at("a.test", 0), wrong).response.status == 407);
    CHECK(lab.get(lab.at("a.test", 2), wrong).ec == net::errc::proxy_authentication_refused);
    CHECK(lab.get(lab.at("a.test", 2), lab.squid_at(1)).ec == net::errc::proxy_authentication_required);
    CHECK(lab.get(lab.at("a.test", 0), lab.squid_at(1)).response.status == 407);
}

TEST_CASE("http and https go through SOCKS and through chains", "[integration][proxies]") {
    http_proxies_lab lab;
    const dragline::test::microsocks_server microsocks;
    const dragline::test::tinyproxy_server tinyproxy;
    const auto socks =
        proxy(proxy_scheme::socks5h, "127.0.0.1", microsocks.port()).credentials("me", "secret");
    const auto far = proxy(proxy_scheme::http, "127.0.0.1", tinyproxy.port());
    lab.check(socks, "127.0.0.1", "");
    lab.check(far, "127.0.0.1", "tinyproxy.test");
    lab.check(proxy_policy::through(proxy_chain{socks, lab.squid_at(2)}), "a.test", "squid.test");
    lab.check(proxy_policy::through(proxy_chain{lab.squid_at(1).credentials("me", "secret"), socks}),
              "127.0.0.1", "");
    lab.check(proxy_policy::through(proxy_chain{lab.squid_at(2), far}), "127.0.0.1", "tinyproxy.test");
    lab.check(proxy_policy::through(proxy_chain{socks, lab.squid_at(2), far}), "127.0.0.1", "tinyproxy.test");
}

TEST_CASE("http and https go through Dante", "[integration][proxies]") {
    if (!dragline::test::find_program("danted")) SKIP("Dante is not installed; not every Debian has it");
    http_proxies_lab lab;
    const dragline::test::dante_server dante;
    for (const auto scheme : {proxy_scheme::socks4a, proxy_scheme::socks5, proxy_scheme::socks5h})
        lab.check(proxy(scheme, "127.0.0.1", dante.port()), "127.0.0.1", "");
}

TEST_CASE("what real proxies refuse is no response of an https URL, and the next choice may do",
          "[integration][proxies]") {
    http_proxies_lab lab;
    const dragline::testing::dead_port dead;
    const auto nobody = "https://127.0.0.1:" + std::to_string(dead.port()) + "/";
    const auto refused = lab.get(nobody, lab.squid_at(0));
    CHECK(refused.ec == net::errc::proxy_host_unreachable);
    CHECK(refused.response.body.empty());
    const auto page = lab.get("http://127.0.0.1:" + std::to_string(dead.port()) + "/", lab.squid_at(0));
    CHECK(page.response.status == 503);
    CHECK(lab.get(lab.at("a.test", 2), proxy(proxy_scheme::https, "127.0.0.1", lab.squid.port(2))).ec ==
          net::errc::proxy_tls_failed);
    CHECK(lab.get(lab.at("a.test", 0), proxy(proxy_scheme::socks5h, "127.0.0.1", lab.squid.port(0))).ec);
    const proxy_chain down{proxy(proxy_scheme::http, "127.0.0.1", dead.port())};
    const proxy_chain guarded{lab.squid_at(1)};
    const proxy_chain open{lab.squid_at(0)};
    const auto third = lab.get(lab.at("a.test", 2), proxy_policy::first_of({down, guarded, open}));
    CHECK(third.response.body == "secure");
    CHECK(third.trace.attempts.size() == 3);
    CHECK(third.response.peer.proxy == open.front().to_string());
    // Names that only the proxy knows: nothing else can have reached them.
    CHECK(lab.get(lab.at("a.test", 2), proxy_policy::first_of({down, guarded})).ec ==
          net::errc::proxy_authentication_required);
    CHECK(lab.get(lab.at("a.test", 2), proxy_policy::none()).ec == dragline::condition::resolve_failed);
}
