#include <dragline/http/cookies/netscape_cookies.hpp>

#include "../../support/temporary_folder.hpp"
#include "jar_lab.hpp"

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using dragline::test::jar_lab;
using dragline::test::temporary_folder;

namespace http = dragline::http;

namespace {

http::cookie_load load(jar_lab& lab, std::string_view text) {
    return http::load_netscape(lab.jar, text, lab.now);
}

}  // namespace

TEST_CASE("a jar is written as curl writes its own", "[http][netscape_cookies]") {
    jar_lab lab;
    lab.store("https://www.a.test/", "host=1");
    lab.store("https://www.a.test/", "domain=2; Domain=a.test; Path=/x; Max-Age=60; Secure; HttpOnly");
    lab.store("https://www.a.test/", "=nameless");
    lab.store("https://www.a.test/", "empty=");
    lab.store("https://www.a.test/", "gone=1; Max-Age=1");
    lab.now += 1s;
    CHECK(http::to_netscape(lab.jar, lab.now) ==
          "# Netscape HTTP Cookie File\n"
          "\n"
          "www.a.test\tFALSE\t/\tFALSE\t0\thost\t1\n"
          "#HttpOnly_.a.test\tTRUE\t/x\tTRUE\t1893456060\tdomain\t2\n"
          "www.a.test\tFALSE\t/\tFALSE\t0\t\tnameless\n"
          "www.a.test\tFALSE\t/\tFALSE\t0\tempty\t\n");
}

TEST_CASE("what is saved is loaded as it was, host-only cookies included", "[http][netscape_cookies]") {
    jar_lab saved;
    for (const auto* text :
         {"a=1", "b=2; Domain=a.test", "c=3; Path=/x; HttpOnly", "d=4; Max-Age=100; Secure",
          "__Host-e=5; Secure; Path=/", "=six", "g=", "h=a b=c,d", "i=\xc3\xa9"}) {
        REQUIRE(!saved.store("https://www.a.test/", text));
    }
    saved.store("http://[::1]/", "v6=1");
    saved.store("http://192.0.2.1/", "v4=1");
    saved.store("http://a.test./", "dot=1");
    const auto text = http::to_netscape(saved.jar, saved.now);
    jar_lab loaded;
    const auto counts = load(loaded, text);
    CHECK(counts.loaded == saved.jar.size());
    CHECK(counts.bad_lines == 0);
    CHECK(loaded.jar.cookies() == saved.jar.cookies());
    CHECK(http::to_netscape(loaded.jar, loaded.now) == text);
    CHECK(loaded.sent("https://www.a.test/") == saved.sent("https://www.a.test/"));
    CHECK(loaded.sent("https://x.a.test/") == "b=2");
}

TEST_CASE("files of others are read", "[http][netscape_cookies]") {
    jar_lab lab;
    const auto counts = load(lab,
                             "# HTTP Cookie File\r\n"
                             "# a comment\r\n"
                             "   \r\n"
                             "\r\n"
                             ".a.test\tTRUE\t/\tFALSE\t4102444800\ta\t1\r\n"
                             "a.test\ttrue\t/\tfalse\t4102444800\tb\t2\r\n"
                             "#HttpOnly_www.a.test\tFALSE\t/\tTRUE\t0\tc\t3\r\n"
                             ".www.a.test\tFALSE\t/\tFALSE\t0\td\t4\r\n"
                             "www.a.test\tFALSE\t/\tFALSE\t0\te\r\n"
                             "www.a.test\tFALSE\t/\tFALSE\t1\tpast\t1\r\n"
                             "www.a.test\tFALSE\t/\tFALSE\t-1\tbefore\t1\r\n"
                             "www.a.test\tFALSE\t/\tFALSE\t99999999999999999999\ttoo-far\t1\r\n"
                             "www.a.test\tFALSE\t/\tFALSE\t9999999999999999999\tfar\t1");
    CHECK(counts.loaded == 6);
    CHECK(counts.expired == 2);
    CHECK(counts.bad_lines == 1);
    CHECK(counts.first_bad == 12);
    CHECK(lab.sent("https://www.a.test/") == "a=1; b=2; c=3; d=4; e=; far=1");
    CHECK(lab.sent("https://a.test/") == "a=1; b=2");
    CHECK(lab.jar.cookies().at(2).http_only);
    CHECK(lab.jar.cookies().back().expires == std::chrono::sys_seconds::max());
    STATIC_CHECK(!std::is_aggregate_v<http::cookie_load>);
}

TEST_CASE("an expired line removes what it stands for", "[http][netscape_cookies]") {
    jar_lab lab;
    lab.store("http://a.test/", "a=1");
    CHECK(load(lab, "a.test\tFALSE\t/\tFALSE\t1\ta\t\n").expired == 1);
    CHECK(lab.jar.empty());
}

TEST_CASE("lines that are no cookies are counted and leave no trace", "[http][netscape_cookies]") {
    jar_lab lab;
    for (const auto line : {
             "a.test"sv,
             "a.test FALSE / FALSE 0 a 1"sv,
             "a.test\tFALSE\t/\tFALSE\t0"sv,
             "a.test\tMAYBE\t/\tFALSE\t0\ta\t1"sv,
             "a.test\tFALSE\t/\t1\t0\ta\t1"sv,
             "a.test\tFALSE\t/\tFALSE\tx\ta\t1"sv,
             "a.test\tFALSE\t/\tFALSE\t\ta\t1"sv,
             "a.test\tFALSE\tx\tFALSE\t0\ta\t1"sv,
             "a.test\tFALSE\t\tFALSE\t0\ta\t1"sv,
             "\tFALSE\t/\tFALSE\t0\ta\t1"sv,
             ".\tTRUE\t/\tFALSE\t0\ta\t1"sv,
             "..a.test\tTRUE\t/\tFALSE\t0\ta\t1"sv,
             "a b\tFALSE\t/\tFALSE\t0\ta\t1"sv,
             "a.test\tFALSE\t/\tFALSE\t0\ta\t1\t2"sv,
             "a.test\tFALSE\t/\tFALSE\t0\ta\t1;b=2"sv,
             "a.test\tFALSE\t/\tFALSE\t0\ta=b\t1"sv,
             "a.test\tFALSE\t/\tFALSE\t0\ta\tx\0y"sv,
             "a.test\tFALSE\t/\tFALSE\t0\ta\tx\ry"sv,
             "a.test\tFALSE\t/\tFALSE\t0\t\t"sv,
             "a.test\tFALSE\t/\tFALSE\t0\t__Host-a\t1"sv,
             ".co.uk\tTRUE\t/\tFALSE\t0\ta\t1"sv,
             ".test\tTRUE\t/\tFALSE\t0\ta\t1"sv,
             "#HttpOnly_"sv,
             "\xff\xfe\x00\x01"sv,
         }) {
        CAPTURE(line);
        const auto counts = load(lab, std::string(line) + "\n\n");
        CHECK(counts.bad_lines == 1);
        CHECK(counts.first_bad == 1);
        CHECK(counts.loaded + counts.expired == 0);
    }
    CHECK(lab.jar.empty());
}

TEST_CASE("a file is one beginning after another, read without harm", "[http][netscape_cookies]") {
    const std::string text =
        "#HttpOnly_.a.test\tTRUE\t/\tFALSE\t4102444800\ta\t1\nb.test\tFALSE\t/\tFALSE\t0\tb\t2\n";
    for (std::size_t size = 0; size <= text.size(); ++size) {
        jar_lab lab;
        const auto counts = load(lab, std::string(text, 0, size));
        CHECK(counts.loaded + counts.bad_lines <= 2);
    }
}

TEST_CASE("loading obeys the limits of the jar", "[http][netscape_cookies]") {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "a.test\tFALSE\t/\tFALSE\t0\ta" + std::to_string(i) + "\t1\n";
    jar_lab lab(dragline::test::usual_jar().cookies_per_domain(10));
    CHECK(load(lab, text).loaded == 100);
    CHECK(lab.jar.size() == 10);
}

TEST_CASE("a jar is saved to a file and loaded from it", "[http][netscape_cookies]") {
    const temporary_folder folder;
    const auto path = folder.file("cookies.txt");
    std::ofstream(path) << "what was there";
    jar_lab saved, loaded;
    saved.store("http://a.test/", "a=1");
    REQUIRE(http::save_cookie_file(saved.jar, path, saved.now).has_value());
    CHECK(folder.files() == 1);
    using std::filesystem::perms;
    CHECK(std::filesystem::status(path).permissions() == (perms::owner_read | perms::owner_write));
    const auto counts = http::load_cookie_file(loaded.jar, path, loaded.now);
    REQUIRE(counts.has_value());
    CHECK(counts->loaded == 1);
    CHECK(loaded.jar.cookies() == saved.jar.cookies());
}

TEST_CASE("what the file system refuses is an error, and the jar stays as it was",
          "[http][netscape_cookies]") {
    const temporary_folder folder;
    jar_lab lab;
    CHECK(http::load_cookie_file(lab.jar, folder.file("none"), lab.now).error() ==
          std::errc::no_such_file_or_directory);
    CHECK(http::load_cookie_file(lab.jar, folder.file("."), lab.now).error() == std::errc::is_a_directory);
    CHECK(http::save_cookie_file(lab.jar, folder.file("none/file"), lab.now).error() ==
          std::errc::no_such_file_or_directory);
    std::filesystem::create_directory(folder.file("taken"));
    CHECK(http::save_cookie_file(lab.jar, folder.file("taken"), lab.now).error() ==
          std::errc::is_a_directory);
    CHECK(folder.files() == 1);

    const std::string line = "a.test\tFALSE\t/\tFALSE\t0\ta\t1\n";
    std::ofstream(folder.file("file")) << line;
    CHECK(http::load_cookie_file(lab.jar, folder.file("file"), lab.now, line.size() - 1).error() ==
          std::errc::file_too_large);
    CHECK(lab.jar.empty());
    CHECK(http::load_cookie_file(lab.jar, folder.file("file"), lab.now, line.size())->loaded == 1);
}
