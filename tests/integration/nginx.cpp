// Fetching from nginx, without TLS.
#include <dragline/http.hpp>

#include "../support/http_client.hpp"
#include "nginx_server.hpp"

#include <dragline/async/for_each.hpp>
#include <dragline/codec/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::condition;
using dragline::fetch_options;
using dragline::make_timeout;
using dragline::phase;
using dragline::test::file_list;
using dragline::test::http_client;
using dragline::test::nginx_server;
using dragline::test::pattern;
using dragline::test::run_to_end;

namespace http = dragline::http;

namespace {

constexpr std::size_t ten_mebibytes = 10 * 1024 * 1024;

file_list bodies() {
    return {{"www/small", "Hello, world!"},
            {"www/medium", pattern(64 * 1024)},
            {"www/large", pattern(ten_mebibytes)}};
}

// How many of `count` fetches of `url` gave `body`, and over which connections of nginx they went.
struct tally {
    std::size_t right = 0;
    std::size_t retried = 0;
    std::set<std::string> connections;
};

asio::awaitable<tally> fetch_many(http::session session, std::string url, std::string body, std::size_t count,
                                  std::size_t at_once) {
    tally out;
    const auto one = [&](std::size_t) -> asio::awaitable<bool> {
        http::trace trace;
        const auto options = fetch_options().trace(&trace);
        const auto response = co_await fetch_url(session, url, options);
        out.retried += trace.attempts.size() - 1;
        out.connections.emplace(response.headers.get("X-Connection"));
        co_return response.status == 200 && response.body == body;
    };
    const auto results = co_await dragline::for_each_limited(session, count, at_once, one);
    for (const auto& result : results) {
        INFO(result.error().message());
        CHECK_FALSE(result.error());
        if (result && *result) ++out.right;
    }
    co_return out;
}

}  // namespace

TEST_CASE("bodies of 13 B, 64 KiB and 10 MiB come from nginx as they are", "[integration][nginx]") {
    const nginx_server nginx("server { listen 127.0.0.1:@0; }", bodies());
    http_client client;
    for (const auto& [name, content] : bodies()) {
        const auto got = client.fetch(nginx.url(name.substr(3)));
        INFO(name << ": " << got.ec.message());
        CHECK(got.response.status == 200);
        CHECK(got.response.version_minor == 1);
        CHECK(got.response.headers.get("content-length") == std::to_string(content.size()));
        CHECK(bool(got.response.body == content));
        CHECK(got.response.headers.get("Server").starts_with("nginx"));
    }
    CHECK(client.statistics().idle_connections == 1);
}

TEST_CASE("max_body is exact with nginx: N bytes pass, N + 1 do not", "[integration][nginx]") {
    const nginx_server nginx(R"(server { listen 127.0.0.1:@0;
        location /coded/ { alias @F/www/; gzip on; gzip_types *; gzip_min_length 1; }
        location /endless/ { alias @F/www/; gzip on; gzip_types *; gzip_min_length 1;
                             chunked_transfer_encoding off; } })",
                             bodies());
    const auto content = pattern(64 * 1024);
    http_client client;
    // With a length, chunked and compressed, compressed and ended by the connection: the limit is on what
    // arrives.
    for (const std::string path : {"/medium", "/coded/medium", "/endless/medium"}) {
        if (path != "/medium" && !dragline::features::zlib) continue;
        INFO(path);
        const auto fits = client.fetch(nginx.url(path), fetch_options().max_body(content.size()));
        CHECK_FALSE(fits.ec);
        CHECK(bool(fits.response.body == content));

        const auto less = content.size() - 1;
        const auto refused = client.fetch(nginx.url(path), fetch_options().max_body(less));
        CHECK(refused.ec == http::errc::body_too_large);
        CHECK(refused.ec == condition::limit_exceeded);

        const auto cut =
            client.fetch(nginx.url(path), fetch_options().max_body(less).on_limit(http::on_limit::truncate));
        CHECK_FALSE(cut.ec);
        CHECK(cut.response.truncated);
        CHECK(bool(cut.response.body == content.substr(0, less)));
    }
}

TEST_CASE("a connection that nginx keeps is used again, with and without a Keep-Alive field",
          "[integration][nginx]") {
    const nginx_server nginx(R"(
        add_header X-Requests $connection_requests;
        add_header X-Connection $connection;
        server { listen 127.0.0.1:@0; }
        server { listen 127.0.0.1:@1; keepalive_timeout 65 60; }
        server { listen 127.0.0.1:@2; keepalive_timeout 0; })",
                             bodies());
    http_client client;
    for (const std::size_t which : {0u, 1u}) {
        for (int request = 1; request <= 5; ++request) {
            const auto got = client.fetch(nginx.url("/small", which));
            CHECK(got.response.headers.get("X-Requests") == std::to_string(request));
            CHECK(got.response.peer.reused == (request > 1));
        }
    }
    CHECK(client.fetch(nginx.url("/small", 1)).response.headers.get("Keep-Alive") == "timeout=60");

    const auto before = client.statistics().connections;
    for (int request = 1; request <= 5; ++request) {
        const auto got = client.fetch(nginx.url("/small", 2));
        CHECK(got.response.body == "Hello, world!");
        CHECK(got.response.headers.get("X-Requests") == "1");
        CHECK_FALSE(got.response.peer.reused);
    }
    CHECK(client.statistics().connections == before);

    const auto fresh = client.fetch(nginx.url("/small"), fetch_options().fresh_connection(true));
    CHECK(fresh.response.headers.get("X-Requests") == "1");
}

TEST_CASE("a thousand fetches from an nginx that closes after every seventh all succeed",
          "[integration][nginx]") {
    const nginx_server nginx(R"(add_header X-Connection $connection;
        server { listen 127.0.0.1:@0; keepalive_requests 7; })",
                             bodies());
    http_client client;
    const auto out =
        run_to_end(client.loop, fetch_many(client.session, nginx.url("/small"), "Hello, world!", 1000, 20));
    CHECK(out.right == 1000);
    CHECK(out.connections.size() >= 1000 / 7);
    CHECK(out.connections.size() < 1000 / 7 + 20);
}

TEST_CASE("a thousand fetches from an nginx that closes what is idle for 1 ms all succeed",
          "[integration][nginx]") {
    const nginx_server nginx(R"(add_header X-Connection $connection;
        server { listen 127.0.0.1:@0; keepalive_timeout 1ms; })",
                             bodies());
    http_client client;
    const auto out =
        run_to_end(client.loop, fetch_many(client.session, nginx.url("/small"), "Hello, world!", 1000, 3));
    CHECK(out.right == 1000);
    INFO(out.retried << " were repeated");
    CHECK(out.retried <= out.connections.size());
}

TEST_CASE("what nginx compresses is decoded, and left alone where it is wished", "[integration][nginx]") {
    if (!dragline::features::zlib) SKIP("this build has no zlib");
    const nginx_server nginx(R"(gzip on; gzip_types *; gzip_min_length 1;
        server { listen 127.0.0.1:@0; }
        server { listen 127.0.0.1:@1; chunked_transfer_encoding off; })",
                             bodies());
    http_client client;
    for (const std::size_t which : {0u, 1u}) {
        for (const auto& [name, content] : bodies()) {
            const auto got = client.fetch(nginx.url(name.substr(3), which));
            INFO(name << ": " << got.ec.message());
            CHECK(got.response.headers.get("Content-Encoding") == "gzip");
            CHECK(bool(got.response.body == content));
            REQUIRE(got.trace.attempts.size() == 1);
            if (content.size() > 1000) CHECK(got.trace.attempts[0].bytes_received < content.size());
        }
        const auto raw = client.fetch(nginx.url("/medium", which),
                                      fetch_options().decompress(false).header("Accept-Encoding", "gzip"));
        CHECK(raw.response.body.substr(0, 2) == "\x1f\x8b");
        const auto plain = client.fetch(nginx.url("/medium", which), fetch_options().decompress(false));
        CHECK_FALSE(plain.response.headers.contains("Content-Encoding"));
        CHECK(bool(plain.response.body == pattern(64 * 1024)));
    }
}

TEST_CASE("redirects of nginx are followed, relative and absolute, with the right method",
          "[integration][nginx]") {
    const nginx_server nginx(R"(server { listen 127.0.0.1:@0; absolute_redirect off;
        location = /end { return 200 "$request_method $content_length"; }
        location = /301 { return 301 /end; }
        location = /302 { return 302 /end; }
        location = /303 { return 303 end?x=1; }
        location = /307 { return 307 http://127.0.0.1:@0/end; }
        location = /308 { return 308 //127.0.0.1:@1/end; }
        location /folder { }
        location = /circle { return 302 /circle; } }
      server { listen 127.0.0.1:@1; location = /end { return 200 "elsewhere $request_method $content_length"; } })",
                             {{"www/folder/index.html", "the index"}});
    http_client client;
    const auto content = fetch_options().body("12345");
    const auto answers = std::vector<std::pair<std::string, std::vector<std::string>>>{
        {"/301", {"GET ", "GET "}},
        {"/302", {"GET ", "GET "}},
        {"/303", {"GET ", "GET "}},
        {"/307", {"GET ", "POST 5"}},
        {"/308", {"elsewhere GET ", "elsewhere POST 5"}},
    };
    for (const auto& [path, expected] : answers) {
        INFO(path);
        const auto got = client.fetch(nginx.url(path));
        CHECK(got.response.body == expected[0]);
        CHECK(client.fetch(nginx.url(path), content).response.body == expected[1]);
        REQUIRE(got.response.history.size() == 1);
        CHECK(got.response.history[0].status == std::stoi(path.substr(1)));
        CHECK(got.response.history[0].from.href() == nginx.url(path));
        CHECK(got.response.history[0].to.href() == got.response.url.href());
        CHECK(client.fetch(nginx.url(path), fetch_options().redirects(http::redirect_policy::none()))
                  .response.status == std::stoi(path.substr(1)));
    }
    CHECK(client.fetch(nginx.url("/folder")).response.body == "the index");

    const auto circle = client.fetch(nginx.url("/circle"));
    CHECK(circle.ec == http::errc::too_many_redirects);
    CHECK(circle.trace.attempts.size() == 11);
    CHECK(client.fetch(nginx.url("/301"), fetch_options().redirects(1)).response.status == 200);
}

TEST_CASE("an error status of nginx is a response", "[integration][nginx]") {
    const nginx_server nginx(R"(server { listen 127.0.0.1:@0; if_modified_since before;
        location = /500 { return 500 "broken"; }
        location = /204 { return 204; }
        location = /reason { return 299; } })",
                             bodies());
    http_client client;
    const auto missing = client.fetch(nginx.url("/nothing"));
    CHECK_FALSE(missing.ec);
    CHECK(missing.response.status == 404);
    CHECK(missing.response.reason == "Not Found");
    CHECK(missing.response.body.find("<title>404 Not Found</title>") != std::string::npos);
    CHECK_THROWS_AS(missing.response.raise_for_status(), std::system_error);

    CHECK(client.fetch(nginx.url("/500")).response.status == 500);
    CHECK(client.fetch(nginx.url("/204")).response.status == 204);
    CHECK(client.fetch(nginx.url("/reason")).response.status == 299);
    const auto head = client.fetch(nginx.url("/medium"), fetch_options().method("HEAD"));
    CHECK(head.response.headers.get("Content-Length") == "65536");
    CHECK(head.response.body.empty());
    const auto part = client.fetch(nginx.url("/small"), fetch_options().header("Range", "bytes=7-11"));
    CHECK(part.response.status == 206);
    CHECK(part.response.body == "world");
    const auto again = fetch_options().header("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT");
    CHECK(client.fetch(nginx.url("/small"), again).response.status == 304);
    CHECK(client.fetch(nginx.url("/small")).response.body == "Hello, world!");
}

TEST_CASE("a body that nginx takes arrives, and one that it refuses gets its early answer",
          "[integration][nginx]") {
    const nginx_server nginx(R"(server { listen 127.0.0.1:@0; client_max_body_size 2m;
        location /up/ { alias @F/www/; dav_methods PUT; create_full_put_path on; } })",
                             bodies());
    http_client client;
    const auto exact = pattern(2 * 1024 * 1024);
    const auto taken = client.fetch(nginx.url("/up/new/file"), fetch_options().method("PUT").body(exact));
    INFO(taken.ec.message());
    CHECK(taken.response.status == 201);
    CHECK(bool(client.fetch(nginx.url("/new/file")).response.body == exact));

    const auto empty =
        client.fetch(nginx.url("/up/new/empty"), fetch_options().method("PUT").body(std::string()));
    CHECK(empty.response.status == 201);
    CHECK(client.fetch(nginx.url("/new/empty")).response.body.empty());

    for (const auto size : {exact.size() + 1, ten_mebibytes}) {
        const auto refused =
            client.fetch(nginx.url("/up/other"), fetch_options().method("PUT").body(pattern(size)));
        INFO(size << " B: " << refused.ec.message());
        CHECK(refused.response.status == 413);
    }
    CHECK(client.fetch(nginx.url("/small")).response.body == "Hello, world!");
}

TEST_CASE("a slow nginx meets the read timeout, the total one, or none", "[integration][nginx]") {
    // 4 KiB, then a second of silence, and so on.
    const nginx_server nginx(
        "server { listen 127.0.0.1:@0; location /slow/ { alias @F/www/; limit_rate 4k; } }",
        {{"www/small", "Hello, world!"}, {"www/seven", pattern(7000)}});
    http_client client;
    const auto impatient = client.start(nginx.url("/slow/seven"), fetch_options().read_timeout(100ms));
    const auto brief = client.start(nginx.url("/slow/seven"), fetch_options().timeout(300ms));
    const auto patient = client.start(nginx.url("/slow/seven"));
    client.wait_for({impatient, brief, patient});
    CHECK(impatient->ec == make_timeout(phase::read));
    CHECK(brief->ec == make_timeout(phase::total));
    CHECK(brief->ec == condition::timeout);
    CHECK(bool(patient->response.body == pattern(7000)));
    CHECK(client.fetch(nginx.url("/small")).response.body == "Hello, world!");
}
