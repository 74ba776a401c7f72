// How the end of a response is found, and what is no response at all.
#include <dragline/http/fetch.hpp>

#include "../support/http_client.hpp"

#include <dragline/h1/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <system_error>

using namespace std::chrono_literals;
using dragline::condition;
using dragline::fetch_options;
using dragline::test::fetched;
using dragline::test::http_client;
using dragline::testing::ending;
using dragline::testing::http_framing;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace h1 = dragline::h1;
namespace http = dragline::http;

namespace {

// A server of one page, and a client of it.
class one_page {
public:
    explicit one_page(const http_reply& reply) { server.on("*", reply); }

    fetched get(const fetch_options& options = fetch_options()) {
        return client.fetch(server.url("/"), options);
    }
    std::error_code error(const fetch_options& options = fetch_options()) { return get(options).ec; }

    http_server server;
    http_client client;
};

std::string text(std::size_t size) {
    std::string out;
    while (out.size() < size) out += "0123456789abcdef" + std::to_string(out.size());
    return out.substr(0, size);
}

// A complete head of these lines, and a body of length 0.
http_reply head_of(const std::string& lines) {
    return http_reply().raw("HTTP/1.1 200 OK\r\n" + lines + "Content-Length: 0\r\n\r\n");
}

h1::head_limits limits() { return h1::head_limits(); }

}  // namespace

TEST_CASE("a body of a given length is read, in one piece or in drops", "[http][fetch]") {
    for (const std::size_t size : {0u, 1u, 4096u, 65'537u, 1'000'003u}) {
        one_page page(http_reply().body(text(size)));
        CHECK((page.get().response.body == text(size)));
        CHECK((page.get().response.body == text(size)));
        CHECK(page.server.connection_count() == 1);
    }
    one_page drops(http_reply().body(text(40)).drip_head(1, 0ms).drip_body(1, 0ms));
    CHECK(drops.get().response.body == text(40));
}

TEST_CASE("a chunked body is read whatever its chunks, and its trailers are dropped", "[http][fetch]") {
    for (const std::size_t size : {0u, 1u, 3000u, 100'000u}) {
        one_page page(http_reply()
                          .body(text(size))
                          .chunks({1, 2, 3, 1000, 70'000})
                          .chunk_extension(";a=b;c=\"d;e\"")
                          .trailer("X-Sum", "1")
                          .trailer("Content-Length", "5"));
        const auto first = page.get();
        CHECK(!first.ec);
        CHECK((first.response.body == text(size)));
        CHECK(!first.response.headers.contains("X-Sum"));
        CHECK(!first.response.headers.contains("Content-Length"));
        CHECK((page.get().response.body == text(size)));
        CHECK(page.server.connection_count() == 1);
    }
    one_page drops(http_reply().body(text(30)).chunks({7}).drip_head(1, 0ms).drip_body(1, 0ms));
    CHECK(drops.get().response.body == text(30));
}

TEST_CASE("a body without length goes to the end of the connection", "[http][fetch]") {
    one_page page(http_reply().body(text(100'000)).framing(http_framing::until_close));
    CHECK((page.get().response.body == text(100'000)));
    CHECK((page.get().response.body == text(100'000)));
    CHECK(page.server.connection_count() == 2);
}

TEST_CASE("204 and 304 have no body, whatever they announce", "[http][fetch]") {
    one_page no_content(http_reply().raw("HTTP/1.1 204 No Content\r\n\r\n"));
    CHECK(no_content.get().response.status == 204);
    CHECK(no_content.get().response.body.empty());
    CHECK(no_content.server.connection_count() == 1);
    one_page not_modified(http_reply().raw("HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n"));
    CHECK(not_modified.get().response.status == 304);
    CHECK(not_modified.get().response.headers.get("Content-Length") == "1000");
    CHECK(not_modified.server.connection_count() == 1);
}

TEST_CASE("interim responses are skipped up to their limit", "[http][fetch]") {
    const auto interim = [](std::size_t count) {
        return http_reply().interim(103, {{"Link", "</a>"}}, count).body("final");
    };
    one_page fits(interim(32));
    const auto got = fits.get();
    CHECK(!got.ec);
    CHECK(got.response.status == 200);
    CHECK(got.response.body == "final");
    CHECK(!got.response.headers.contains("Link"));
    one_page exceeds(interim(33));
    CHECK(exceeds.error() == http::errc::too_many_interim);
    CHECK(exceeds.error() == condition::limit_exceeded);
    one_page few(interim(2));
    CHECK(few.error(fetch_options().max_interim(2)) == std::error_code());
    CHECK(few.error(fetch_options().max_interim(1)) == http::errc::too_many_interim);
    CHECK(few.error(fetch_options().max_interim(0)) == http::errc::too_many_interim);
    CHECK(few.error(fetch_options().max_interim(-1)) == dragline::errc::invalid_option);
}

TEST_CASE("a switch of protocols that nobody asked for is refused", "[http][fetch]") {
    one_page page(
        http_reply().raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"));
    CHECK(page.error() == http::errc::unexpected_upgrade);
    CHECK(page.error() == condition::protocol_error);
}

TEST_CASE("what is no status line is an error that names it", "[http][fetch]") {
    for (const auto* line : {"garbage", "HTTP/1.1", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 abc OK",
                             "HTTP/1.1 099 Low", " HTTP/1.1 200 OK", "ICY 200 OK"}) {
        CAPTURE(line);
        one_page page(http_reply().raw(std::string(line) + "\r\nContent-Length: 0\r\n\r\n").close());
        const auto ec = page.error();
        CHECK(ec == h1::errc::malformed_status_line);
        CHECK(ec == condition::protocol_error);
    }
    for (const auto* version : {"HTTP/2.0", "HTTP/0.9", "HTTP/1.2"}) {
        one_page page(http_reply().raw(std::string(version) + " 200 OK\r\n\r\n").close());
        CHECK(page.error() == h1::errc::unsupported_version);
    }
    one_page noise(http_reply::garbage());
    CHECK(noise.error() == condition::protocol_error);
}

TEST_CASE("a malformed field line is an error that names it", "[http][fetch]") {
    const auto error = [](const std::string& line) { return one_page(head_of(line + "\r\n")).error(); };
    CHECK(error("no-colon") == h1::errc::malformed_field);
    CHECK(error(": no name") == h1::errc::malformed_field);
    CHECK(error("A : space") == h1::errc::whitespace_before_colon);
    CHECK(error("A: x\r\n folded") == h1::errc::folded_field);
    CHECK(error("A: a\rb") == h1::errc::malformed_field_value);
    CHECK(error(std::string("A: a\0b", 6)) == h1::errc::malformed_field_value);
    CHECK(one_page(head_of(" A: early\r\n")).error() == h1::errc::whitespace_before_field);
    CHECK(one_page(head_of("A: x\n")).error() == h1::errc::bare_line_feed);
}

TEST_CASE("framing fields that contradict each other are refused", "[http][fetch]") {
    const auto error = [](const std::string& fields) {
        return one_page(http_reply().raw("HTTP/1.1 200 OK\r\n" + fields + "\r\n0123456789").close()).error();
    };
    CHECK(error("Content-Length: 5\r\nContent-Length: 6\r\n") == h1::errc::conflicting_content_length);
    CHECK(error("Content-Length: 5, 6\r\n") == h1::errc::conflicting_content_length);
    for (const auto* bad : {"+5", "-1", "0x5", "5 5", "99999999999999999999999", "a", ""}) {
        CAPTURE(bad);
        CHECK(error("Content-Length: " + std::string(bad) + "\r\n") == h1::errc::invalid_content_length);
    }
    CHECK(error("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") ==
          h1::errc::content_length_with_transfer_encoding);
    CHECK(error("Transfer-Encoding: chunked, chunked\r\n") == h1::errc::unsupported_transfer_encoding);
    CHECK(error("Transfer-Encoding: gzip, chunked\r\n") == h1::errc::unsupported_transfer_encoding);
    const auto old =
        http_reply().raw("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").close();
    CHECK(one_page(old).error() == h1::errc::transfer_encoding_in_http10);
    one_page same(
        http_reply().raw("HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\nContent-Length: 3\r\n\r\nabc"));
    CHECK(same.get().response.body == "abc");
}

TEST_CASE("a malformed chunk is an error, also after good ones", "[http][fetch]") {
    const auto error = [](const std::string& chunks) {
        const auto head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        return one_page(http_reply().raw(head + chunks).close()).error();
    };
    for (const auto* bad : {"x\r\n", "-1\r\n", "0x1\r\nab", "\r\n", "1 2\r\n", "3\nabc", "3\r\nabcd\r\n",
                            "3\r\nabc\r\ng\r\n", "3\r\nabc0\r\n\r\n"}) {
        CAPTURE(bad);
        CHECK(error(bad) == condition::protocol_error);
    }
    CHECK(error("11111111111111111\r\n") == h1::errc::chunk_too_large);
    CHECK(error("3;" + std::string(5000, 'x') + "\r\nabc\r\n0\r\n\r\n") ==
          h1::errc::chunk_extension_too_large);
    CHECK(error("3\r\nabc\r\n") == h1::errc::truncated);
}

TEST_CASE("the head may have its limits and not one byte, field or line more", "[http][fetch]") {
    const std::string raw =
        "HTTP/1.1 200 OK\r\nA: " + std::string(200, 'a') + "\r\nContent-Length: 0\r\n\r\n";
    one_page size(http_reply().raw(raw));
    CHECK(!size.error(fetch_options().head_limits(limits().max_size(raw.size()))));
    const auto too_large = size.error(fetch_options().head_limits(limits().max_size(raw.size() - 1)));
    CHECK(too_large == h1::errc::head_too_large);
    CHECK(too_large == condition::limit_exceeded);

    CHECK(!size.error(fetch_options().head_limits(limits().max_fields(2))));
    CHECK(size.error(fetch_options().head_limits(limits().max_fields(1))) == h1::errc::too_many_fields);

    CHECK(!size.error(fetch_options().head_limits(limits().max_line(203))));
    CHECK(size.error(fetch_options().head_limits(limits().max_line(202))) == h1::errc::line_too_long);
}

TEST_CASE("the default limits hold against heads that never end", "[http][fetch]") {
    one_page line(http_reply().header("A", std::string(100'000, 'x')));
    CHECK(line.error() == h1::errc::line_too_long);
    one_page endless_line(http_reply().endless_head("x"));
    CHECK(endless_line.error() == h1::errc::line_too_long);
    one_page endless(http_reply().endless_head("A: " + std::string(1000, 'x') + "\r\n"));
    CHECK(endless.error() == h1::errc::head_too_large);
    one_page many(http_reply().endless_head("A: x\r\n"));
    CHECK(many.error() == h1::errc::too_many_fields);
    one_page fits(http_reply().padding(999, 200));
    CHECK(!fits.error());
    one_page exceeds(http_reply().padding(1000, 200));
    CHECK(exceeds.error() == h1::errc::too_many_fields);
}

TEST_CASE("after a response that was refused the session goes on", "[http][fetch]") {
    http_server server;
    server.on("/bad", http_reply::garbage()).on("/good", http_reply().body("x"));
    http_client client;
    CHECK(!client.fetch(server.url("/good")).ec);
    CHECK(client.fetch(server.url("/bad")).ec);
    CHECK(client.fetch(server.url("/good")).response.body == "x");
    CHECK(client.statistics().calls == 0);
}
