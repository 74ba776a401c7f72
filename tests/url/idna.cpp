#include <dragline/url/idna.hpp>

#include <dragline/core/features.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

namespace url = dragline::url;
using namespace std::string_view_literals;

namespace {

std::string to_ascii(std::string_view name) {
    const auto out = url::domain_to_ascii(name);
    return out ? *out : out.error().message();
}

bool refuses(std::string_view name) { return url::domain_to_ascii(name).error() == url::errc::idna_failed; }

std::string repeat(std::string_view text, std::size_t times) {
    std::string out;
    while (times-- > 0) out += text;
    return out;
}

}  // namespace

TEST_CASE("puts ASCII names in lower case and leaves the rest of them alone", "[url][idna]") {
    CHECK(to_ascii("Example.COM.") == "example.com.");
    CHECK(to_ascii("XN--BCHER-KVA.de") == "xn--bcher-kva.de");
    CHECK(to_ascii("xn--a") == "xn--a");
    CHECK(to_ascii("_dmarc.-a-.ab--c") == "_dmarc.-a-.ab--c");
    CHECK(to_ascii("") == "");
    CHECK(to_ascii(std::string(100000, 'A')) == std::string(100000, 'a'));
}

TEST_CASE("a name outside ASCII is not supported exactly when there is no libidn2", "[url][idna]") {
    const auto out = url::domain_to_ascii("b\u00fccher.de");
    CHECK(out.has_value() == dragline::features::idn2);
    CHECK((out.error() == url::errc::idna_not_supported) == !dragline::features::idn2);
}

TEST_CASE("encodes labels outside ASCII", "[url][idna]") {
    if (!dragline::features::idn2) SKIP("this build has no libidn2");
    CHECK(to_ascii("B\u00fccher.example") == "xn--bcher-kva.example");
    CHECK(to_ascii("fa\u00df.de") == "xn--fa-hia.de");  // not "fass.de": non-transitional
    CHECK(to_ascii("\u05d0\u05d1.example") == "xn--4dbc.example");
    CHECK(to_ascii("\uff27\uff4f\u3002com") == "go.com");
    CHECK(to_ascii("a\u00adb") == "ab");
    CHECK(to_ascii("e\u0301.com") == to_ascii("\u00e9.com"));
}

TEST_CASE("accepts the symbols and hyphens of UTS 46 that IDNA 2008 forbids", "[url][idna]") {
    if (!dragline::features::idn2) SKIP("this build has no libidn2");
    CHECK(to_ascii("\u2603.net") == "xn--n3h.net");
    CHECK(to_ascii("I\u2665\u00dc.ws") == "xn--i-eha448z.ws");
    CHECK(to_ascii("\U0001f4a9.la") == "xn--ls8h.la");
    CHECK(to_ascii("-\u2603-") == "xn-----fsx");
    CHECK(to_ascii("stra\u00dfe\u2665") == "xn--strae-oqa7538d");
    CHECK(to_ascii("l\u00b7a") == "xn--la-0ea");
    CHECK(to_ascii("=\u0338\u2603") == to_ascii("\u2260\u2603"));
}

TEST_CASE("maps as the current UTS 46 does, whatever the version of libidn2", "[url][idna]") {
    if (!dragline::features::idn2) SKIP("this build has no libidn2");
    CHECK(to_ascii("\u1e9e.com") == "xn--zca.com");
    CHECK(to_ascii("\U0002f874") == to_ascii("\u5f53"));
    CHECK(to_ascii("\u2183\u2132") == to_ascii("\u2184\u214e"));
    CHECK(to_ascii("\u10a0\u10c5") == to_ascii("\u2d00\u2d25"));
    CHECK(to_ascii("a\u180e\u206a\u206fb") == "ab");
}

TEST_CASE("refuses what has no ASCII form", "[url][idna]") {
    if (!dragline::features::idn2) SKIP("this build has no libidn2");
    CHECK(refuses("\u00ad"));                     // nothing is left
    CHECK(refuses("\ufffd.com"));                 // what is left of broken UTF-8
    CHECK(refuses("\xff.com"));                   // broken UTF-8
    CHECK(refuses("\u0378.net"));                 // unassigned
    CHECK(refuses("\u202e.net"));                 // direction control
    CHECK(refuses("\u0301a"));                    // accent in front
    CHECK(refuses("\u064aa"));                    // both directions in one label
    CHECK(refuses("\u05d0\u2665a"));              // the same around a symbol
    CHECK(refuses("\u200d.example"));             // joiner without context
    CHECK(refuses("\u2665\u200d\u2665"));         // the same among symbols
    CHECK(refuses("a\0\u00e9"sv));                // libidn2 would stop at the zero
    CHECK(refuses("xn--a.\u00e9"));               // no Punycode
    CHECK(refuses("xn--abc-.\u00e9"));            // Punycode of plain ASCII
    CHECK(refuses("xn--te\u0161la"));             // no A-label
    CHECK(refuses("\uff58\uff4e\uff0d\uff0da"));  // "xn--a" in full-width letters
    CHECK(refuses("xn--bcher-KVA9.\u00e9"));
}

TEST_CASE("accepts valid A-labels beside other labels", "[url][idna]") {
    if (!dragline::features::idn2) SKIP("this build has no libidn2");
    CHECK(to_ascii("XN--bcher-kva.\u00e9") == "xn--bcher-kva.xn--9ca");
    CHECK(to_ascii("xn--n3h.\u00e9") == "xn--n3h.xn--9ca");
    CHECK(to_ascii("..\u00e9.") == "..xn--9ca.");
}

TEST_CASE("looks at international names up to the limit and no further", "[url][idna]") {
    if (!dragline::features::idn2) SKIP("this build has no libidn2");
    const std::string longest = repeat("\u00e9.", url::max_international_name / 3) + 'a';
    REQUIRE(longest.size() == url::max_international_name);
    CHECK(url::domain_to_ascii(longest).has_value());
    CHECK(refuses(longest + 'a'));
}

TEST_CASE("survives the worst Punycode", "[url][idna]") {
    if (!dragline::features::idn2) SKIP("this build has no libidn2");
    CHECK(refuses("\u00e9.xn--" + repeat("9", 900)));
    CHECK(refuses("\u00e9.xn--" + repeat("a", 900)));
    CHECK(refuses("\u00e9.xn--99999a"));  // past U+10FFFF
    CHECK(refuses("\u00e9.xn--ib9b"));    // a surrogate, were it let through
    CHECK(url::domain_to_ascii(repeat("a\u2665", 250)).has_value());
}
