// What goes out: methods, bodies, header fields.
#include <dragline/http/fetch.hpp>

#include "../support/http_client.hpp"
#include "../support/tcp_peer.hpp"

#include <dragline/codec/codings.hpp>
#include <dragline/h1/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

using dragline::fetch_options;
using dragline::test::http_client;
using dragline::test::tcp_peer;
using dragline::testing::http_reply;
using dragline::testing::http_request;
using dragline::testing::http_server;

namespace h1 = dragline::h1;
namespace http = dragline::http;

namespace {

// The request that one fetch sends.
http_request sent(const fetch_options& options, std::string_view target = "/",
                  const http::session_options& session = http::session_options()) {
    http_server server;
    server.on("*", http_reply().body("x"));
    http_client client(session);
    const auto got = client.fetch(server.url(target), options);
    REQUIRE(!got.ec);
    const auto seen = server.requests();
    REQUIRE(seen.size() == 1);
    CHECK(server.malformed_requests() == 0);
    return seen[0];
}

http_request sent() { return sent(fetch_options()); }

std::string names_of(const http_request& request) {
    std::string names;
    for (const auto& field : request.fields) names += field.name + " ";
    return names;
}

// The bytes of one request, head and body.
std::string wire(std::string_view target, const fetch_options& options = fetch_options()) {
    tcp_peer peer;
    http_client client(http::session_options().user_agent(""));
    auto started = client.start(peer.url(target), options);
    dragline::test::run_until(client.loop, [&] { return client.statistics().connections == 1; });
    auto& connection = peer.accept();
    dragline::test::run_until(client.loop, [&] { return connection.available() > 0; });
    const auto text = dragline::test::receive(connection);
    dragline::test::send(connection, "HTTP/1.1 204 No Content\r\n\r\n");
    client.wait_for(started);
    CHECK(!started->ec);
    auto host = "127.0.0.1:" + std::to_string(peer.port());
    auto shown = text;
    if (const auto at = shown.find(host); at != shown.npos) shown.replace(at, host.size(), "HOST");
    return shown;
}

}  // namespace

TEST_CASE("a GET has its target, its host and no body", "[http][fetch]") {
    const auto options = fetch_options().decompress(false);
    CHECK(wire("/a/b?c=d&e#f", options) == "GET /a/b?c=d&e HTTP/1.1\r\nHost: HOST\r\nAccept: */*\r\n\r\n");
    CHECK(wire("", options) == "GET / HTTP/1.1\r\nHost: HOST\r\nAccept: */*\r\n\r\n");
    CHECK(wire("/?", options) == "GET /? HTTP/1.1\r\nHost: HOST\r\nAccept: */*\r\n\r\n");
    CHECK(wire("/a b|\"c\"", options) == "GET /a%20b|%22c%22 HTTP/1.1\r\nHost: HOST\r\nAccept: */*\r\n\r\n");
}

TEST_CASE("a body makes a POST, head and body in one piece", "[http][fetch]") {
    CHECK(wire("/", fetch_options().body("text").decompress(false)) ==
          "POST / HTTP/1.1\r\nHost: HOST\r\nAccept: */*\r\nContent-Length: 4\r\n\r\ntext");
}

TEST_CASE("an empty body is announced where a body is usual, and nowhere else", "[http][fetch]") {
    CHECK(sent(fetch_options().body("")).field("Content-Length") == "0");
    for (const auto* method : {"POST", "PUT", "PATCH"}) {
        CAPTURE(method);
        const auto request = sent(fetch_options().method(method));
        CHECK(request.method == method);
        CHECK(request.field("Content-Length") == "0");
    }
    for (const auto* method : {"GET", "HEAD", "DELETE", "OPTIONS", "M-SEARCH", "get"}) {
        CAPTURE(method);
        const auto request = sent(fetch_options().method(method));
        CHECK(request.method == method);
        CHECK(!request.has_field("Content-Length"));
        CHECK(!request.has_field("Transfer-Encoding"));
    }
}

TEST_CASE("any method may have a body, and its type goes with it", "[http][fetch]") {
    const auto put = sent(fetch_options().method("PUT").body(http::body("abc", "text/plain")));
    CHECK(put.method == "PUT");
    CHECK(put.body == "abc");
    CHECK(put.field("Content-Type") == "text/plain");
    const auto get = sent(fetch_options().method("GET").body("query"));
    CHECK(get.method == "GET");
    CHECK(get.body == "query");
    CHECK(!get.has_field("Content-Type"));
    const auto own = sent(fetch_options().body(http::body::json("{}")).header("content-type", "text/odd"));
    CHECK(own.field("Content-Type") == "text/odd");
    CHECK(names_of(own).find("Content-Type") == std::string::npos);
    const std::string big(3 * 1024 * 1024 + 7, 'b');
    CHECK((sent(fetch_options().body(big)).body == big));
}

TEST_CASE("a HEAD has no body, whatever it announces", "[http][fetch]") {
    http_server server;
    server.on("/", http_reply().header("Content-Length", "1000000"));
    http_client client;
    for (int round = 0; round < 2; ++round) {
        const auto got = client.fetch(server.url("/"), fetch_options().method("HEAD"));
        CHECK(!got.ec);
        CHECK(got.response.body.empty());
        CHECK(got.response.headers.get("Content-Length") == "1000000");
    }
    CHECK(server.connection_count() == 1);
}

TEST_CASE("header fields keep their order, their case and their duplicates", "[http][fetch]") {
    const auto request =
        sent(fetch_options().header("X-b", "1").header("x-A", "2").header("X-B", "3").header("Empty", ""));
    const auto names = names_of(request);
    CHECK(names.find("X-b x-A X-B Empty ") != std::string::npos);
    CHECK(request.field("x-b") == "1");
    CHECK(request.has_field("Empty"));
}

TEST_CASE("a field of the caller replaces the library's own", "[http][fetch]") {
    const auto request = sent(fetch_options()
                                  .header("user-agent", "mine")
                                  .header("ACCEPT", "text/html")
                                  .header("accept-encoding", "identity")
                                  .header("host", "other.test"));
    CHECK(request.field("User-Agent") == "mine");
    CHECK(request.field("Accept") == "text/html");
    CHECK(request.field("Accept-Encoding") == "identity");
    CHECK(request.field("Host") == "other.test");
    CHECK(request.fields.size() == 4);
}

TEST_CASE("what would break the request is refused before anything is sent", "[http][fetch]") {
    http_server server;
    http_client client;
    const auto refused = [&](const fetch_options& options) {
        const auto got = client.fetch(server.url("/"), options);
        CHECK(got.trace.attempts.empty());
        CHECK(got.ec == std::errc::invalid_argument);
        return got.ec;
    };
    for (const auto* value : {"a\r\nX: y", "a\nb", "a\rb", "\x01", "\x7f"}) {
        CHECK(refused(fetch_options().header("A", value)) == h1::errc::invalid_field_value);
        CHECK(refused(fetch_options().user_agent(value)) == h1::errc::invalid_field_value);
        CHECK(refused(fetch_options().body(http::body("x", value))) == h1::errc::invalid_field_value);
        CHECK(refused(fetch_options().header("Host", value)) == h1::errc::invalid_field_value);
    }
    CHECK(refused(fetch_options().header("A", std::string_view("a\0b", 3))) == h1::errc::invalid_field_value);
    for (const auto* name : {"", "A B", "A:", "A\r\n", "\xc3\xa4", "A\t"}) {
        CHECK(refused(fetch_options().header(name, "x")) == h1::errc::invalid_field_name);
    }
    for (const auto* method : {"GET /", "GET\r\n", "G\xc3\xa4T", ":"}) {
        CHECK(refused(fetch_options().method(method)) == h1::errc::invalid_method);
    }
    for (const auto* name : {"Content-Length", "content-length", "Transfer-Encoding", "Connection"}) {
        CHECK(refused(fetch_options().header(name, "1")) == dragline::errc::invalid_option);
    }
    CHECK(server.connection_count() == 0);
}

TEST_CASE("the User-Agent is the fetch's, else the session's, else none", "[http][fetch]") {
    CHECK(sent().field("User-Agent") == http::session_options().user_agent());
    CHECK(sent(fetch_options().user_agent("mine")).field("User-Agent") == "mine");
    CHECK(!sent(fetch_options().user_agent("")).has_field("User-Agent"));
    const auto session = http::session_options().user_agent("session/1");
    CHECK(sent(fetch_options(), "/", session).field("User-Agent") == "session/1");
    CHECK(sent(fetch_options().user_agent("mine"), "/", session).field("User-Agent") == "mine");
    CHECK(!sent(fetch_options(), "/", http::session_options().user_agent("")).has_field("User-Agent"));
}

TEST_CASE("codings are asked for only when they will be decoded", "[http][fetch]") {
    const auto codings = dragline::codec::accept_encoding();
    CHECK(sent().has_field("Accept-Encoding") == !codings.empty());
    if (!codings.empty()) CHECK(sent().field("Accept-Encoding") == codings);
    CHECK(!sent(fetch_options().decompress(false)).has_field("Accept-Encoding"));
}

TEST_CASE("Host has the port unless it is the default one, and brackets for IPv6", "[http][fetch]") {
    http_server server(http_server::unbound);
    server.on("*", http_reply());
    const auto v6 = server.listen(asio::ip::make_address("::1"));
    http_client client;
    REQUIRE(!client.fetch("http://[::1]:" + std::to_string(v6.port()) + "/").ec);
    CHECK(server.requests().at(0).field("Host") == "[::1]:" + std::to_string(v6.port()));

    const auto here = fetch_options().connect_to(dragline::net::endpoint("::1", v6.port()));
    REQUIRE(!client.fetch("http://A.TEST/", here).ec);
    CHECK(server.requests().at(1).field("Host") == "a.test");
    REQUIRE(!client.fetch("http://a.test:80/", here).ec);
    CHECK(server.requests().at(2).field("Host") == "a.test");
    REQUIRE(!client.fetch("http://a.test:443/", here).ec);
    CHECK(server.requests().at(3).field("Host") == "a.test:443");
}

TEST_CASE("user name and password of a URL are not sent in the clear", "[http][fetch]") {
    http_server server;
    server.on("*", http_reply());
    http_client client;
    const auto got = client.fetch("http://me:secret@127.0.0.1:" + std::to_string(server.port()) + "/");
    REQUIRE(!got.ec);
    const auto request = server.requests().at(0);
    CHECK(request.target == "/");
    CHECK(request.field("Host").find("secret") == std::string_view::npos);
    CHECK(!request.has_field("Authorization"));
}

TEST_CASE("connect_to is where the connection goes, and nothing else of the URL changes", "[http][fetch]") {
    http_server server;
    server.on_host("a.test", "/", http_reply().body("a"));
    http_client client;
    const auto got = client.fetch(
        "http://a.test/", fetch_options().connect_to(dragline::net::endpoint("127.0.0.1", server.port())));
    REQUIRE(!got.ec);
    CHECK(got.response.body == "a");
    CHECK(got.response.url.href() == "http://a.test/");
    CHECK(got.response.peer.port == server.port());
    CHECK(got.trace.attempts.at(0).connection.look_ups.empty());
}
