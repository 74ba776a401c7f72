// Whose cookie it is: hosts, domains, addresses and public suffixes.
#include <dragline/http/cookies/cookie_jar.hpp>

#include "jar_lab.hpp"

#include <dragline/core/features.hpp>
#include <dragline/url/registrable_domain.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <vector>

using dragline::test::jar_lab;

namespace http = dragline::http;
using http::errc;

TEST_CASE("without a domain a cookie is for its host alone", "[http][cookie_jar]") {
    jar_lab lab;
    CHECK(lab.exchange("http://a.test/", "a=1", "http://A.TEST/") == "a=1");
    CHECK(lab.sent("http://www.a.test/").empty());
    CHECK(lab.sent("http://test/").empty());
    CHECK(lab.exchange("http://a.test/", "b=1; Domain=", "http://www.a.test/").empty());
    CHECK(lab.exchange("http://a.test/", "c=1; Domain=x.a.test; Domain=", "http://www.a.test/").empty());
    CHECK(lab.sent("http://a.test/") == "a=1; b=1; c=1");
}

TEST_CASE("a domain is for all names below it", "[http][cookie_jar]") {
    for (const auto* domain : {"a.test", ".a.test", "A.Test", ".A.TEST"}) {
        jar_lab lab;
        CHECK(!lab.store("http://www.a.test/", "a=1; Domain=" + std::string(domain)));
        for (const auto* url : {"http://a.test/", "http://www.a.test/", "http://x.y.a.test/"}) {
            CHECK(lab.sent(url) == "a=1");
        }
        for (const auto* url :
             {"http://xa.test/", "http://test/", "http://a.test.evil.test/", "http://b.test/"}) {
            CHECK(lab.sent(url).empty());
        }
    }
}

TEST_CASE("a cookie for a foreign domain is refused", "[http][cookie_jar]") {
    for (const auto* domain :
         {"b.test",       "x.www.a.test",  "ww.a.test", "w.a.test",          "xa.test",
          "..a.test",     "www.a.test.",   "a.test.",   "a.test:80",         "a.test/",
          "*.a.test",     "http://a.test", "a,test",    ". a.test",          "\xc3\xa4.test",
          "xn--4ca.test", "a.tes",         "est",       "www.a.test.b.test", "127.0.0.1"}) {
        CAPTURE(domain);
        jar_lab lab;
        const auto ec = lab.store("http://www.a.test/", "a=1; Domain=" + std::string(domain));
        if (domain == std::string_view(". a.test")) {
            CHECK(!ec);
            continue;
        }
        CHECK(ec == errc::cookie_foreign_domain);
        CHECK(ec == dragline::condition::blocked);
        CHECK(lab.jar.empty());
    }
}

TEST_CASE("a cookie for a public suffix is refused, but for the suffix itself", "[http][cookie_jar]") {
    jar_lab lab;
    for (const auto& [url, domain] : std::vector<std::pair<std::string_view, std::string>>{
             {"http://www.a.test/", "test"},
             {"http://evil.co.uk/", "co.uk"},
             {"http://evil.co.uk/", "uk"},
             {"http://evil.co.uk/", ".CO.UK"},
             {"http://me.github.io/", "github.io"},
             {"http://me.github.io/", "io"},
             {"http://bucket.s3.amazonaws.com/", "s3.amazonaws.com"},
             {"http://bucket.s3.amazonaws.com/", "amazonaws.com"},  // no suffix, but beyond one
             {"http://evil.co.uk./", "co.uk."},
             {"http://evil.test./", "test."}}) {
        CAPTURE(url, domain);
        CHECK(lab.store(url, "a=1; Domain=" + domain) == errc::cookie_public_suffix);
    }
    CHECK(lab.jar.empty());
    for (const auto* host : {"github.io", "localhost", "co.uk"}) {
        const auto url = "http://" + std::string(host) + "/";
        CHECK(!lab.store(url, "a=1; Domain=" + std::string(host)));
        CHECK(lab.sent(url) == "a=1");
        CHECK(lab.sent("http://x." + std::string(host) + "/").empty());
    }
    for (const auto& each : lab.jar.cookies()) CHECK(each.host_only);
    CHECK(!lab.store("http://x.s3.amazonaws.com/", "b=1; Domain=x.s3.amazonaws.com"));
    CHECK(lab.sent("http://y.x.s3.amazonaws.com/") == "b=1");
}

TEST_CASE("addresses are hosts and never domains", "[http][cookie_jar]") {
    jar_lab lab;
    CHECK(lab.exchange("http://192.0.2.1/", "a=1", "http://192.0.2.1/") == "a=1");
    CHECK(lab.sent("http://0xc0000201/") == "a=1");  // the same address
    CHECK(lab.sent("http://2.1/").empty());
    CHECK(lab.sent("http://192.0.2.11/").empty());
    CHECK(!lab.store("http://192.0.2.1/", "b=1; Domain=192.0.2.1"));
    for (const auto* domain : {"2.1", "0.2.1", "1", ".2.1", "192.0.2", "0xc0000201", "192.0.2.1."}) {
        CAPTURE(domain);
        CHECK(lab.store("http://192.0.2.1/", "c=1; Domain=" + std::string(domain)) ==
              errc::cookie_foreign_domain);
    }
    CHECK(lab.exchange("http://[2001:db8::1]/", "d=1", "http://[2001:DB8:0::1]:8080/") == "d=1");
    CHECK(!lab.store("http://[2001:db8::1]/", "e=1; Domain=[2001:db8::1]"));
    for (const auto* domain : {"2001:db8::1", "::1", ":1", "1]", "[::1]"}) {
        CHECK(lab.store("http://[2001:db8::1]/", "f=1; Domain=" + std::string(domain)) ==
              errc::cookie_foreign_domain);
    }
    for (const auto& each : lab.jar.cookies()) CHECK(each.host_only);

    http::cookie made("g", "1", "192.0.2.1");
    made.host_only = false;
    CHECK(!lab.jar.set(made, lab.now));
    CHECK(lab.jar.cookies().back().host_only);
}

TEST_CASE("a host with a dot at its end is another host", "[http][cookie_jar]") {
    jar_lab lab;
    CHECK(lab.exchange("http://a.test./", "a=1", "http://a.test./") == "a=1");
    CHECK(lab.sent("http://a.test/").empty());
    CHECK(lab.store("http://a.test./", "b=1; Domain=a.test") == errc::cookie_foreign_domain);
    CHECK(lab.store("http://a.test/", "b=1; Domain=a.test.") == errc::cookie_foreign_domain);
    CHECK(lab.exchange("http://www.a.test./", "c=1; Domain=a.test.", "http://a.test./") == "a=1; c=1");
    CHECK(lab.sent("http://a.test/").empty());
}

TEST_CASE("a host that begins with a dot has no cookies", "[http][cookie_jar]") {
    jar_lab lab;
    CHECK(lab.store("http://.a.test/", "a=1") == errc::cookie_foreign_domain);
    CHECK(lab.store("http://.a.test/", "a=1; Domain=a.test") == errc::cookie_foreign_domain);
    CHECK(lab.store("http://./", "a=1") == errc::cookie_foreign_domain);
    CHECK(lab.jar.set(http::cookie("a", "1", ".a.test"), lab.now) == errc::invalid_cookie);
    CHECK(lab.jar.empty());
}

TEST_CASE("international names are compared as they go over the wire", "[http][cookie_jar]") {
    jar_lab lab;
    CHECK(lab.exchange("http://xn--bcher-kva.test/", "a=1; Domain=XN--BCHER-KVA.test",
                       "http://www.xn--bcher-kva.test/") == "a=1");
    CHECK(lab.store("http://xn--bcher-kva.test/",
                    "b=1; Domain=b\xc3\xbc"
                    "cher.test") == errc::cookie_foreign_domain);
    if (dragline::features::idn2)
        CHECK(lab.sent("http://b\xc3\xbc"
                       "cher.test/") == "a=1");
}

TEST_CASE("without a public suffix list no cookie leaves its host", "[http][cookie_jar]") {
    if (dragline::url::has_public_suffix_list()) SKIP("this build has a public suffix list");
    jar_lab lab{http::cookie_jar_options()};
    CHECK(!lab.store("http://www.a.test/", "a=1; Domain=a.test"));
    CHECK(!lab.store("http://evil.co.uk/", "b=1; Domain=co.uk"));
    CHECK(lab.sent("http://www.a.test/") == "a=1");
    CHECK(lab.sent("http://a.test/").empty());
    CHECK(lab.sent("http://evil.co.uk/") == "b=1");
    CHECK(lab.sent("http://bank.co.uk/").empty());
    CHECK(lab.sent("http://co.uk/").empty());
    CHECK(lab.store("http://www.a.test/", "c=1; Domain=test") == errc::cookie_public_suffix);
    CHECK(lab.store("http://www.a.test/", "c=1; Domain=b.test") == errc::cookie_foreign_domain);

    // The caller's word is enough.
    http::cookie made("d", "1", "a.test");
    made.host_only = false;
    CHECK(!lab.jar.set(made, lab.now));
    CHECK(lab.sent("http://x.y.a.test/") == "d=1");
}

TEST_CASE("with libpsl the list that it carries is the border", "[http][cookie_jar]") {
    if (!dragline::url::has_public_suffix_list()) SKIP("this build has no public suffix list");
    jar_lab lab{http::cookie_jar_options()};
    CHECK(!lab.store("http://www.a.co.uk/", "a=1; Domain=a.co.uk"));
    CHECK(lab.sent("http://x.a.co.uk/") == "a=1");
    CHECK(lab.store("http://www.a.co.uk/", "b=1; Domain=co.uk") == errc::cookie_public_suffix);
    CHECK(lab.store("http://me.github.io/", "b=1; Domain=github.io") == errc::cookie_public_suffix);
    CHECK(lab.store("http://www.a.com/", "b=1; Domain=com") == errc::cookie_public_suffix);
    CHECK(lab.store("http://b.s3.amazonaws.com/", "b=1; Domain=amazonaws.com") == errc::cookie_public_suffix);
    CHECK(!lab.store("http://github.io/", "c=1; Domain=github.io"));
    CHECK(lab.sent("http://github.io/") == "c=1");
    CHECK(lab.sent("http://me.github.io/").empty());
}
