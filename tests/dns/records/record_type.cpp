#include <dragline/dns/records/record_type.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

namespace dns = dragline::dns;
using dns::errc;
using dns::parse_record_type;
using dns::record_type;

TEST_CASE("record types have their names, and numbers where they have none", "[dns][record_type]") {
    CHECK(to_string(record_type::a) == "A");
    CHECK(to_string(record_type::aaaa) == "AAAA");
    CHECK(to_string(record_type::https) == "HTTPS");
    CHECK(to_string(static_cast<record_type>(1234)) == "TYPE1234");
    CHECK(to_string(static_cast<record_type>(0)) == "TYPE0");
    CHECK(to_string(static_cast<record_type>(65535)) == "TYPE65535");
}

TEST_CASE("every record type is read from its name", "[dns][record_type]") {
    for (unsigned number = 0; number <= 0xffff; ++number) {
        const auto type = static_cast<record_type>(number);
        const auto read = parse_record_type(to_string(type));
        if (!read || *read != type) FAIL_CHECK(to_string(type));
    }
}

TEST_CASE("the name of a record type may have any case, and a number instead", "[dns][record_type]") {
    CHECK(parse_record_type("mx").value() == record_type::mx);
    CHECK(parse_record_type("hTTps").value() == record_type::https);
    CHECK(parse_record_type("type15").value() == record_type::mx);
    CHECK(parse_record_type("TYPE65280").value() == static_cast<record_type>(65280));
}

TEST_CASE("what is no record type is refused", "[dns][record_type]") {
    for (const std::string_view text :
         {"", "X", "MXX", "TYPE", "TYPE65536", "TYPE-1", "TYPE 1", "TYPE1x", " A", "A ", "TYP1", "1", "*"}) {
        CAPTURE(text);
        CHECK(parse_record_type(text).error() == errc::unknown_type);
    }
    CHECK(parse_record_type(std::string_view("A\0", 2)).error() == errc::unknown_type);
}

TEST_CASE("record classes have their names", "[dns][record_type]") {
    CHECK(to_string(dns::record_class::internet) == "IN");
    CHECK(to_string(dns::record_class::chaos) == "CH");
    CHECK(to_string(dns::record_class::hesiod) == "HS");
    CHECK(to_string(dns::record_class::none) == "NONE");
    CHECK(to_string(dns::record_class::any) == "ANY");
    CHECK(to_string(static_cast<dns::record_class>(7)) == "CLASS7");
}
