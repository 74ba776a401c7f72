// Bodies that are coded: gzip, deflate, br and zstd.
#include <dragline/http/fetch.hpp>

#include "../codec/compress.hpp"
#include "../support/http_client.hpp"

#include <dragline/codec/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

using dragline::condition;
using dragline::fetch_options;
using dragline::test::fetched;
using dragline::test::http_client;
using dragline::testing::http_framing;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace codec = dragline::codec;
namespace http = dragline::http;

namespace {

fetched get(const http_reply& reply, const fetch_options& options = fetch_options()) {
    http_server server;
    server.on("/", reply);
    http_client client;
    return client.fetch(server.url("/"), options);
}

http_reply coded(const std::string& coding, const std::string& bytes) {
    return http_reply().header("Content-Encoding", coding).body(bytes);
}

}  // namespace

TEST_CASE("a coding that this build does not have is an error, unless the body is wanted as it is",
          "[http][fetch][coding]") {
    CHECK(get(coded("compress", "xyz")).ec == codec::errc::unknown_coding);
    CHECK(get(coded("compress", "xyz")).ec == condition::protocol_error);
    const auto raw = get(coded("compress", "xyz"), fetch_options().decompress(false));
    CHECK(raw.response.body == "xyz");
    CHECK(raw.response.headers.get("Content-Encoding") == "compress");
    CHECK(get(coded("identity", "xyz")).response.body == "xyz");
}

namespace {

[[maybe_unused]] std::string text(std::size_t size) {
    std::string out;
    while (out.size() < size) out += "0123456789abcdef" + std::to_string(out.size());
    return out.substr(0, size);
}

[[maybe_unused]] fetch_options truncating(std::uint64_t limit) {
    return fetch_options().max_body(limit).on_limit(http::on_limit::truncate);
}

}  // namespace

#if DRAGLINE_WITH_ZLIB

using dragline::test::compress;
using dragline::test::gzip;
using dragline::test::wrapping;

TEST_CASE("gzip and both kinds of deflate are decoded", "[http][fetch][coding]") {
    const auto body = text(100'000);
    for (const auto& reply :
         {coded("gzip", gzip(body)), coded("X-GZIP", gzip(body)),
          coded("deflate", compress(body, wrapping::zlib)), coded("deflate", compress(body, wrapping::raw)),
          coded("gzip", gzip(body)).chunks({1, 2, 3, 500}),
          coded("gzip", gzip(body)).framing(http_framing::until_close)}) {
        const auto got = get(reply);
        CHECK(!got.ec);
        CHECK((got.response.body == body));
        CHECK(got.trace.attempts.at(0).bytes_received < body.size());
    }
}

TEST_CASE("stacked codings are undone in turn, in one field or several", "[http][fetch][coding]") {
    const auto twice = compress(gzip("text"), wrapping::zlib);
    CHECK(get(coded("gzip, deflate", twice)).response.body == "text");
    const auto two_fields =
        http_reply().header("Content-Encoding", "gzip").header("content-encoding", "deflate").body(twice);
    CHECK(get(two_fields).response.body == "text");
    CHECK(get(coded("gzip,gzip,gzip,gzip,gzip,gzip", twice)).ec == codec::errc::too_many_codings);
}

TEST_CASE("the limit counts decoded bytes, exactly", "[http][fetch][coding]") {
    const auto body = text(100'000);
    const auto reply = coded("gzip", gzip(body));
    CHECK((get(reply, fetch_options().max_body(100'000)).response.body == body));
    CHECK(get(reply, fetch_options().max_body(99'999)).ec == http::errc::body_too_large);
    const auto cut = get(reply, truncating(99'999));
    CHECK(cut.response.truncated);
    CHECK((cut.response.body == body.substr(0, 99'999)));
    CHECK(!get(reply, truncating(100'000)).response.truncated);
    CHECK(get(reply, fetch_options().max_body(0)).ec == http::errc::body_too_large);
    const auto whole = get(reply, fetch_options().decompress(false).max_body(gzip(body).size()));
    CHECK((whole.response.body == gzip(body)));
}

TEST_CASE("1 MiB of gzip in tiny chunks with a limit of 500 kB is cut at exactly 500 kB",
          "[http][fetch][coding]") {
    const auto body = text(1024 * 1024);
    const auto reply = coded("gzip", gzip(body)).chunks({1, 1, 1, 50});
    CHECK(get(reply, fetch_options().max_body(500'000)).ec == http::errc::body_too_large);
    CHECK((get(reply, truncating(500'000)).response.body == body.substr(0, 500'000)));
}

TEST_CASE("a gzip bomb is stopped by its ratio, and by the limit", "[http][fetch][coding]") {
    const auto bomb = gzip(gzip(std::string(50'000'000, 'x')));
    const auto stacked = get(coded("gzip, gzip", bomb));
    CHECK(stacked.ec == codec::errc::ratio_exceeded);
    CHECK(stacked.ec == condition::limit_exceeded);
    const auto plain = gzip(std::string(5'000'000, 'x'));
    CHECK(get(coded("gzip", plain), fetch_options().max_body(1'000'000)).ec == http::errc::body_too_large);
}

TEST_CASE("coded content that is corrupt or cut short is an error", "[http][fetch][coding]") {
    auto corrupt = gzip(text(10'000));
    corrupt[corrupt.size() / 2] ^= 0x55;
    CHECK(get(coded("gzip", corrupt)).ec == condition::protocol_error);
    CHECK(get(coded("gzip", "no gzip at all")).ec == codec::errc::corrupt);
    auto sum = gzip("text");
    sum[sum.size() - 8] ^= 1;
    CHECK(get(coded("gzip", sum)).ec == codec::errc::corrupt);
    const auto whole = gzip(text(10'000));
    for (const std::size_t size : {std::size_t{1}, whole.size() / 2, whole.size() - 1}) {
        CHECK(get(coded("gzip", whole.substr(0, size))).ec == codec::errc::truncated);
    }
    CHECK(get(coded("gzip", whole + "garbage")).ec == codec::errc::trailing_garbage);
}

TEST_CASE("a response without a body is not decoded", "[http][fetch][coding]") {
    CHECK(!get(coded("gzip", "")).ec);
    CHECK(!get(coded("gzip", gzip("text")), fetch_options().method("HEAD")).ec);
    CHECK(!get(http_reply(304).header("Content-Encoding", "gzip")).ec);
    CHECK(!get(http_reply(204).header("Content-Encoding", "br, gzip")).ec);
}

TEST_CASE("a part of coded content is given as it is", "[http][fetch][coding]") {
    const auto part = gzip(text(1000)).substr(10, 20);
    const auto got = get(coded("gzip", part).status(206).header("Content-Range", "bytes 10-29/100"));
    CHECK(!got.ec);
    CHECK(got.response.body == part);
}

TEST_CASE("a connection carries on after a coded body", "[http][fetch][coding]") {
    http_server server;
    server.on("/", coded("gzip", gzip("text")));
    http_client client;
    for (int round = 0; round < 3; ++round) CHECK(client.fetch(server.url("/")).response.body == "text");
    CHECK(server.connection_count() == 1);
}

#endif

#if DRAGLINE_WITH_BROTLI && DRAGLINE_WITH_ZSTD

using dragline::test::brotli;
using dragline::test::zstd;

TEST_CASE("br and zstd are asked for and decoded", "[http][fetch][coding]") {
    const auto body = text(100'000);
    for (const auto& [coding, bytes] : {std::pair("br", brotli(body)), std::pair("zstd", zstd(body))}) {
        CAPTURE(coding);
        for (const auto& reply : {coded(coding, bytes), coded(coding, bytes).chunks({1, 2, 3, 500}),
                                  coded(coding, bytes).framing(http_framing::until_close)}) {
            http_server server;
            server.on("/", reply);
            http_client client;
            const auto got = client.fetch(server.url("/"));
            CHECK(!got.ec);
            CHECK((got.response.body == body));
            CHECK(got.trace.attempts.at(0).bytes_received < body.size());
            CHECK(server.requests().at(0).field("Accept-Encoding").find(coding) != std::string::npos);
        }
    }
    CHECK((get(coded("br, zstd", zstd(brotli(body)))).response.body == body));
}

TEST_CASE("the limit counts the decoded bytes of br and zstd, exactly", "[http][fetch][coding]") {
    const auto body = text(100'000);
    for (const auto& reply : {coded("br", brotli(body)), coded("zstd", zstd(body))}) {
        CHECK((get(reply, fetch_options().max_body(100'000)).response.body == body));
        CHECK(get(reply, fetch_options().max_body(99'999)).ec == http::errc::body_too_large);
        const auto cut = get(reply, truncating(99'999));
        CHECK(cut.response.truncated);
        CHECK((cut.response.body == body.substr(0, 99'999)));
    }
}

TEST_CASE("a bomb in br or zstd is stopped by its ratio, and by the limit", "[http][fetch][coding]") {
    const std::string zeros(50'000'000, '\0');
    for (const auto& reply :
         {coded("br", brotli(zeros)), coded("zstd", zstd(zeros)), coded("zstd, br", brotli(zstd(zeros))),
          coded("br, zstd", zstd(brotli(zeros)))}) {
        CHECK(get(reply).ec == codec::errc::ratio_exceeded);
        CHECK(get(reply, fetch_options().max_body(500'000)).ec == http::errc::body_too_large);
    }
}

TEST_CASE("br and zstd that are corrupt or cut short are an error", "[http][fetch][coding]") {
    for (const auto& [coding, whole] :
         {std::pair("br", brotli(text(10'000))), std::pair("zstd", zstd(text(10'000)))}) {
        CAPTURE(coding);
        CHECK(get(coded(coding, "neither nor")).ec == codec::errc::corrupt);
        for (const std::size_t size : {std::size_t{1}, whole.size() / 2, whole.size() - 1}) {
            CHECK(get(coded(coding, whole.substr(0, size))).ec == codec::errc::truncated);
        }
        CHECK(get(coded(coding, whole + "garbage")).ec == codec::errc::trailing_garbage);
    }
    const auto wide = zstd("text", {.window = 24, .length = false});
    CHECK(get(coded("zstd", wide)).ec == codec::errc::window_too_large);
    CHECK(get(coded("zstd", wide)).ec == condition::limit_exceeded);
}

#endif
