#include <dragline/url/percent.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

namespace url = dragline::url;
using namespace std::string_view_literals;

TEST_CASE("encodes controls and bytes outside ASCII in every set", "[url][percent]") {
    CHECK(url::percent_encode("\0\n\x1f\x7f\x80\xff"sv, url::c0_control_set) == "%00%0A%1F%7F%80%FF");
    CHECK(url::percent_encode(" ~", url::c0_control_set) == " ~");
}

TEST_CASE("each set escapes what the URL Standard names for it", "[url][percent]") {
    constexpr auto printable = " !\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~"sv;
    struct {
        const url::percent_set& set;
        std::string_view escaped;
    } const cases[] = {
        {url::c0_control_set, ""},
        {url::fragment_set, " \"<>`"},
        {url::query_set, " \"#<>"},
        {url::special_query_set, " \"#'<>"},
        {url::path_set, " \"#<>?^`{}"},
        {url::userinfo_set, " \"#/:;<=>?@[\\]^`{|}"},
        {url::component_set, " \"#$%&+,/:;<=>?@[\\]^`{|}"},
        {url::form_set, " !\"#$%&'()+,/:;<=>?@[\\]^`{|}~"},
    };
    for (const auto& [set, escaped] : cases) {
        std::string found;
        for (const char c : printable) {
            if (set.contains(c)) found += c;
        }
        CHECK(found == escaped);
    }
}

TEST_CASE("encodes a value for a query by default", "[url][percent]") {
    CHECK(url::percent_encode("a b&c=d/\xc3\xa9") == "a%20b%26c%3Dd%2F%C3%A9");
    CHECK(url::percent_encode("") == "");
}

TEST_CASE("appends to what is there", "[url][percent]") {
    std::string out = "q=";
    url::append_percent_encoded(out, "1 2", url::query_set);
    CHECK(out == "q=1%202");
}

TEST_CASE("decodes either case and leaves what is no escape", "[url][percent]") {
    CHECK(url::percent_decode("%41%6a%6A") == "Ajj");
    CHECK(url::percent_decode("%00"sv) == "\0"sv);
    CHECK(url::percent_decode("%") == "%");
    CHECK(url::percent_decode("%4") == "%4");
    CHECK(url::percent_decode("%4g%g4%%41") == "%4g%g4%A");
    CHECK(url::percent_decode("a+b") == "a+b");
}

TEST_CASE("decoding undoes encoding for every byte", "[url][percent]") {
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
    CHECK(url::percent_decode(url::percent_encode(bytes)) == bytes);
}
