#include <dragline/dns/records/service_binding.hpp>

#include <dragline/dns/records/presentation.hpp>
#include <dragline/dns/wire/record_data.hpp>

#include <catch2/catch_test_macros.hpp>

#include "dns/record_samples.hpp"

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dns = dragline::dns;
namespace wire = dragline::dns::wire;
using dns::errc;
using dns::record_type;
using dns::service_key;
using dns::service_parameters;
using dragline::test::from_hex;

namespace {

using bytes = std::vector<std::uint8_t>;
using list = std::vector<std::string>;

constexpr std::string_view foo = "03666f6f 076578616d706c65 03636f6d 00";  // foo.example.com

// That the text is these bytes, and that they make a text that is these bytes again.
void check_vector(std::string_view text, const std::string& hex) {
    CAPTURE(text);
    const auto data = dns::parse_record_data(record_type::svcb, text).value();
    CHECK(wire::encode_record_data(data).value() == from_hex(hex));
    CHECK(wire::decode_record_data(record_type::svcb, from_hex(hex)).value() == data);
    CHECK(dns::parse_record_data(record_type::svcb, to_string(data)).value() == data);
}

std::error_code decoding(const std::string& hex) {
    return wire::decode_record_data(record_type::svcb, from_hex(hex)).error();
}

std::error_code parsing(std::string_view text) {
    return dns::parse_record_data(record_type::https, text).error();
}

}  // namespace

TEST_CASE("the vectors of RFC 9460, D.1 and D.2, are read and written", "[dns][service_binding]") {
    const std::string target(foo);
    check_vector("0 foo.example.com.", "0000" + target);
    check_vector("1 .", "0001 00");
    check_vector("16 foo.example.com. port=53", "0010" + target + "0003 0002 0035");
    check_vector("1 foo.example.com. key667=hello", "0001" + target + "029b 0005 68656c6c6f");
    check_vector("1 foo.example.com. key667=\"hello\\210qoo\"",
                 "0001" + target + "029b 0009 68656c6c6fd2716f6f");
    check_vector(
        "1 foo.example.com. (\n ipv6hint=\"2001:db8::1,2001:db8::53:1\"\n )",
        "0001" + target + "0006 0020 20010db8000000000000000000000001 20010db8000000000000000000530001");
    check_vector("1 example.com. (\n ipv6hint=\"2001:db8:122:344::192.0.2.33\"\n )",
                 "0001 076578616d706c65 03636f6d 00 0006 0010 20010db8 01220344 00000000 c0000221");
    const std::string org = "0010 03666f6f 076578616d706c65 036f7267 00";
    check_vector("16 foo.example.org. (\n alpn=h2,h3-19 mandatory=ipv4hint,alpn\n ipv4hint=192.0.2.1\n )",
                 org + "0000 0004 0001 0004  0001 0009 026832 0568332d3139  0004 0004 c0000201");
    const auto escaped = org + "0001 000c 08665c6f6f2c626172 026832";
    check_vector("16 foo.example.org. alpn=\"f\\\\\\\\oo\\\\,bar,h2\"", escaped);
    check_vector("16 foo.example.org. alpn=f\\\\\\092oo\\092,bar,h2", escaped);
}

TEST_CASE("the failure cases of RFC 9460, D.3, are refused", "[dns][service_binding]") {
    for (const std::string_view wrong :
         {"key123=abc key123=def", "mandatory", "alpn", "port", "ipv4hint", "ipv6hint", "no-default-alpn=abc",
          "mandatory=key123", "mandatory=mandatory", "mandatory=key123,key123 key123=abc"}) {
        CAPTURE(wrong);
        CHECK(parsing("1 foo.example.com. " + std::string(wrong)) == errc::invalid_data);
    }
    CHECK_FALSE(parsing("1 foo.example.com. mandatory=key123 key123=abc"));
}

TEST_CASE("a parameter in text must have the form of its key", "[dns][service_binding]") {
    for (const std::string_view wrong : {"port=65536",
                                         "port=-1",
                                         "port=\\0541",
                                         "port=",
                                         "ipv4hint=1.2.3",
                                         "ipv4hint=1.2.3.4,",
                                         "ipv4hint=::1",
                                         "ipv6hint=::1,,::2",
                                         "ipv6hint=fe80::1%eth0",
                                         "ipv6hint=1.2.3.4",
                                         "ech=",
                                         "ech",
                                         "ech=AA",
                                         "ech=\"A A=\"",
                                         "alpn=",
                                         "alpn=h2,",
                                         "alpn=,h2",
                                         "alpn=h2\\\\",
                                         "alpn=\\\\h2",
                                         "ALPN=h2",
                                         "alpn =h2",
                                         "=h2",
                                         "key",
                                         "key01=a",
                                         "key65536=a",
                                         "key-1",
                                         "unknown=1",
                                         "no-default-alpn",
                                         "key3=abc",
                                         "port=\"53",
                                         "port=53\"",
                                         "\"port=53\"",
                                         "key9=a\"b\""}) {
        CAPTURE(wrong);
        CHECK(parsing("1 foo.example.com. " + std::string(wrong)) == errc::invalid_data);
    }
    for (const std::string_view good :
         {"port=\"53\"", "key3=\\000\\053", "key0", "key1=\\002h2", "ech=\"AAA=\"",
          "alpn=\"h2\" no-default-alpn", "alpn=h2 no-default-alpn=\"\"", "key65535=a", "key9=\"a b;c(d)\""}) {
        CAPTURE(good);
        const bool empty_mandatory = good == "key0";
        CHECK(static_cast<bool>(parsing("1 . " + std::string(good))) == empty_mandatory);
    }
}

TEST_CASE("the name of a protocol has 1 to 255 bytes", "[dns][service_binding]") {
    CHECK_FALSE(parsing("1 . alpn=" + std::string(255, 'x')));
    CHECK(parsing("1 . alpn=" + std::string(256, 'x')) == errc::invalid_data);
    const auto with = [](list protocols) {
        return wire::encode_record_data(dns::https_record(1, ".", service_parameters().alpn(protocols)))
            .error();
    };
    CHECK_FALSE(with({std::string(255, 'x')}));
    CHECK(with({std::string(256, 'x')}) == errc::malformed_message);
    CHECK(with({""}) == errc::malformed_message);
    CHECK(with({}) == errc::malformed_message);
}

TEST_CASE("parameters stand by ascending key, each once", "[dns][service_binding]") {
    CHECK_FALSE(decoding("0001 00 0003 0002 0035 029b 0000"));
    CHECK(decoding("0001 00 029b 0000 0003 0002 0035") == errc::malformed_message);
    CHECK(decoding("0001 00 029b 0000 029b 0000") == errc::malformed_message);
    CHECK(decoding("0001 00 029b 0001") == errc::malformed_message);
    CHECK(decoding("0001 00 029b 00") == errc::malformed_message);

    service_parameters values;
    values.set(static_cast<service_key>(9), {}).port(1).set(service_key::mandatory, {0, 3}).port(2);
    REQUIRE(values.all().size() == 3);
    CHECK(values.all()[0].key == service_key::mandatory);
    CHECK(values.all()[1] == dns::service_parameter(service_key::port, {0, 2}));
    CHECK(values.all()[2].key == static_cast<service_key>(9));
}

TEST_CASE("a parameter on the wire must have the format of its key", "[dns][service_binding]") {
    const auto parameter = [](const std::string& rest) { return decoding("0001 00" + rest); };
    for (const char* good :
         {"0000 0002 0001", "0000 0004 0001 0003", "0001 0002 0161", "0002 0000", "0003 0002 0000",
          "0004 0004 01020304", "0005 0001 00", "0006 0010 20010db8000000000000000000000001"}) {
        CAPTURE(good);
        CHECK_FALSE(parameter(good));
    }
    for (const char* bad :
         {"0000 0000", "0000 0001 00", "0000 0002 0000", "0000 0004 0003 0003", "0000 0004 0003 0001",
          "0001 0000", "0001 0001 00", "0001 0002 0261", "0001 0003 016100", "0002 0001 00", "0003 0000",
          "0003 0001 00", "0003 0003 000000", "0004 0000", "0004 0003 010203", "0004 0005 0102030405",
          "0005 0000", "0006 0000", "0006 0004 01020304"}) {
        CAPTURE(bad);
        CHECK(parameter(bad) == errc::malformed_message);
    }
    dns::https_record written(1, ".", service_parameters().set(service_key::port, {1}));
    CHECK(wire::encode_record_data(written).error() == errc::malformed_message);
}

TEST_CASE("in an alias the parameters play no part", "[dns][service_binding]") {
    const auto odd = from_hex("0000 00 0003 0001 07 0005 0000");
    const auto data = wire::decode_record_data(record_type::https, odd).value();
    const auto& binding = std::get<dns::https_record>(data);
    CHECK(binding.is_alias());
    CHECK_FALSE(binding.parameters.is_well_formed());
    CHECK_FALSE(binding.parameters.port());
    CHECK(wire::encode_record_data(data).value() == odd);
    CHECK(to_string(data) == "0 . key3=\"\\007\" key5");
    CHECK(dns::parse_record_data(record_type::https, to_string(data)).value() == data);
    CHECK(decoding("0000 00 0003 0001 07 0003 0000") == errc::malformed_message);
}

TEST_CASE("a record whose parameters contradict each other is read, but not consistent",
          "[dns][service_binding]") {
    const auto missing = from_hex("0001 00 0000 0002 0004");
    const auto data = wire::decode_record_data(record_type::svcb, missing).value();
    CHECK_FALSE(std::get<dns::svcb_record>(data).parameters.is_consistent());
    CHECK(to_string(data) == "\\# 9 000100000000020004");
    CHECK(dns::parse_record_data(record_type::svcb, to_string(data)).value() == data);

    CHECK_FALSE(service_parameters().set_no_default_alpn().is_consistent());
    CHECK(service_parameters().set_no_default_alpn().alpn({"h2"}).is_consistent());
    CHECK(service_parameters().mandatory({service_key::port}).port(1).is_consistent());
}

TEST_CASE("what is set is what is there", "[dns][service_binding]") {
    const std::vector<service_parameters::address_v4> fours = {{192, 0, 2, 1}, {192, 0, 2, 2}};
    const std::vector<service_parameters::address_v6> sixes = {{0x20, 1}};
    const service_key reversed[] = {service_key::ipv4hint, service_key::alpn};
    const auto values = service_parameters()
                            .mandatory({std::begin(reversed), std::end(reversed)})
                            .alpn({"h2", "h3"})
                            .set_no_default_alpn()
                            .port(8443)
                            .ipv4hint(fours)
                            .ech({1, 2})
                            .ipv6hint(sixes);
    CHECK(values.mandatory() == std::vector<service_key>{service_key::alpn, service_key::ipv4hint});
    CHECK(values.alpn() == list{"h2", "h3"});
    CHECK(values.no_default_alpn());
    CHECK(values.port() == 8443);
    CHECK(values.ipv4hint() == fours);
    CHECK(bytes(values.ech().begin(), values.ech().end()) == bytes{1, 2});
    CHECK(values.ipv6hint() == sixes);
    CHECK(values.is_well_formed());
    CHECK(values.is_consistent());
    CHECK(values.all().size() == 7);
}

TEST_CASE("what is missing or not well-formed is not there", "[dns][service_binding]") {
    service_parameters values;
    const auto check_nothing = [&values] {
        CHECK(values.mandatory().empty());
        CHECK(values.alpn().empty());
        CHECK_FALSE(values.port());
        CHECK(values.ipv4hint().empty());
        CHECK(values.ipv6hint().empty());
    };
    check_nothing();
    CHECK(values.ech().empty());
    CHECK(values.is_well_formed());
    for (unsigned key = 0; key <= 6; ++key) values.set(static_cast<service_key>(key), {7, 7, 7});
    check_nothing();
    CHECK_FALSE(values.is_well_formed());
}

TEST_CASE("keys have their names, and numbers where they have none", "[dns][service_binding]") {
    CHECK(to_string(service_key::mandatory) == "mandatory");
    CHECK(to_string(service_key::no_default_alpn) == "no-default-alpn");
    CHECK(to_string(service_key::ipv6hint) == "ipv6hint");
    CHECK(to_string(static_cast<service_key>(7)) == "key7");
}
