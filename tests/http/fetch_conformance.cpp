// What RFC 9110 and RFC 9112 ask of a client and no other test of fetching shows: see rfc9110_rfc9112.md.
#include <dragline/http/fetch.hpp>

#include "../support/http_client.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>

namespace http = dragline::http;

using dragline::condition;
using dragline::fetch_options;
using dragline::test::http_client;
using dragline::testing::http_reply;
using dragline::testing::http_server;

TEST_CASE("interim responses that nobody asked for are skipped, of any number and with any field",
          "[http][fetch]") {
    http_server server;
    server.on("/", http_reply()
                       .interim(100)
                       .interim(102)
                       .interim(103, {{"Link", "</a>"}})
                       .interim(199, {{"Content-Length", "5"}, {"Connection", "close"}})
                       .body("final"));
    http_client client;
    for (int round = 0; round < 2; ++round) {
        const auto got = client.fetch(server.url("/"));
        CHECK(got.response.status == 200);
        CHECK(got.response.body == "final");
        CHECK(got.response.peer.reused == (round > 0));
    }
}

TEST_CASE("an interim response has the limits of any other head", "[http][fetch]") {
    const auto line = dragline::h1::head_limits().max_line();
    for (const std::size_t size : {line, line + 1}) {
        http_server server;
        const std::string value(size - std::string("X: ").size(), 'x');
        server.on("/", http_reply().interim(103, {{"X", value}}).body("final"));
        http_client client;
        const auto got = client.fetch(server.url("/"));
        if (size == line) {
            CHECK(got.response.body == "final");
        } else {
            CHECK(got.ec == condition::limit_exceeded);
        }
    }
}

TEST_CASE("a status that is in no registry is a response of its class", "[http][fetch]") {
    for (const int status : {299, 399, 499, 599, 999}) {
        CAPTURE(status);
        http_server server;
        server.on("/", http_reply().status(status).header("Location", "/elsewhere").body("content"));
        http_client client;
        for (int round = 0; round < 2; ++round) {
            const auto got = client.fetch(server.url("/"));
            CHECK(got.response.status == status);
            CHECK(got.response.body == "content");
            CHECK(got.response.history.empty());
            CHECK(got.response.peer.reused == (round > 0));
        }
    }
}

TEST_CASE("the answer to HEAD ends with its head, whatever that says of a body", "[http][fetch]") {
    for (const std::string framing : {"Content-Length: 5", "Transfer-Encoding: chunked", "X-None: 1"}) {
        CAPTURE(framing);
        http_server server;
        server.on("/", http_reply().raw("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n"));
        http_client client;
        for (int round = 0; round < 2; ++round) {
            const auto got = client.fetch(server.url("/"), fetch_options().method("HEAD"));
            CHECK(got.response.status == 200);
            CHECK(got.response.body.empty());
            CHECK(got.response.peer.reused == (round > 0));
        }
    }
}

TEST_CASE("the fragment of a URL stays here", "[http][fetch]") {
    http_server server;
    server.on("*", http_reply().body("x"));
    http_client client;
    const auto got = client.fetch(server.url("/a?b=1#part?c#d"));
    CHECK(got.response.url.fragment() == "part?c#d");
    REQUIRE(server.requests().size() == 1);
    CHECK(server.requests()[0].target == "/a?b=1");
}

TEST_CASE("a media type and a language that nobody knows are left as they are", "[http][fetch]") {
    http_server server;
    server.on("/", http_reply()
                       .header("Content-Type", "strange/type; =")
                       .header("Content-Language", "x-none")
                       .header("ETag", "not quoted")
                       .header("Date", "yesterday")
                       .header("Vary", ",, ,")
                       .body("content"));
    http_client client;
    const auto got = client.fetch(server.url("/"));
    CHECK(got.response.body == "content");
    CHECK(got.response.headers.get("Content-Type") == "strange/type; =");
    CHECK(got.response.headers.get("ETag") == "not quoted");
}

TEST_CASE("early hints are no answer: they lead nowhere and say nothing of the response", "[http][fetch]") {
    http_server server;
    server.on("/",
              http_reply()
                  .interim(103, {{"Location", "/elsewhere"}, {"Set-Cookie", "a=b"}, {"Refresh", "0; url=/x"}})
                  .body("final"));
    http_client client;
    int asked = 0;
    const auto policy = http::redirect_policy::function([&asked](const http::redirect_proposal&) {
                            return ++asked, http::redirect_decision::follow;
                        }).follow_refresh();
    const auto got = client.fetch(
        server.url("/"), dragline::fetch_options().redirects(policy).cookies(http::cookie_policy::own_jar()));
    CHECK(got.response.body == "final");
    CHECK(got.response.history.empty());
    CHECK(!got.response.headers.contains("Location"));
    CHECK(asked == 0);
    CHECK(server.request_count() == 1);
}
