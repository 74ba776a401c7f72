#include <dragline/url/parse.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

namespace url = dragline::url;
using url::errc;
using namespace std::string_view_literals;

namespace {

std::string href(std::string_view input) {
    const auto out = url::parse(input);
    return out ? out->href() : out.error().message();
}

std::string href(std::string_view input, std::string_view base) {
    const auto out = url::parse(input, *url::parse(base));
    return out ? out->href() : out.error().message();
}

std::error_code error(std::string_view input) { return url::parse(input).error(); }

}  // namespace

TEST_CASE("writes one spelling for many", "[url][parse]") {
    CHECK(href("HTTP:\\\\Example.COM:80/a/../b") == "http://example.com/b");
    CHECK(href("https:example.com") == "https://example.com/");
    CHECK(href("https:////example.com") == "https://example.com/");
    CHECK(href("http://h:080") == "http://h/");
    CHECK(href("http://h:") == "http://h/");
    CHECK(href("http://h:0") == "http://h:0/");
    CHECK(href("http://h?q") == "http://h/?q");
    CHECK(href("http://h#f") == "http://h/#f");
    CHECK(href("https://h:80/") == "https://h:80/");
}

TEST_CASE("names what is wrong", "[url][parse]") {
    CHECK(error("") == errc::missing_scheme);
    CHECK(error("example.com") == errc::missing_scheme);
    CHECK(error("//example.com/") == errc::missing_scheme);
    CHECK(error("1http://h/") == errc::missing_scheme);
    CHECK(error("ht!tp://h/") == errc::missing_scheme);
    CHECK(error("http") == errc::missing_scheme);
    CHECK(error("http:") == errc::missing_host);
    CHECK(error("http://") == errc::missing_host);
    CHECK(error("http:///?q") == errc::missing_host);
    CHECK(error("http://:80/") == errc::missing_host);
    CHECK(error("http://user@/") == errc::missing_host);
    CHECK(error("x://user@/") == errc::missing_host);
    CHECK(error("x://:80") == errc::missing_host);
    CHECK(error("http://a b/") == errc::invalid_host);
    CHECK(error("http://a<b/") == errc::invalid_host);
    CHECK(error("http://1.2.3.08/") == errc::invalid_ipv4);
    CHECK(error("http://[::1%25eth0]/") == errc::ipv6_zone_id);
    CHECK(error("http://[::1/") == errc::invalid_ipv6);
    CHECK(error("http://h:65536/") == errc::invalid_port);
    CHECK(error("http://h:99999999999999999999/") == errc::invalid_port);
    CHECK(error("http://h:8a/") == errc::invalid_port);
    CHECK(error("http://h:-1/") == errc::invalid_port);
    CHECK(error("http://h: 80/") == errc::invalid_port);
    CHECK(error("http://h:80:80/") == errc::invalid_port);
    CHECK(error("http://::1/") == errc::missing_host);
}

TEST_CASE("accepts ports up to the last one", "[url][parse]") {
    CHECK(url::parse("http://h:65535/")->port() == 65535);
    CHECK(url::parse("http://h:00000000000000000000065535/")->port() == 65535);
}

TEST_CASE("ignores outer spaces and inner line ends, as browsers do", "[url][parse]") {
    CHECK(href(" \0\x1f http://h/a \n"sv) == "http://h/a");
    CHECK(href("ht\ntp://exam\tple.c\rom/a\nb") == "http://example.com/ab");
    CHECK(href("\n\t") == href(""));
    CHECK(href("http://h/a b\x7f?c d#e f") == "http://h/a%20b%7F?c%20d#e%20f");
    CHECK(href("http://h/a\0b?\x01"sv) == "http://h/a%00b?");
    CHECK(error("http://a\0b/"sv) == errc::invalid_host);
    CHECK(error("http://a\x7f/") == errc::invalid_host);
}

TEST_CASE("takes the last @ for the end of the credentials", "[url][parse]") {
    const auto u = *url::parse("http://a@b@c/");
    CHECK(u.username() == "a%40b");
    CHECK(u.hostname() == "c");
    CHECK(url::parse("http://good.example@evil.example/")->hostname() == "evil.example");
    CHECK(url::parse("http://good.example\\@evil.example/")->hostname() == "good.example");
    CHECK(url::parse("http://good.example#@evil.example/")->hostname() == "good.example");
    CHECK(url::parse("http://good.example?@evil.example/")->hostname() == "good.example");
    CHECK(url::parse("http://a:b:c@h/")->password() == "b%3Ac");
    CHECK(href("http://@h/") == "http://h/");
    CHECK(href("http://:@h/") == "http://h/");
    CHECK(href("http://u:@h/") == "http://u@h/");
    CHECK(href("http://:p@h/") == "http://:p@h/");
    CHECK(url::parse("http://a:80@b:81/")->host() == "b:81");
}

TEST_CASE("resolves dots in paths, in any spelling", "[url][parse]") {
    CHECK(href("http://h/a/./b/../c") == "http://h/a/c");
    CHECK(href("http://h/a/%2e/b/%2E%2e/c") == "http://h/a/c");
    CHECK(href("http://h/a/.%2e/b") == "http://h/b");
    CHECK(href("http://h/../../a") == "http://h/a");
    CHECK(href("http://h/a/..") == "http://h/");
    CHECK(href("http://h/a/.") == "http://h/a/");
    CHECK(href("http://h/...") == "http://h/...");
    CHECK(href("http://h/%2e%2e%2e/..a") == "http://h/%2e%2e%2e/..a");
    CHECK(href("http://h//a//../b") == "http://h//a/b");
    CHECK(href("http://h/a\\b\\..\\c") == "http://h/a/c");
    CHECK(href("x://h/a\\..") == "x://h/a\\..");
    CHECK(href("http://h/%2f..%5c") == "http://h/%2f..%5c");
}

TEST_CASE("keeps hosts that end in a dot, and names under localhost", "[url][parse]") {
    CHECK(url::parse("http://example.com./")->hostname() == "example.com.");
    CHECK(url::parse("http://foo.LOCALHOST/")->hostname() == "foo.localhost");
    CHECK(url::parse("http://0x7f.1/")->host_type() == url::host_kind::ipv4);
    CHECK(href("http://1.2.3/") == "http://1.2.0.3/");
}

TEST_CASE("resolves references against a base", "[url][parse]") {
    // RFC 3986, 5.4, with what the URL Standard decides differently left out.
    constexpr auto base = "http://a/b/c/d;p?q"sv;
    CHECK(href("g", base) == "http://a/b/c/g");
    CHECK(href("./g/", base) == "http://a/b/c/g/");
    CHECK(href("/g", base) == "http://a/g");
    CHECK(href("//g", base) == "http://g/");
    CHECK(href("?y", base) == "http://a/b/c/d;p?y");
    CHECK(href("g?y#s", base) == "http://a/b/c/g?y#s");
    CHECK(href("#s", base) == "http://a/b/c/d;p?q#s");
    CHECK(href(";x", base) == "http://a/b/c/;x");
    CHECK(href("", base) == "http://a/b/c/d;p?q");
    CHECK(href(".", base) == "http://a/b/c/");
    CHECK(href("..", base) == "http://a/b/");
    CHECK(href("../..", base) == "http://a/");
    CHECK(href("../../../g", base) == "http://a/g");
    CHECK(href("g;x=1/../y", base) == "http://a/b/c/y");
    CHECK(href("g?y/../x", base) == "http://a/b/c/g?y/../x");
    CHECK(href("g:h", base) == "g:h");
    CHECK(href("http:g", base) == "http://a/b/c/g");
    CHECK(href("https:g", base) == "https://g/");
    CHECK(href("\\g", base) == "http://a/g");
}

TEST_CASE("a reference inherits credentials and port with the host, and never the fragment", "[url][parse]") {
    constexpr auto base = "https://u:p@h:81/a/b?q#f"sv;
    CHECK(href("c", base) == "https://u:p@h:81/a/c");
    CHECK(href("", base) == "https://u:p@h:81/a/b?q");
    CHECK(href("//other/", base) == "https://other/");
    CHECK(url::parse("c", *url::parse(base))->port() == 81);
}

TEST_CASE("nothing but a fragment is relative to a URL without hierarchy", "[url][parse]") {
    const auto base = *url::parse("mailto:a@b.example?subject=x#old");
    CHECK(url::parse("#new", base)->href() == "mailto:a@b.example?subject=x#new");
    CHECK(url::parse("c", base).error() == errc::base_not_usable);
    CHECK(url::parse("", base).error() == errc::base_not_usable);
    CHECK(url::parse("c#new", base).error() == errc::base_not_usable);
    CHECK(url::parse("http://h/", base)->href() == "http://h/");
    CHECK(url::parse("c", url::url()).error() == errc::missing_scheme);
}

TEST_CASE("keeps a path that begins with two slashes from becoming a host", "[url][parse]") {
    CHECK(href("x:/.//p") == "x:/.//p");
    CHECK(href("..//p", "x:/a/b") == "x:/.//p");
    CHECK(href("?q", "x:/.//p") == "x:/.//p?q");
    CHECK(href("q", "x:/.//p/r") == "x:/.//p/q");
    CHECK(href("#f", "x:/.//p?q") == "x:/.//p?q#f");
    CHECK(href("//p", "x:/a") == "x://p");
}

TEST_CASE("knows the drive letters of file URLs", "[url][parse]") {
    CHECK(href("file:///C|/a/../..") == "file:///C:/");
    CHECK(href("file:c:\\a") == "file:///c:/a");
    CHECK(href("/b", "file:///C:/a") == "file:///C:/b");
    CHECK(href("D:/b", "file:///C:/a") == "d:/b");
    CHECK(href("file:D:/b", "file:///C:/a") == "file:///D:/b");
    CHECK(href("file://localhost/a") == "file:///a");
    CHECK(href("//h/a", "file:///C:/x") == "file://h/a");
    CHECK(href("..", "file:///C:/") == "file:///C:/");
}

TEST_CASE("replaces malformed UTF-8 by U+FFFD, one for each broken piece", "[url][parse]") {
    CHECK(href("http://h/\xff\xc3\xa9") == "http://h/%EF%BF%BD%C3%A9");
    CHECK(href("http://h/\xe2\x98") == "http://h/%EF%BF%BD");
    CHECK(href("http://h/\xc0\x80") == "http://h/%EF%BF%BD%EF%BF%BD");               // overlong
    CHECK(href("http://h/\xed\xa0\x80") == "http://h/%EF%BF%BD%EF%BF%BD%EF%BF%BD");  // surrogate
    CHECK(href("http://h/\xf4\x90\x80\x80") == href("http://h/\xff\xff\xff\xff"));   // past U+10FFFF
    CHECK(href("http://h/\xe2\n\x98\x83") == "http://h/%EF%BF%BD%EF%BF%BD%EF%BF%BD");
    CHECK(href("http://h/\xf0\x9f\x92\xa9") == "http://h/%F0%9F%92%A9");
    CHECK_FALSE(url::parse("http://\xff/").has_value());
}

TEST_CASE("accepts input up to the limit, and refuses the 100 kB line", "[url][parse]") {
    const std::string start = "http://h/";
    const auto limit = url::parse_options().max_length();
    CHECK(limit == 64 * 1024);
    const std::string longest = start + std::string(limit - start.size(), 'a');
    CHECK(url::parse(longest)->href() == longest);
    CHECK(error(longest + 'a') == errc::too_long);
    CHECK(error(std::string(100000, 'a')) == errc::too_long);
    CHECK(error(std::string(100000, 'a')) == dragline::condition::limit_exceeded);
    CHECK(url::parse(std::string(100000, 'a'), *url::parse(start)).error() == errc::too_long);
    CHECK(url::parse(longest + 'a', url::parse_options().max_length(limit + 1)).has_value());
}

TEST_CASE("holds the result to the same limit as the input", "[url][parse]") {
    const auto options = url::parse_options().max_length(12);
    CHECK(url::parse("http://h/a b", options).error() == errc::too_long);  // 14 as "a%20b"
    CHECK(url::parse("http://h/abc", options)->href() == "http://h/abc");
    const auto base = *url::parse("http://h/a/", options);
    CHECK(url::parse("b", base, options)->href() == "http://h/a/b");
    CHECK(url::parse("bc", base, options).error() == errc::too_long);
    CHECK(url::parse("", url::parse_options().max_length(0)).error() == errc::missing_scheme);
    CHECK(url::parse("x:", url::parse_options().max_length(0)).error() == errc::too_long);
}

TEST_CASE("every prefix of a URL gives a URL or an error, and never reads past its end", "[url][parse]") {
    const std::string whole = "https://u:p@[2001:db8::1.2.3.4]:8443/a/%2e%2e/b\\c?q='#f\xe2\x98\x83";
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        const std::string prefix = whole.substr(0, size);  // its own allocation, for ASan
        const auto out = url::parse(prefix);
        CAPTURE(prefix);
        CHECK((!out || *url::parse(out->href()) == *out));
    }
}
