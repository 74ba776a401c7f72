#include <dragline/url/ipv6.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace url = dragline::url;

namespace {

std::string canonical(std::string_view text) {
    const auto groups = url::parse_ipv6(text);
    if (!groups) return groups.error() == url::errc::invalid_ipv6 ? "invalid" : groups.error().message();
    std::string out;
    url::append_ipv6(out, *groups);
    return out;
}

}  // namespace

TEST_CASE("writes the canonical spelling", "[url][ipv6]") {
    CHECK(canonical("::") == "::");
    CHECK(canonical("::1") == "::1");
    CHECK(canonical("1::") == "1::");
    CHECK(canonical("2001:DB8:0:0:0:0:0:001") == "2001:db8::1");
    CHECK(canonical("1:2:3:4:5:6:7:8") == "1:2:3:4:5:6:7:8");
    CHECK(canonical("0:0:0:0:0:0:0:0") == "::");
    CHECK(canonical("1:0:3:4:5:6:7:8") == "1:0:3:4:5:6:7:8");
    CHECK(canonical("1:2:3:4:5:6:7::") == "1:2:3:4:5:6:7:0");
    CHECK(canonical("::2:3:4:5:6:7:8") == "0:2:3:4:5:6:7:8");
}

TEST_CASE("shortens the first of the longest runs of zeros", "[url][ipv6]") {
    CHECK(canonical("1:0:0:4:0:0:0:8") == "1:0:0:4::8");
    CHECK(canonical("1:0:0:4:5:0:0:8") == "1::4:5:0:0:8");
    CHECK(canonical("0:0:3:0:0:0:0:8") == "0:0:3::8");
}

TEST_CASE("reads an embedded IPv4 address", "[url][ipv6]") {
    CHECK(canonical("::ffff:192.0.2.1") == "::ffff:c000:201");
    CHECK(canonical("1:2:3:4:5:6:127.0.0.1") == "1:2:3:4:5:6:7f00:1");
    CHECK(canonical("1::127.0.0.1") == "1::7f00:1");
    CHECK(canonical("::255.255.255.255") == "::ffff:ffff");
    for (const auto* text :
         {"::1.2.3", "::1.2.3.4.5", "::1.2.3.256", "::01.2.3.4", "::1.2.3.4:5", "1.2.3.4", "::1..2.3",
          "1:2:3:4:5:6:7:1.2.3.4", "::.1.2.3", "::1.2.3.", "::0x1.2.3.4", "::1.2.3.4 "}) {
        CAPTURE(text);
        CHECK(canonical(text) == "invalid");
    }
}

TEST_CASE("refuses what is no address and not IPv6", "[url][ipv6]") {
    for (const auto* text : {"", ":", ":::", "1", "1:", ":1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
                             "1:2:3:4:5:6:7:8:", "1:2:3:4:5:6:7:8::", "1::2::3", "12345::", "g::", "::1 ",
                             "1:2:3:4:5:6:7:8/64", "::-1"}) {
        CAPTURE(text);
        CHECK(canonical(text) == "invalid");
    }
}

TEST_CASE("names a zone id as what is wrong", "[url][ipv6]") {
    CHECK(url::parse_ipv6("fe80::1%eth0").error() == url::errc::ipv6_zone_id);
    CHECK(url::parse_ipv6("fe80::1%25eth0").error() == url::errc::ipv6_zone_id);
}

TEST_CASE("reads back every pattern of zero groups", "[url][ipv6]") {
    for (unsigned pattern = 0; pattern < 256; ++pattern) {
        url::ipv6_groups groups{};
        for (unsigned i = 0; i < 8; ++i)
            groups[i] = static_cast<std::uint16_t>((pattern >> i & 1) * (0xa0 + i));
        std::string text;
        url::append_ipv6(text, groups);
        CAPTURE(text);
        CHECK(*url::parse_ipv6(text) == groups);
    }
}
