#include <dragline/http/cookies/set_cookie.hpp>

#include <catch2/catch_test_macros.hpp>

#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using dragline::http::parse_set_cookie;
using dragline::http::same_site_mode;
using dragline::http::set_cookie;
using dragline::http::set_cookie_limits;

namespace http = dragline::http;

namespace {

/// "name|value", or "-" when there is no cookie.
std::string pair_of(std::string_view text) {
    const auto got = parse_set_cookie(text);
    return got ? got->name + '|' + got->value : "-";
}

set_cookie parsed(std::string_view text) { return parse_set_cookie(text).value(); }

}  // namespace

TEST_CASE("name and value are what stands around the first equals sign", "[http][set_cookie]") {
    using row = std::pair<std::string_view, std::string_view>;
    for (const auto& [text, pair] : std::vector<row>{
             {"foo=bar", "foo|bar"},
             {"foo=bar; Expires=Fri, 07 Aug 2019 08:04:19 GMT", "foo|bar"},
             {"  foo  =  bar  ", "foo|bar"},
             {"\tfoo\t=\tbar\t", "foo|bar"},
             {"foo=", "foo|"},
             {"foo= ;", "foo|"},
             {"=bar", "|bar"},
             {"bar", "|bar"},
             {"foo=bar=baz", "foo|bar=baz"},
             {"foo==bar", "foo|=bar"},
             {"=foo=bar", "|foo=bar"},
             {"foo=\"bar; baz\"", "foo|\"bar"},
             {"foo=\"bar\"", "foo|\"bar\""},
             {"foo=bar baz", "foo|bar baz"},
             {"foo bar=baz", "foo bar|baz"},
             {"foo=a,b=c", "foo|a,b=c"},
             {"foo;bar=baz", "|foo"},
             {"foo=bar;;;; ;", "foo|bar"},
             {"f\xc3\xb6\xc3\xb6=\xe2\x98\xba", "f\xc3\xb6\xc3\xb6|\xe2\x98\xba"},
             {"\xff=\xfe", "\xff|\xfe"},
         }) {
        CAPTURE(text);
        CHECK(pair_of(text) == pair);
    }
}

TEST_CASE("a field without name and value, or with a control character, is no cookie", "[http][set_cookie]") {
    for (const auto text :
         {""sv, " "sv, "="sv, " = "sv, ";"sv, "; Secure"sv, "=; Path=/"sv, "a=b\r\n"sv, "a=b\nc=d"sv,
          "a=\0b"sv, "a\x01=b"sv, "a=b; Path=/\x7f"sv, "a=b; x\x1b"sv, "a=b\rc"sv, "\0"sv, "a\tb=c"sv,
          "a=b\tc"sv, "a=b; Path=/a\tb"sv, "a=b; Domain=a\tb"sv}) {
        CAPTURE(text);
        CHECK(parse_set_cookie(text).error() == http::errc::invalid_cookie);
    }
    CHECK(!parse_set_cookie("a=b;\tPath\t=\t/\t; odd=x\ty").error());
}

TEST_CASE("attributes are known whatever their case, and the last one counts", "[http][set_cookie]") {
    const auto all = parsed(
        "a=b; EXPIRES=Wed, 09 Jun 2021 10:18:14 GMT; max-age=60; doMain=.Example.COM; PATH=/x; secure; "
        "HTTPONLY; "
        "samesite=LAX; Priority=High; Partitioned");
    CHECK(all.expires->time_since_epoch() == 1623233894s);
    CHECK(all.max_age == 60s);
    CHECK(all.domain == "example.com");
    CHECK(all.path == "/x");
    CHECK(all.secure);
    CHECK(all.http_only);
    CHECK(all.same_site == same_site_mode::lax);

    const auto last = parsed(
        "a=b; Domain=one.test; Path=/1; Max-Age=1; SameSite=Lax; domain=; path=/2; max-age=2; "
        "samesite=strict");
    CHECK(last.domain.empty());
    CHECK(last.path == "/2");
    CHECK(last.max_age == 2s);
    CHECK(last.same_site == same_site_mode::strict);
    CHECK(parsed("a=b; Secure=no; HttpOnly=0").secure);
    CHECK(parsed("a=b; Secure=no; HttpOnly=0").http_only);
    CHECK(!parsed("a=b; Secured; XSecure; Http-Only").secure);
    CHECK(!parsed("secure=httponly").secure);
}

TEST_CASE("broken values of attributes are as if they were not there", "[http][set_cookie]") {
    for (const auto* age : {"", "-", "+1", "1.5", "1s", "0x10", " ", "--1", "1-", "\"1\"", "one"})
        CHECK(!parsed("a=b; Max-Age=" + std::string(age)).max_age);
    CHECK(parsed("a=b; Max-Age=5; Max-Age=x").max_age == 5s);
    CHECK(!parsed("a=b; Expires=never").expires);
    CHECK(parsed("a=b; Expires=01 Jan 2030 00:00:00; Expires=x").expires);
    for (const auto* path : {"", "x", "x/", "\"/x\"", "%2F"}) {
        CHECK(parsed("a=b; Path=" + std::string(path)).path.empty());
        CHECK(parsed("a=b; Path=/y; Path=" + std::string(path)).path.empty());
    }
    for (const auto* site : {"", "x", "laxx", "None,Lax"}) {
        CHECK(parsed("a=b; SameSite=Strict; SameSite=" + std::string(site)).same_site ==
              same_site_mode::unset);
    }
    CHECK(parsed("a=b; SameSite=none").same_site == same_site_mode::none);
    CHECK(parsed("a=b; Domain=..a.test").domain == ".a.test");
    CHECK(parsed("a=b; Domain=.").domain.empty());
}

TEST_CASE("an age that no clock reaches is the longest that one does", "[http][set_cookie]") {
    constexpr auto most = std::chrono::seconds(std::numeric_limits<std::int64_t>::max());
    CHECK(parsed("a=b; Max-Age=9223372036854775807").max_age == most);
    CHECK(parsed("a=b; Max-Age=9223372036854775808").max_age == most);
    CHECK(parsed("a=b; Max-Age=" + std::string(900, '9')).max_age == most);
    CHECK(parsed("a=b; Max-Age=-" + std::string(900, '9')).max_age == -most);
    CHECK(parsed("a=b; Max-Age=-0").max_age == 0s);
    CHECK(parsed("a=b; Max-Age=0060").max_age == 60s);
}

TEST_CASE("name and value are taken up to their limit and no further", "[http][set_cookie]") {
    const auto text = [](std::size_t size) { return "name=" + std::string(size - 4, 'x'); };
    CHECK(parse_set_cookie(text(4096)).has_value());
    CHECK(parse_set_cookie(text(4097)).error() == http::errc::cookie_too_large);
    CHECK(parse_set_cookie(text(4097)).error() == dragline::condition::limit_exceeded);
    CHECK(parse_set_cookie(std::string(4097, 'x') + "=").error() == http::errc::cookie_too_large);
    CHECK(parse_set_cookie("abc=d", set_cookie_limits().max_size(4)).has_value());
    CHECK(!parse_set_cookie("abc=de", set_cookie_limits().max_size(4)));
    CHECK(parse_set_cookie("a=b" + std::string(10'000, ';')).has_value());
    STATIC_CHECK(!std::is_aggregate_v<set_cookie>);
    STATIC_CHECK(!std::is_aggregate_v<set_cookie_limits>);
}

TEST_CASE("an attribute longer than its limit is ignored", "[http][set_cookie]") {
    const auto path = [](std::size_t size) { return "/" + std::string(size - 1, 'x'); };
    CHECK(parsed("a=b; Path=" + path(1024)).path == path(1024));
    CHECK(parsed("a=b; Path=/y; Path=" + path(1025)).path == "/y");
    CHECK(parse_set_cookie("a=b; Path=/x", set_cookie_limits().max_attribute(2))->path == "/x");
    CHECK(parse_set_cookie("a=b; Path=/xy", set_cookie_limits().max_attribute(2))->path.empty());
    CHECK(parsed("a=b; Secure=" + std::string(1025, 'x')).secure == false);
}

TEST_CASE("what is written parses to the same again", "[http][set_cookie]") {
    CHECK(to_string(parsed("a = b;path=/;SECURE;httponly;samesite=none;max-age=-5;domain=.A.test")) ==
          "a=b; Max-Age=-5; Domain=a.test; Path=/; Secure; HttpOnly; SameSite=None");
    for (const auto* text :
         {"a=b", "b", "=b=c", "a=", "a=b=c", "a=b; Domain=...x", "a=b; Domain=. .x", "a=b; Domain=.",
          "a=b; Path=x", "a=b; Expires=31 Dec 9999 23:59:59", "a=b; Expires=1 Jan 1601 0:0:0",
          "a=b; Max-Age=99999999999999999999999", "a=b; Max-Age=-99999999999999999999999"}) {
        CAPTURE(text);
        CHECK(parsed(to_string(parsed(text))) == parsed(text));
    }
}

TEST_CASE("every beginning of a field is read without harm", "[http][set_cookie]") {
    const std::string text =
        "a=b; Expires=Wed, 09 Jun 2021 10:18:14 GMT; Max-Age=60; Domain=.a.test; Path=/; Secure";
    for (std::size_t size = 0; size <= text.size(); ++size) {
        const std::string part(text, 0, size);
        CHECK(parse_set_cookie(part).has_value() == (size != 0));
    }
}
