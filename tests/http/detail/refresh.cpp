#include <dragline/http/detail/refresh.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

using dragline::http::detail::parse_refresh;

namespace {

// "seconds url", or "none".
std::string read(std::string_view text) {
    const auto field = parse_refresh(text);
    if (!field) return "none";
    return std::to_string(field->delay.count()) + ' ' + std::string(field->url);
}

}  // namespace

TEST_CASE("a Refresh field is read as browsers read it", "[http][refresh]") {
    CHECK(read("5") == "5 ");
    CHECK(read("  5  ") == "5 ");
    CHECK(read("0;url=/a") == "0 /a");
    CHECK(read("0; URL = /a b") == "0 /a b");
    CHECK(read("1, /a") == "1 /a");
    CHECK(read("1 /a") == "1 /a");
    CHECK(read("1.9; url=/a") == "1 /a");
    CHECK(read(".5; url=/a") == "0 /a");
    CHECK(read("1; url='/a;b'c") == "1 /a;b");
    CHECK(read("1; url=\"/a") == "1 /a");
    CHECK(read("1; '/a'") == "1 /a");
    CHECK(read("1; url/a") == "1 url/a");
    CHECK(read("1; url = ") == "1 ");
    CHECK(read("1;") == "1 ");
    CHECK(read("1; urls=/a") == "1 urls=/a");
}

TEST_CASE("what does not begin with a time is no Refresh", "[http][refresh]") {
    for (const auto* text : {"", " ", "url=/a", "-1; url=/a", "x", "1x", "1x; url=/a", ";1"})
        CHECK(read(text) == "none");
    CHECK(read("99999999999999999999; url=/a") == "86400 /a");
}
