#include <dragline/core/ascii.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace ascii = dragline::ascii;

TEST_CASE("each of the 256 characters has the class that ASCII gives it", "[core][ascii]") {
    for (int value = 0; value < 256; ++value) {
        const char c = static_cast<char>(value);
        CAPTURE(value);
        const bool upper = value >= 'A' && value <= 'Z';
        const bool lower = value >= 'a' && value <= 'z';
        const bool digit = value >= '0' && value <= '9';
        CHECK(ascii::is_upper(c) == upper);
        CHECK(ascii::is_lower(c) == lower);
        CHECK(ascii::is_digit(c) == digit);
        CHECK(ascii::is_alpha(c) == (upper || lower));
        CHECK(ascii::is_alphanumeric(c) == (upper || lower || digit));
        CHECK(ascii::is_control(c) == (value < 0x20 || value == 0x7f));
        CHECK(ascii::to_lower(c) == (upper ? static_cast<char>(value + 32) : c));
        CHECK(ascii::to_upper(c) == (lower ? static_cast<char>(value - 32) : c));
    }
}

TEST_CASE("hexadecimal digits have their value, all else is -1", "[core][ascii]") {
    const std::string_view lower = "0123456789abcdef", upper = "0123456789ABCDEF";
    for (int value = 0; value < 256; ++value) {
        const char c = static_cast<char>(value);
        const auto at = lower.find(c) != lower.npos ? lower.find(c) : upper.find(c);
        CAPTURE(value);
        CHECK(ascii::hex_value(c) == (at == lower.npos ? -1 : static_cast<int>(at)));
    }
}

TEST_CASE("lowering text leaves bytes above 127 alone", "[core][ascii]") {
    CHECK(ascii::to_lower(std::string_view("AbC-\xC3\x84\xFF")) == "abc-\xC3\x84\xFF");
    CHECK(ascii::to_lower(std::string_view()).empty());
    CHECK(ascii::to_lower(std::string_view("A\0B", 3)) == std::string_view("a\0b", 3));
}

TEST_CASE("comparison ignores the case of letters only", "[core][ascii]") {
    CHECK(ascii::equals_ignoring_case("Content-Type", "cONTENT-tYPE"));
    CHECK(ascii::equals_ignoring_case("", ""));
    CHECK_FALSE(ascii::equals_ignoring_case("a", "aa"));
    CHECK_FALSE(ascii::equals_ignoring_case("[", "{"));  // 32 apart, but no letters
    CHECK_FALSE(ascii::equals_ignoring_case("@", "`"));
    CHECK_FALSE(ascii::equals_ignoring_case("\xC4", "\xE4"));  // letters in Latin-1 only
}

TEST_CASE("trim removes spaces and tabs at both ends and nothing else", "[core][ascii]") {
    CHECK(ascii::trim(" \t a b\t ") == "a b");
    CHECK(ascii::trim("ab") == "ab");
    CHECK(ascii::trim(" \t ").empty());
    CHECK(ascii::trim("").empty());
    CHECK(ascii::trim("\r\n x\v") == "\r\n x\v");
}

TEST_CASE("a number is parsed only when the whole text is one", "[core][ascii]") {
    CHECK(ascii::parse_number<std::uint16_t>("0") == 0);
    CHECK(ascii::parse_number<std::uint16_t>("00080") == 80);
    CHECK(ascii::parse_number<std::uint32_t>("fF", 16) == 255);
    for (const std::string_view bad : {"", " 1", "1 ", "+1", "-1", "1.", "0x10", "a", "1\n"}) {
        CAPTURE(bad);
        CHECK_FALSE(ascii::parse_number<std::uint16_t>(bad));
    }
}

TEST_CASE("a number at the limit of its type fits, the next one does not", "[core][ascii]") {
    CHECK(ascii::parse_number<std::uint16_t>("65535") == 65535);
    CHECK_FALSE(ascii::parse_number<std::uint16_t>("65536"));
    CHECK(ascii::parse_number<std::uint64_t>("18446744073709551615") ==
          std::numeric_limits<std::uint64_t>::max());
    CHECK_FALSE(ascii::parse_number<std::uint64_t>("18446744073709551616"));
    CHECK_FALSE(ascii::parse_number<std::uint64_t>(std::string(100'000, '9')));
}

TEST_CASE("a number is appended as it is parsed again", "[core][ascii]") {
    std::string text = "a ";
    ascii::append_number(text, 0);
    CHECK(text == "a 0");
    ascii::append_number(text += ' ', std::numeric_limits<std::uint64_t>::max());
    CHECK(text == "a 0 18446744073709551615");
    ascii::append_number(text = "0x", 0x1c0de, 16);
    CHECK(text == "0x1c0de");
    ascii::append_number(text = "", std::numeric_limits<std::uint64_t>::max(), 2);
    CHECK(text == std::string(64, '1'));
}

TEST_CASE("a list gives its trimmed items and skips the empty ones", "[core][ascii]") {
    const auto items = [](std::string_view list) {
        std::vector<std::string> found;
        ascii::for_each_item(list, ',', [&](std::string_view item) { found.emplace_back(item); });
        return found;
    };
    using list = std::vector<std::string>;
    CHECK(items("gzip, br ,\tdeflate") == list{"gzip", "br", "deflate"});
    CHECK(items(", ,a,,b,") == list{"a", "b"});
    CHECK(items("a b") == list{"a b"});
    CHECK(items("").empty());
    CHECK(items(",").empty());
}
