// Fetches through proxies: requests in absolute form, tunnels, credentials, and what is shared.
#include <dragline/http/fetch.hpp>

#include "../net/proxies/lab_proxy.hpp"
#include "../support/http_client.hpp"

#include <dragline/http/authentication/digest.hpp>
#include <dragline/http/error.hpp>
#include <dragline/net/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::fetch_options;
using dragline::http::proxy_choices;
using dragline::http::proxy_policy;
using dragline::net::proxy;
using dragline::net::proxy_scheme;
using dragline::test::http_client;
using dragline::test::lab_proxy;
using dragline::test::trusting_test_ca;
using dragline::test::usual_certificate;
using dragline::testing::http_reply;
using dragline::testing::http_request;
using dragline::testing::http_server;

namespace http = dragline::http;
namespace net = dragline::net;
namespace url = dragline::url;

namespace {

// An HTTP proxy that answers for the origins itself, and an origin that knows whether anybody came.
struct forwarding_lab {
    explicit forwarding_lab(const http::session_options& options = http::session_options())
        : client(http::session_options(options).tls(trusting_test_ca())) {
        forwarder.on("*", http_reply().body("by the proxy"));
        origin.on("*", http_reply().body("by the origin"));
    }
    proxy by() const { return proxy(proxy_scheme::http, "127.0.0.1", forwarder.port()); }
    fetch_options through(proxy_policy policy) const { return fetch_options().proxy(std::move(policy)); }

    http_server forwarder, origin;
    http_client client;
};

// What squid and others ask for with Digest; `wrong` as often as that, whatever comes.
http_reply digest_wanted(const std::string& nonce, const std::string& more = "") {
    return http_reply(407).header("Proxy-Authenticate", "Digest realm=\"lab\", nonce=\"" + nonce +
                                                            "\", qop=\"auth\", algorithm=SHA-256" + more);
}

std::string digest_uri(const http_request& request) {
    const auto value = std::string(request.field("Proxy-Authorization"));
    const auto at = value.find("uri=\"");
    return at == value.npos ? "" : value.substr(at + 5, value.find('"', at + 5) - at - 5);
}

}  // namespace

TEST_CASE("an http URL is told to the proxy whole, on one connection for all hosts",
          "[http][fetch][proxies]") {
    forwarding_lab lab;
    const auto through = lab.through(lab.by());
    const auto first = lab.client.fetch("http://me:secret@a.invalid:8080/x?y=1#z", through);
    REQUIRE(!first.ec);
    CHECK(first.response.body == "by the proxy");
    CHECK(first.response.peer.proxy == lab.by().to_string());
    CHECK(first.response.peer.port == lab.forwarder.port());
    CHECK(!lab.client.fetch("http://b.invalid", lab.through(lab.by())).ec);
    CHECK(!lab.client.fetch("http://[::1]:1/", lab.through(lab.by())).ec);
    const auto seen = lab.forwarder.requests();
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].target == "http://a.invalid:8080/x?y=1");
    CHECK(seen[0].field("Host") == "a.invalid:8080");
    CHECK(!seen[0].has_field("Proxy-Authorization"));
    CHECK(seen[1].target == "http://b.invalid/");
    CHECK(seen[1].field("Host") == "b.invalid");
    CHECK(seen[2].target == "http://[::1]:1/");
    CHECK(lab.forwarder.connection_count() == 1);
    CHECK(first.trace.attempts.at(0).connection.proxies.at(0).proxy == lab.by().to_string());
    CHECK(first.trace.attempts.at(0).connection.look_ups.empty());
}

TEST_CASE("a proxy that is a name is looked up, be the target a name or an address",
          "[http][fetch][proxies]") {
    dragline::testing::dns_server names;
    names.host("proxy.test", {"127.0.0.1"});
    for (const auto* target : {"http://127.0.0.1:1/", "http://a.invalid/"}) {
        forwarding_lab lab(dragline::test::using_dns(names));
        const proxy named(proxy_scheme::http, "proxy.test", lab.forwarder.port());
        CHECK(lab.client.fetch(target, lab.through(named)).response.body == "by the proxy");
    }
}

TEST_CASE("the proxy of a fetch stands before that of its session, and none is none",
          "[http][fetch][proxies]") {
    http_server other;
    other.on("*", http_reply().body("the other"));
    forwarding_lab lab(http::session_options().proxy("http://127.0.0.1:" + std::to_string(other.port())));
    const auto where = lab.origin.url("/");
    CHECK(lab.client.fetch(where).response.body == "the other");
    CHECK(lab.client.fetch(where, lab.through(lab.by())).response.body == "by the proxy");
    const auto direct = lab.client.fetch(where, lab.through(proxy_policy::none()));
    CHECK(direct.response.body == "by the origin");
    CHECK(direct.response.peer.proxy.empty());
    const auto spared = proxy_policy(lab.by()).except(http::no_proxy("127.0.0.0/8"));
    CHECK(lab.client.fetch(where, lab.through(spared)).response.body == "by the origin");
    CHECK(lab.origin.requests().at(0).target == "/");
    CHECK(lab.origin.connection_count() == 1);
}

TEST_CASE("https, SOCKS and chains go through a tunnel to the origin", "[http][fetch][proxies]") {
    http_server origin;
    const auto secure = origin.listen_tls(usual_certificate()).port();
    origin.on("*", http_reply().body("by the origin"));
    http_client client(http::session_options().tls(trusting_test_ca()));
    const auto plain = "http://a.test:" + std::to_string(origin.port()) + "/";
    const auto in_tls = "https://a.test:" + std::to_string(secure) + "/";
    for (const auto scheme :
         {proxy_scheme::http, proxy_scheme::https, proxy_scheme::socks4a, proxy_scheme::socks5h}) {
        lab_proxy by(client.loop, scheme);
        const auto through = fetch_options().proxy(by.as_proxy());
        const auto got = client.fetch(in_tls, through);
        REQUIRE(!got.ec);
        CHECK(got.response.body == "by the origin");
        CHECK(!got.response.peer.tls.chain().empty());
        CHECK(got.response.peer.proxy == by.as_proxy().to_string());
        CHECK(got.response.timings.proxy.count() > 0);
        CHECK(client.fetch(in_tls, through).response.peer.reused);
        CHECK(by.asked() == std::vector<std::string>{"a.test:" + std::to_string(secure)});
        if (!by.as_proxy().speaks_http())
            CHECK(client.fetch(plain, through).response.body == "by the origin");
    }
    CHECK(origin.requests().at(0).server_name == "a.test");
    CHECK(origin.requests().at(0).target == "/");

    // Through SOCKS to the HTTP proxy, and that gets the URL.
    http_server forwarder;
    forwarder.on("*", http_reply().body("by the proxy"));
    lab_proxy socks(client.loop, proxy_scheme::socks5h);
    const auto chain = fetch_options().proxy(proxy_policy::through(
        net::proxy_chain{socks.as_proxy(), proxy(proxy_scheme::http, "127.0.0.1", forwarder.port())}));
    const auto got = client.fetch("http://b.invalid/", chain);
    CHECK(got.response.body == "by the proxy");
    CHECK(got.response.peer.proxy.find(' ') != std::string::npos);
    CHECK(forwarder.requests().at(0).target == "http://b.invalid/");
    CHECK(socks.asked().at(0) == "127.0.0.1:" + std::to_string(forwarder.port()));
}

TEST_CASE("TLS with the proxy and TLS with the origin are apart", "[http][fetch][proxies]") {
    http_server forwarder(usual_certificate());
    forwarder.on("*", http_reply().body("by the proxy"));
    http_client client;
    const auto trusted = proxy(proxy_scheme::https, "127.0.0.1", forwarder.port()).tls(trusting_test_ca());
    const auto got = client.fetch("http://b.invalid/", fetch_options().proxy(trusted));
    REQUIRE(!got.ec);
    CHECK(got.response.body == "by the proxy");
    CHECK(!got.response.peer.tls);
    CHECK(bool(got.trace.attempts.at(0).connection.proxies.at(0).peer));
    CHECK(forwarder.requests().at(0).secure);
    // What the one is trusted with, the other is not.
    const auto stranger = proxy(proxy_scheme::https, "127.0.0.1", forwarder.port());
    CHECK(client.fetch("http://b.invalid/", fetch_options().proxy(stranger)).ec ==
          net::errc::proxy_tls_failed);
    lab_proxy tunnel(client.loop, proxy_scheme::https);
    const auto inside = client.fetch("https://127.0.0.1:" + std::to_string(forwarder.port()) + "/",
                                     fetch_options().proxy(tunnel.as_proxy()));
    CHECK(inside.ec == dragline::condition::tls_failed);
    CHECK(tunnel.asked().size() == 1);
    CHECK(forwarder.request_count() == 1);
}

TEST_CASE("credentials go to the proxy at once, never to the origin, and part connections",
          "[http][fetch][proxies]") {
    forwarding_lab lab;
    auto mine = lab.by(), yours = lab.by();
    mine.credentials("me", "secret");
    yours.credentials("you", "secret");
    REQUIRE(!lab.client.fetch("http://a.invalid/", lab.through(mine)).ec);
    REQUIRE(!lab.client.fetch("http://a.invalid/", lab.through(yours)).ec);
    REQUIRE(!lab.client.fetch("http://b.invalid/", lab.through(mine)).ec);
    auto token = lab.by();
    REQUIRE(!lab.client.fetch("http://b.invalid/", lab.through(token.authorization("Bearer t"))).ec);
    const auto seen = lab.forwarder.requests();
    CHECK(seen.at(0).field("Proxy-Authorization") == "Basic bWU6c2VjcmV0");
    CHECK(seen.at(1).field("Proxy-Authorization") == "Basic eW91OnNlY3JldA==");
    CHECK(seen.at(2).connection == seen[0].connection);
    CHECK(seen.at(3).field("Proxy-Authorization") == "Bearer t");
    CHECK(lab.forwarder.connection_count() == 3);

    // A redirect from where the proxy forwards to where nobody does, and through a tunnel.
    lab_proxy tunnel(lab.client.loop, proxy_scheme::socks5h);
    tunnel.want("me", "secret");
    lab.forwarder.on("*", http_reply::redirect(lab.origin.url("/")));
    for (const auto& next :
         {net::proxy_chain(), net::proxy_chain{tunnel.as_proxy().credentials("me", "secret")}}) {
        const auto choose = [&](const url::url& where) {
            return where.hostname() == "127.0.0.1" ? proxy_choices{next} : proxy_choices{{mine}};
        };
        const auto got = lab.client.fetch("http://c.invalid/", lab.through(proxy_policy::function(choose)));
        REQUIRE(!got.ec);
        CHECK(got.response.body == "by the origin");
    }
    for (const auto& each : lab.origin.requests()) CHECK(!each.has_field("Proxy-Authorization"));
    const auto own = fetch_options().header("proxy-authorization", "Basic x");
    CHECK(lab.client.fetch(lab.origin.url("/"), own).ec == dragline::errc::invalid_option);
}

TEST_CASE("a proxy that wants Digest is answered once, and from then on at once", "[http][fetch][proxies]") {
    forwarding_lab lab;
    lab.forwarder.on("*", [](const http_request& request) {
        const auto sent = request.field("Proxy-Authorization");
        if (sent.starts_with("Digest ") && sent.find("nonce=\"n1\"") != sent.npos)
            return http_reply().body("by the proxy");
        return digest_wanted("n1");
    });
    const auto through = lab.through(lab.by().credentials("me", "secret"));
    const auto got = lab.client.fetch("http://a.invalid/x", through);
    REQUIRE(!got.ec);
    CHECK(got.response.status == 200);
    CHECK(lab.client.fetch("http://b.invalid/y", fetch_options(through).body("text")).response.status == 200);
    const auto seen = lab.forwarder.requests();
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].field("Proxy-Authorization") == "Basic bWU6c2VjcmV0");
    CHECK(digest_uri(seen[1]) == "http://a.invalid/x");
    CHECK(digest_uri(seen[2]) == "http://b.invalid/y");
    CHECK(seen[2].field("Proxy-Authorization").find("nc=00000002") != std::string::npos);
    CHECK(seen[2].body == "text");
}

TEST_CASE("a proxy whose nonces serve once is answered in each retry", "[http][fetch][proxies][retry]") {
    forwarding_lab lab;
    int nonce = 0;
    lab.forwarder.on("*", [&](const http_request& request) {
        const auto known = "nonce=\"" + std::to_string(nonce) + '"';
        if (request.field("Proxy-Authorization").find(known) != std::string::npos)
            return ++nonce < 5 ? http_reply(503) : http_reply().body("x");
        return digest_wanted(std::to_string(nonce), ", stale=true");
    });
    const auto through = lab.through(lab.by().credentials("me", "secret"));
    const auto policy = http::retry_policy(9).backoff(1ns, 1ns);
    CHECK(lab.client.fetch("http://a.invalid/", fetch_options(through).retry(policy)).response.body == "x");
    CHECK(lab.forwarder.request_count() == 10);
}

TEST_CASE("a 407 that stays is the response of a proxy that forwards", "[http][fetch][proxies]") {
    forwarding_lab lab;
    const auto through = lab.through(lab.by().credentials("me", "wrong"));
    int nonce = 0;
    lab.forwarder.on("*", [&](const http_request&) { return digest_wanted(std::to_string(++nonce)); });
    CHECK(lab.client.fetch("http://a.invalid/", through).response.status == 407);
    CHECK(lab.forwarder.request_count() == 2);
    lab.forwarder.on("*", http_reply(407));
    CHECK(lab.client.fetch("http://a.invalid/", through).response.status == 407);
    CHECK(lab.forwarder.request_count() == 3);
    lab.forwarder.on("*", http_reply(407).header("Proxy-Authenticate", "Basic realm=\"lab\""));
    CHECK(lab.client.fetch("http://a.invalid/", lab.through(lab.by())).response.status == 407);
    CHECK(lab.forwarder.request_count() == 4);
    // One of the origin is nothing to answer with what the proxy is to have.
    lab.origin.on("*", digest_wanted("n"));
    lab_proxy tunnel(lab.client.loop, proxy_scheme::socks5h);
    tunnel.want("me", "secret");
    const auto in_tunnel = lab.through(tunnel.as_proxy().credentials("me", "secret"));
    CHECK(lab.client.fetch(lab.origin.url("/"), in_tunnel).response.status == 407);
    REQUIRE(lab.origin.request_count() == 1);
    CHECK(!lab.origin.requests()[0].has_field("Proxy-Authorization"));
}

TEST_CASE("a 407 of a proxy that forwards sets no cookie of the origin", "[http][fetch][proxies]") {
    const auto jar = http::cookie_policy::own_jar();
    forwarding_lab lab(http::session_options().cookies(jar));
    lab.forwarder.on("*", http_reply(407).header("Set-Cookie", "a=of the proxy"));
    CHECK(lab.client.fetch("http://a.invalid/", lab.through(lab.by())).response.status == 407);
    CHECK(lab.client.session.cookie_jar()->empty());
    lab.forwarder.on("*", http_reply().header("Set-Cookie", "a=of the origin"));
    CHECK(!lab.client.fetch("http://a.invalid/", lab.through(lab.by())).ec);
    CHECK(lab.client.session.cookie_jar()->size() == 1);
}

TEST_CASE("connect_to and a Host of one's own go through a tunnel, also with http",
          "[http][fetch][proxies]") {
    forwarding_lab lab;
    lab_proxy tunnel(lab.client.loop, proxy_scheme::http);
    const auto through = lab.through(tunnel.as_proxy());
    const net::endpoint elsewhere("127.0.0.1", lab.origin.port());
    const auto told = lab.client.fetch("http://a.invalid/x", fetch_options(through).connect_to(elsewhere));
    REQUIRE(!told.ec);
    CHECK(tunnel.asked().at(0) == elsewhere.to_string());
    CHECK(lab.client.fetch(lab.origin.url("/y"), fetch_options(through).header("Host", "b.test")).ec ==
          std::error_code());
    const auto same = lab.through(lab.by()).header("Host", "c.invalid:8080");
    CHECK(lab.client.fetch("http://c.invalid:8080/", same).response.body == "by the proxy");
    lab.forwarder.clear_requests();
    const auto seen = lab.origin.requests();
    CHECK(seen.at(0).field("Host") == "a.invalid");
    CHECK(seen.at(0).target == "/x");
    CHECK(seen.at(1).field("Host") == "b.test");
    const auto local = net::endpoint::local_socket("/none");
    CHECK(lab.client.fetch("http://a.invalid/", fetch_options(through).connect_to(local)).ec ==
          net::errc::invalid_endpoint);
    // The address to come from is for the way to the proxy.
    const auto from = lab.through(lab.by()).bind_address(asio::ip::make_address("127.0.0.2"));
    REQUIRE(!lab.client.fetch("http://a.invalid/", from).ec);
    CHECK(lab.forwarder.requests().at(0).peer_address.starts_with("127.0.0.2:"));
    CHECK(!lab.client.fetch("http://a.invalid/", lab.through(lab.by()).fresh_connection(true))
               .response.peer.reused);
    CHECK(lab.forwarder.connection_count() == 3);
}

TEST_CASE("a stale connection, 100 (Continue) and keep-alive are over a proxy as they are without",
          "[http][fetch][proxies]") {
    forwarding_lab lab;
    const auto through = lab.through(lab.by());
    lab.forwarder.on("*", http_reply().body("x").next_request(dragline::testing::ending::reset));
    REQUIRE(!lab.client.fetch("http://a.invalid/", through).ec);
    const auto again = lab.client.fetch("http://a.invalid/", through);
    REQUIRE(!again.ec);
    CHECK(again.trace.attempts.size() == 2);
    CHECK(again.trace.attempts.at(1).retried);
    lab.forwarder.on("*", http_reply().body("x").interim(103));
    const auto asking = fetch_options(through).body("text").expect_continue(5s).fresh_connection(true);
    REQUIRE(!lab.client.fetch("http://a.invalid/", asking).ec);
    CHECK(lab.forwarder.requests().back().body == "text");
}

TEST_CASE("a function chooses for each URL and redirect; what it throws or leaves out is an error",
          "[http][fetch][proxies]") {
    forwarding_lab lab;
    std::vector<std::string> asked;
    const auto choose = [&](const url::url& where) {
        asked.push_back(where.href());
        if (where.path() == "/none") return proxy_choices();
        if (where.path() == "/throw") throw std::runtime_error("no");
        return where.path() == "/direct" ? proxy_choices{{}} : proxy_choices{{lab.by()}};
    };
    const auto through = lab.through(proxy_policy::function(choose));
    lab.forwarder.on("*", http_reply::redirect(lab.origin.url("/direct")));
    const auto got = lab.client.fetch("http://me:secret@a.invalid/", through);
    CHECK(got.response.body == "by the origin");
    CHECK(got.response.peer.proxy.empty());
    CHECK(asked == std::vector<std::string>{"http://a.invalid/", lab.origin.url("/direct")});
    CHECK(lab.client.fetch("http://a.invalid/none", through).ec == http::errc::no_proxy_chosen);
    CHECK(lab.client.fetch("http://a.invalid/throw", through).ec == dragline::errc::callback_failed);
    CHECK(lab.forwarder.request_count() == 1);
}
