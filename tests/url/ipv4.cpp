#include <dragline/url/ipv4.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

namespace url = dragline::url;

namespace {

std::string canonical(std::string_view text) {
    const auto address = url::parse_ipv4(text);
    if (!address) return address.error() == url::errc::invalid_ipv4 ? "invalid" : "other error";
    std::string out;
    url::append_ipv4(out, *address);
    return out;
}

}  // namespace

TEST_CASE("reads every legacy spelling", "[url][ipv4]") {
    CHECK(canonical("127.0.0.1") == "127.0.0.1");
    CHECK(canonical("127.0.0.1.") == "127.0.0.1");
    CHECK(canonical("127.1") == "127.0.0.1");
    CHECK(canonical("127.0.1") == "127.0.0.1");
    CHECK(canonical("2130706433") == "127.0.0.1");
    CHECK(canonical("0x7f.1") == "127.0.0.1");
    CHECK(canonical("0X7F000001") == "127.0.0.1");
    CHECK(canonical("0177.0.0.01") == "127.0.0.1");
    CHECK(canonical("017700000001") == "127.0.0.1");
    CHECK(canonical("0x.0x.0") == "0.0.0.0");
    CHECK(canonical("0") == "0.0.0.0");
    CHECK(canonical("00000000000000000000000000000000001.1") == "1.0.0.1");
}

TEST_CASE("a number may fill the bytes that are left and not one more", "[url][ipv4]") {
    CHECK(canonical("4294967295") == "255.255.255.255");
    CHECK(canonical("4294967296") == "invalid");
    CHECK(canonical("1.16777215") == "1.255.255.255");
    CHECK(canonical("1.16777216") == "invalid");
    CHECK(canonical("1.2.65535") == "1.2.255.255");
    CHECK(canonical("1.2.65536") == "invalid");
    CHECK(canonical("1.2.3.255") == "1.2.3.255");
    CHECK(canonical("1.2.3.256") == "invalid");
    CHECK(canonical("256.1") == "invalid");
    CHECK(canonical("99999999999999999999999999") == "invalid");
    CHECK(canonical("0xffffffffffffffffffffffff") == "invalid");
}

TEST_CASE("refuses what is no address", "[url][ipv4]") {
    for (const auto* text : {"", ".", "..", "1..2", ".1", "1.2.3.4.5", "1.2.3.4..", "1.2.3.08", "09", "0x1g",
                             "a.1", "1.-2", "+1", "1 ", "1.2.3.4/"}) {
        CAPTURE(text);
        CHECK(canonical(text) == "invalid");
    }
}

TEST_CASE("a host is taken for an address when its last label is a number", "[url][ipv4]") {
    for (const auto* text : {"1", "a.1", "a.1.", "a.09", "a.0x", "a.0xF", "1.2.3.4.5.6"})
        CHECK(url::ends_in_number(text));
    for (const auto* text : {"", ".", "a", "1.a", "a.0xg", "a.1..", "a.1a", "0x1.com"}) {
        CAPTURE(text);
        CHECK_FALSE(url::ends_in_number(text));
    }
}
