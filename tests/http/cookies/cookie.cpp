#include <dragline/http/cookies/cookie.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

using namespace std::string_view_literals;
using dragline::http::cookie_pair;

namespace http = dragline::http;

TEST_CASE("a cookie is for one host and all its paths, as long as the jar lives", "[http][cookie]") {
    const http::cookie made("a", "1", "example.com");
    CHECK(made.domain == "example.com");
    CHECK(made.path == "/");
    CHECK(made.host_only);
    CHECK(!made.expires);
    CHECK(!made.secure);
    CHECK(!made.http_only);
    CHECK(made.same_site == http::same_site_mode::unset);
    CHECK(made == http::cookie("a", "1", "example.com"));
    CHECK(made != http::cookie());
    STATIC_CHECK(!std::is_aggregate_v<http::cookie>);
    STATIC_CHECK(!std::is_aggregate_v<cookie_pair>);
}

TEST_CASE("a Cookie field holds pairs", "[http][cookie]") {
    CHECK(http::cookie_field({}).empty());
    const std::vector<cookie_pair> pairs{{"a", "1"}, {"b", ""}, {"", "alone"}, {"a", "2"}};
    CHECK(http::cookie_field(pairs) == "a=1; b=; alone; a=2");
    std::string field = "x=y";
    http::append_cookie(field, "z", "=");
    CHECK(field == "x=y; z==");
}

TEST_CASE("what is read back as it was written can be sent", "[http][cookie]") {
    for (const auto value : {""sv, "1"sv, "\"quoted\""sv, "a b"sv, "a,b"sv, "a=b=="sv, "{\"a\":1}"sv,
                             "\xc3\xa9"sv, "\\"sv, "%0d%0a"sv}) {
        CAPTURE(value);
        CHECK(!http::check_cookie_pair("name", value));
    }
    for (const auto name : {"a"sv, "a[b]"sv, "__Host-a"sv, "a b"sv, "\xc3\xa9"sv, "$Version"sv})
        CHECK(!http::check_cookie_pair(name, "1"));
}

TEST_CASE("nothing that ends a cookie, a field or a line can be sent", "[http][cookie]") {
    for (const auto text : {"\r"sv, "\n"sv, "a\r\nX: y"sv, "a\nb"sv, "a\0b"sv, "a\tb"sv, "\x7f"sv,
                            "\x1b[0m"sv, "a;b"sv, "a; b=c"sv, " a"sv, "a "sv, "\ta"sv}) {
        CAPTURE(text);
        CHECK(http::check_cookie_pair("name", text) == http::errc::invalid_cookie);
        CHECK(http::check_cookie_pair(text, "value") == std::errc::invalid_argument);
    }
    CHECK(http::check_cookie_pair("a=b", "value") == http::errc::invalid_cookie);
    CHECK(http::check_cookie_pair("", "value") == http::errc::invalid_cookie);
    for (int code = 0; code < 256; ++code) {
        const std::string text = "a" + std::string(1, static_cast<char>(code)) + "b";
        const bool bad = code < 0x20 || code == 0x7f || code == ';';
        CHECK((http::check_cookie_pair("name", text) == http::errc::invalid_cookie) == bad);
    }
}
