#include <dragline/testing/http_message.hpp>

#include <dragline/testing/http_server.hpp>

#include "raw_client.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <chrono>

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
using dragline::test::raw_client;
using dragline::testing::ending;
using dragline::testing::http_framing;
using dragline::testing::http_reply;
using dragline::testing::http_request;
using dragline::testing::http_server;

namespace {

// What a client sees when it asks once and reads to the end; `error` says how the connection ended.
struct outcome {
    std::string text;
    std::error_code error;
    std::chrono::steady_clock::duration time;
};

outcome ask(const http_reply& reply) {
    http_server server;
    server.on("*", reply);
    raw_client client(server.endpoint());
    outcome out;
    const auto start = std::chrono::steady_clock::now();
    out.text = client.get_to_end("/");
    out.time = std::chrono::steady_clock::now() - start;
    out.error = client.error();
    return out;
}

const std::error_code orderly = asio::error::eof;
const std::error_code reset = asio::error::connection_reset;

}  // namespace

TEST_CASE("a reply says its status, fields and length", "[testing][http_message]") {
    const auto seen = ask(http_reply().status(201).header("A", "b").header("a", "c").body("hello").close());
    CHECK(seen.text ==
          "HTTP/1.1 201 Scripted\r\nA: b\r\na: c\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
    CHECK(seen.error == orderly);
    CHECK_THAT(ask(http_reply(200).reason("Fine").close()).text, StartsWith("HTTP/1.1 200 Fine\r\n"));
    CHECK_THAT(ask(http_reply(404).version("HTTP/1.0")).text, StartsWith("HTTP/1.0 404 Not Found\r\n"));
}

TEST_CASE("a redirect is a status and a place", "[testing][http_message]") {
    CHECK_THAT(ask(http_reply::redirect("/next").close()).text,
               StartsWith("HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n"));
    CHECK_THAT(ask(http_reply::redirect("/next", 308).close()).text,
               StartsWith("HTTP/1.1 308 Permanent Redirect\r\n"));
}

TEST_CASE("padding makes a head as large as asked for", "[testing][http_message]") {
    const auto seen = ask(http_reply().padding(1000, 300).close());
    CHECK(seen.text.size() > 1000 * 300);
    CHECK_THAT(seen.text, EndsWith("\r\n\r\n"));
}

TEST_CASE("chunks have the sizes, extensions and trailers asked for", "[testing][http_message]") {
    CHECK_THAT(ask(http_reply().body("abcdefgh").chunks({1, 3}).close()).text,
               ContainsSubstring("Transfer-Encoding: chunked\r\n") &&
                   EndsWith("\r\n\r\n1\r\na\r\n3\r\nbcd\r\n3\r\nefg\r\n1\r\nh\r\n0\r\n\r\n"));
    CHECK_THAT(ask(http_reply().body("abc").chunk_extension(";a=b").trailer("T", "v").close()).text,
               EndsWith("\r\n\r\n3;a=b\r\nabc\r\n0;a=b\r\nT: v\r\n\r\n"));
    CHECK_THAT(ask(http_reply().framing(http_framing::chunked).close()).text, EndsWith("\r\n\r\n0\r\n\r\n"));
}

TEST_CASE("a body can end with the connection", "[testing][http_message]") {
    const auto seen = ask(http_reply().body("abc").framing(http_framing::until_close));
    CHECK(seen.text == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc");
    CHECK(seen.error == orderly);
}

TEST_CASE("a script's own framing fields replace the computed ones", "[testing][http_message]") {
    CHECK(ask(http_reply().header("content-length", "99").body("abc").close()).text ==
          "HTTP/1.1 200 OK\r\ncontent-length: 99\r\nConnection: close\r\n\r\nabc");
    CHECK(ask(http_reply().framing(http_framing::none).header("Connection", "x").body("abc").close()).text ==
          "HTTP/1.1 200 OK\r\nConnection: x\r\n\r\nabc");
}

TEST_CASE("raw bytes are sent as they are", "[testing][http_message]") {
    const std::string bytes("HTTP/1.1 2OO\r\n\0\xff", 16);
    const auto seen = ask(http_reply().raw(bytes).close());
    CHECK(seen.text == bytes);
    CHECK(seen.error == orderly);
    CHECK(ask(http_reply::garbage(1000)).text.size() == 1000);
    CHECK(ask(http_reply::garbage(1000)).text == ask(http_reply::garbage(1000)).text);
}

TEST_CASE("interim responses go before the final one", "[testing][http_message]") {
    const auto seen = ask(http_reply(204).interim(103, {{"Link", "</a>"}}).interim(100, {}, 2).close());
    CHECK(seen.text ==
          "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
          "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
          "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
}

TEST_CASE("extra bytes follow the response", "[testing][http_message]") {
    const auto forged = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    CHECK_THAT(ask(http_reply().body("abc").extra(forged).close()).text,
               EndsWith(std::string("\r\n\r\nabc") + forged));
    CHECK_THAT(ask(http_reply().body("abc").extra("late", 30ms).close()).text, EndsWith("abclate"));
}

TEST_CASE("a reply can be late, before its head and before its body", "[testing][http_message]") {
    CHECK(ask(http_reply().delay(60ms).close()).time >= 60ms);
    const auto seen = ask(http_reply().body_delay(60ms).body("abc").close());
    CHECK(seen.time >= 60ms);
    CHECK_THAT(seen.text, EndsWith("\r\n\r\nabc"));
}

TEST_CASE("head and body can drip", "[testing][http_message]") {
    const auto body = ask(http_reply().body("abcdefghij").drip_body(3, 10ms).close());
    CHECK(body.time >= 30ms);
    CHECK_THAT(body.text, EndsWith("\r\n\r\nabcdefghij"));
    const auto head = ask(http_reply().body("abc").drip_head(10, 2ms).close());
    CHECK(head.time >= 8ms);
    CHECK_THAT(head.text, StartsWith("HTTP/1.1 200 OK\r\n") && EndsWith("\r\n\r\nabc"));
}

TEST_CASE("a reply can be left out", "[testing][http_message]") {
    for (const auto how : {ending::close, ending::truncate}) {
        const auto seen = ask(http_reply().no_answer(how));
        CHECK(seen.text.empty());
        CHECK(seen.error == orderly);
    }
    CHECK(ask(http_reply().no_answer(ending::reset)).error == reset);
}

TEST_CASE("a silent server keeps the connection until the client leaves", "[testing][http_message]") {
    http_server server;
    server.on("/never", http_reply().no_answer());
    {
        raw_client client(server.endpoint());
        client.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
        REQUIRE(server.wait_for_requests(1));
        CHECK(server.open_connections() == 1);
    }
    CHECK(server.wait_for_open_connections(0));
}

TEST_CASE("a client that leaves ends a delay", "[testing][http_message]") {
    http_server server;
    server.on("*", http_reply().delay(1h));
    {
        raw_client client(server.endpoint());
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        REQUIRE(server.wait_for_requests(1));
    }
    CHECK(server.wait_for_open_connections(0));
}

TEST_CASE("a reply can be cut at any byte of head and body", "[testing][http_message]") {
    const auto whole = ask(http_reply().body("0123456789").finish(ending::close).header("Connection", "x"));
    const auto head_size = whole.text.size() - 10;
    for (std::size_t at = 0; at < head_size; ++at) {
        const auto seen = ask(http_reply().header("Connection", "x").body("0123456789").cut_head(at));
        CHECK(seen.text == whole.text.substr(0, at));
        CHECK(seen.error == orderly);
    }
    for (const std::size_t at : {0u, 1u, 9u, 10u, 11u}) {
        const auto seen = ask(http_reply().header("Connection", "x").body("0123456789").cut_body(at));
        CHECK(seen.text == whole.text.substr(0, head_size + at));
    }
    const auto head = ask(http_reply().body("0123456789").cut_head(10, ending::reset));
    CHECK(head.text == whole.text.substr(0, 10));
    CHECK(head.error == reset);
    const auto body =
        ask(http_reply().header("Connection", "x").body("0123456789").cut_body(5, ending::reset));
    CHECK(body.text == whole.text.substr(0, head_size + 5));
    CHECK(body.error == reset);
}

TEST_CASE("a whole response can be followed by a reset", "[testing][http_message]") {
    const auto seen = ask(http_reply().body("abc").finish(ending::reset));
    CHECK(seen.text == "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
    CHECK(seen.error == reset);
}

TEST_CASE("heads and bodies can be endless, until the client leaves", "[testing][http_message]") {
    http_server server;
    server.on("/head", http_reply().endless_head("X-More: 1\r\n"))
        .on("/body", http_reply().body("start").endless_body("more"))
        .on("/chunked", http_reply().framing(http_framing::chunked).endless_body("more"))
        .on("/interim", http_reply().raw("").endless_body("HTTP/1.1 100 Continue\r\n\r\n"));
    const auto begin_of = [&](const std::string& target) {
        raw_client client(server.endpoint());
        client.send("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
        return client.read_exactly(1'000'000);
    };
    const auto head = begin_of("/head");
    CHECK(head.size() == 1'000'000);
    CHECK(head.find("\r\n\r\n") == head.npos);
    CHECK_THAT(begin_of("/body").substr(0, 60), ContainsSubstring("\r\n\r\nstartmoremoremore"));
    CHECK_THAT(begin_of("/chunked").substr(0, 90), ContainsSubstring("\r\n\r\n4\r\nmore\r\n4\r\nmore\r\n"));
    CHECK_THAT(begin_of("/interim").substr(0, 60), StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 "));
    CHECK(server.wait_for_open_connections(0));
}

TEST_CASE("the answers to HEAD, and 204 and 304, have no body", "[testing][http_message]") {
    http_server server;
    server.on("/a", http_reply().body("12345").close()).on("/b", http_reply(304).body("12345").close());
    raw_client head(server.endpoint());
    head.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(head.read_to_end() == "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
    CHECK_THAT(raw_client(server.endpoint()).get_to_end("/b"), EndsWith("\r\n\r\n"));
}

TEST_CASE("an idle connection can be closed after a while, or at once", "[testing][http_message]") {
    for (const auto after : {0ms, 30ms}) {
        const auto seen = ask(http_reply().body("abc").close_idle(after));
        CHECK(seen.text == "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
        CHECK(seen.error == orderly);
        CHECK(seen.time >= after);
    }
}

TEST_CASE("a kept connection can end when the next request arrives", "[testing][http_message]") {
    for (const auto how : {ending::close, ending::reset}) {
        http_server server;
        server.on("/", http_reply().body("abc").next_request(how));
        raw_client client(server.endpoint());
        CHECK_THAT(client.get("/", 3), EndsWith("\r\n\r\nabc"));
        CHECK(client.error() == std::error_code());
        CHECK(client.get_to_end("/").empty());
        CHECK(client.error() == (how == ending::reset ? reset : orderly));
        CHECK(server.request_count() == 2);
    }
}

TEST_CASE("a reply can come before the body of the request", "[testing][http_message]") {
    http_server server;
    server.on("/close", http_reply(413).before_body().close()).on("/keep", http_reply().before_body());
    raw_client client(server.endpoint());
    client.send("POST /keep HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
    CHECK_THAT(client.read_head(), StartsWith("HTTP/1.1 200 OK"));
    client.send("12345POST /close HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
    CHECK_THAT(client.read_head(), StartsWith("HTTP/1.1 413 "));
    client.send("1");
    CHECK(client.read_to_end().empty());
    CHECK(client.error() == orderly);
    REQUIRE(server.request_count() == 2);
    CHECK(server.requests()[0].body.empty());
}

TEST_CASE("Expect is answered, unless the script forbids it", "[testing][http_message]") {
    http_server server;
    server.on("/yes", http_reply().body("a")).on("/no", http_reply().body("b").no_continue());
    const std::string rest = " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    raw_client client(server.endpoint());
    client.send("POST /yes" + rest);
    CHECK(client.read_head() == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hi");
    CHECK_THAT(client.read_head(), StartsWith("HTTP/1.1 200 OK"));
    CHECK(client.read_exactly(1) == "a");
    client.send("POST /no" + rest + "hi");
    CHECK_THAT(client.read_head(), StartsWith("HTTP/1.1 200 OK"));
}

TEST_CASE("a request finds its fields in any case, and its path", "[testing][http_message]") {
    http_request request;
    request.target = "/a/b?c=d";
    request.fields = {{"Accept", "x"}, {"accept", "y"}};
    CHECK(request.field("ACCEPT") == "x");
    CHECK(request.has_field("accept"));
    CHECK_FALSE(request.has_field("Cookie"));
    CHECK(request.field("Cookie").empty());
    CHECK(request.path() == "/a/b");
    CHECK_FALSE(request.reused());
}
