#include <dragline/http/resilience/retry_after.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>

using namespace std::chrono_literals;
using dragline::http::parse_retry_after;

namespace {

// A half second past a whole one.
const auto retry_test_now =
    std::chrono::system_clock::time_point(std::chrono::sys_days(std::chrono::November / 6 / 1994)) + 8h +
    49min + 37s + 500ms;

}  // namespace

TEST_CASE("Retry-After is a number of seconds", "[http][retry_after]") {
    CHECK(parse_retry_after("0", retry_test_now) == 0s);
    CHECK(parse_retry_after("120", retry_test_now) == 120s);
    CHECK(parse_retry_after("007", retry_test_now) == 7s);
    CHECK(parse_retry_after("31536000", retry_test_now) == 365 * 24h);
    const auto longest = std::chrono::seconds(36525 * 24h);
    for (const char* huge : {"4294967295", "4294967296", "99999999999999999999999999999999"})
        CHECK(parse_retry_after(huge, retry_test_now) == longest);
}

TEST_CASE("Retry-After is a date in any of the three forms", "[http][retry_after]") {
    for (const char* date :
         {"Sun, 06 Nov 1994 08:50:37 GMT", "Sunday, 06-Nov-94 08:50:37 GMT", "Sun Nov  6 08:50:37 1994"}) {
        CHECK(parse_retry_after(date, retry_test_now) == 60s);
    }
    CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", retry_test_now) == 0s);
    CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:38 GMT", retry_test_now) == 1s);
    CHECK(parse_retry_after("Mon, 06 Nov 1989 08:49:37 GMT", retry_test_now) == 0s);
    CHECK(parse_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", retry_test_now) ==
          std::chrono::seconds(36525 * 24h));
}

TEST_CASE("anything else in Retry-After is nothing", "[http][retry_after]") {
    for (const char* garbage :
         {"", " ", "-1", "+1", "1.5", "1s", "12 ", "soon", "0x10", "Sun", "Sun, 31 Feb 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 25:49:37 GMT", "06 Nov 1994 08:49:37 GMT", "\xff\xff"}) {
        INFO('"' << garbage << '"');
        CHECK_FALSE(parse_retry_after(garbage, retry_test_now));
    }
}
