#include <dragline/url/url.hpp>

#include <dragline/url/parse.hpp>

#include <catch2/catch_test_macros.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace url = dragline::url;
using url::host_kind;

TEST_CASE("hands out every part of a full URL", "[url]") {
    const auto u = *url::parse("https://user:p%40ss@example.com:8080/a/b?q=1#top");
    CHECK(u.href() == "https://user:p%40ss@example.com:8080/a/b?q=1#top");
    CHECK(u.scheme() == "https");
    CHECK(u.username() == "user");
    CHECK(u.password() == "p%40ss");
    CHECK(u.has_credentials());
    CHECK(u.hostname() == "example.com");
    CHECK(u.bare_hostname() == "example.com");
    CHECK(u.host_type() == host_kind::domain);
    CHECK(u.host() == "example.com:8080");
    CHECK(u.port() == 8080);
    CHECK(u.port_or_default() == 8080);
    CHECK(u.path() == "/a/b");
    CHECK(u.query() == "q=1");
    CHECK(u.fragment() == "top");
    CHECK(u.request_target() == "/a/b?q=1");
    CHECK(u.origin() == "https://example.com:8080");
    CHECK(u.is_special());
    CHECK_FALSE(u.has_opaque_path());
}

TEST_CASE("hands out the parts of a short URL", "[url]") {
    const auto u = *url::parse("http://[::1]");
    CHECK(u.href() == "http://[::1]/");
    CHECK(u.hostname() == "[::1]");
    CHECK(u.bare_hostname() == "::1");
    CHECK(u.host() == "[::1]");
    CHECK(u.host_type() == host_kind::ipv6);
    CHECK(u.username() == "");
    CHECK(u.password() == "");
    CHECK_FALSE(u.has_credentials());
    CHECK(u.port() == std::nullopt);
    CHECK(u.port_or_default() == 80);
    CHECK(u.path() == "/");
    CHECK(u.query() == std::nullopt);
    CHECK(u.fragment() == std::nullopt);
    CHECK(u.request_target() == "/");
}

TEST_CASE("tells an empty query and fragment from none", "[url]") {
    const auto u = *url::parse("http://h/?#");
    CHECK(u.query() == "");
    CHECK(u.fragment() == "");
    CHECK(u.request_target() == "/?");
    CHECK(u.href() == "http://h/?#");
}

TEST_CASE("knows the default port of each special scheme", "[url]") {
    for (const auto& [text, port] :
         {std::pair("http://h", 80), std::pair("ws://h", 80), std::pair("https://h", 443),
          std::pair("wss://h", 443), std::pair("ftp://h", 21), std::pair("file://h", 0),
          std::pair("redis://h", 0), std::pair("redis://h:6379", 6379)}) {
        CAPTURE(text);
        CHECK(url::parse(text)->port_or_default() == port);
    }
}

TEST_CASE("a URL without an authority has no host", "[url]") {
    const auto mail = *url::parse("mailto:a@b.example");
    CHECK(mail.host_type() == host_kind::none);
    CHECK(mail.hostname() == "");
    CHECK(mail.host() == "");
    CHECK(mail.username() == "");
    CHECK_FALSE(mail.has_credentials());
    CHECK(mail.path() == "a@b.example");
    CHECK(mail.has_opaque_path());
    CHECK(mail.origin() == "null");

    const auto slashes = *url::parse("x:/.//p?q");
    CHECK(slashes.href() == "x:/.//p?q");
    CHECK(slashes.host_type() == host_kind::none);
    CHECK(slashes.host() == "");
    CHECK(slashes.path() == "//p");
    CHECK(slashes.request_target() == "//p?q");
    CHECK_FALSE(slashes.has_opaque_path());

    CHECK(url::parse("file:///etc/hosts")->host_type() == host_kind::empty);
    CHECK(url::parse("x://")->host_type() == host_kind::empty);
    CHECK(url::parse("x://H")->host_type() == host_kind::opaque);
}

TEST_CASE("the empty URL has no part", "[url]") {
    const url::url u;
    CHECK(u.empty());
    CHECK(u.href() == "");
    CHECK(u.scheme() == "");
    CHECK(u.username() == "");
    CHECK(u.password() == "");
    CHECK_FALSE(u.has_credentials());
    CHECK(u.host() == "");
    CHECK(u.path() == "");
    CHECK(u.request_target() == "");
    CHECK(u.query() == std::nullopt);
    CHECK(u.port_or_default() == 0);
    CHECK(u.origin() == "null");
    CHECK(u.without_credentials() == u);
    CHECK(u.without_fragment() == u);
}

TEST_CASE("what is moved from is empty", "[url]") {
    auto first = *url::parse("http://h/a?b");
    url::url second = std::move(first);
    CHECK(first == url::url());  // NOLINT(bugprone-use-after-move): that is the promise
    CHECK(first.path() == "");
    CHECK(second.path() == "/a");
    first = std::move(second);
    CHECK(first.path() == "/a");
    CHECK(second.host() == "");
}

TEST_CASE("drops and replaces fragments", "[url]") {
    const auto u = *url::parse("http://h/a?b#c");
    CHECK(u.without_fragment().href() == "http://h/a?b");
    CHECK(u.without_fragment().fragment() == std::nullopt);
    CHECK(u.without_fragment().without_fragment() == u.without_fragment());
    CHECK(u.with_fragment("x y").href() == "http://h/a?b#x%20y");
    CHECK(u.without_fragment().with_fragment("").href() == "http://h/a?b#");
    CHECK(u.without_fragment().with_fragment(*u.fragment()) == u);
    CHECK(u.with_fragment("%20#\n").fragment() == "%20#%0A");
}

TEST_CASE("drops credentials and keeps every other part", "[url]") {
    const auto u = *url::parse("https://user:pass@h:81/a?b#c");
    const auto bare = u.without_credentials();
    CHECK(bare.href() == "https://h:81/a?b#c");
    CHECK(bare == *url::parse(bare.href()));
    CHECK(bare.host() == "h:81");
    CHECK(bare.port() == 81);
    CHECK(bare.path() == "/a");
    CHECK(bare.query() == "b");
    CHECK(bare.fragment() == "c");
    CHECK(bare.username() == "");
    CHECK(bare.password() == "");
    CHECK_FALSE(bare.has_credentials());
    CHECK(url::parse("http://:secret@h")->without_credentials().href() == "http://h/");
    CHECK(url::parse("http://h/@")->without_credentials().href() == "http://h/@");
    CHECK(url::parse("mailto:a:b@c")->without_credentials().href() == "mailto:a:b@c");
}

TEST_CASE("compares origins by scheme, host and port", "[url]") {
    const auto same = [](const char* a, const char* b) {
        return same_origin(*url::parse(a), *url::parse(b));
    };
    CHECK(same("http://h/a", "http://H:80/b"));
    CHECK(same("http://u:p@h/", "http://h/"));
    CHECK(same("http://0x7f.1/", "http://127.0.0.1/"));
    CHECK_FALSE(same("http://h/", "https://h/"));
    CHECK_FALSE(same("http://h/", "http://h:81/"));
    CHECK_FALSE(same("http://h/", "http://h./"));
    CHECK_FALSE(same("http://h/", "http://sub.h/"));
    CHECK_FALSE(same("https://h:80/", "http://h:80/"));
    CHECK_FALSE(same("file:///a", "file:///a"));
    CHECK_FALSE(same("redis://h/", "redis://h/"));
    CHECK_FALSE(same_origin(url::url(), url::url()));
}

TEST_CASE("a blob has the origin of its maker", "[url]") {
    CHECK(url::parse("blob:https://a.example:8443/id")->origin() == "https://a.example:8443");
    CHECK(url::parse("blob:ftp://a.example/id")->origin() == "null");
    CHECK(url::parse("blob:blob:https://a.example/")->origin() == "null");
    CHECK(url::parse("blob:")->origin() == "null");
}
