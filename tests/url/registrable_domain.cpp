#include <dragline/url/registrable_domain.hpp>

#include <dragline/core/features.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace url = dragline::url;
using namespace std::string_view_literals;

namespace {

/// The registrable domain, or "-".
std::string owner(std::string_view name) { return url::registrable_domain(name).value_or("-"); }

/// What is no domain has no owner and is no suffix.
bool is_no_domain(std::string_view name) {
    return !url::registrable_domain(name) && !url::is_public_suffix(name);
}

std::string repeat(std::string_view text, std::size_t times) {
    std::string out;
    while (times-- > 0) out += text;
    return out;
}

}  // namespace

TEST_CASE("there is a public suffix list exactly when libpsl is used", "[url][registrable_domain]") {
    CHECK(url::has_public_suffix_list() == dragline::features::psl);
}

TEST_CASE("a suffix of one label is treated alike with and without a list", "[url][registrable_domain]") {
    CHECK(owner("example.com") == "example.com");
    CHECK(owner("a.b.example.com") == "example.com");
    CHECK(owner("com") == "-");
    CHECK(url::is_public_suffix("com"));
    CHECK_FALSE(url::is_public_suffix("example.com"));
    CHECK_FALSE(url::is_public_suffix("a.example.com"));
}

TEST_CASE("a top-level domain that no rule names is a suffix", "[url][registrable_domain]") {
    CHECK(owner("a.b.test") == "b.test");
    CHECK(owner("b.test") == "b.test");
    CHECK(owner("test") == "-");
    CHECK(owner("localhost") == "-");
    CHECK(url::is_public_suffix("test"));
}

TEST_CASE("case and one dot at the end make no difference", "[url][registrable_domain]") {
    CHECK(owner("WWW.Example.COM") == "example.com");
    CHECK(owner("www.example.com.") == "example.com");
    CHECK(owner("example.com.") == "example.com");
    CHECK(owner("COM.") == "-");
    CHECK(url::is_public_suffix("Com."));
}

TEST_CASE("service labels and hyphens are part of names", "[url][registrable_domain]") {
    CHECK(owner("_dmarc.my-shop.com") == "my-shop.com");
    CHECK(owner("a--b.-c-.com") == "-c-.com");
    CHECK(owner("1.2.3.com") == "3.com");
}

TEST_CASE("the list names suffixes of several labels", "[url][registrable_domain]") {
    if (!url::has_public_suffix_list()) SKIP("this build has no public suffix list");
    CHECK(owner("a.b.example.co.uk") == "example.co.uk");
    CHECK(owner("Example.CO.uk.") == "example.co.uk");
    CHECK(owner("co.uk") == "-");
    CHECK(url::is_public_suffix("co.uk"));
    CHECK(url::is_public_suffix("Co.Uk."));
    CHECK_FALSE(url::is_public_suffix("example.co.uk"));
}

TEST_CASE("wildcards and exceptions of the list hold", "[url][registrable_domain]") {
    if (!url::has_public_suffix_list()) SKIP("this build has no public suffix list");
    CHECK(owner("ck") == "-");  // *.ck, but for www.ck
    CHECK(owner("any.ck") == "-");
    CHECK(owner("a.b.any.ck") == "b.any.ck");
    CHECK(owner("a.www.ck") == "www.ck");
    CHECK(owner("a.b.c.kawasaki.jp") == "b.c.kawasaki.jp");
    CHECK(owner("a.city.kawasaki.jp") == "city.kawasaki.jp");
}

TEST_CASE("suffixes of private owners count", "[url][registrable_domain]") {
    if (!url::has_public_suffix_list()) SKIP("this build has no public suffix list");
    CHECK(url::is_public_suffix("github.io"));
    CHECK(owner("github.io") == "-");
    CHECK(owner("pages.somebody.github.io") == "somebody.github.io");
    CHECK(owner("github.com") == "github.com");
}

TEST_CASE("international suffixes are found in their ASCII form", "[url][registrable_domain]") {
    if (!url::has_public_suffix_list()) SKIP("this build has no public suffix list");
    CHECK(url::is_public_suffix("xn--55qx5d.cn"));
    CHECK(owner("www.xn--85x722f.XN--55qx5d.cn") == "xn--85x722f.xn--55qx5d.cn");
    CHECK(owner("a.xn--bcher-kva.co.uk") == "xn--bcher-kva.co.uk");
    CHECK(url::is_public_suffix("xn--fiqs8s"));
    CHECK(owner("a.b.xn--fiqs8s") == "b.xn--fiqs8s");
}

TEST_CASE("international names go through IDNA where there is libidn2", "[url][registrable_domain]") {
    CHECK(owner("www.B\u00fccher.de") == (dragline::features::idn2 ? "xn--bcher-kva.de" : "-"));
    CHECK(url::is_public_suffix("\u4e2d\u56fd") == dragline::features::idn2);
    if (dragline::features::idn2 && url::has_public_suffix_list()) {
        CHECK(owner("a.b.\u516c\u53f8.cn") == "b.xn--55qx5d.cn");
    }
}

TEST_CASE("without a list the last two labels are all there is", "[url][registrable_domain]") {
    if (url::has_public_suffix_list()) SKIP("this build has a public suffix list");
    CHECK(owner("a.b.example.co.uk") == "co.uk");
    CHECK(owner("somebody.github.io") == "github.io");
    CHECK_FALSE(url::is_public_suffix("co.uk"));
}

TEST_CASE("addresses are no domains, however they are spelled", "[url][registrable_domain]") {
    for (const auto address :
         {"192.0.2.1"sv, "192.0.2.1."sv, "127.1"sv, "0x7f000001"sv, "017700000001"sv, "[2001:db8::1]"sv,
          "2001:db8::1"sv, "::ffff:192.0.2.1"sv, "[fe80::1%eth0]"sv, "1.2.3.4.5"sv, "example.256"sv}) {
        CAPTURE(address);
        CHECK(is_no_domain(address));
    }
}

TEST_CASE("what no domain can be has no owner", "[url][registrable_domain]") {
    for (const auto text : {""sv,
                            "."sv,
                            ".."sv,
                            "...."sv,
                            ".com"sv,
                            ".example.com"sv,
                            "example..com"sv,
                            "example.com.."sv,
                            "a b.com"sv,
                            "a\0b.com"sv,
                            "\0"sv,
                            "a.com\0"sv,
                            "a/b.com"sv,
                            "user@example.com"sv,
                            "example.com:80"sv,
                            "http://example.com"sv,
                            "*.\tcom"sv,
                            "\xff.com"sv,
                            "xn--\xff.com"sv,
                            "%00.com"sv,
                            "%zz.com"sv,
                            "a.com\r\n"sv}) {
        CAPTURE(text);
        CHECK(is_no_domain(text));
    }
}

TEST_CASE("names are read up to the limits of the DNS and no further", "[url][registrable_domain]") {
    const std::string label(63, 'a');
    CHECK(owner(label + ".com") == label + ".com");
    CHECK(is_no_domain(label + "a.com"));
    CHECK(is_no_domain("a." + label + "a.example.com"));

    const std::string longest = repeat("a.", 121) + "example.com";
    REQUIRE(longest.size() == 253);
    CHECK(owner(longest) == "example.com");
    CHECK(owner(longest + '.') == "example.com");
    CHECK(is_no_domain('a' + longest));
    CHECK(is_no_domain("a." + longest));
}

TEST_CASE("hostile names cost no more than their length", "[url][registrable_domain]") {
    CHECK(is_no_domain(std::string(1'000'000, 'a')));
    CHECK(is_no_domain(std::string(1'000'000, '.')));
    CHECK(is_no_domain(repeat("a.", 500'000) + "com"));
    CHECK(is_no_domain(repeat("\u00e9.", 500'000) + "com"));
    CHECK(is_no_domain(repeat("%2e", 100'000)));
}

TEST_CASE("the owner is a domain of its own, and what is above it is a suffix", "[url][registrable_domain]") {
    for (const auto name : {"a.b.example.co.uk"sv, "x.y.github.io"sv, "a.b.c.d.test"sv, "a.b.any.ck"sv,
                            "www.ck"sv, "a.s3.amazonaws.com"sv, "a.b.tokyo.jp"sv}) {
        CAPTURE(name);
        const std::string found = owner(name);
        REQUIRE(name.ends_with(found));
        CHECK(owner(found) == found);
        CHECK_FALSE(url::is_public_suffix(found));
        CHECK((name == found || name[name.size() - found.size() - 1] == '.'));
        if (name != "www.ck") CHECK(url::is_public_suffix(found.substr(found.find('.') + 1)));
    }
}
