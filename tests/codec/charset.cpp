#include <dragline/codec/charset.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace codec = dragline::codec;
using codec::to_utf8;
using codec::to_valid_utf8;

namespace {

const std::string bad = "\xef\xbf\xbd";

std::string utf8(std::string_view text, std::string_view charset) { return to_utf8(text, charset).value(); }

}  // namespace

TEST_CASE("UTF-8 stays as it is, and each error becomes one replacement character", "[codec][charset]") {
    for (const std::string_view good :
         {"", "abc", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x95\xb7", "\xed\x9f\xbf", "\xee\x80\x80",
          "\xf4\x8f\xbf\xbf", "\xef\xbb\xbfx"}) {
        CHECK(to_valid_utf8(good) == good);
        CHECK(utf8(good, " UTF8 ") == good);
    }
    CHECK(to_valid_utf8("a\x80z") == "a" + bad + "z");
    CHECK(to_valid_utf8("\xc0\xaf") == bad + bad);            // overlong
    CHECK(to_valid_utf8("\xe0\x80\xaf") == bad + bad + bad);  // overlong
    CHECK(to_valid_utf8("\xed\xa0\x80") == bad + bad + bad);  // a surrogate
    CHECK(to_valid_utf8("\xf4\x90\x80\x80") == bad + bad + bad + bad);
    CHECK(to_valid_utf8("\xf5\xff") == bad + bad);
    // The example of the Unicode standard, table 3-8.
    CHECK(to_valid_utf8("\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64") ==
          "a" + bad + bad + bad + "b" + bad + "c" + bad + bad + "d");
    for (std::size_t size = 1; size < 4; ++size) {
        CHECK(to_valid_utf8(std::string("\xf0\x9f\x95\xb7", size)) == bad);  // cut off
    }
}

TEST_CASE("UTF-16 of both orders, with and without errors", "[codec][charset]") {
    using namespace std::string_view_literals;
    CHECK(utf8("a\0\xac\x20\x3d\xd8\x77\xdd"sv, "utf-16le") == "a\xe2\x82\xac\xf0\x9f\x95\xb7");
    CHECK(utf8("\0a\x20\xac\xd8\x3d\xdd\x77"sv, "UTF-16BE") == "a\xe2\x82\xac\xf0\x9f\x95\xb7");
    CHECK(utf8("a\0"sv, "utf-16") == "a");
    CHECK(utf8("\x3d\xd8"sv, "utf-16le") == bad);  // a lead without its trail
    CHECK(utf8("\x3d\xd8\x61\0"sv, "utf-16le") == bad + "a");
    CHECK(utf8("\x77\xdd\x61\0"sv, "utf-16le") == bad + "a");  // a trail alone
    CHECK(utf8("\x3d\xd8\x3d\xd8\x77\xdd"sv, "utf-16le") == bad + "\xf0\x9f\x95\xb7");
    CHECK(utf8("a\0b"sv, "utf-16le") == "a" + bad);  // half a unit
    CHECK(utf8("\x3d\xd8\x77"sv, "utf-16le") == bad);
    CHECK(utf8("", "utf-16le").empty());
}

TEST_CASE("the Latin charsets are read as the web reads them", "[codec][charset]") {
    for (const auto* label : {"windows-1252", "ISO-8859-1", "latin1", "us-ascii", "cp1252", "iso8859-1"}) {
        CAPTURE(label);
        CHECK(utf8("a\xe4\x80\x9f\xff\x81", label) == "a\xc3\xa4\xe2\x82\xac\xc5\xb8\xc3\xbf\xc2\x81");
    }
    CHECK(utf8("\xa4\xa6\xa8\xb4\xb8\xbc\xbd\xbe\xe4", "iso-8859-15") ==
          "\xe2\x82\xac\xc5\xa0\xc5\xa1\xc5\xbd\xc5\xbe\xc5\x92\xc5\x93\xc5\xb8\xc3\xa4");
}

TEST_CASE("the charsets of the C library are used where it has them", "[codec][charset]") {
    if (const auto text = to_utf8("\xef\xf0", "windows-1251")) CHECK(*text == "\xd0\xbf\xd1\x80");
    if (const auto text = to_utf8("\xf0", "koi8-r")) CHECK(*text == "\xd0\x9f");
    if (const auto text = to_utf8("\xb1", "latin2")) CHECK(*text == "\xc4\x85");
    if (const auto text = to_utf8("\x82\xa0\x81", "Shift_JIS")) CHECK(*text == "\xe3\x81\x82" + bad);
    if (const auto text = to_utf8("a\xff\xb0\xa1", "euc-kr")) CHECK(*text == "a" + bad + "\xea\xb0\x80");
    if (const auto text = to_utf8(std::string(10'000, 'x'), "gbk"))
        CHECK((*text == std::string(10'000, 'x')));
#if defined(__GLIBC__)
    CHECK(to_utf8("x", "ISO-8859-5").has_value());
#endif
}

TEST_CASE("unknown charsets are refused, and those that browsers refuse", "[codec][charset]") {
    for (const auto* label : {"", "x", "utf-7", "utf-32", "utf-8//TRANSLIT", "iso-8859-12", "iso-8859-17",
                              "iso-8859-", "windows-1249", "cp037", "hz-gb-2312", "iso-2022-kr", "../x"}) {
        CAPTURE(label);
        CHECK(to_utf8("x", label).error() == codec::errc::unknown_charset);
    }
}

TEST_CASE("a byte order mark names its charset", "[codec][charset]") {
    CHECK(codec::find_byte_order_mark("\xef\xbb\xbfx").charset == "UTF-8");
    CHECK(codec::find_byte_order_mark("\xff\xfex").charset == "UTF-16LE");
    CHECK(codec::find_byte_order_mark("\xfe\xffx").charset == "UTF-16BE");
    CHECK(codec::find_byte_order_mark("\xfe\xffx").size == 2);
    CHECK(codec::find_byte_order_mark("\xef\xbb").charset.empty());
    CHECK(codec::find_byte_order_mark("").size == 0);
}
