// What a jar keeps, what goes with a request, and when it ends. Domains and limits have files of their own.
#include <dragline/http/cookies/cookie_jar.hpp>

#include "jar_lab.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

using namespace std::chrono_literals;
using dragline::test::jar_lab;
using dragline::test::url_of;

namespace http = dragline::http;

TEST_CASE("a cookie goes back to where it came from", "[http][cookie_jar]") {
    jar_lab lab;
    CHECK(lab.jar.empty());
    CHECK(lab.sent("http://a.test/").empty());
    CHECK(lab.exchange("http://a.test/", "foo=bar", "http://a.test/") == "foo=bar");
    CHECK(lab.sent("https://a.test/") == "foo=bar");
    CHECK(lab.sent("http://a.test:8080/x?y") == "foo=bar");  // ports share cookies (RFC 6265bis, 8.5)
    CHECK(lab.sent("http://b.test/").empty());
    CHECK(lab.jar.size() == 1);
    STATIC_CHECK(!std::is_copy_constructible_v<http::cookie_jar>);
    STATIC_CHECK(!std::is_copy_assignable_v<http::cookie_jar>);
}

TEST_CASE("a cookie replaces the one of its name, host and path, and keeps its place", "[http][cookie_jar]") {
    jar_lab lab;
    lab.store("http://a.test/", "a=1");
    lab.store("http://a.test/", "b=2");
    CHECK(lab.exchange("http://a.test/", "a=3", "http://a.test/") == "a=3; b=2");
    CHECK(lab.exchange("http://a.test/", "A=4", "http://a.test/") == "a=3; b=2; A=4");
    CHECK(lab.exchange("http://a.test/", "a=5; Domain=a.test", "http://a.test/") == "a=3; b=2; A=4; a=5");
    CHECK(lab.exchange("http://a.test/x", "a=6; Path=/x", "http://a.test/x") == "a=6; a=3; b=2; A=4; a=5");
    lab.store("http://a.test/", "a=; Max-Age=0");
    CHECK(lab.sent("http://a.test/") == "b=2; A=4; a=5");
    CHECK(lab.exchange("http://a.test/", "a=7", "http://a.test/") == "b=2; A=4; a=5; a=7");
}

TEST_CASE("longer paths come first, then older cookies", "[http][cookie_jar]") {
    jar_lab lab;
    for (const auto* text : {"a=1", "b=2; Path=/x/y", "c=3; Path=/x", "d=4; Path=/x/y", "e=5; Path=/x/"})
        lab.store("http://a.test/", text);
    CHECK(lab.sent("http://a.test/x/y/z") == "b=2; d=4; e=5; c=3; a=1");
    std::vector<std::string> names;
    for (const auto& each : lab.jar.cookies()) names.push_back(each.name);
    CHECK(names == std::vector<std::string>{"a", "b", "c", "d", "e"});
    CHECK(lab.jar.matching(url_of("http://a.test/x"), lab.now).size() == 2);
}

TEST_CASE("nameless cookies are sent as their value", "[http][cookie_jar]") {
    jar_lab lab;
    CHECK(lab.exchange("http://a.test/", "=one", "http://a.test/") == "one");
    CHECK(lab.exchange("http://a.test/", "two", "http://a.test/") == "two");
    CHECK(lab.exchange("http://a.test/", "a=", "http://a.test/") == "two; a=");
}

TEST_CASE("a path holds for itself and what is below it", "[http][cookie_jar]") {
    struct row {
        const char* path;
        const char* request;
        bool sent;
    };
    for (const auto& [path, request, sent] : std::vector<row>{{"/", "/", true},
                                                              {"/", "/a/b", true},
                                                              {"/a", "/a", true},
                                                              {"/a", "/a/", true},
                                                              {"/a", "/a/b", true},
                                                              {"/a", "/a?b", true},
                                                              {"/a", "/ab", false},
                                                              {"/a", "/A", false},
                                                              {"/a", "/", false},
                                                              {"/a", "/b/a", false},
                                                              {"/a/", "/a", false},
                                                              {"/a/", "/a/b", true},
                                                              {"/a%2fb", "/a/b", false},
                                                              {"/a%2Fb", "/a%2Fb/c", true},
                                                              {"/a", "/%61", false},
                                                              {"/a", "/b/../a", true}}) {
        CAPTURE(path, request);
        jar_lab lab;
        const auto got = lab.exchange("http://a.test/", "x=y; Path=" + std::string(path),
                                      "http://a.test" + std::string(request));
        CHECK(got.empty() == !sent);
    }
}

TEST_CASE("without a path it is the folder of the URL", "[http][cookie_jar]") {
    const auto path_at = [](std::string_view url, std::string_view text = "a=b") {
        jar_lab lab;
        REQUIRE(!lab.store(url, text));
        return lab.jar.cookies().at(0).path;
    };
    CHECK(path_at("http://a.test") == "/");
    CHECK(path_at("http://a.test/") == "/");
    CHECK(path_at("http://a.test/x") == "/");
    CHECK(path_at("http://a.test/x/") == "/x");
    CHECK(path_at("http://a.test/x/y?/z") == "/x");
    CHECK(path_at("http://a.test/x;v=1/y") == "/x;v=1");
    CHECK(path_at("http://a.test/x/y", "a=b; Path=z") == "/x");
    CHECK(path_at("http://a.test/x/y", "a=b; Path=") == "/x");
    CHECK(path_at("http://a.test/x/y", "a=b; Path=/elsewhere") == "/elsewhere");
}

TEST_CASE("a cookie ends at its time", "[http][cookie_jar]") {
    jar_lab lab;
    lab.store("http://a.test/", "age=1; Max-Age=10");
    lab.store("http://a.test/", "date=1; Expires=Tue, 01 Jan 2030 00:00:20 GMT");
    lab.store("http://a.test/", "both=1; Expires=Tue, 01 Jan 2030 00:00:20 GMT; Max-Age=30");
    lab.store("http://a.test/", "session=1");
    lab.store("http://a.test/", "past=1; Expires=Mon, 31 Dec 2029 23:59:59 GMT");
    lab.store("http://a.test/", "now=1; Max-Age=0");
    lab.store("http://a.test/", "never=1; Max-Age=-9999999999999999999");
    const auto after = [&](std::chrono::milliseconds time) {
        lab.now = dragline::test::start_of_lab + time;
        return lab.sent("http://a.test/");
    };
    CHECK(after(0s) == "age=1; date=1; both=1; session=1");
    CHECK(after(9'999ms) == "age=1; date=1; both=1; session=1");
    CHECK(after(10s) == "date=1; both=1; session=1");
    CHECK(after(20s) == "both=1; session=1");
    CHECK(after(30s) == "session=1");
    CHECK(lab.jar.size() == 4);
    CHECK(lab.jar.remove_expired(lab.now) == 3);
    CHECK(lab.jar.remove_expired(lab.now) == 0);
    CHECK(lab.jar.remove_session_cookies() == 1);
    CHECK(lab.jar.empty());
}

TEST_CASE("the clock may go back, and a cookie that had ended is there again", "[http][cookie_jar]") {
    jar_lab lab;
    lab.store("http://a.test/", "a=1; Max-Age=10");
    lab.now += 1h;
    CHECK(lab.sent("http://a.test/").empty());
    lab.now -= 1h;
    CHECK(lab.sent("http://a.test/") == "a=1");
}

TEST_CASE("Secure cookies stay with TLS", "[http][cookie_jar]") {
    jar_lab lab;
    CHECK(!lab.store("https://a.test/", "a=1; Secure"));
    CHECK(lab.sent("https://a.test/") == "a=1");
    CHECK(lab.sent("wss://a.test/") == "a=1");
    CHECK(lab.sent("http://a.test/").empty());
    CHECK(lab.sent("ws://a.test/").empty());
    CHECK(lab.store("http://a.test/", "b=1; Secure") == http::errc::cookie_insecure);
    CHECK(lab.store("http://localhost/", "b=1; Secure") == http::errc::cookie_insecure);
    CHECK(make_error_code(http::errc::cookie_insecure) == dragline::condition::blocked);
    CHECK(lab.jar.size() == 1);
}

TEST_CASE("an insecure origin neither replaces, hides nor removes a Secure cookie", "[http][cookie_jar]") {
    jar_lab lab;
    lab.store("https://a.test/", "sid=1; Secure; Path=/x; Domain=a.test");
    for (const auto* text : {"sid=evil; Path=/x", "sid=evil; Path=/x; Domain=a.test", "sid=evil; Path=/x/y",
                             "sid=; Path=/x; Domain=a.test; Max-Age=0", "sid=evil; Path=/x/"}) {
        CAPTURE(text);
        CHECK(lab.store("http://a.test/", text) == http::errc::cookie_insecure);
        CHECK(lab.store("http://www.a.test/", text) == http::errc::cookie_insecure);
    }
    CHECK(lab.sent("https://a.test/x/y") == "sid=1");
    CHECK(!lab.store("http://a.test/", "sid=2"));            // a shorter path comes after it
    CHECK(!lab.store("http://a.test/", "sid=3; Path=/xy"));  // another path
    CHECK(!lab.store("http://a.test/", "SID=4; Path=/x"));   // another name
    CHECK(!lab.store("https://a.test/", "sid=5; Path=/x; Domain=a.test"));
    CHECK(lab.sent("http://a.test/x") == "sid=5; SID=4; sid=2");  // the secure origin took Secure away
}

TEST_CASE("a Secure cookie below hides from its insecure parent too, until it ends", "[http][cookie_jar]") {
    jar_lab lab;
    lab.store("https://www.a.test/", "sid=1; Secure; Max-Age=10");
    CHECK(lab.store("http://a.test/", "sid=evil; Domain=a.test") == http::errc::cookie_insecure);
    CHECK(!lab.store("http://b.test/", "sid=other"));
    lab.now += 10s;
    CHECK(!lab.store("http://a.test/", "sid=2; Domain=a.test"));
}

TEST_CASE("names with a prefix keep what they promise", "[http][cookie_jar]") {
    const auto refused = [](std::string_view url, std::string_view text) {
        const auto ec = jar_lab().store(url, text);
        CHECK((!ec || ec == http::errc::cookie_prefix_broken || ec == http::errc::cookie_insecure));
        return bool(ec);
    };
    for (const std::string name : {"__Secure-a", "__secure-a", "__SECURE-"}) {
        CHECK(!refused("https://a.test/", name + "=1; Secure"));
        CHECK(!refused("https://a.test/", name + "=1; Secure; Domain=a.test; Path=/x"));
        CHECK(refused("https://a.test/", name + "=1"));
        CHECK(refused("http://a.test/", name + "=1; Secure"));
        CHECK(refused("http://a.test/", name + "=1"));
    }
    for (const std::string name : {"__Host-a", "__host-a", "__HOST-"}) {
        CHECK(!refused("https://a.test/", name + "=1; Secure; Path=/"));
        CHECK(!refused("https://a.test/", name + "=1; Secure; Path=/; Domain="));
        CHECK(refused("https://a.test/", name + "=1; Path=/"));
        CHECK(refused("https://a.test/", name + "=1; Secure"));
        CHECK(refused("https://a.test/", name + "=1; Secure; Path=/x"));
        CHECK(refused("https://a.test/", name + "=1; Secure; Path=/; Domain=a.test"));
        CHECK(refused("https://test/", name + "=1; Secure; Path=/; Domain=test"));
        CHECK(refused("http://a.test/", name + "=1; Secure; Path=/"));
    }
    for (const auto* text : {"=__Host-a=1", "__Host-a", "=__secure-a=1; Secure; Path=/"})
        CHECK(refused("https://a.test/", text));
    for (const auto* text : {"__Hosta=1", "_Host-a=1", "a__Host-=1", "__Secure=1"})
        CHECK(!refused("https://a.test/", text));
}

TEST_CASE("SameSite and HttpOnly are kept", "[http][cookie_jar]") {
    jar_lab lab;
    lab.store("https://a.test/", "a=1; SameSite=Strict; HttpOnly");
    lab.store("https://a.test/", "b=1; SameSite=None; Secure");
    const auto all = lab.jar.cookies();
    CHECK(all.at(0).same_site == http::same_site_mode::strict);
    CHECK(all.at(0).http_only);
    CHECK(all.at(1).same_site == http::same_site_mode::none);
    CHECK(!all.at(1).http_only);
    CHECK(lab.sent("https://a.test/") == "a=1; b=1");
}

TEST_CASE("cookies of a request take the place of those of the jar", "[http][cookie_jar]") {
    jar_lab lab;
    lab.store("http://a.test/", "a=1");
    lab.store("http://a.test/", "b=2");
    lab.store("http://a.test/", "a=3; Path=/x");
    const std::vector<http::cookie_pair> own{{"a", "own"}, {"c", ""}, {"a", "twice"}};
    CHECK(lab.jar.field_for(url_of("http://a.test/x"), lab.now, own) == "b=2; a=own; c=; a=twice");
    CHECK(lab.jar.field_for(url_of("http://b.test/"), lab.now, own) == "a=own; c=; a=twice");
    CHECK(lab.sent("http://a.test/x") == "a=3; a=1; b=2");
}

TEST_CASE("cookies are set and removed by hand", "[http][cookie_jar]") {
    jar_lab lab;
    http::cookie made("a", "1", "A.Test");
    CHECK(!lab.jar.set(made, lab.now));
    CHECK(lab.sent("http://a.test/") == "a=1");
    made.path = "/x";
    made.host_only = false;
    made.expires = std::chrono::sys_seconds::max();
    CHECK(!lab.jar.set(made, lab.now));
    CHECK(lab.sent("http://www.a.test/x") == "a=1");
    CHECK(lab.jar.remove("a", "a.test", "/y") == 0);
    CHECK(lab.jar.remove("a", "a.test", "/x") == 1);
    CHECK(lab.jar.remove("a", "a.test") == 1);
    CHECK(!lab.jar.set(made, lab.now));
    made.expires = std::chrono::sys_seconds(0s);
    CHECK(!lab.jar.set(made, lab.now));
    CHECK(lab.jar.empty());
    lab.store("http://a.test/", "a=1");
    lab.jar.clear();
    CHECK(lab.sent("http://a.test/").empty());
}

TEST_CASE("what could not be sent cannot be set", "[http][cookie_jar]") {
    jar_lab lab;
    const auto set = [&](auto change) {
        http::cookie made("a", "1", "a.test");
        change(made);
        return lab.jar.set(made, lab.now);
    };
    using http::errc;
    CHECK(set([](auto& made) { made.name = "a=b"; }) == errc::invalid_cookie);
    CHECK(set([](auto& made) { made.value = "1\r\nX: y"; }) == errc::invalid_cookie);
    CHECK(set([](auto& made) { made.value = "1; b=2"; }) == errc::invalid_cookie);
    CHECK(set([](auto& made) { made.path = "x"; }) == errc::invalid_cookie);
    CHECK(set([](auto& made) { made.path = "/\n"; }) == errc::invalid_cookie);
    CHECK(set([](auto& made) { made.domain = ""; }) == errc::invalid_cookie);
    CHECK(set([](auto& made) { made.domain = "a b"; }) == errc::invalid_cookie);
    CHECK(set([](auto& made) { made.domain = "a.test/x"; }) == errc::invalid_cookie);
    CHECK(set([](auto& made) { made.value = std::string(4096, 'x'); }) == errc::cookie_too_large);
    CHECK(set([](auto& made) { made.path = "/" + std::string(1024, 'x'); }) == errc::cookie_too_large);
    CHECK(set([](auto& made) { made.name = "__Host-a"; }) == errc::cookie_prefix_broken);
    CHECK(set([](auto& made) { made.domain = "co.uk", made.host_only = false; }) ==
          errc::cookie_public_suffix);
    CHECK(lab.jar.empty());
}

TEST_CASE("a refused field leaves the jar as it was", "[http][cookie_jar]") {
    jar_lab lab;
    lab.store("http://a.test/", "a=1");
    CHECK(lab.store("http://a.test/", "a=2\r\nSet-Cookie: b=3") == http::errc::invalid_cookie);
    CHECK(lab.store("http://a.test/", "a=" + std::string(5000, 'x')) == http::errc::cookie_too_large);
    CHECK(lab.store("http://a.test/", "a=2; Domain=b.test") == http::errc::cookie_foreign_domain);
    CHECK(lab.store("mailto:a@a.test", "a=2") == http::errc::cookie_foreign_domain);
    http::set_cookie made;
    made.name = "a";
    made.value = "b\n";
    CHECK(lab.jar.store(url_of("http://a.test/"), made, lab.now) == http::errc::invalid_cookie);
    CHECK(lab.sent("http://a.test/") == "a=1");
    CHECK(lab.sent("mailto:a@a.test").empty());
}
