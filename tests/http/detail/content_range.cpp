#include <dragline/http/detail/content_range.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <utility>
#include <vector>

namespace http = dragline::http;

TEST_CASE("Content-Range is read to the letter", "[http][content_range]") {
    const auto good = http::detail::parse_content_range("bytes 5-9/10");
    REQUIRE(good);
    CHECK(good->first == 5);
    CHECK(good->last == 9);
    CHECK(good->whole == 10);
    CHECK(http::detail::parse_content_range("BYTES 0-0/*"));
    CHECK(http::detail::parse_content_range("bytes */7")->whole == 7);
    for (const auto* bad : {"", "bytes", "bytes 5-9", "bytes 9-5/10", "bytes 5-10/10", "bytes */*",
                            "bytes -5/10", "bytes 5-/10", "items 5-9/10", "bytes 5-9/x", "bytes +5-9/10",
                            "bytes=5-9/10", "bytes 5-9/18446744073709551616", "bytes 0-1/2, bytes 3-4/5"}) {
        CAPTURE(bad);
        CHECK(!http::detail::parse_content_range(bad));
    }
}

TEST_CASE("a validator is strong, or there is none", "[http][content_range]") {
    const std::string later = "Sun, 06 Nov 1994 08:49:38 GMT", then = "Sun, 06 Nov 1994 08:49:37 GMT";
    const auto validator = [](std::vector<std::pair<std::string, std::string>> all) {
        http::fields headers;
        for (const auto& [name, value] : all) headers.add(name, value);
        return http::detail::strong_validator(headers);
    };
    CHECK(validator({{"ETag", "\"a\""}, {"Last-Modified", then}}) == "\"a\"");
    CHECK(validator({{"ETag", "W/\"a\""}, {"Last-Modified", then}, {"Date", later}}) == then);
    CHECK(validator({{"Last-Modified", then}, {"Date", then}}).empty());
    CHECK(validator({{"Last-Modified", then}}).empty());
    CHECK(validator({{"Last-Modified", "x"}, {"Date", later}}).empty());
    for (const auto* bad : {"", "a", "\"", "\"a\"b\"", "\"a", "W/\"a\""})
        CHECK(validator({{"ETag", bad}}).empty());
}
