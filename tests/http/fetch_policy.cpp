// Where a fetch may go: policies for addresses and URLs, of the session and its own, and strict transport.
#include <dragline/http/fetch.hpp>

#include "../support/http_client.hpp"

#include <dragline/net/error.hpp>
#include <dragline/testing/manual_clock.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using dragline::fetch_options;
using dragline::http::hsts_policy;
using dragline::http::hsts_store;
using dragline::http::redirect_policy;
using dragline::http::session_options;
using dragline::http::url_policy;
using dragline::net::address_policy;
using dragline::test::fetched;
using dragline::test::http_client;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;
namespace net = dragline::net;

namespace {

constexpr auto address_blocked = net::errc::address_blocked;

void check_blocked(const fetched& got) {
    CHECK(got.ec == address_blocked);
    CHECK(got.ec == dragline::condition::blocked);
    REQUIRE(!got.trace.attempts.empty());
    const auto& last = got.trace.attempts.back();
    CHECK(last.ec == address_blocked);
    for (const auto& each : last.connection.dials) CHECK(each.ec == address_blocked);
}

// A page behind TLS at a.test that wants to be reached so, with everything else at its address.
struct strict_page {
    explicit strict_page(session_options options = session_options().hsts(hsts_policy::own_store()),
                         const dragline::event_loop_options& loop = dragline::event_loop_options())
        : server(dragline::test::usual_certificate()),
          client(options.tls(dragline::test::trusting_test_ca()), loop) {
        server.on("*", http_reply().body("x").header("Strict-Transport-Security", "max-age=60"));
    }

    std::string url(const std::string& scheme, const std::string& target = "/") const {
        return scheme + "://a.test:" + std::to_string(server.port()) + target;
    }
    fetched get(const std::string& scheme, fetch_options options = fetch_options(),
                const std::string& target = "/") {
        return client.fetch(url(scheme, target), options.connect_to({"127.0.0.1", server.port()}));
    }

    http_server server;
    http_client client;
};

}  // namespace

TEST_CASE("the address policies of a session and of a fetch must both allow an address", "[http][policy]") {
    http_server server;
    server.on("*", http_reply().body("x"));
    const auto inner = address_policy::public_only().allow("127.0.0.1");
    const auto outer = address_policy::public_only();
    struct known {
        address_policy session, fetch;
        bool allowed;
    };
    for (const auto& each :
         {known{{}, {}, true}, known{inner, {}, true}, known{{}, inner, true}, known{inner, inner, true},
          known{outer, {}, false}, known{{}, outer, false}, known{outer, inner, false},
          known{inner, outer, false}, known{outer, address_policy().allow("127.0.0.0/8"), false}}) {
        http_client client(session_options().address_policy(each.session));
        const auto before = server.connection_count();
        const auto got = client.fetch(server.url("/"), fetch_options().address_policy(each.fetch));
        if (each.allowed) {
            CHECK(!got.ec);
        } else {
            check_blocked(got);
            CHECK(server.connection_count() == before);
        }
    }
    http_client client;
    const auto broken = address_policy().deny("rubbish");
    CHECK(client.fetch(server.url("/"), fetch_options().address_policy(broken)).ec ==
          dragline::errc::invalid_option);
    http_client none(session_options().address_policy(broken));
    CHECK(none.fetch(server.url("/")).ec == dragline::errc::invalid_option);
}

TEST_CASE("a connection serves only fetches under the policy that it was opened under", "[http][policy]") {
    http_server server;
    server.on("*", http_reply().body("x"));
    http_client client;
    const auto with = [&](const address_policy& policy) {
        return client.fetch(server.url("/"), fetch_options().address_policy(policy));
    };
    const auto local = [] { return address_policy::public_only().allow("127.0.0.0/8"); };
    CHECK(!client.fetch(server.url("/")).ec);
    CHECK(client.statistics().idle_connections == 1);
    check_blocked(with(address_policy::public_only()));
    CHECK(!with(local()).response.peer.reused);
    CHECK(with(local()).response.peer.reused);  // an equal one, though another object
    check_blocked(with(address_policy::public_only()));
    CHECK(client.fetch(server.url("/")).response.peer.reused);
    const auto asked = address_policy().check([](const asio::ip::address&, std::uint16_t) { return true; });
    CHECK(!with(asked).response.peer.reused);
    CHECK(with(asked).response.peer.reused);
    CHECK(server.connection_count() == 3);

    http::detail::policy_numbers numbers;
    const auto first = numbers.number_of(local());
    for (int port = 1; port < 200; ++port) {
        const auto other = address_policy().deny_port(static_cast<std::uint16_t>(port));
        CHECK(numbers.number_of(other) != first);
        if (port < 60) CHECK(numbers.number_of(local()) == first);
    }
    CHECK(numbers.number_of(local()) > first);  // forgotten, and never given again
}

TEST_CASE("a URL policy is asked before anything is looked up, at each redirect too", "[http][policy]") {
    dragline::testing::dns_server names;
    names.host("a.test", {"127.0.0.1"}).host("b.test", {"127.0.0.1"});
    http_server server;
    const auto b = "http://b.test:" + std::to_string(server.port()) + "/";
    server.on("*", http_reply().body("x"))
        .on("/away", http_reply::redirect(b))
        .on("/user", http_reply::redirect("//me@a.test:" + std::to_string(server.port()) + "/"))
        .on("/refresh", http_reply().header("Refresh", "0; url=" + b));
    const auto a = "http://a.test:" + std::to_string(server.port());
    const auto policy = url_policy().allow_domain("a.test").credentials(false);
    for (const bool of_session : {true, false}) {
        auto options = dragline::test::using_dns(names);
        if (of_session) options.url_policy(policy);
        http_client client(options);
        auto own = fetch_options().redirects(redirect_policy().follow_refresh());
        if (!of_session) own.url_policy(policy);
        CHECK(!client.fetch(a + "/", own).ec);
        for (const auto* target : {"/away", "/refresh", "/user"})
            CHECK(client.fetch(a + target, own).ec == http::errc::url_blocked);
        CHECK(client.fetch(b, own).ec == http::errc::url_blocked);
        CHECK(client.fetch("http://me:secret@a.test/", own).ec == http::errc::url_blocked);
        // The session's is a floor.
        const auto tight = fetch_options(own).url_policy(url_policy().allow_domain("b.test"));
        CHECK(client.fetch(of_session ? b : a, tight).ec == http::errc::url_blocked);
        own.url_policy(url_policy().deny_host(""));
        CHECK(client.fetch(a, own).ec == dragline::errc::invalid_option);
    }
    CHECK(names.query_count("b.test") == 0);
    for (const auto& request : server.requests()) CHECK(request.field("Host").starts_with("a.test:"));
}

TEST_CASE("what the function of a URL policy throws ends the fetch", "[http][policy]") {
    http_server server;
    server.on("*", http_reply::redirect("/no"));
    http_client client;
    const auto policy = url_policy().check([](const dragline::url::url& target) -> bool {
        if (target.path() == "/no") throw std::runtime_error("no");
        return true;
    });
    const auto options = fetch_options().url_policy(policy);
    CHECK(client.fetch(server.url("/no"), options).ec == dragline::errc::callback_failed);
    CHECK(client.fetch(server.url("/"), options).ec == dragline::errc::callback_failed);
    CHECK_THROWS_AS(
        dragline::test::run_to_end(client.loop, fetch_url(client.session, server.url("/"), options)),
        std::runtime_error);
    CHECK(server.request_count() == 2);
}

TEST_CASE("a host that wants TLS gets it from then on, until that expires", "[http][policy][hsts]") {
    dragline::testing::manual_clock time;
    strict_page page(session_options().hsts(hsts_policy::own_store()),
                     dragline::event_loop_options().time(time));
    CHECK(page.get("http").ec);  // nothing is known yet: this is no TLS
    REQUIRE(!page.get("https").ec);
    CHECK(page.client.session.hsts_store()->size() == 1);
    const auto got = page.get("http", fetch_options().redirects(redirect_policy::none()), "/b#c");
    REQUIRE(!got.ec);
    CHECK(got.response.url.href() == page.url("https", "/b#c"));
    REQUIRE(got.response.history.size() == 1);
    CHECK(got.response.history[0].status == 0);
    CHECK(got.response.history[0].upgraded);
    CHECK(got.response.history[0].from.href() == page.url("http", "/b#c"));
    CHECK(got.response.history[0].to.href() == page.url("https", "/b#c"));
    CHECK(got.trace.attempts.at(0).url == page.url("https", "/b#c"));
    CHECK(!page.get("http", fetch_options().url_policy(url_policy().allow_scheme("https"))).ec);
    CHECK(page.get("http", fetch_options().hsts(false)).ec);
    page.server.on("/last", http_reply().header("Strict-Transport-Security", "max-age=0"));
    time.advance(59s);
    CHECK(!page.get("http").ec);  // which notes it anew
    time.advance(59s);
    CHECK(!page.get("http", fetch_options(), "/last").ec);
    CHECK(page.get("http").ec);
    REQUIRE(!page.get("https").ec);
    time.advance(60s);
    CHECK(page.get("http").ec);
}

TEST_CASE("a redirect to a known host is upgraded, and the upgrade counts as none", "[http][policy][hsts]") {
    strict_page page;
    page.server.on(
        "/down",
        http_reply::redirect(page.url("http", "/x")).header("Strict-Transport-Security", "max-age=9"));
    const auto got = page.get(
        "https",
        fetch_options().redirects(redirect_policy(1)).credentials(http::credentials::basic("me", "secret")),
        "/down");
    REQUIRE(!got.ec);
    CHECK(got.response.url.href() == page.url("https", "/x"));
    REQUIRE(got.response.history.size() == 1);
    CHECK(got.response.history[0].status == 302);
    CHECK(got.response.history[0].upgraded);
    CHECK(got.response.history[0].to.href() == page.url("https", "/x"));
    CHECK(page.server.requests().back().has_field("Authorization"));  // it is the same origin
    const auto both = page.get("http", fetch_options().redirects(redirect_policy(1)), "/down");
    CHECK(!both.ec);
    CHECK(both.response.history.size() == 2);
    page.server.on("/loop", http_reply::redirect(page.url("http", "/loop")));
    CHECK(page.get("http", fetch_options().redirects(redirect_policy(3)), "/loop").ec ==
          http::errc::too_many_redirects);
    CHECK(page.get("https", fetch_options().hsts(false), "/down").ec == http::errc::insecure_redirect);
}

TEST_CASE("only verified TLS is taken at its word, and only of names", "[http][policy][hsts]") {
    strict_page page;
    const auto store = page.client.session.hsts_store();
    REQUIRE(!page.get("https", fetch_options().tls(dragline::tls::client_options().verify(false))).ec);
    REQUIRE(!page.client.fetch(page.server.url("/")).ec);  // 127.0.0.1
    REQUIRE(!page.get("https", fetch_options().hsts(false)).ec);
    page.server.on("/bad", http_reply().header("Strict-Transport-Security", "max-age"));
    page.server.on("/two", http_reply()
                               .header("Strict-Transport-Security", "rubbish")
                               .header("Strict-Transport-Security", "max-age=60"));
    REQUIRE(!page.get("https", fetch_options(), "/bad").ec);
    REQUIRE(!page.get("https", fetch_options(), "/two").ec);
    http_server plain;
    plain.on("*", http_reply().header("Strict-Transport-Security", "max-age=60"));
    REQUIRE(!page.client.fetch("http://a.test/", fetch_options().connect_to({"127.0.0.1", plain.port()})).ec);
    CHECK(store->size() == 0);
    CHECK(http_client().session.hsts_store() == nullptr);
}

TEST_CASE("a known host is reached over TLS through a proxy that would forward, too",
          "[http][policy][hsts][proxies]") {
    http_server forwarder;
    forwarder.on("*", http_reply().body("by the proxy"));
    const auto store = std::make_shared<hsts_store>();
    store->set(http::hsts_entry("a.test"), std::chrono::system_clock::now());
    http_client client(session_options()
                           .hsts(hsts_policy::shared_store(store))
                           .proxy("http://127.0.0.1:" + std::to_string(forwarder.port())));
    CHECK(client.fetch("http://b.test/").response.body == "by the proxy");
    const auto got = client.fetch("http://a.test/");
    CHECK(got.ec);
    // A redirect to it as well.
    forwarder.on("*", http_reply::redirect("http://a.test/c"));
    CHECK(client.fetch("http://b.test/").ec);
    const auto seen = forwarder.requests();
    CHECK(seen.size() >= 2);
    for (const auto& each : seen) {
        if (each.method == "GET") CHECK(each.target == "http://b.test/");
        if (each.method != "GET") CHECK(each.target == "a.test:443");
    }
}

TEST_CASE("policies judge what a proxy is told, at each redirect, and the proxy itself",
          "[http][policy][proxies]") {
    http_server forwarder;
    forwarder.on("*", http_reply::redirect("http://[::ffff:10.0.0.1]/secret"));
    const auto by = "http://127.0.0.1:" + std::to_string(forwarder.port());
    const auto outside = address_policy::public_only().allow("127.0.0.0/8");
    http_client client(session_options().address_policy(outside).retry(http::retry_policy(3)).metrics(true));
    const auto through = fetch_options().proxy(by);
    for (const auto* url : {"http://10.0.0.1/", "http://0x0a.1/", "http://[::ffff:10.0.0.1]/",
                            "http://169.254.169.254/", "https://10.0.0.1/"}) {
        CAPTURE(url);
        const auto got = client.fetch(url, through);
        CHECK(got.ec == address_blocked);
        CHECK(got.trace.attempts.size() == 1);  // nothing that a repetition mends
    }
    CHECK(forwarder.connection_count() == 0);
    const auto led = client.fetch("http://a.invalid/", through);
    CHECK(led.ec == address_blocked);
    CHECK(led.trace.attempts.size() == 2);
    CHECK(forwarder.request_count() == 1);
    // A stricter fetch does not get to the proxy on the connection that another one left.
    const auto strict = fetch_options(through).address_policy(address_policy().deny("127.0.0.0/8"));
    CHECK(client.fetch("http://a.invalid/", strict).ec == address_blocked);
    CHECK(forwarder.request_count() == 1);
    const auto all = client.session.metrics()->snapshot().sum();
    CHECK(all.in_flight == 0);
    CHECK(all.attempts == all.succeeded + all.errors());
    CHECK(all.errors(http::failure_kind::blocked) == 7);
}

TEST_CASE("sessions may share what they know of hosts", "[http][policy][hsts]") {
    const auto store = std::make_shared<hsts_store>();
    CHECK(!store->set(http::hsts_entry("test", true), {}));
    strict_page page(session_options().hsts(hsts_policy::shared_store(store)));
    const auto got = page.get("http");
    REQUIRE(!got.ec);
    CHECK(got.response.url.scheme() == "https");
    CHECK(store->size() == 2);
    CHECK(!(session_options().hsts(hsts_policy::shared_store(store)) == session_options()));
    CHECK(!(session_options().url_policy(url_policy().deny_bad_ports()) == session_options()));
    CHECK(!(session_options().address_policy(address_policy::public_only()) == session_options()));
}
