// Fetching what asks for a user and a password.
#include <dragline/http/fetch.hpp>

#include "../support/guarded_server.hpp"
#include "../support/http_client.hpp"

#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

using dragline::fetch_options;
using dragline::session_options;
using dragline::http::credentials;
using dragline::test::basic;
using dragline::test::basic_guard;
using dragline::test::basic_value;
using dragline::test::guarded;
using dragline::test::http_client;
using dragline::test::me;
using dragline::test::usual_digest;
using dragline::testing::ending;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

TEST_CASE("Basic and Bearer are sent with the first request", "[http][fetch][authentication]") {
    http_server server;
    server.on("*", http_reply());
    http_client client;
    CHECK(!client.fetch(server.url("/"), basic).ec);
    CHECK(!client.fetch(server.url("/"), fetch_options().credentials(credentials::bearer("a.b"))).ec);
    CHECK(server.requests().at(0).field("Authorization") == basic_value);
    CHECK(server.requests().at(1).field("Authorization") == "Bearer a.b");
}

TEST_CASE("a Digest challenge is answered on the same connection", "[http][fetch][authentication]") {
    for (const std::string algorithm : {"MD5", "MD5-sess", "SHA-256", "SHA-256-sess"}) {
        for (const std::string qop : {"auth", "auth-int"}) {
            CAPTURE(algorithm, qop);
            guarded run("Digest realm=\"here\", algorithm=" + algorithm + ", qop=\"" + qop + "\"");
            const auto got = run.get(me, "/path?query=1");
            REQUIRE(!got.ec);
            CHECK(got.response.status == 200);
            CHECK(got.response.body == "GET /path?query=1 ");
            CHECK(got.response.history.empty());
            CHECK(run.server.request_count() == 2);
            CHECK(run.server.connection_count() == 1);
            REQUIRE(got.trace.attempts.size() == 2);
            CHECK(got.trace.attempts[0].status == 401);
            CHECK(got.trace.attempts[1].status == 200);
            CHECK(!got.trace.attempts[1].retried);
            // Once more with the session's nonce, and the next count.
            CHECK(run.get(me, "/other").response.body == "GET /other ");
            CHECK(run.server.request_count() == 3);
            CHECK(run.seen().back().find("nc=00000002") != std::string::npos);
        }
    }
}

TEST_CASE("a POST body is sent again with the answer", "[http][fetch][authentication]") {
    for (const std::string qop : {"auth", "auth-int"}) {
        guarded run("Digest realm=\"here\", qop=\"" + qop + "\"");
        const std::string large(300'000, 'x');
        auto options = me;
        const auto got = run.get(options.body(http::body(large, "text/plain")));
        CHECK(got.response.status == 200);
        CHECK(bool(got.response.body == "POST / " + large));
        CHECK(run.server.request_count() == 2);
        CHECK(run.server.requests().at(1).field("Content-Type") == "text/plain");
        CHECK(run.server.requests().at(1).field("Content-Length") == "300000");
    }
}

TEST_CASE("a wrong password ends with the refusal, after one answer", "[http][fetch][authentication]") {
    guarded run;
    const auto wrong = fetch_options().credentials(credentials::digest("me", "guess"));
    const auto got = run.get(wrong);
    CHECK(!got.ec);
    CHECK(got.response.status == 401);
    CHECK(got.response.body == "who are you?");
    CHECK(run.server.request_count() == 2);
    CHECK(run.server.connection_count() == 1);

    http_server server;
    server.on("/", basic_guard);
    CHECK(run.client.fetch(server.url("/"), fetch_options().credentials(credentials::any("me", "guess")))
              .response.status == 401);
    CHECK(server.request_count() == 2);
    CHECK(run.client.fetch(server.url("/"), fetch_options().credentials(credentials::basic("me", "guess")))
              .response.status == 401);
    CHECK(server.request_count() == 3);
}

TEST_CASE("a stale nonce is renewed", "[http][fetch][authentication]") {
    guarded run;
    CHECK(run.get(me).response.status == 200);
    CHECK(run.server.request_count() == 2);
    run.guard->forget();
    CHECK(run.get(me).response.status == 200);
    CHECK(run.server.request_count() == 4);
    run.guard->nonce_life(1);
    for (int i = 0; i < 3; ++i) CHECK(run.get(me).response.status == 200);
}

TEST_CASE("a server that calls every nonce stale is answered twice", "[http][fetch][authentication]") {
    http_server server;
    server.on(
        "/", http_reply(401).header("WWW-Authenticate", std::string(usual_digest) + ", nonce=n, stale=true"));
    http_client client;
    const auto got = client.fetch(server.url("/"), me);
    CHECK(got.response.status == 401);
    CHECK(server.request_count() == 3);
}

TEST_CASE("each fetch of a session has a count of its own", "[http][fetch][authentication]") {
    guarded run;
    CHECK(run.get(me).response.status == 200);
    std::vector<std::shared_ptr<dragline::test::fetched>> started;
    for (int i = 0; i < 20; ++i)
        started.push_back(run.client.start(run.server.url("/" + std::to_string(i)), me));
    run.client.wait_for(started);
    for (const auto& each : started) CHECK(each->response.status == 200);
    CHECK(run.server.request_count() == 22);

    guarded at_once;
    started.clear();
    for (int i = 0; i < 20; ++i) started.push_back(at_once.client.start(at_once.server.url("/"), me));
    at_once.client.wait_for(started);
    for (const auto& each : started) CHECK(each->response.status == 200);
}

TEST_CASE("the strongest Digest is answered, and never Basic where Digest is asked for",
          "[http][fetch][authentication]") {
    http_server server;
    const auto refusal =
        http_reply(401)
            .header("WWW-Authenticate", "Basic realm=\"b\", Digest realm=x, nonce=a, qop=auth")
            .header("WWW-Authenticate", "Digest realm=x, nonce=b, qop=auth, algorithm=SHA-256");
    server.on("/", std::vector{refusal, http_reply()});
    http_client client;
    const auto any = fetch_options().credentials(credentials::any("me", "secret"));
    CHECK(client.fetch(server.url("/"), any).response.status == 200);
    CHECK(server.requests().at(1).field("Authorization").find("nonce=\"b\"") != std::string_view::npos);

    server.on("/basic", basic_guard);
    http_client other;
    CHECK(other.fetch(server.url("/basic"), any).response.body == "welcome");
    CHECK(other.fetch(server.url("/basic"), me).response.status == 401);
    server.on("/odd", http_reply(401).header("WWW-Authenticate", "Digest realm=x, nonce=a, algorithm=SHA-9"));
    server.clear_requests();
    CHECK(http_client().fetch(server.url("/odd"), any).response.status == 401);
    CHECK(server.request_count() == 1);
}

TEST_CASE("credentials that cannot be sent fail before anything is sent", "[http][fetch][authentication]") {
    guarded run;
    for (const auto* userinfo : {"a%0d%0aX-Evil:%201:p", "a%3Ab:p", "a:p%0a", "a%00:p", "%7f:p"}) {
        CAPTURE(userinfo);
        CHECK(run.client.fetch(run.url(userinfo)).ec == http::errc::invalid_credentials);
    }
    for (const auto& who : {credentials::basic("a:b", "c"), credentials::basic("a", "b\r\nc"),
                            credentials::bearer("a b"), credentials::digest("a\n", "b")}) {
        const auto got = run.get(fetch_options().credentials(who));
        CHECK(got.ec == http::errc::invalid_credentials);
        CHECK(got.ec == std::errc::invalid_argument);
    }
    CHECK(run.server.connection_count() == 0);
}

TEST_CASE("a refusal may close its connection, or be too large to read", "[http][fetch][authentication]") {
    const auto refusal = http_reply(401).header("WWW-Authenticate", std::string(usual_digest) + ", nonce=n");
    for (auto first : {http_reply(refusal).close(), http_reply(refusal).body(std::string(1'000'000, 'x')),
                       http_reply(refusal).body("12345").cut_body(2, ending::reset)}) {
        http_server server;
        server.on("/", std::vector{first, http_reply().body("in")});
        http_client client;
        const auto got = client.fetch(server.url("/"), fetch_options(me).max_body(10));
        CHECK(got.response.body == "in");
        CHECK(server.connection_count() == 2);
    }
}

TEST_CASE("a session remembers as many challenges as it may", "[http][fetch][authentication]") {
    guarded none(usual_digest, session_options().known_challenges(0));
    for (int i = 0; i < 2; ++i) CHECK(none.get(me).response.status == 200);
    CHECK(none.server.request_count() == 4);
}
