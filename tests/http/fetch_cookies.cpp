// Cookies in fetches: whose they are, where they go, and what redirects do to them.
#include <dragline/http/fetch.hpp>

#include "../support/http_client.hpp"
#include "cookies/jar_lab.hpp"

#include <dragline/testing/manual_clock.hpp>

#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using dragline::close_session;
using dragline::fetch_options;
using dragline::get_session;
using dragline::session_options;
using dragline::http::cookie_policy;
using dragline::test::http_client;
using dragline::test::usual_jar;
using dragline::testing::http_reply;
using dragline::testing::http_request;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

session_options with_jar() { return session_options().cookies(cookie_policy::own_jar(usual_jar())); }

// A server that is a.test, www.a.test and b.test, and sets cookies when it is asked to: "/set?a=1" does so.
class site {
public:
    site() {
        server.on("*", http_reply().body("page"));
        server.on("/set", [](const http_request& request) {
            return http_reply().header("Set-Cookie", request.target.substr(request.target.find('?') + 1));
        });
        for (const auto* name : {"a.test", "www.a.test", "b.test"}) names.host(name, {"127.0.0.1"});
    }

    session_options options(session_options from = with_jar()) const {
        return from.dns(dragline::test::using_dns(names).dns());
    }

    std::string url(std::string_view host, std::string_view target = "/") const {
        return "http://" + std::string(host) + ":" + std::to_string(server.port()) + std::string(target);
    }

    /// Every Cookie field of the newest request, joined by " | ".
    std::string received() const { return cookies_of(server.requests().back()); }
    std::string received(std::size_t request) const { return cookies_of(server.requests().at(request)); }

    /// What a request carries, sent with these options.
    std::string get(http_client& client, const std::string& url,
                    const fetch_options& options = fetch_options()) {
        const auto got = client.fetch(url, options);
        CHECK(!got.ec);
        return received();
    }

    http_server server;
    dragline::testing::dns_server names;

private:
    static std::string cookies_of(const http_request& request) {
        std::string all;
        for (const auto& field : request.fields) {
            if (field.name == "Cookie") all.append(all.empty() ? "" : " | ").append(field.value);
        }
        return all;
    }
};

}  // namespace

TEST_CASE("a session keeps no cookies unless it is asked to", "[http][fetch][cookies]") {
    site at;
    http_client client(at.options(session_options()));
    CHECK(client.session.cookie_jar() == nullptr);
    CHECK(at.get(client, at.url("a.test", "/set?a=1")).empty());
    CHECK(at.get(client, at.url("a.test")).empty());
}

TEST_CASE("a session with a jar sends what it was sent", "[http][fetch][cookies]") {
    site at;
    http_client client(at.options());
    CHECK(at.get(client, at.url("www.a.test", "/set?a=1;Domain=a.test")).empty());
    client.fetch(at.url("www.a.test", "/set?b=2"));
    CHECK(at.get(client, at.url("www.a.test")) == "a=1; b=2");
    CHECK(at.get(client, at.url("a.test")) == "a=1");
    CHECK(at.get(client, at.url("b.test")).empty());
    CHECK(client.session.cookie_jar()->size() == 2);
}

TEST_CASE("every Set-Cookie field counts, also that of an error answer", "[http][fetch][cookies]") {
    site at;
    at.server.on("/many", http_reply(500)
                              .header("Set-Cookie", "a=1")
                              .header("SET-COOKIE", "b=2, c=3")
                              .header("set-cookie", "d=4; Domain=b.test")
                              .header("Set-Cookie2", "e=5"));
    http_client client(at.options());
    const auto got = client.fetch(at.url("a.test", "/many"));
    CHECK(!got.ec);
    CHECK(got.response.headers.all("Set-Cookie").size() == 3);
    CHECK(at.get(client, at.url("a.test")) == "a=1; b=2, c=3");
}

TEST_CASE("two sessions do not share, though they were made with the same options",
          "[http][fetch][cookies]") {
    site at;
    const auto options = at.options();
    http_client client(options);
    const auto other = get_session(client.loop, "other", options);
    client.fetch(at.url("a.test", "/set?a=1"));
    CHECK(client.session.cookie_jar()->size() == 1);
    CHECK(other.cookie_jar()->empty());
    CHECK(client.session == get_session(client.loop, "test", options));
    client.session = other;
    CHECK(at.get(client, at.url("a.test")).empty());
}

TEST_CASE("sessions that are given the same jar share it", "[http][fetch][cookies]") {
    site at;
    const auto jar = std::make_shared<http::cookie_jar>();
    const auto options = at.options(session_options().cookies(cookie_policy::shared_jar(jar)));
    http_client client(options);
    const auto other = get_session(client.loop, "other", options);
    client.fetch(at.url("a.test", "/set?a=1"));
    CHECK(other.cookie_jar() == jar);
    client.session = other;
    CHECK(at.get(client, at.url("a.test")) == "a=1");
}

TEST_CASE("a session that is made again has an empty jar, and a shared one survives",
          "[http][fetch][cookies]") {
    site at;
    http_client client(at.options());
    client.fetch(at.url("a.test", "/set?a=1"));
    const auto kept = client.session.cookie_jar();
    const auto remade = [&](const session_options& options) {
        bool closed = false;
        close_session(client.loop, "test", [&](std::error_code) { closed = true; });
        dragline::test::run_until(client.loop, [&] { return closed; });
        client.session = get_session(client.loop, "test", options);
        return at.get(client, at.url("a.test"));
    };
    CHECK(remade(at.options()).empty());
    CHECK(remade(at.options(session_options().cookies(cookie_policy::shared_jar(kept)))) == "a=1");
}

TEST_CASE("cookies of one request go with it and stay nowhere", "[http][fetch][cookies]") {
    site at;
    const auto own = fetch_options().cookie("a", "own").cookie("b", "1, 2").cookie("a", "");
    http_client plain(at.options(session_options())), keeping(at.options());
    CHECK(at.get(plain, at.url("a.test"), own) == "a=own; b=1, 2; a=");
    CHECK(at.get(plain, at.url("a.test")).empty());
    keeping.fetch(at.url("a.test", "/set?a=jar"));
    keeping.fetch(at.url("a.test", "/set?z=26"));
    CHECK(at.get(keeping, at.url("a.test"), own) == "z=26; a=own; b=1, 2; a=");
    CHECK(at.get(keeping, at.url("a.test")) == "a=jar; z=26");
}

TEST_CASE("no cookie of a request carries more than itself", "[http][fetch][cookies]") {
    site at;
    http_client client(at.options());
    using namespace std::string_view_literals;
    for (const auto text : {"1\r\nX-Evil: 1"sv, "1\nb"sv, "1\0"sv, "1;b=2"sv, "1\t2"sv, "1\x7f"sv, " 1"sv}) {
        CAPTURE(text);
        CHECK(client.fetch(at.url("a.test"), fetch_options().cookie("a", text)).ec ==
              http::errc::invalid_cookie);
        CHECK(client.fetch(at.url("a.test"), fetch_options().cookie(text, "1")).ec ==
              http::errc::invalid_cookie);
    }
    CHECK(client.fetch(at.url("a.test"), fetch_options().cookie("", "1")).ec == http::errc::invalid_cookie);
    CHECK(client.fetch(at.url("a.test"), fetch_options().cookie("a=b", "1")).ec ==
          std::errc::invalid_argument);
    CHECK(at.server.request_count() == 0);
}

TEST_CASE("a Cookie field by hand is sent as it is, and with nothing else", "[http][fetch][cookies]") {
    site at;
    http_client client(at.options());
    client.fetch(at.url("a.test", "/set?a=jar"));
    const auto by_hand = fetch_options().header("cookie", "x=1; y").header("Cookie", "z;");
    CHECK(client.fetch(at.url("a.test"), by_hand).ec == dragline::errc::invalid_option);
    auto without = by_hand, both = by_hand;
    without.cookies(cookie_policy::none());
    CHECK(!client.fetch(at.url("a.test"), without).ec);
    CHECK(at.server.requests().back().field("Cookie") == "x=1; y");
    CHECK(at.received() == "z;");
    both.cookies(cookie_policy::none()).cookie("b", "1");
    CHECK(client.fetch(at.url("a.test"), both).ec == dragline::errc::invalid_option);
}

TEST_CASE("a fetch may keep cookies of its own, or none, or those of a jar", "[http][fetch][cookies]") {
    site at;
    at.server.on("/login", http_reply::redirect("/in").header("Set-Cookie", "sid=1"));
    http_client client(at.options());
    client.fetch(at.url("a.test", "/set?a=jar"));
    CHECK(at.get(client, at.url("a.test", "/login"), fetch_options().cookies(cookie_policy::none())).empty());
    CHECK(at.get(client, at.url("a.test", "/login"), fetch_options().cookies(cookie_policy::own_jar())) ==
          "sid=1");
    const auto jar = std::make_shared<http::cookie_jar>();
    const auto shared = fetch_options().cookies(cookie_policy::shared_jar(jar));
    CHECK(at.get(client, at.url("a.test", "/login"), shared) == "sid=1");
    CHECK(jar->size() == 1);
    CHECK(at.get(client, at.url("a.test"), shared) == "sid=1");
    CHECK(client.session.cookie_jar()->size() == 1);
    CHECK(at.get(client, at.url("a.test")) == "a=jar");
}

TEST_CASE("a redirect sets cookies, and each hop has those of its URL", "[http][fetch][cookies]") {
    site at;
    at.server.on("/1", http_reply::redirect("/x/2").header("Set-Cookie", "one=1"));
    at.server.on("/x/2", http_reply::redirect(at.url("b.test", "/3")).header("Set-Cookie", "two=2"));
    at.server.on("/3", http_reply::redirect(at.url("a.test", "/x/4"), 307).header("Set-Cookie", "three=3"));
    at.server.on("/x/4", http_reply::redirect("/5").header("Set-Cookie", "one=; Max-Age=0; Path=/"));
    http_client client(at.options());
    CHECK(at.get(client, at.url("a.test", "/1")).empty());
    CHECK(at.received(0).empty());
    CHECK(at.received(1) == "one=1");
    CHECK(at.received(2).empty());
    CHECK(at.received(3) == "two=2; one=1");
    CHECK(at.received(4).empty());
    CHECK(at.get(client, at.url("b.test")) == "three=3");
}

TEST_CASE("cookies of a request stay with its origin and do not come back", "[http][fetch][cookies]") {
    site at;
    const auto other = at.server.listen();
    const auto elsewhere = "http://a.test:" + std::to_string(other.port());
    at.server.on("/same", http_reply::redirect("/end"));
    at.server.on("/host", http_reply::redirect(at.url("b.test", "/back")));
    at.server.on("/below", http_reply::redirect(at.url("www.a.test", "/back")));
    at.server.on("/port", http_reply::redirect(elsewhere + "/back"));
    at.server.on("/back", http_reply::redirect(at.url("a.test", "/end")));
    const auto own = fetch_options().cookie("a", "own");
    for (const bool keeps : {false, true}) {
        http_client client(at.options(keeps ? with_jar() : session_options()));
        if (keeps) client.fetch(at.url("a.test", "/set?a=jar"));
        const std::string jar = keeps ? "a=jar" : "";
        CHECK(at.get(client, at.url("a.test", "/same"), own) == "a=own");
        for (const auto* target : {"/host", "/below", "/port"}) {
            CAPTURE(target, keeps);
            at.server.clear_requests();
            CHECK(at.get(client, at.url("a.test", target), own) == jar);
            CHECK(at.received(0) == "a=own");
            CHECK(at.received(1) == (target == std::string_view("/port") ? jar : ""));
        }
    }
}

TEST_CASE("cookies of a request do not follow from http to https, and Secure ones go with https alone",
          "[http][fetch][cookies][tls]") {
    http_server server(http_server::unbound);
    const auto plain = server.listen();
    const auto secure = server.listen_tls(dragline::test::usual_certificate());
    const auto at = [](const char* scheme, std::uint16_t port, const char* target) {
        return std::string(scheme) + "://127.0.0.1:" + std::to_string(port) + target;
    };
    server.on("*",
              http_reply().header("Set-Cookie", "__Host-s=1; Secure; Path=/").header("Set-Cookie", "p=1"));
    server.on("/up", http_reply::redirect(at("https", secure.port(), "/")));
    http_client client(with_jar().tls(dragline::test::trusting_test_ca()));
    REQUIRE(!client.fetch(at("http", plain.port(), "/up"), fetch_options().cookie("a", "own")).ec);
    CHECK(server.requests().at(0).field("Cookie") == "a=own");
    CHECK(!server.requests().at(1).has_field("Cookie"));
    REQUIRE(!client.fetch(at("https", secure.port(), "/")).ec);
    CHECK(server.requests().back().field("Cookie") == "__Host-s=1; p=1");
    REQUIRE(!client.fetch(at("http", plain.port(), "/")).ec);
    CHECK(server.requests().back().field("Cookie") == "p=1");
    CHECK(client.session.cookie_jar()->size() == 2);
}

TEST_CASE("cookies end by the clock of the loop", "[http][fetch][cookies]") {
    site at;
    dragline::testing::manual_clock time;
    const auto loop = dragline::event_loop_options().time(time);
    http_client client(with_jar(), loop);
    const auto url = at.server.url();
    client.fetch(at.server.url("/set?a=1;Max-Age=10"));
    client.fetch(at.server.url("/set?b=1;Expires=Sat,01-Jan-2000-00:00:20-GMT"));
    CHECK(at.get(client, url) == "a=1; b=1");
    time.advance(9s);
    CHECK(at.get(client, url) == "a=1; b=1");
    time.advance(1s);
    CHECK(at.get(client, url) == "b=1");
    time.advance(10s);
    CHECK(at.get(client, url).empty());
}

TEST_CASE("the URL decides about cookies, not a Host field by hand", "[http][fetch][cookies]") {
    site at;
    http_client client(at.options());
    const auto posing = fetch_options().header("Host", "b.test");
    client.fetch(at.url("a.test", "/set?a=1"), posing);
    CHECK(at.get(client, at.url("b.test")).empty());
    CHECK(at.get(client, at.url("a.test"), posing) == "a=1");
}

TEST_CASE("what a hostile server sets costs the fetch nothing", "[http][fetch][cookies]") {
    site at;
    http_reply flood;
    for (int i = 0; i < 900; ++i)
        flood.header("Set-Cookie", "c" + std::to_string(i) + "=" + std::string(100, 'x'));
    at.server.on("/flood", flood);
    at.server.on("/bad", http_reply()
                             .header("Set-Cookie", "")
                             .header("Set-Cookie", ";;;===")
                             .header("Set-Cookie", "a=" + std::string(5000, 'x'))
                             .header("Set-Cookie", "a=\xff\xfe; Domain=\xff")
                             .header("Set-Cookie", "a=1; Domain=test")
                             .header("Set-Cookie", "a=\t1\t2"));
    http_client client(at.options());
    CHECK(at.get(client, at.url("a.test", "/bad")).empty());
    CHECK(client.session.cookie_jar()->empty());
    client.fetch(at.url("a.test", "/flood"));
    CHECK(client.session.cookie_jar()->size() == 180);
    CHECK(at.get(client, at.url("a.test")).size() <= 8190);
}
