// Bodies of requests that nginx stores, and those that it refuses.
#include <dragline/http.hpp>

#include "../support/http_client.hpp"
#include "../support/request_body.hpp"
#include "nginx_server.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::fetch_options;
using dragline::http::body;
using dragline::test::http_client;
using dragline::test::nginx_server;
using dragline::test::pattern;
using dragline::test::text_reading;

namespace http = dragline::http;

namespace {

constexpr auto servers = R"(
    server { listen 127.0.0.1:@0; client_max_body_size 16m;
        location /files/ { alias @F/www/; dav_methods PUT; }
        location /coded/ { alias @F/www/; dav_methods PUT; add_header Content-Encoding gzip; }
        location /small/ { alias @F/www/; dav_methods PUT; client_max_body_size 1k; } })";

}  // namespace

TEST_CASE("nginx stores a body however it is sent", "[integration][nginx][upload]") {
    const nginx_server nginx(servers, {{"www/index", ""}});
    const dragline::test::temporary_folder folder;
    http_client client;
    const auto whole = pattern(5'000'000);
    const auto path = folder.file("whole", whole);
    const std::vector<std::pair<std::string, body>> kinds{
        {"memory", body(whole)},
        {"file", body::file(path)},
        {"chunked", body::from_source(text_reading(whole, 12'345))},
        {"counted", body::from_source(dragline::test::slow_text_reading(whole, 77'777), whole.size())}};
    for (const auto& [name, sent] : kinds) {
        CAPTURE(name);
        const auto options = fetch_options().method("PUT").body(sent).expect_continue(10s);
        CHECK(client.fetch(nginx.url("/files/" + name), options).response.status == 201);
        CHECK(bool(client.fetch(nginx.url("/files/" + name)).response.body == whole));
    }
    CHECK(client.statistics().connections == 1);
}

TEST_CASE("what nginx stores of a body that goes out as gzip is gzip", "[integration][nginx][upload]") {
    if (!dragline::features::zlib) SKIP("this build has no zlib");
    const nginx_server nginx(servers, {{"www/index", ""}});
    http_client client;
    const auto whole = pattern(1'000'000);
    for (const auto& plain : {body(whole), body::from_source(text_reading(whole, 12'345))}) {
        const auto put = fetch_options().method("PUT").body(plain.gzip());
        CHECK(client.fetch(nginx.url("/files/coded"), put).response.status < 300);
        CHECK(bool(client.fetch(nginx.url("/coded/coded")).response.body == whole));
        const auto stored = client.fetch(nginx.url("/files/coded")).response.body;
        CHECK(stored.starts_with("\x1f\x8b"));
        CHECK(stored.size() < whole.size());
    }
}

TEST_CASE("nginx refuses a body that is too large before it has come", "[integration][nginx][upload]") {
    const nginx_server nginx(servers, {{"www/index", ""}});
    http_client client;
    const auto whole = pattern(15'000'000);
    for (const auto& sent : {body(whole), body::from_source(text_reading(whole), whole.size())}) {
        const auto options = fetch_options().method("PUT").body(sent);
        const auto got = client.fetch(nginx.url("/small/x"), options);
        CHECK(!got.ec);
        CHECK(got.response.status == 413);
    }
    const auto chunked = fetch_options().method("PUT").body(body::from_source(text_reading(whole)));
    CHECK(client.fetch(nginx.url("/small/x"), chunked).response.status == 413);
    const auto asking = fetch_options().method("PUT").body(whole).expect_continue(10s);
    const auto asked = client.fetch(nginx.url("/small/x"), asking);
    CHECK(asked.response.status == 413);
    CHECK(asked.trace.attempts.at(0).bytes_sent < 1000);
}
