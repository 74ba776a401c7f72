// How much a jar keeps and sends, at each limit and one beyond it.
#include <dragline/http/cookies/cookie_jar.hpp>

#include "jar_lab.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

using namespace std::chrono_literals;
using dragline::test::jar_lab;
using dragline::test::url_of;
using dragline::test::usual_jar;

namespace http = dragline::http;

namespace {

std::string numbered(int number, std::string_view rest = "") {
    return "c" + std::to_string(number) + "=" + std::string(rest);
}

}  // namespace

TEST_CASE("a domain has so many cookies, and the longest unused makes room", "[http][cookie_jar]") {
    jar_lab lab(usual_jar().cookies_per_domain(3));
    lab.store("http://a.test/", "a=1");
    lab.store("http://www.a.test/", "b=1");
    lab.store("http://a.test/", "c=1; Path=/x");
    lab.store("http://b.test/", "other=1");
    CHECK(lab.jar.size() == 4);
    CHECK(lab.sent("http://a.test/") == "a=1");  // used: now b is the oldest
    lab.store("http://c.a.test/", "d=1");
    CHECK(lab.jar.size() == 4);
    CHECK(lab.sent("http://www.a.test/").empty());
    CHECK(lab.sent("http://a.test/x") == "c=1; a=1");
    CHECK(lab.sent("http://b.test/") == "other=1");
}

TEST_CASE("looking at cookies is no use of them", "[http][cookie_jar]") {
    jar_lab lab(usual_jar().cookies_per_domain(2));
    lab.store("http://a.test/", "a=1");
    lab.store("http://a.test/x/", "b=1");
    CHECK(lab.jar.matching(url_of("http://a.test/"), lab.now).size() == 1);
    lab.store("http://a.test/", "c=1");
    CHECK(lab.sent("http://a.test/x/") == "b=1; c=1");
}

TEST_CASE("cookies without Secure make room for others first", "[http][cookie_jar]") {
    jar_lab lab(usual_jar().cookies_per_domain(2));
    lab.store("https://a.test/", "a=1; Secure");
    lab.store("https://a.test/", "b=1");
    lab.store("https://a.test/", "c=1; Secure");
    CHECK(lab.sent("https://a.test/") == "a=1; c=1");
    for (int i = 0; i < 100; ++i) lab.store("http://evil.a.test/", numbered(i));
    CHECK(lab.sent("https://a.test/") == "a=1; c=1");
    lab.store("https://a.test/", "d=1; Secure");
    CHECK(lab.sent("https://a.test/") == "c=1; d=1");
}

TEST_CASE("expired cookies make room before all others", "[http][cookie_jar]") {
    jar_lab lab(usual_jar().cookies_per_domain(2).cookies(3));
    lab.store("https://a.test/", "a=1");
    lab.store("https://a.test/", "b=1; Secure; Max-Age=10");
    lab.now += 10s;
    lab.store("https://a.test/", "c=1");
    CHECK(lab.sent("https://a.test/") == "a=1; c=1");
    lab.store("https://b.test/", "d=1; Max-Age=10");
    lab.now += 10s;
    lab.store("https://c.test/", "e=1");
    CHECK(lab.jar.size() == 3);
    CHECK(lab.sent("https://a.test/") == "a=1; c=1");
}

TEST_CASE("a jar has so many cookies, and the longest unused makes room", "[http][cookie_jar]") {
    jar_lab lab(usual_jar().cookies(3));
    for (const auto* url : {"http://a.test/", "http://b.test/", "http://c.test/"}) lab.store(url, "a=1");
    CHECK(lab.jar.size() == 3);
    CHECK(lab.sent("http://a.test/") == "a=1");
    lab.store("http://d.test/", "a=1");
    CHECK(lab.jar.size() == 3);
    CHECK(lab.sent("http://b.test/").empty());
    for (const auto* url : {"http://a.test/", "http://c.test/", "http://d.test/"})
        CHECK(lab.sent(url) == "a=1");
    lab.store("http://a.test/", "a=2");  // replacing needs no room
    CHECK(lab.jar.size() == 3);
}

TEST_CASE("a limit of zero keeps nothing", "[http][cookie_jar]") {
    jar_lab none(usual_jar().cookies(0)), none_each(usual_jar().cookies_per_domain(0));
    jar_lab neither(usual_jar().cookies(0).cookies_per_domain(0)), no_time(usual_jar().max_lifetime(0s));
    for (auto* lab : {&none, &none_each, &neither}) {
        CHECK(!lab->store("http://a.test/", "a=1"));
        CHECK(lab->jar.empty());
    }
    no_time.store("http://a.test/", "a=1; Max-Age=10");
    CHECK(no_time.jar.empty());
}

TEST_CASE("a flood from many names of one owner leaves other owners alone", "[http][cookie_jar]") {
    jar_lab lab;
    lab.store("http://bank.test/", "sid=1");
    for (int i = 0; i < 5000; ++i)
        lab.store("http://h" + std::to_string(i) + ".evil.test/", numbered(i, "x"));
    CHECK(lab.jar.size() == 1 + lab.jar.options().cookies_per_domain());
    CHECK(lab.sent("http://bank.test/") == "sid=1");
    for (int i = 0; i < 5000; ++i) lab.store("http://evil" + std::to_string(i) + ".test/", "a=1");
    CHECK(lab.jar.size() == lab.jar.options().cookies());
}

TEST_CASE("a Cookie field is as long as its limit and no longer", "[http][cookie_jar]") {
    const auto length = [](std::size_t limit) {
        jar_lab lab(usual_jar().max_field(limit));
        lab.store("http://a.test/", "a=123");
        lab.store("http://a.test/", "b=456");
        lab.store("http://a.test/", "c=7");
        return lab.sent("http://a.test/");
    };
    CHECK(length(17) == "a=123; b=456; c=7");
    CHECK(length(16) == "a=123; b=456");
    CHECK(length(12) == "a=123; b=456");
    CHECK(length(11) == "a=123; c=7");  // what does not fit is left out, what does is not
    CHECK(length(5) == "a=123");
    CHECK(length(4) == "c=7");
    CHECK(length(2).empty());
    CHECK(length(std::numeric_limits<std::size_t>::max()) == "a=123; b=456; c=7");
    jar_lab usual;
    for (int i = 0; i < 10; ++i) usual.store("http://a.test/", numbered(i, std::string(1000, 'x')));
    CHECK(usual.sent("http://a.test/").size() <= 8190);
    CHECK(usual.jar.matching(url_of("http://a.test/"), usual.now).size() == 8);
}

TEST_CASE("a cookie is as large as its limits and no larger", "[http][cookie_jar]") {
    jar_lab lab(usual_jar().size_limits(http::set_cookie_limits().max_size(8).max_attribute(4)));
    CHECK(!lab.store("http://a.test/", "abcd=1234"));
    CHECK(lab.store("http://a.test/", "abcd=12345") == http::errc::cookie_too_large);
    CHECK(!lab.store("http://a.test/abc/", "a=1"));
    CHECK(lab.store("http://a.test/abcd/", "a=1") == http::errc::cookie_too_large);  // the path of the URL
    CHECK(lab.store("http://a.test/", "a=1; Path=/abcd") == std::error_code());      // ignored, so "/"
    http::set_cookie made;
    made.name = "abcd";
    made.value = "12345";
    CHECK(lab.jar.store(url_of("http://a.test/"), made, lab.now) == http::errc::cookie_too_large);
}

TEST_CASE("no server asks for longer than the limit", "[http][cookie_jar]") {
    const auto days = [](int count) { return std::chrono::hours(24 * count); };
    jar_lab lab;
    lab.store("http://a.test/", "a=1; Max-Age=999999999999999999");
    lab.store("http://a.test/", "b=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT");
    lab.store("http://a.test/", "c=1; Max-Age=34560000");  // 400 days
    for (const auto& each : lab.jar.cookies())
        CHECK(each.expires == std::chrono::time_point_cast<std::chrono::seconds>(lab.now + days(400)));
    lab.now += days(400) - 1s;
    CHECK(lab.sent("http://a.test/") == "a=1; b=1; c=1");
    lab.now += 1s;
    CHECK(lab.sent("http://a.test/").empty());

    jar_lab endless(usual_jar().max_lifetime(std::chrono::seconds::max()));
    endless.store("http://a.test/", "a=1; Max-Age=" + std::string(100, '9'));
    CHECK(endless.jar.cookies().at(0).expires == std::chrono::sys_seconds::max());
    CHECK(endless.sent("http://a.test/") == "a=1");
}
