// Redirects: where they lead, and what does not go along.
#include <dragline/http/fetch.hpp>

#include "../support/http_client.hpp"

#include <dragline/url/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <system_error>
#include <vector>

using dragline::condition;
using dragline::fetch_options;
using dragline::test::http_client;
using dragline::testing::http_reply;
using dragline::testing::http_request;
using dragline::testing::http_server;

namespace http = dragline::http;
namespace net = dragline::net;

namespace {

// A server whose "/" redirects, and which answers everything else with what it was asked.
class redirecting {
public:
    redirecting() { server.on("*", echo); }
    explicit redirecting(const http_reply& first) : redirecting() { server.on("/", first); }

    dragline::test::fetched get(const fetch_options& options = fetch_options(),
                                std::string_view target = "/") {
        return client.fetch(server.url(target), options);
    }

    static http_reply echo(const http_request& request) {
        return http_reply().body(request.method + " " + request.target + " " + request.body);
    }

    http_server server;
    http_client client;
};

fetch_options with_credentials() {
    return fetch_options()
        .header("Authorization", "Basic c2VjcmV0")
        .header("authorization", "Bearer secret")
        .header("Cookie", "a=secret")
        .header("COOKIE", "b=secret")
        .secret_header("X-Key", "secret")
        .header("X-Other", "kept");
}

void check_stripped(const http_request& request) {
    for (const auto* name : {"Authorization", "Cookie", "X-Key"}) CHECK(!request.has_field(name));
    CHECK(request.field("X-Other") == "kept");
}

}  // namespace

TEST_CASE("a redirect is resolved against the URL that it came from", "[http][fetch][redirect]") {
    for (const auto& [location, target] :
         std::vector<std::pair<std::string, std::string>>{{"/b", "/b"},
                                                          {"b", "/dir/b"},
                                                          {"../b", "/b"},
                                                          {"?q=1", "/dir/a?q=1"},
                                                          {"./", "/dir/"},
                                                          {"b?x#y", "/dir/b?x"}}) {
        CAPTURE(location);
        redirecting run;
        run.server.on("/dir/a",
                      std::vector{http_reply::redirect(location), http_reply().body("GET " + target + " ")});
        const auto got = run.get({}, "/dir/a");
        REQUIRE(!got.ec);
        CHECK(got.response.body == "GET " + target + " ");
        CHECK(run.server.requests().at(1).target == target);
        CHECK(run.server.connection_count() == 1);
    }
    redirecting absolute;
    absolute.server.on("/", http_reply::redirect(absolute.server.url("/b")));
    CHECK(absolute.get().response.body == "GET /b ");
    redirecting no_scheme;
    no_scheme.server.on(
        "/", http_reply::redirect("//127.0.0.1:" + std::to_string(no_scheme.server.port()) + "/b"));
    CHECK(no_scheme.get().response.body == "GET /b ");
}

TEST_CASE("the fragment is inherited unless the Location has its own", "[http][fetch][redirect]") {
    redirecting run(http_reply::redirect("/b"));
    CHECK(run.get({}, "/#old").response.url.href() == run.server.url("/b#old"));
    redirecting own(http_reply::redirect("/b#new"));
    CHECK(own.get({}, "/#old").response.url.href() == own.server.url("/b#new"));
    CHECK(own.server.requests().at(1).target == "/b");
}

TEST_CASE("301, 302 and 303 turn a POST into a GET without its body", "[http][fetch][redirect]") {
    for (const int status : {301, 302, 303}) {
        CAPTURE(status);
        redirecting run(http_reply::redirect("/b", status));
        const auto got = run.get(fetch_options().body(http::body("text", "text/plain")));
        CHECK(got.response.body == "GET /b ");
        const auto second = run.server.requests().at(1);
        for (const auto* name : {"Content-Type", "Content-Length"}) CHECK(!second.has_field(name));
    }
}

TEST_CASE("other methods pass 301 and 302 unchanged, and all but HEAD become GET at 303",
          "[http][fetch][redirect]") {
    const auto second_of = [](int status, const char* method) {
        redirecting run(http_reply::redirect("/b", status));
        CHECK(!run.get(fetch_options().method(method)).ec);
        return run.server.requests().at(1).method;
    };
    for (const int status : {301, 302, 307, 308}) {
        for (const auto* method : {"GET", "HEAD", "PUT", "DELETE", "PATCH"})
            CHECK(second_of(status, method) == method);
    }
    CHECK(second_of(303, "HEAD") == "HEAD");
    CHECK(second_of(303, "GET") == "GET");
    for (const auto* method : {"PUT", "DELETE", "PATCH"}) CHECK(second_of(303, method) == "GET");
}

TEST_CASE("307 and 308 keep method and body", "[http][fetch][redirect]") {
    for (const int status : {307, 308}) {
        redirecting run(http_reply::redirect("/b", status));
        CHECK(run.get(fetch_options().body(http::body("text", "text/plain"))).response.body ==
              "POST /b text");
        CHECK(run.server.requests().at(1).field("Content-Type") == "text/plain");
        CHECK(run.server.requests().at(1).field("Content-Length") == "4");
    }
}

TEST_CASE("as many redirects are followed as allowed, and not one more", "[http][fetch][redirect]") {
    redirecting run;
    for (int i = 0; i < 11; ++i) {
        run.server.on("/" + std::to_string(i), http_reply::redirect("/" + std::to_string(i + 1)));
    }
    const auto ten = run.get({}, "/1");
    CHECK(ten.response.body == "GET /11 ");
    CHECK(ten.response.history.size() == 10);
    const auto eleven = run.get({}, "/0");
    CHECK(eleven.ec == http::errc::too_many_redirects);
    CHECK(eleven.ec == condition::limit_exceeded);
    CHECK(eleven.trace.attempts.size() == 11);
    CHECK(!run.get(fetch_options().redirects(1), "/10").ec);
    CHECK(run.get(fetch_options().redirects(1), "/9").ec == http::errc::too_many_redirects);
    CHECK(run.get(fetch_options().redirects(-1), "/9").ec == dragline::errc::invalid_option);
}

TEST_CASE("a redirect loop ends at the limit", "[http][fetch][redirect]") {
    redirecting run(http_reply::redirect("/"));
    const auto got = run.get();
    CHECK(got.ec == http::errc::too_many_redirects);
    CHECK(run.server.request_count() == 11);
    CHECK(run.server.connection_count() == 1);
}

TEST_CASE("a policy of none makes the redirect the result", "[http][fetch][redirect]") {
    redirecting run(http_reply::redirect("/b").body("moved"));
    const auto got = run.get(fetch_options().redirects(http::redirect_policy::none()));
    CHECK(got.response.status == 302);
    CHECK(got.response.body == "moved");
    CHECK(got.response.headers.get("Location") == "/b");
    CHECK(got.response.history.empty());
}

TEST_CASE("a 3xx without Location, or of another kind, is the result", "[http][fetch][redirect]") {
    CHECK(redirecting(http_reply(302).body("x")).get().response.status == 302);
    for (const int status : {300, 304, 305, 306}) {
        CHECK(redirecting(http_reply::redirect("/b", status)).get().response.status == status);
    }
    CHECK(redirecting(http_reply(201).header("Location", "/b")).get().response.status == 201);
}

TEST_CASE("a Location that leads nowhere is an error", "[http][fetch][redirect]") {
    for (const auto* location : {"http://", "http://[::1", "http://a:99999/", "http://a b/"}) {
        CAPTURE(location);
        const auto got = redirecting(http_reply::redirect(location)).get();
        CHECK(got.ec == std::errc::invalid_argument);
        CHECK(got.trace.attempts.size() == 1);
    }
    for (const auto* location : {"ftp://a.test/", "file:///etc/passwd", "javascript:alert(1)", "data:,x"}) {
        CAPTURE(location);
        CHECK(redirecting(http_reply::redirect(location)).get().ec == http::errc::unsupported_scheme);
    }
}

TEST_CASE("https never leads to http, unless it is allowed", "[http][fetch][redirect][tls]") {
    http_server server(http_server::unbound);
    const auto secure = server.listen_tls(dragline::test::usual_certificate());
    const auto plain = server.listen();
    const auto at = [](const char* scheme, std::uint16_t port) {
        return std::string(scheme) + "://127.0.0.1:" + std::to_string(port) + "/";
    };
    server.on("/", http_reply::redirect(at("http", plain.port()) + "b")).on("/b", http_reply().body("plain"));
    http_client client(http::session_options().tls(dragline::test::trusting_test_ca()));
    const auto refused = client.fetch(at("https", secure.port()));
    CHECK(refused.ec == http::errc::insecure_redirect);
    CHECK(refused.ec == condition::blocked);
    CHECK(server.request_count() == 1);
    const auto allowed = fetch_options().redirects(http::redirect_policy().allow_insecure(true));
    CHECK(client.fetch(at("https", secure.port()), allowed).response.body == "plain");

    server.on("/up", http_reply::redirect(at("https", secure.port()) + "b"));
    CHECK(client.fetch(at("http", plain.port()) + "up").response.body == "plain");
    CHECK(server.requests().back().secure);
}

TEST_CASE("credentials stay with their origin, all of them", "[http][fetch][redirect]") {
    redirecting run(http_reply::redirect("/b"));
    REQUIRE(!run.get(with_credentials()).ec);
    const auto same = run.server.requests().at(1);
    CHECK(same.field("Authorization") == "Basic c2VjcmV0");
    CHECK(same.field("X-Key") == "secret");
    CHECK(same.fields.size() == run.server.requests().at(0).fields.size());

    SECTION("another port") {
        const auto other = run.server.listen();
        run.server.on("/", http_reply::redirect("http://127.0.0.1:" + std::to_string(other.port()) + "/b"));
    }
    SECTION("another host") {
        const auto other = run.server.listen(asio::ip::make_address("127.0.0.2"), run.server.port());
        run.server.on("/", http_reply::redirect("http://127.0.0.2:" + std::to_string(other.port()) + "/b"));
    }
    run.server.clear_requests();
    REQUIRE(!run.get(with_credentials()).ec);
    CHECK(run.server.requests().at(0).field("Cookie") == "a=secret");
    check_stripped(run.server.requests().at(1));
}

TEST_CASE("credentials do not come back with a redirect to where they were given",
          "[http][fetch][redirect]") {
    redirecting run;
    const auto other = run.server.listen();
    run.server.on("/", http_reply::redirect("http://127.0.0.1:" + std::to_string(other.port()) + "/back"));
    run.server.on("/back", http_reply::redirect(run.server.url("/end")));
    REQUIRE(!run.get(with_credentials()).ec);
    check_stripped(run.server.requests().at(2));
}

TEST_CASE("credentials do not follow from http to https", "[http][fetch][redirect][tls]") {
    http_server server(http_server::unbound);
    const auto plain = server.listen();
    const auto secure = server.listen_tls(dragline::test::usual_certificate());
    server.on("/", http_reply::redirect("https://127.0.0.1:" + std::to_string(secure.port()) + "/b"));
    server.on("/b", http_reply());
    http_client client(http::session_options().tls(dragline::test::trusting_test_ca()));
    REQUIRE(!client.fetch("http://127.0.0.1:" + std::to_string(plain.port()) + "/", with_credentials()).ec);
    check_stripped(server.requests().at(1));
}

TEST_CASE("connect_to and a Host of one's own hold for the first origin alone", "[http][fetch][redirect]") {
    redirecting run;
    const auto here = std::to_string(run.server.port());
    run.server.on_host("a.test", "/", http_reply::redirect("http://127.0.0.1:" + here + "/away"));
    run.server.on_host("a.test", "/same", http_reply::redirect("/end"));
    const auto pinned = fetch_options().connect_to(net::endpoint("127.0.0.1", run.server.port()));
    REQUIRE(!run.client.fetch("http://a.test/same", pinned).ec);
    CHECK(run.server.requests().at(1).field("Host") == "a.test");

    run.server.clear_requests();
    run.server.on_host("mine.test", "/", http_reply::redirect("http://127.0.0.2:1/"));
    auto aside = pinned;
    const auto got = run.client.fetch("http://a.test/", aside.header("Host", "mine.test"));
    CHECK(run.server.requests().at(0).field("Host") == "mine.test");
    CHECK(got.ec == condition::connect_failed);  // 127.0.0.2:1, not the place that was pinned
    const auto followed = run.client.fetch("http://a.test/", pinned);
    CHECK(followed.response.body == "GET /away ");
    CHECK(run.server.requests().back().field("Host") == "127.0.0.1:" + here);
}

TEST_CASE("the history has one record for each redirect", "[http][fetch][redirect]") {
    redirecting run(http_reply::redirect("/b", 301));
    run.server.on("/b", http_reply::redirect("/c", 307).body("unread"));
    const auto got = run.get();
    REQUIRE(!got.ec);
    const auto& history = got.response.history;
    REQUIRE(history.size() == 2);
    CHECK(history[0].status == 301);
    CHECK(history[0].from.href() == run.server.url("/"));
    CHECK(history[0].to.href() == run.server.url("/b"));
    CHECK(history[1].status == 307);
    CHECK(history[1].to.href() == run.server.url("/c"));
    CHECK(got.response.url == history[1].to);
    CHECK(got.response.body == "GET /c ");
    REQUIRE(got.trace.attempts.size() == 3);
    CHECK(got.trace.attempts[1].status == 307);
    CHECK(got.trace.attempts[2].reused);
}

TEST_CASE("the length of a redirect's body says nothing about the next response", "[http][fetch][redirect]") {
    using dragline::testing::http_framing;
    const std::string page(1000, 'x');
    for (const auto how : {http_framing::chunked, http_framing::until_close}) {
        redirecting run(http_reply::redirect("/b").body("12345"));
        run.server.on("/b", http_reply().body(page).framing(how));
        CHECK(run.get().response.body == page);
    }
    redirecting empty(http_reply::redirect("/b").body(page));
    empty.server.on("/b", http_reply(204));
    CHECK(!empty.get(fetch_options().max_body(10)).ec);
}

TEST_CASE("the body of a redirect counts against no limit, and a large one costs the connection",
          "[http][fetch][redirect]") {
    redirecting small(http_reply::redirect("/b").body(std::string(1000, 'x')));
    CHECK(small.get(fetch_options().max_body(10)).response.body == "GET /b ");
    CHECK(small.server.connection_count() == 1);
    redirecting large(http_reply::redirect("/b").body(std::string(10'000'000, 'x')));
    CHECK(large.get(fetch_options().max_body(10)).response.body == "GET /b ");
    CHECK(large.server.connection_count() == 2);
    redirecting broken(
        http_reply::redirect("/b").body("12345").cut_body(2, dragline::testing::ending::reset));
    CHECK(broken.get().response.body == "GET /b ");
}
