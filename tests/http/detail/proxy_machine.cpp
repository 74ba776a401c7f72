#include <dragline/http/detail/proxy_machine.hpp>

#include <dragline/http/error.hpp>
#include <dragline/net/error.hpp>
#include <dragline/url/parse.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

using dragline::make_timeout;
using dragline::phase;
using dragline::http::errc;
using dragline::http::proxy_choices;
using dragline::http::proxy_policy;
using dragline::http::detail::proxy_machine;
using dragline::http::detail::proxy_routes;
using dragline::net::proxy;
using dragline::net::proxy_chain;

namespace http = dragline::http;
namespace net = dragline::net;

namespace {

class counted_bits final : public dragline::async::random_source {
public:
    result_type operator()() override { return ++last_; }

private:
    result_type last_ = 0;
};

struct machine_lab {
    explicit machine_lab(proxy_policy policy) : machine(std::move(policy), routes, random) {}

    std::error_code choose(const char* where, bool may_forward = true) {
        return machine.choose(dragline::url::parse(where).value(), may_forward);
    }
    net::connect_request request() {
        net::connect_request made;
        made.target = net::endpoint("A.test", 443);
        CHECK(!machine.set_up(made));
        return made;
    }
    bool again_after(std::error_code ec, bool in_time = true) {
        machine.on_failed(ec, trace, in_time);
        return machine.again();
    }
    // A 407 with this nonce instead of a tunnel.
    bool again_after_challenge(const std::string& nonce, const char* by, const std::string& more = "") {
        auto& record = trace.proxies.emplace_back();
        record.proxy = by;
        record.status = 407;
        record.challenges = {"Digest realm=\"a\", qop=\"auth\", nonce=\"" + nonce + '"' + more};
        const bool again = again_after(net::errc::proxy_authentication_refused);
        trace.proxies.clear();
        return again;
    }
    std::string sent_to_forwarder(std::string_view target = "http://a.test/") {
        http::fields headers;
        headers.add("Proxy-Authorization", "old").add("A", "b");
        CHECK(!machine.authorize(http::digest_request("GET", target), headers));
        CHECK(headers.contains("A"));
        return std::string(headers.get("Proxy-Authorization"));
    }

    counted_bits random;
    proxy_routes routes;
    proxy_machine machine;
    net::connect_trace trace;
};

const std::error_code unreachable = net::errc::proxy_unreachable;

}  // namespace

TEST_CASE("http is forwarded by HTTP proxies, and all else goes through tunnels", "[http][proxy_machine]") {
    machine_lab http(proxy_policy::through("http://p:1"));
    REQUIRE(!http.choose("http://a.test:8080/x?y"));
    CHECK(http.machine.forwards());
    CHECK(http.machine.target() == "http://a.test:8080/x?y");
    CHECK(http.request().forward);
    REQUIRE(!http.choose("http://a.test/", false));
    CHECK(!http.machine.forwards());
    REQUIRE(!http.choose("https://a.test/"));
    CHECK(!http.machine.forwards());
    CHECK(!http.request().forward);
    CHECK(http.request().proxies.size() == 1);
    machine_lab socks(proxy_policy::through(proxy_chain{proxy("http://p:1"), proxy("socks5://q")}));
    REQUIRE(!socks.choose("http://a.test/"));
    CHECK(!socks.machine.forwards());
    CHECK(socks.machine.text() == "http://p:1 socks5://q:1080");
    machine_lab none(proxy_policy::none());
    REQUIRE(!none.choose("http://a.test/"));
    CHECK(none.machine.direct());
    CHECK(none.machine.text().empty());
    CHECK(none.request().proxies.empty());
    CHECK(none.sent_to_forwarder().empty());
}

TEST_CASE("the next choice follows what a proxy failed at, in time, and nothing else",
          "[http][proxy_machine]") {
    machine_lab lab(proxy_policy::first_of({{proxy("http://p:1")}, {proxy("http://q:1")}, {}}));
    REQUIRE(!lab.choose("https://a.test/"));
    for (const auto& other :
         {std::error_code(errc::connection_closed), make_timeout(phase::tls), make_timeout(phase::total),
          std::error_code(net::errc::address_blocked), std::error_code(net::errc::invalid_endpoint)}) {
        CHECK(!lab.again_after(other));
    }
    CHECK(!lab.again_after(unreachable, false));
    CHECK(lab.machine.text() == "http://p:1");
    CHECK(lab.again_after(unreachable));
    CHECK(lab.machine.text() == "http://q:1");
    CHECK(lab.again_after(make_timeout(phase::proxy)));
    CHECK(lab.machine.direct());
    CHECK(!lab.again_after(unreachable));
    // The next request begins with the first one.
    REQUIRE(!lab.choose("https://b.test/"));
    CHECK(lab.machine.text() == "http://p:1");
}

TEST_CASE("what cannot be used fails before anything is done", "[http][proxy_machine]") {
    CHECK(machine_lab(proxy_policy::through("nonsense")).choose("http://a") == net::errc::invalid_proxy);
    CHECK(machine_lab(proxy_policy::first_of({{proxy("http://p")}, {proxy()}})).choose("http://a") ==
          net::errc::invalid_proxy);
    CHECK(machine_lab(proxy_policy::first_of({})).choose("http://a") == errc::no_proxy_chosen);
    CHECK(machine_lab(proxy("http://p").credentials("me", "a\nb")).choose("http://a") ==
          errc::invalid_credentials);
}

TEST_CASE("a challenge instead of a tunnel is answered once, and once more when only the nonce was stale",
          "[http][proxy_machine]") {
    const auto first = proxy("http://p:1").credentials("me", "secret");
    machine_lab lab(
        proxy_policy::through(proxy_chain{first, proxy("https://q:2").credentials("you", "other")}));
    REQUIRE(!lab.choose("https://a.test/"));
    const auto before = lab.request();
    CHECK(before.proxies[0].authorization() == "Basic bWU6c2VjcmV0");
    CHECK(lab.again_after_challenge("n1", "https://q:2"));
    const auto sent = lab.request().proxies;
    CHECK(sent[0].authorization().starts_with("Basic "));
    CHECK(sent[1].authorization().find("username=\"you\"") != std::string::npos);
    CHECK(sent[1].authorization().find("uri=\"a.test:443\"") != std::string::npos);
    CHECK(lab.again_after_challenge("n2", "https://q:2", ", stale=true"));
    CHECK(!lab.again_after_challenge("n3", "https://q:2", ", stale=true"));
    CHECK(!lab.again_after_challenge("n3", "https://q:2"));
    // Each proxy for itself; and what it wants is known from then on.
    CHECK(lab.again_after_challenge("m1", "http://p:1"));
    CHECK(lab.request().proxies[0].authorization().find("uri=\"q:2\"") != std::string::npos);
    CHECK(!lab.again_after_challenge("m1", "http://stranger:1"));
    REQUIRE(!lab.choose("https://b.test/"));
    CHECK(lab.request().proxies[0].authorization().starts_with("Digest "));

    machine_lab without(proxy_policy::through("http://p:1"));
    REQUIRE(!without.choose("https://a.test/"));
    CHECK(!without.again_after_challenge("n1", "http://p:1"));
    machine_lab fixed(proxy("http://p:1").authorization("Bearer t"));
    REQUIRE(!fixed.choose("https://a.test/"));
    CHECK(!fixed.again_after_challenge("n1", "http://p:1"));
    CHECK(fixed.request().proxies[0].authorization() == "Bearer t");
}

TEST_CASE("Proxy-Authorization goes to who forwards, and a 407 of nobody else is answered",
          "[http][proxy_machine]") {
    machine_lab lab(proxy("http://p:1").credentials("me", "secret"));
    http::response_head refused;
    refused.status = 407;
    refused.headers.add("Proxy-Authenticate", "Digest realm=\"a\", qop=\"auth\", nonce=\"n1\"");
    REQUIRE(!lab.choose("https://a.test/"));
    CHECK(lab.sent_to_forwarder().empty());
    REQUIRE(!lab.machine.on_response(refused, true));
    CHECK(!lab.machine.answer());
    REQUIRE(!lab.choose("http://a.test/"));
    CHECK(lab.sent_to_forwarder() == "Basic bWU6c2VjcmV0");
    REQUIRE(!lab.machine.on_response(refused, true));
    CHECK(lab.machine.answer());
    CHECK(lab.sent_to_forwarder().find("uri=\"http://a.test/\"") != std::string::npos);
    REQUIRE(!lab.machine.on_response(refused, true));
    CHECK(!lab.machine.answer());
    REQUIRE(!lab.choose("http://b.test/"));
    CHECK(lab.sent_to_forwarder().starts_with("Digest "));
    refused.headers.set("Proxy-Authenticate", "Digest realm=\"a\", qop=\"auth\", nonce=\"n2\"");
    CHECK(lab.machine.on_response(refused, false) == errc::body_not_replayable);
}

TEST_CASE("a chain has one number while it is in use, its secrets another", "[http][proxy_machine]") {
    proxy_routes routes;
    const proxy_chain plain{proxy("http://p:1")}, mine{proxy("http://me:a@p:1")};
    const auto kept = routes.of(plain).value();
    CHECK(routes.of(plain).value()->number == kept->number);
    CHECK(routes.of(mine).value()->number != kept->number);
    CHECK(routes.of(mine).value()->text == "http://p:1");
    CHECK(routes.of({proxy()}).error() == net::errc::invalid_proxy);
    for (std::size_t user = 0; user < proxy_routes::most_unused + 10; ++user) {
        proxy_chain other{proxy("http://p:1").credentials(std::to_string(user), "a")};
        CHECK(routes.of(other));
    }
    CHECK(routes.size() <= proxy_routes::most_unused);
    CHECK(routes.of(plain).value() == kept);
}
