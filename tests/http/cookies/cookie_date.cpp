#include <dragline/http/cookies/cookie_date.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

using namespace std::chrono;
using namespace std::string_view_literals;
using dragline::http::parse_cookie_date;
using dragline::http::to_cookie_date;

namespace {

constexpr sys_seconds date(int y, unsigned m, unsigned d, int hour = 0, int minute = 0, int second = 0) {
    return sys_days(year(y) / month(m) / day(d)) + hours(hour) + minutes(minute) + seconds(second);
}

}  // namespace

TEST_CASE("every form in which servers write dates is read", "[http][cookie_date]") {
    constexpr auto same = date(1994, 11, 6, 8, 49, 37);
    for (const auto text : {
             "Sun, 06 Nov 1994 08:49:37 GMT"sv,   // RFC 9110
             "Sunday, 06-Nov-94 08:49:37 GMT"sv,  // RFC 850
             "Sun Nov  6 08:49:37 1994"sv,        // asctime()
             "Sun, 06-Nov-1994 08:49:37 GMT"sv,   // Netscape
             "06 Nov 94 08:49:37"sv,
             "1994 Nov 6 8:49:37"sv,
             "08:49:37 06 1994 november"sv,
             "6NOVEMBER 6 nov 1994 08:49:37"sv,  // the first that looks like a day is the day
             "Sun,06/Nov/1994;08:49:37"sv,
             "\tSun#06$Nov%1994&08:49:37 "sv,
             "6th Nov 1994a 8:49:37pm PST-0800"sv,
             "06 Nov 0094 08:49:37"sv,  // the number counts, not its digits
             "06 Nov 1994 08:49:37\0 x"sv,
             "06 Nov 1994 08:49:37x:70"sv,
         }) {
        CAPTURE(text);
        CHECK(parse_cookie_date(text) == same);
    }
}

TEST_CASE("years of two digits are 1970 to 2069", "[http][cookie_date]") {
    for (const auto& [text, y] :
         {std::pair("70", 1970), {"99", 1999}, {"00", 2000}, {"69", 2069}, {"069", 2069}})
        CHECK(parse_cookie_date("01 Jan " + std::string(text) + " 00:00:00") == date(y, 1, 1));
}

TEST_CASE("a date that lacks a part, or has one out of range, is none", "[http][cookie_date]") {
    for (const auto text : {
             ""sv,
             "garbage"sv,
             "Sun, 06 Nov 1994"sv,
             "06 1994 08:49:37"sv,
             "Nov 1994 08:49:37"sv,
             "06 Nov 08:49:37"sv,
             "00 Nov 1994 08:49:37"sv,
             "32 Nov 1994 08:49:37"sv,
             "31 Nov 1994 08:49:37"sv,
             "29 Feb 1900 00:00:00"sv,
             "30 Feb 2000 00:00:00"sv,
             "06 Nov 1600 08:49:37"sv,
             "06 Nov 1994 24:00:00"sv,
             "06 Nov 1994 08:60:00"sv,
             "06 Nov 1994 08:49:60"sv,
             "06 Nov 1994 8:49"sv,
             "06 Nov 1994 008:49:37"sv,
             "06 Nov 1994 08:49:370"sv,
             "06 Nov 19940 08:49:37"sv,
             "006 Nov 1994 08:49:37"sv,
             "06 No 1994 08:49:37"sv,
             "06 N\xc3\xb6v 1994 08:49:37"sv,
         }) {
        CAPTURE(text);
        CHECK(!parse_cookie_date(text));
    }
}

TEST_CASE("the borders of the calendar hold", "[http][cookie_date]") {
    CHECK(parse_cookie_date("01 Jan 1601 00:00:00") == date(1601, 1, 1));
    CHECK(parse_cookie_date("31 Dec 9999 23:59:59") == date(9999, 12, 31, 23, 59, 59));
    CHECK(parse_cookie_date("29 Feb 2000 00:00:00") == date(2000, 2, 29));
    CHECK(parse_cookie_date("29 Feb 2024 00:00:00") == date(2024, 2, 29));
    CHECK(parse_cookie_date("Tue, 19 Jan 2038 03:14:08 GMT")->time_since_epoch().count() == 2147483648);
}

TEST_CASE("a date that is written is read again", "[http][cookie_date]") {
    CHECK(to_cookie_date(date(1994, 11, 6, 8, 49, 37)) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(to_cookie_date(sys_seconds()) == "Thu, 01 Jan 1970 00:00:00 GMT");
    CHECK(to_cookie_date(date(2000, 2, 29)) == "Tue, 29 Feb 2000 00:00:00 GMT");
    for (auto time = date(1601, 1, 1); time < date(9999, 12, 31); time += hours(24 * 1009) + seconds(40'507))
        REQUIRE(parse_cookie_date(to_cookie_date(time)) == time);
}

TEST_CASE("hostile dates cost no more than their length", "[http][cookie_date]") {
    CHECK(!parse_cookie_date(std::string(1'000'000, '1')));
    CHECK(!parse_cookie_date(std::string(1'000'000, ':')));
    std::string many;
    for (int i = 0; i < 200'000; ++i) many += "99:99 ";
    CHECK(!parse_cookie_date(many));
}
