#include "../../examples/probe/json.hpp"
#include "../../examples/probe/safe_text.hpp"
#include "../../examples/probe/title.hpp"
#include "../support/json_reader.hpp"

#include <catch2/catch_test_macros.hpp>

#include <optional>
#include <string>
#include <string_view>

using namespace probe;

TEST_CASE("no control character gets through to a terminal", "[examples][probe]") {
    for (int byte = 0; byte < 256; ++byte) {
        const auto shown = printable(std::string(1, static_cast<char>(byte)));
        for (const char c : shown) {
            const auto got = static_cast<unsigned char>(c);
            CHECK(got >= 0x20);
            CHECK(got != 0x7F);
        }
    }
    for (char32_t value = 0x80; value < 0xA0; ++value) {  // C1, as UTF-8
        std::string text;
        append_utf8(text, value);
        CHECK(printable(text) == "?");
    }
    CHECK(printable("\x1b]0;owned\x07") == "?]0;owned?");
}

TEST_CASE("what turns or hides text goes", "[examples][probe]") {
    CHECK(printable("a\u202Eb\u2066c\u200Bd\uFEFFe") == "abcde");
    CHECK(printable("a\tb\nc\u00A0d") == "a b c d");
    CHECK(printable("e\u0301\u0301\u0301\u0301x") == "e\u0301\u0301x");
}

TEST_CASE("bytes that are no UTF-8 become a replacement, one each", "[examples][probe]") {
    CHECK(printable("a\xff"
                    "b") ==
          "a\uFFFD"
          "b");
    CHECK(printable("\xC0\xAF") == "\uFFFD\uFFFD");                      // overlong
    CHECK(printable("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");            // surrogate
    CHECK(printable("\xF4\x90\x80\x80") == "\uFFFD\uFFFD\uFFFD\uFFFD");  // beyond Unicode
    CHECK(printable("\xE2\x82") == "\uFFFD\uFFFD");                      // cut off
    CHECK(printable("\u20AC \U0001F600") == "\u20AC \U0001F600");
    CHECK(printable("\u20AC\xff", true) == "??");
}

TEST_CASE("text is cut and filled by columns, not by bytes", "[examples][probe]") {
    CHECK(columns_of("caf\u00E9") == 4);
    CHECK(columns_of("\u65E5\u672C") == 4);
    CHECK(columns_of("e\u0301") == 1);
    CHECK(cut("abcdef", 6) == "abcdef");
    CHECK(cut("abcdefg", 6) == "abc...");
    CHECK(cut("abcdefg", 6, "\u2026") == "abcde\u2026");
    CHECK(cut("\u65E5\u672C\u8A9E", 4, "~") == "\u65E5~");
    CHECK(fit("ab", 4) == "ab  ");
    CHECK(fit("ab", 4, true) == "  ab");
    CHECK(columns_of(fit("\u65E5\u672C\u8A9E", 4, false, "~")) == 4);
    for (std::size_t width = 0; width < 8; ++width) CHECK(columns_of(cut("abcdefgh", width)) <= width);
}

TEST_CASE("every text becomes a JSON string that a reader understands", "[examples][probe]") {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
    const auto written = json_text(all);
    for (const char c : written) CHECK((static_cast<unsigned char>(c) >= 0x20 && c != 0x7F));
    CHECK(dragline::test::json_reader(written).read().text() == [&] {
        std::string wanted = all.substr(0, 128);
        for (int byte = 128; byte < 256; ++byte) wanted += "\uFFFD";
        return wanted;
    }());
    CHECK(json_text("a\"b\\c\n") == R"("a\"b\\c\u000a")");
    CHECK(json_text("\u202E\u009B") == R"("\u202e\u009b")");
    CHECK(json_text("\U000E0041") == "\"\uFFFD\"");
    CHECK(json_text("\u00FC\U0001F600") == "\"\u00FC\U0001F600\"");
}

TEST_CASE("JSON objects and arrays are built member by member", "[examples][probe]") {
    auto object = json_writer::object();
    object.add("text", "no bool").add("yes", true).add("n", std::int64_t{-1}).null("none").raw("a", "[]");
    CHECK(std::move(object).done() == R"({"text":"no bool","yes":true,"n":-1,"none":null,"a":[]})");
    auto array = json_writer::array();
    array.item("1").item("{}");
    CHECK(std::move(array).done() == "[1,{}]");
    CHECK(json_writer::object().done() == "{}");
    CHECK(json_number(1.5) == "1.500");
}

TEST_CASE("the title of a page is what stands in its title element", "[examples][probe]") {
    CHECK(title_of("<html><TITLE lang=en>Hello</Title>") == "Hello");
    CHECK(title_of("<title>\n  two\t words \n</title>") == "two words");
    CHECK(title_of("<title></title>") == "");
    CHECK(title_of("<title>first</title><title>second</title>") == "first");
    CHECK(title_of("<titles>no</titles><title>yes</title>") == "yes");
}

TEST_CASE("what only looks like a title is none", "[examples][probe]") {
    CHECK(title_of("") == std::nullopt);
    CHECK(title_of("plain text") == std::nullopt);
    CHECK(title_of("<title>never closed") == std::nullopt);
    CHECK(title_of("<title") == std::nullopt);
    CHECK(title_of("<!-- <title>old</title> --><title>new</title>") == "new");
    CHECK(title_of("<script>'<title>x</title>'</script><title>y</title>") == "y");
    CHECK(title_of("<svg><title>icon</title></svg><title>page</title>") == "page");
    CHECK(title_of("<script><title>x</title>") == std::nullopt);
}

TEST_CASE("references in a title become characters", "[examples][probe]") {
    CHECK(title_of("<title>a &amp; b &lt;c&gt; &#65;&#x42; &quot;</title>") == "a & b <c> AB \"");
    CHECK(title_of("<title>&#146; &#x20AC; &ndash;</title>") == "\u2019 \u20AC \u2013");
    CHECK(title_of("<title>&unknown; &; & &#; &#x; &#xD800; &#99999999; &toolongtobeone;</title>") ==
          "&unknown; &; & &#; &#x; \uFFFD \uFFFD &toolongtobeone;");
    CHECK(printable(*title_of("<title>&#27;[31m&#0;</title>")) == "?[31m\uFFFD");
}

TEST_CASE("a title that is no UTF-8 is read as windows-1252", "[examples][probe]") {
    CHECK(title_of("<title>Z\xFCrich \x80 5</title>") == "Z\u00FCrich \u20AC 5");
    CHECK(title_of("<title>Z\u00FCrich</title>") == "Z\u00FCrich");
}

TEST_CASE("titles are searched and kept within limits", "[examples][probe]") {
    CHECK(title_of(std::string(title_search, ' ') + "<title>x</title>") == std::nullopt);
    CHECK(title_of("<title>" + std::string(longest_title, 'x') + "</title>")->size() == longest_title);
    CHECK(title_of("<title>" + std::string(longest_title + 1, 'x') + "</title>")->size() == longest_title);
    std::string many;  // each "<" must not start a search of its own to the end
    for (int i = 0; i < 60'000; ++i) many += "<svg";
    CHECK(title_of(many) == std::nullopt);
}
