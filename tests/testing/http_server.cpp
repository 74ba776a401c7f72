#include <dragline/testing/http_server.hpp>

#include "raw_client.hpp"

#include <asio/ip/address_v6.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include <chrono>
#include <list>
#include <string>
#include <system_error>
#include <vector>

using namespace std::chrono_literals;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
using dragline::test::raw_client;
using dragline::testing::ending;
using dragline::testing::http_reply;
using dragline::testing::http_request;
using dragline::testing::http_server;

TEST_CASE("requests are answered by path, by query, by prefix, or with 404", "[testing][http_server]") {
    http_server server;
    server.on("/a", http_reply().body("path"))
        .on("/a?x=1", http_reply().body("query"))
        .on("/a*", http_reply().body("short"))
        .on("/a/b*", http_reply().body("long!"));
    raw_client client(server.endpoint());
    CHECK_THAT(client.get("/a", 4), EndsWith("path"));
    CHECK_THAT(client.get("/a?y", 4), EndsWith("path"));
    CHECK_THAT(client.get("/a?x=1", 5), EndsWith("query"));
    CHECK_THAT(client.get("/aa", 5), EndsWith("short"));
    CHECK_THAT(client.get("/a/bc", 5), EndsWith("long!"));
    CHECK_THAT(client.get("/z", 0), StartsWith("HTTP/1.1 404 Not Found"));
    CHECK(client.error() == std::error_code());
    CHECK(server.connection_count() == 1);
}

TEST_CASE("virtual hosts go before the scripts of every host", "[testing][http_server]") {
    http_server server;
    server.on("/", http_reply().body("any"))
        .on_host("One.Test", "/", http_reply().body("one"))
        .on_host("[::1]", "/", http_reply().body("six"));
    raw_client client(server.endpoint());
    const auto body_for = [&](const std::string& host) {
        client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        client.read_head();
        return client.read_exactly(3);
    };
    CHECK(body_for("one.test") == "one");
    CHECK(body_for("ONE.test:8080") == "one");
    CHECK(body_for("[::1]:80") == "six");
    CHECK(body_for("two.test") == "any");
}

TEST_CASE("a script may be changed while the server runs", "[testing][http_server]") {
    http_server server;
    raw_client client(server.endpoint());
    CHECK_THAT(client.get("/", 0), StartsWith("HTTP/1.1 404"));
    server.on("/", http_reply(201));
    CHECK_THAT(client.get("/", 0), StartsWith("HTTP/1.1 201"));
    server.on("/", std::vector<http_reply>{http_reply(202), http_reply(203)});
    CHECK_THAT(client.get("/", 0), StartsWith("HTTP/1.1 202"));
    CHECK_THAT(client.get("/", 0), StartsWith("HTTP/1.1 203"));
}

TEST_CASE("the log has the whole request", "[testing][http_server]") {
    http_server server;
    server.on("*",
              [](const http_request& request) { return http_reply().body(request.method + request.body); });
    raw_client client(server.endpoint());
    client.send("POST /p?q HTTP/1.1\r\nHost: x\r\nA: 1\r\nA: 2\r\nContent-Length: 3\r\n\r\nabc");
    client.read_head();
    CHECK(client.read_exactly(7) == "POSTabc");
    client.send("PUT / HTTP/1.0\r\nTransfer-Coding: x\r\nContent-Length: 0\r\n\r\n");
    CHECK_THAT(client.read_to_end(), EndsWith("Connection: close\r\n\r\nPUT"));

    const auto seen = server.requests();
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].method == "POST");
    CHECK(seen[0].target == "/p?q");
    CHECK(seen[0].version == "HTTP/1.1");
    REQUIRE(seen[0].fields.size() == 4);
    CHECK(seen[0].fields[2].value == "2");
    CHECK(seen[0].body == "abc");
    CHECK(seen[0].connection == 1);
    CHECK(seen[0].sequence == 1);
    CHECK_FALSE(seen[0].reused());
    CHECK_FALSE(seen[0].secure);
    CHECK_THAT(seen[0].local_address, StartsWith("127.0.0.1:"));
    CHECK_THAT(seen[0].peer_address, StartsWith("127.0.0.1:"));
    CHECK(seen[1].version == "HTTP/1.0");
    CHECK(seen[1].reused());
    server.clear_requests();
    CHECK(server.request_count() == 0);
}

TEST_CASE("chunked requests arrive without their coding, in whatever pieces", "[testing][http_server]") {
    http_server server;
    server.on("*", http_reply());
    const std::string request =
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nT: "
        "v\r\n\r\n";
    for (std::size_t at = 1; at < request.size(); ++at) {
        raw_client client(server.endpoint());
        client.send(request.substr(0, at));
        client.send(request.substr(at));
        CHECK_THAT(client.read_head(), StartsWith("HTTP/1.1 200 OK"));
    }
    for (const auto& seen : server.requests()) CHECK(seen.body == "abcde");
}

TEST_CASE("requests that were sent ahead are answered in order", "[testing][http_server]") {
    http_server server;
    server.on("/1", http_reply().body("one").delay(10ms)).on("/2", http_reply().body("two"));
    raw_client client(server.endpoint());
    client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const auto both = client.read_to_end();
    CHECK_THAT(both, EndsWith("two"));
    CHECK(both.find("one") < both.find("two"));
    CHECK(server.requests()[1].sequence == 2);
}

TEST_CASE("a malformed request is counted, and answered with 400", "[testing][http_server]") {
    http_server server;
    server.on("*", http_reply());
    const std::vector<std::string> malformed = {
        "GET / HTTP/9.9\r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nA b\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    };
    for (const auto& request : malformed) {
        raw_client client(server.endpoint());
        client.send(request);
        CHECK_THAT(client.read_head(), StartsWith("HTTP/1.1 400 Bad Request"));
    }
    CHECK(server.malformed_requests() == malformed.size());
    CHECK(server.request_count() == 0);
    CHECK(server.wait_for_open_connections(0));
}

TEST_CASE("one server listens on many addresses", "[testing][http_server]") {
    http_server server(http_server::unbound);
    server.on("/", [](const http_request& request) { return http_reply().body(request.local_address); });
    const auto first = server.listen(asio::ip::make_address("127.3.0.1"));
    const auto second = server.listen(asio::ip::make_address("127.3.0.2"), first.port());
    const auto six = server.listen(asio::ip::address_v6::loopback());
    CHECK(server.endpoint() == first);
    CHECK(second.port() == first.port());
    const std::string port = std::to_string(first.port());
    CHECK(server.url("/x") == "http://127.3.0.1:" + port + "/x");
    CHECK_THAT(raw_client(second).get("/", 10 + port.size()), EndsWith("127.3.0.2:" + port));
    CHECK_THAT(raw_client(six).get("/", 6), EndsWith("[::1]:"));
    CHECK_THROWS_AS(server.listen(asio::ip::make_address("127.3.0.1"), first.port()), std::system_error);
}

TEST_CASE("the next connections can fail as soon as they are accepted", "[testing][http_server]") {
    http_server server;
    server.on("/", http_reply());
    server.fail_connections(1, ending::reset);
    raw_client broken(server.endpoint());
    CHECK(broken.get_to_end("/").empty());
    CHECK(broken.error());
    CHECK_THAT(raw_client(server.endpoint()).get("/", 0), StartsWith("HTTP/1.1 200 OK"));
    server.fail_connections(1, ending::close);
    raw_client closed(server.endpoint());
    CHECK(closed.read_to_end().empty());
    CHECK(closed.error() == asio::error::eof);
    CHECK(server.connection_count() == 3);
    CHECK(server.request_count() == 1);
}

TEST_CASE("waiting for requests and connections ends in time", "[testing][http_server]") {
    http_server server;
    server.on("*", http_reply());
    CHECK_FALSE(server.wait_for_requests(1, 1ms));
    CHECK(server.wait_for_open_connections(0, 1ms));
    raw_client client(server.endpoint());
    CHECK(server.wait_for_open_connections(1));
    client.get("/", 0);
    CHECK(server.wait_for_requests(1));
    client.socket().close();
    CHECK(server.wait_for_open_connections(0));
}

TEST_CASE("a server can be destroyed with connections in every state", "[testing][http_server]") {
    std::list<raw_client> clients;
    {
        http_server server;
        server.on("/never", http_reply().no_answer())
            .on("/late", http_reply().delay(1h))
            .on("/endless", http_reply().endless_body("x"))
            .on("/drip", http_reply().body("abc").drip_body(1, 1h))
            .on("/idle", http_reply());
        for (const std::string path : {"/never", "/late", "/endless", "/drip", "/idle"}) {
            clients.emplace_back(server.endpoint()).send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
        }
        clients.emplace_back(server.endpoint()).send("GET /half");
        clients.emplace_back(server.endpoint());
        REQUIRE(server.wait_for_requests(5));
        REQUIRE(server.wait_for_open_connections(7));
    }
    for (auto& client : clients) {
        client.read_to_end();
        CHECK(client.error() != asio::error::timed_out);
    }
}

TEST_CASE("a server that nobody used ends at once", "[testing][http_server]") {
    for (int i = 0; i < 20; ++i) http_server server;
    http_server silent(http_server::unbound);
    CHECK(silent.port() == 0);
}
