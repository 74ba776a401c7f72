#include <dragline/http/policy/url_policy.hpp>

#include <dragline/core/error.hpp>
#include <dragline/http/error.hpp>
#include <dragline/url/parse.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>

using dragline::http::url_policy;

namespace http = dragline::http;
namespace url = dragline::url;

namespace {

bool may_go(const url_policy& policy, const std::string& text) {
    const auto ec = policy.judge(url::parse(text).value());
    if (ec) CHECK(ec == http::errc::url_blocked);
    return !ec;
}

}  // namespace

TEST_CASE("a URL policy allows everything until it is told otherwise", "[http][url_policy]") {
    for (const auto* text :
         {"http://a.test/", "https://u:p@127.0.0.1:22/", "http://[::1]:6667/", "http://a./"})
        CHECK(may_go(url_policy(), text));
    CHECK(url_policy().allows_all());
    CHECK(!url_policy().deny_bad_ports().allows_all());
    CHECK(!url_policy().error());
    CHECK(make_error_code(http::errc::url_blocked) == dragline::condition::blocked);
    STATIC_CHECK(!std::is_aggregate_v<url_policy>);
}

TEST_CASE("a URL policy can be told the schemes and the ports", "[http][url_policy]") {
    const auto secure = url_policy().allow_scheme("HTTPS");
    CHECK(may_go(secure, "https://a.test/"));
    CHECK(!may_go(secure, "http://a.test/"));

    const auto ports = url_policy().allow_port(443).allow_ports(8000, 8010).deny_port(8005);
    for (const auto* text : {"https://a.test/", "http://a.test:443/", "http://a.test:8000/",
                             "http://a.test:8010/", "https://a.test:8009/"})
        CHECK(may_go(ports, text));
    for (const auto* text : {"http://a.test/", "http://a.test:80/", "https://a.test:442/",
                             "http://a.test:7999/", "http://a.test:8005/", "http://a.test:8011/"})
        CHECK(!may_go(ports, text));

    const auto standard = url_policy().standard_ports_only(true);
    for (const auto* text : {"http://a.test/", "http://a.test:80/", "https://a.test:443/"})
        CHECK(may_go(standard, text));
    for (const auto* text :
         {"http://a.test:443/", "https://a.test:80/", "http://a.test:8080/", "http://a:0/"})
        CHECK(!may_go(standard, text));
}

TEST_CASE("a URL policy knows the ports that browsers refuse", "[http][url_policy]") {
    const auto policy = url_policy().deny_bad_ports();
    for (const int port :
         {0,   1,    7,    22,   25,   53,   69,   110,  139,  143,  389,  465,  587,  636,  993,
          995, 1719, 1723, 2049, 3659, 4045, 4190, 5060, 6000, 6566, 6665, 6669, 6679, 6697, 10080}) {
        CAPTURE(port);
        CHECK(!may_go(policy, "http://a.test:" + std::to_string(port) + "/"));
    }
    for (const int port : {2, 80, 443, 24, 6664, 6670, 8080, 10079, 10081, 65535}) {
        CAPTURE(port);
        CHECK(may_go(policy, "http://a.test:" + std::to_string(port) + "/"));
    }
}

TEST_CASE("a URL policy compares hosts in the spelling of URLs", "[http][url_policy]") {
    const auto only =
        url_policy().allow_host("A.Test.").allow_domain(".b.test").allow_host("127.1").allow_host(
            "[2001:DB8:0::1]");
    CHECK(!only.error());
    for (const auto* text :
         {"http://a.test/", "http://A.TEST./", "http://b.test/", "http://x.b.test/", "http://y.x.b.test./",
          "http://127.0.0.1/", "http://0x7f.1/", "http://[2001:db8::1]/", "http://%61.test/"})
        CHECK(may_go(only, text));
    for (const auto* text :
         {"http://x.a.test/", "http://ab.test/", "http://xb.test/", "http://test/", "http://a.test.evil/",
          "http://127.0.0.2/", "http://[2001:db8::2]/", "http://a.test@evil.test/", "http://a.test..test/"})
        CHECK(!may_go(only, text));

    const auto denied = url_policy().deny_domain("internal").deny_host("a.test").deny_host("2130706433");
    for (const auto* text : {"http://internal/", "http://Vault.INTERNAL./", "http://a.test/",
                             "http://a.test./", "http://017700000001/", "http://127.0.0.1/"})
        CHECK(!may_go(denied, text));
    for (const auto* text : {"http://b.a.test/", "http://notinternal/", "http://internal.test/"})
        CHECK(may_go(denied, text));
    CHECK(!may_go(url_policy().allow_domain("a.test").deny_host("b.a.test"), "http://b.a.test/"));
}

TEST_CASE("a URL policy can refuse addresses and users", "[http][url_policy]") {
    const auto names = url_policy().addresses(false);
    CHECK(may_go(names, "http://a.test/"));
    for (const auto* text : {"http://127.1/", "http://8.8.8.8/", "http://[::1]/", "http://0x08080808/"})
        CHECK(!may_go(names, text));
    const auto nobody = url_policy().credentials(false);
    CHECK(may_go(nobody, "http://a.test/@"));
    for (const auto* text : {"http://me@a.test/", "http://me:secret@a.test/", "http://:secret@a.test/"})
        CHECK(!may_go(nobody, text));
}

TEST_CASE("a function has the last word about a URL", "[http][url_policy]") {
    int asked = 0;
    const auto policy = url_policy().allow_scheme("https").check([&](const url::url& target) {
        ++asked;
        if (target.path() == "/throw") throw std::runtime_error("no");
        return target.path() != "/no";
    });
    CHECK(!may_go(policy, "http://a.test/"));
    CHECK(asked == 0);
    CHECK(may_go(policy, "https://a.test/"));
    CHECK(!may_go(policy, "https://a.test/no"));
    CHECK_THROWS_AS(policy.judge(url::parse("https://a.test/throw").value()), std::runtime_error);
    CHECK(policy == url_policy(policy));
    CHECK(policy != url_policy().allow_scheme("https"));
}

TEST_CASE("a URL policy that cannot be read allows nothing", "[http][url_policy]") {
    const auto target = url::parse("http://a.test/").value();
    for (const auto& policy :
         {url_policy().allow_scheme("ftp"), url_policy().allow_scheme(""), url_policy().allow_ports(2, 1),
          url_policy().deny_ports(9, 1), url_policy().deny_host(""), url_policy().deny_host("a b"),
          url_policy().deny_host("a/b"), url_policy().allow_host("a:80"), url_policy().deny_host("::1"),
          url_policy().deny_domain("127.0.0.1"), url_policy().deny_domain("[::1]"),
          url_policy().deny_domain("2.1"), url_policy().deny_domain("."), url_policy().deny_host("1.2.3.4.5"),
          url_policy().deny_host("*.a.test")}) {
        CHECK(policy.error() == dragline::errc::invalid_option);
        CHECK(policy.judge(target) == dragline::errc::invalid_option);
    }
}

TEST_CASE("URL policies are equal when they say the same, and copies are their own", "[http][url_policy]") {
    const auto made = [] { return url_policy().allow_port(80).deny_domain("a.test").credentials(false); };
    CHECK(made() == made());
    auto copy = made();
    const auto first = copy;
    copy.allow_port(81);
    CHECK(copy != first);
    CHECK(!may_go(first, "http://b.test:81/"));
    CHECK(url_policy() == url_policy());
    CHECK(made() != url_policy());
}
