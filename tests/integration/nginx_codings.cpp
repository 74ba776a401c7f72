// Bodies that lie coded in br and zstd on the disk of nginx, as sites keep them.
#include <dragline/http.hpp>

#include "../codec/compress.hpp"
#include "../support/http_client.hpp"
#include "nginx_server.hpp"

#include <dragline/codec/codings.hpp>
#include <dragline/codec/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

#if DRAGLINE_WITH_BROTLI && DRAGLINE_WITH_ZSTD

using dragline::fetch_options;
using dragline::test::brotli;
using dragline::test::file_list;
using dragline::test::http_client;
using dragline::test::nginx_server;
using dragline::test::pattern;
using dragline::test::zstd;

namespace codec = dragline::codec;

namespace {

constexpr auto servers = R"(
    server { listen 127.0.0.1:@0;
        location = /page.br { add_header Content-Encoding br; add_header X-Asked $http_accept_encoding; }
        location = /page.zst { add_header Content-Encoding zstd; add_header X-Asked $http_accept_encoding; }
        location /twice/ { alias @F/www/; add_header Content-Encoding zstd;
                           gzip on; gzip_types *; gzip_min_length 1; } })";

std::string page() { return pattern(1024 * 1024); }

file_list coded_files() { return {{"www/page.br", brotli(page(), 5)}, {"www/page.zst", zstd(page())}}; }

}  // namespace

TEST_CASE("br and zstd of nginx are decoded", "[integration][nginx][coding]") {
    const nginx_server nginx(servers, coded_files());
    http_client client;
    for (const std::string name : {"/page.br", "/page.zst"}) {
        CAPTURE(name);
        for (int round = 0; round < 3; ++round) {
            const auto got = client.fetch(nginx.url(name));
            CHECK_FALSE(got.ec);
            CHECK(got.response.headers.get("X-Asked") == codec::accept_encoding());
            CHECK(bool(got.response.body == page()));
            CHECK(got.response.peer.reused == (round != 0 || name != "/page.br"));
        }
        const auto less = page().size() - 1;
        CHECK(client.fetch(nginx.url(name), fetch_options().max_body(less)).ec ==
              dragline::http::errc::body_too_large);
        REQUIRE_FALSE(client.fetch(nginx.url(name)).ec);
        const auto raw = client.fetch(nginx.url(name), fetch_options().decompress(false));
        CHECK(bool(raw.response.body == coded_files().at("www" + name)));
        CHECK(raw.response.headers.get("X-Asked").empty());
    }
}

TEST_CASE("a range of coded content is left as it is, and says so", "[integration][nginx][coding]") {
    const nginx_server nginx(servers, coded_files());
    http_client client;
    const auto got = client.fetch(nginx.url("/page.br"), fetch_options().header("Range", "bytes=100-199"));
    CHECK(got.response.status == 206);
    CHECK(got.response.headers.get("Content-Encoding") == "br");
    CHECK(bool(got.response.body == coded_files().at("www/page.br").substr(100, 100)));
}

#if DRAGLINE_WITH_ZLIB

TEST_CASE("what nginx compresses once more is decoded twice", "[integration][nginx][coding]") {
    const nginx_server nginx(servers, coded_files());
    http_client client;
    const auto got = client.fetch(nginx.url("/twice/page.zst"));
    CHECK_FALSE(got.ec);
    const auto codings = got.response.headers.all("Content-Encoding");
    CHECK(std::vector<std::string>(codings.begin(), codings.end()) ==
          std::vector<std::string>{"zstd", "gzip"});
    CHECK(bool(got.response.body == page()));
}

#endif
#endif
