#include <dragline/url/host.hpp>

#include <dragline/core/features.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

namespace url = dragline::url;
using url::errc;
using url::host;
using url::host_kind;
using namespace std::string_view_literals;

TEST_CASE("tells names from addresses", "[url][host]") {
    CHECK(*url::parse_host("Example.COM") == host(host_kind::domain, "example.com"));
    CHECK(*url::parse_host("0x7f.1") == host(host_kind::ipv4, "127.0.0.1"));
    CHECK(*url::parse_host("[::FFFF:1.2.3.4]") == host(host_kind::ipv6, "[::ffff:102:304]"));
    CHECK(*url::parse_host("1.2.3.4.example") == host(host_kind::domain, "1.2.3.4.example"));
    CHECK(host().kind() == host_kind::none);
    CHECK(host().text().empty());
}

TEST_CASE("keeps what DNS may still need: trailing dots, underscores, single labels", "[url][host]") {
    for (const auto* name :
         {"example.com.", "_srv.example", "localhost", "foo.localhost", "-a-", "a..b", ".", "ab--cd"}) {
        CAPTURE(name);
        CHECK(*url::parse_host(name) == host(host_kind::domain, name));
    }
}

TEST_CASE("decodes percent-encoding before anything else", "[url][host]") {
    CHECK(url::parse_host("%45x%61mple")->text() == "example");
    CHECK(url::parse_host("%31%2e2.3.4")->text() == "1.2.3.4");
    CHECK(url::parse_host("a%00b").error() == errc::invalid_host);
    CHECK(url::parse_host("a%2fb").error() == errc::invalid_host);
    CHECK(url::parse_host("a%25b").error() == errc::invalid_host);
    CHECK(url::parse_host("a%").error() == errc::invalid_host);
    CHECK(url::parse_host("%5b::1%5d").error() == errc::invalid_host);
    CHECK(url::parse_host("%ff").error() == errc::invalid_host);
}

TEST_CASE("refuses every character that no domain may have", "[url][host]") {
    for (int byte = 0; byte < 0x80; ++byte) {
        const char c = static_cast<char>(byte);
        const bool forbidden =
            byte <= 0x20 || byte == 0x7f || "#/:<>?@[\\]^|%"sv.find(c) != std::string_view::npos;
        CAPTURE(byte);
        CHECK(url::parse_host(std::string("a") + c + "b").has_value() == !forbidden);
    }
}

TEST_CASE("names what is wrong with an address", "[url][host]") {
    CHECK(url::parse_host("").error() == errc::missing_host);
    CHECK(url::parse_host("1.2.3.08").error() == errc::invalid_ipv4);
    CHECK(url::parse_host("example.1").error() == errc::invalid_ipv4);
    CHECK(url::parse_host("256.0.0.1").error() == errc::invalid_ipv4);
    CHECK(url::parse_host("[").error() == errc::invalid_ipv6);
    CHECK(url::parse_host("[]").error() == errc::invalid_ipv6);
    CHECK(url::parse_host("[::1").error() == errc::invalid_ipv6);
    CHECK(url::parse_host("[::1]x").error() == errc::invalid_ipv6);
    CHECK(url::parse_host("[::1%25eth0]").error() == errc::ipv6_zone_id);
    CHECK(url::parse_host("::1").error() == errc::invalid_host);
}

TEST_CASE("sends names outside ASCII through IDNA", "[url][host]") {
    if (!dragline::features::idn2) {
        CHECK(url::parse_host("b\u00fccher.de").error() == errc::idna_not_supported);
        CHECK(url::parse_host("b%C3%BCcher.de").error() == errc::idna_not_supported);
        return;
    }
    CHECK(url::parse_host("B\u00fccher.de")->text() == "xn--bcher-kva.de");
    CHECK(url::parse_host("b%C3%BCcher.de")->text() == "xn--bcher-kva.de");
    CHECK(*url::parse_host("\uff11\uff12\uff17.1") == host(host_kind::ipv4, "127.0.0.1"));
    CHECK(url::parse_host("\uff05\uff14\uff11.com").error() == errc::invalid_host);  // full-width "%41"
    CHECK(url::parse_host("a\u2a74b.com").error() == errc::invalid_host);            // maps to "::="
    CHECK(url::parse_host("\u00ad").error() == errc::idna_failed);
}

TEST_CASE("keeps an opaque host as it is, but for what must be escaped", "[url][host]") {
    CHECK(*url::parse_opaque_host("Ex%41mple\u00e9{") == host(host_kind::opaque, "Ex%41mple%C3%A9{"));
    CHECK(*url::parse_opaque_host("1.2.3.08") == host(host_kind::opaque, "1.2.3.08"));
    CHECK(*url::parse_opaque_host("[0:0::1]") == host(host_kind::ipv6, "[::1]"));
    CHECK(*url::parse_opaque_host("") == host(host_kind::empty, ""));
    CHECK(*url::parse_opaque_host("\x01%") == host(host_kind::opaque, "%01%"));
    CHECK(url::parse_opaque_host("a b").error() == errc::invalid_host);
    CHECK(url::parse_opaque_host("a\0b"sv).error() == errc::invalid_host);
    CHECK(url::parse_opaque_host("a|b").error() == errc::invalid_host);
    CHECK(url::parse_opaque_host("[::1%eth0]").error() == errc::ipv6_zone_id);
}

TEST_CASE("appends to what is there", "[url][host]") {
    std::string out = "Host: ";
    CHECK(*url::append_host(out, "EXAMPLE.com") == host_kind::domain);
    CHECK(out == "Host: example.com");
}
