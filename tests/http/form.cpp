#include <dragline/http/form.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <type_traits>

using dragline::http::body;
using dragline::http::form;

TEST_CASE("a form is names and values in order, duplicates included", "[http][form]") {
    CHECK(form().to_string().empty());
    CHECK(form().add("a", "1").add("b", "").add("a", "2").add("", "x").to_string() == "a=1&b=&a=2&=x");
    CHECK(form().add("a", "1").add("b", "2").size() == 2);
    CHECK(form().add("a", "1")[0].second == "1");
    STATIC_CHECK(!std::is_aggregate_v<form>);
}

TEST_CASE("a form is coded as the URL Standard says", "[http][form]") {
    CHECK(form().add("a b", "  c ").to_string() == "a+b=++c+");
    CHECK(form().add("x", "AZaz09*-._").to_string() == "x=AZaz09*-._");
    CHECK(form().add("&=", "+%#?/").to_string() == "%26%3D=%2B%25%23%3F%2F");
    CHECK(form().add("~", "!'()").to_string() == "%7E=%21%27%28%29");
    CHECK(form().add("\xc3\xa4", "\r\n").to_string() == "%C3%A4=%0D%0A");
    CHECK(form().add("n", std::string_view("\0\x7f\xff", 3)).to_string() == "n=%00%7F%FF");
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        const auto text = form().add("", std::string(1, c)).to_string();
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                           std::string_view("*-._").find(c) != std::string_view::npos;
        CHECK(text.size() == (plain || c == ' ' ? 2u : 4u));
    }
}

TEST_CASE("a form is a body with its type", "[http][form]") {
    const body made = form().add("q", "a b");
    CHECK(made.bytes() == "q=a+b");
    CHECK(made.content_type() == "application/x-www-form-urlencoded");
    CHECK(made.in_memory());
}
