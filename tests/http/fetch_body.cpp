// The body and its limits.
#include <dragline/http/fetch.hpp>

#include "../support/http_client.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

using namespace std::chrono_literals;
using dragline::condition;
using dragline::fetch_options;
using dragline::test::http_client;
using dragline::testing::http_framing;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

std::string text(std::size_t size) {
    std::string out;
    while (out.size() < size) out += "0123456789abcdef" + std::to_string(out.size());
    return out.substr(0, size);
}

fetch_options truncating(std::uint64_t limit) {
    return fetch_options().max_body(limit).on_limit(http::on_limit::truncate);
}

// The same body in each way to tell its end.
http_reply page(const std::string& body) {
    const auto how = GENERATE(http_framing::content_length, http_framing::chunked, http_framing::until_close);
    CAPTURE(static_cast<int>(how));
    return http_reply().body(body).framing(how);
}

}  // namespace

TEST_CASE("a body may have max_body bytes, and not one more", "[http][fetch][body]") {
    const auto body = text(10'000);
    http_server server;
    server.on("/", page(body));
    http_client client;
    const auto fits = client.fetch(server.url("/"), fetch_options().max_body(10'000));
    CHECK(!fits.ec);
    CHECK((fits.response.body == body));
    CHECK(!fits.response.truncated);
    const auto exceeds = client.fetch(server.url("/"), fetch_options().max_body(9'999));
    CHECK(exceeds.ec == http::errc::body_too_large);
    CHECK(exceeds.ec == condition::limit_exceeded);
    CHECK(exceeds.trace.attempts.at(0).status == 200);
}

TEST_CASE("a truncated body ends exactly at the limit", "[http][fetch][body]") {
    const auto body = text(10'000);
    http_server server;
    server.on("/", page(body));
    http_client client;
    for (const std::size_t limit : {0u, 1u, 9'999u}) {
        CAPTURE(limit);
        const auto cut = client.fetch(server.url("/"), truncating(limit));
        CHECK(!cut.ec);
        CHECK(cut.response.status == 200);
        CHECK(cut.response.truncated);
        CHECK((cut.response.body == body.substr(0, limit)));
    }
    for (const std::size_t limit : {10'000u, 10'001u}) {
        const auto whole = client.fetch(server.url("/"), truncating(limit));
        CHECK(!whole.response.truncated);
        CHECK((whole.response.body == body));
    }
    CHECK(client.fetch(server.url("/"), fetch_options().max_body(~std::uint64_t{0})).response.body.size() ==
          10'000);
}

TEST_CASE("max_body(0) takes an empty body and rejects the first byte", "[http][fetch][body]") {
    http_server server;
    server.on("/empty", page("")).on("/one", page("1"));
    http_client client;
    CHECK(!client.fetch(server.url("/empty"), fetch_options().max_body(0)).ec);
    CHECK(client.fetch(server.url("/one"), fetch_options().max_body(0)).ec == http::errc::body_too_large);
    CHECK(!client.fetch(server.url("/one"), fetch_options().max_body(1)).ec);
    CHECK(!client.fetch(server.url("/one"), fetch_options().method("HEAD").max_body(0)).ec);
}

TEST_CASE("1 MiB in tiny chunks with a limit of 500 kB is cut at exactly 500 kB", "[http][fetch][body]") {
    const auto body = text(1024 * 1024);
    http_server server;
    server.on("/", http_reply().body(body).chunks({1, 2, 3, 5, 1, 8, 700}));
    http_client client;
    CHECK(client.fetch(server.url("/"), fetch_options().max_body(500'000)).ec == http::errc::body_too_large);
    const auto cut = client.fetch(server.url("/"), truncating(500'000));
    CHECK(cut.response.truncated);
    CHECK((cut.response.body == body.substr(0, 500'000)));
    CHECK((client.fetch(server.url("/")).response.body == body));
}

TEST_CASE("a body that is announced too large is refused before it comes", "[http][fetch][body]") {
    http_server server;
    server.on("/", http_reply()
                       .header("Content-Length", "18446744073709551615")
                       .cut_body(0, dragline::testing::ending::stall));
    http_client client;
    const auto got = client.fetch(server.url("/"), fetch_options().timeout(10s));
    CHECK(got.ec == http::errc::body_too_large);
    CHECK(got.trace.attempts.at(0).bytes_received == 0);
}

TEST_CASE("a body that is announced huge takes memory only as it comes", "[http][fetch][body]") {
    http_server server;
    server.on("/", http_reply().header("Content-Length", "60000000").body("abc").close());
    http_client client;
    CHECK(client.fetch(server.url("/")).ec == dragline::h1::errc::truncated);
    const auto unlimited = fetch_options().max_body(~std::uint64_t{0});
    server.on("/most", http_reply().header("Content-Length", "18446744073709551615").body("abc").close());
    CHECK(client.fetch(server.url("/most"), unlimited).ec == dragline::h1::errc::truncated);
}

TEST_CASE("a body is whole at what is reserved for it at once, and beyond", "[http][fetch][body]") {
    http_server server;
    http_client client;
    for (const std::size_t size : {std::size_t{16} * 1024 * 1024, std::size_t{16} * 1024 * 1024 + 1}) {
        const auto body = std::string(size - 1, 'b') + "e";
        server.on("/" + std::to_string(size), http_reply().body(body));
        CHECK((client.fetch(server.url("/" + std::to_string(size))).response.body == body));
    }
}

TEST_CASE("an endless body ends at the limit", "[http][fetch][body]") {
    http_server server;
    server.on("/close", http_reply().endless_body(text(1000)));
    server.on("/chunked", http_reply().framing(http_framing::chunked).endless_body(text(1000)));
    http_client client;
    for (const auto* path : {"/close", "/chunked"}) {
        CAPTURE(path);
        CHECK(client.fetch(server.url(path), fetch_options().max_body(200'000)).ec ==
              http::errc::body_too_large);
        CHECK(client.fetch(server.url(path), truncating(200'000)).response.body.size() == 200'000);
    }
    CHECK(server.wait_for_open_connections(0));
}

TEST_CASE("a redirect's body of max_discard bytes keeps its connection, one more does not",
          "[http][fetch][body]") {
    const std::size_t most = GENERATE(0, 10, 5000, 64 * 1024), more = GENERATE(0, 1);
    const bool chunked = GENERATE(false, true);
    http_server server;
    const auto redirect = http_reply::redirect("/next").body(std::string(most + more, 'b'));
    server.on("/", chunked ? http_reply(redirect).chunks({4000}) : redirect);
    server.on("/next", http_reply().body("x"));
    http_client client;
    auto options = fetch_options().discard_timeout(10s);
    if (most != 64 * 1024) options.max_discard(most);
    CHECK(client.fetch(server.url("/"), options).response.body == "x");
    CHECK(server.connection_count() == 1 + more);
}

TEST_CASE("a connection whose body was not read to the end carries nothing else", "[http][fetch][body]") {
    http_server server;
    server.on("/long", http_reply().body(text(100))).on("/short", http_reply().body("x"));
    http_client client;
    CHECK(client.fetch(server.url("/long"), truncating(50)).response.body == text(50));
    CHECK(client.statistics().connections == 0);
    CHECK(client.fetch(server.url("/short")).response.body == "x");
    CHECK(server.connection_count() == 2);
}
