#include <dragline/dns/records/presentation.hpp>

#include <dragline/dns/wire/record_data.hpp>

#include <catch2/catch_test_macros.hpp>

#include "dns/record_samples.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dns = dragline::dns;
using dns::errc;
using dns::parse_record_data;
using dns::record_type;
using dragline::test::from_hex;
using dragline::test::record_samples;

namespace {

using list = std::vector<std::string>;

template <class Data>
Data parse(std::string_view text) {
    return std::get<Data>(parse_record_data(Data::type, text).value());
}

std::error_code parsing(record_type type, std::string_view text) {
    return parse_record_data(type, text).error();
}

// The target of an alias in its text.
std::string name(std::string_view text) { return parse<dns::cname_record>(text).name; }

}  // namespace

TEST_CASE("data of every type is written as text and read again", "[dns][presentation]") {
    for (const auto& sample : record_samples) {
        CAPTURE(sample.text);
        const auto data = dns::wire::decode_record_data(sample.type, from_hex(sample.hex)).value();
        CHECK(to_string(data) == sample.text);
        CHECK(parse_record_data(sample.type, sample.text).value() == data);
    }
}

TEST_CASE("text that is cut anywhere is refused or read, never more", "[dns][presentation]") {
    for (const auto& sample : record_samples) {
        for (std::size_t size = 0; size < sample.text.size(); ++size) {
            const std::string cut(sample.text.substr(0, size));
            const auto data = parse_record_data(sample.type, cut);
            if (data && parse_record_data(sample.type, to_string(*data)).value() != *data) FAIL_CHECK(cut);
        }
    }
}

TEST_CASE("text with a word too many is refused", "[dns][presentation]") {
    for (const auto& sample : record_samples) {
        CAPTURE(sample.text);
        if (sample.type == record_type::txt) continue;
        CHECK(parsing(sample.type, std::string(sample.text) + " \"!\""));
    }
}

TEST_CASE("a record is written as one line of a master file", "[dns][presentation]") {
    CHECK(to_string(dns::record("example.org", 300, dns::mx_record(10, "mx.example.org"))) ==
          "example.org. 300 IN MX 10 mx.example.org.");
    CHECK(to_string(dns::record(".", 0, dns::a_record{{192, 0, 2, 1}})) == ". 0 IN A 192.0.2.1");
    dns::record odd("*.a b", 1, static_cast<record_type>(999), dns::raw_record({0, 0xff}));
    odd.klass = dns::record_class::chaos;
    CHECK(to_string(odd) == "*.a\\032b. 1 CH TYPE999 \\# 2 00FF");
}

TEST_CASE("bytes of any type are written as RFC 3597 says", "[dns][presentation]") {
    CHECK(to_string(dns::raw_record({0x0a, 0, 0, 1})) == "\\# 4 0A000001");
    CHECK(to_string(dns::raw_record()) == "\\# 0");
    const auto unknown = static_cast<record_type>(731);
    CHECK(parse_record_data(unknown, "\\# 6 abcd ( ef 01\n 23 45 )").value() ==
          dns::record_data(dns::raw_record({0xab, 0xcd, 0xef, 0x01, 0x23, 0x45})));
    CHECK(parse_record_data(unknown, "\\# 0").value() == dns::record_data(dns::raw_record()));
    for (const char* wrong : {"", "\\#", "\\# 1", "\\# 1 0", "\\# 1 0000", "\\# 0 00", "\\# x",
                              "\\# 65536 00", "abcd", "\\# -1", "\\# 1 0x", "\"\\#\" 1 00"}) {
        CAPTURE(wrong);
        CHECK(parsing(unknown, wrong) == errc::invalid_data);
    }
}

TEST_CASE("data of a known type can be given as bytes, which must be such data", "[dns][presentation]") {
    CHECK(parse<dns::a_record>("\\# 4 0A000001").address[0] == 10);
    CHECK(parsing(record_type::a, "\\# 3 0A0000") == errc::invalid_data);
    CHECK(parse<dns::mx_record>("\\# 5 000A 0161 00") == dns::mx_record(10, "a"));
    CHECK(parsing(record_type::mx, "\\# 4 000A C000") == errc::invalid_data);
}

TEST_CASE("names in text end with a dot or not, and mean the same", "[dns][presentation]") {
    CHECK(name("www.example.org.") == "www.example.org");
    CHECK(name("www.example.org") == "www.example.org");
    CHECK(name(".") == ".");
    CHECK(name("a\\.b.c") == "a\\.b.c");
    CHECK(name("a\\046b.\\099") == "a\\.b.c");
    CHECK(name("\\000\\255.x") == "\\000\\255.x");
    CHECK(name("a\\;b\\(c\\)") == "a;b(c)");
    CHECK(name("a\\ b") == "a\\032b");
    CHECK(name("\\@") == "@");
}

TEST_CASE("names that cannot exist are refused with the reason", "[dns][presentation]") {
    CHECK(parsing(record_type::cname, "a..b") == errc::empty_label);
    CHECK(parsing(record_type::cname, ".a") == errc::empty_label);
    CHECK(parsing(record_type::cname, std::string(64, 'a')) == errc::label_too_long);
    CHECK(parsing(record_type::cname, "a\\256") == errc::invalid_name);
    CHECK(parsing(record_type::cname, "a\\25") == errc::invalid_name);
    CHECK(parsing(record_type::cname, "@") == errc::invalid_data);
    CHECK(parsing(record_type::cname, "\"a\"") == errc::invalid_data);
    CHECK(parsing(record_type::cname, "a b") == errc::invalid_data);
    CHECK(parsing(record_type::cname, "a\\") == errc::invalid_data);
    CHECK(parsing(record_type::cname, "") == errc::invalid_data);
}

TEST_CASE("what has a meaning in a master file is escaped in names", "[dns][presentation]") {
    const dns::ns_record odd("a\\.b;(c)\\\\.\"@$\\032.d");
    CHECK(to_string(odd) == "a\\.b\\;\\(c\\)\\\\.\\\"\\@\\$\\032.d.");
    CHECK(parse<dns::ns_record>(to_string(odd)) == odd);
    CHECK(to_string(dns::ns_record("a\n\\ \xff")) == "a\\010\\032\\255.");
    CHECK(to_string(dns::ns_record("a.")) == "a.");
    CHECK(to_string(dns::ns_record("a\\.")) == "a\\..");
    CHECK(to_string(dns::ns_record(".")) == ".");
}

TEST_CASE("strings have quotes, or none where they hold no space", "[dns][presentation]") {
    const auto strings = [](std::string_view text) { return parse<dns::txt_record>(text).strings; };
    CHECK(strings("a b") == list{"a", "b"});
    CHECK(strings("\"a b\" c \"\"") == list{"a b", "c", ""});
    CHECK(strings("\"a\\\"b\\\\\\009\\;\"") == list{"a\"b\\\t;"});
    CHECK(strings("a\\ b\\\"") == list{"a b\""});
    CHECK(strings("\"a;b(c)\nd\" ; e") == list{"a;b(c)\nd"});
    CHECK(strings("v=\\\"a\\\"") == list{"v=\"a\""});
    for (const char* wrong :
         {"", "  ", "; a", "\"a", "\"a\\\"", "a\"b", "\"a\"b", "v=\"a\"", "a\\", "\"\\256\"", "\\1", "()"}) {
        CAPTURE(wrong);
        CHECK(parsing(record_type::txt, wrong) == errc::invalid_data);
    }
}

TEST_CASE("a string has at most 255 bytes, a text any number of strings", "[dns][presentation]") {
    CHECK_FALSE(parsing(record_type::txt, std::string(255, 'x')));
    CHECK(parsing(record_type::txt, std::string(256, 'x')) == errc::invalid_data);
    CHECK(to_string(dns::txt_record()) == "\"\"");
    CHECK(parse<dns::caa_record>("0 issue " + std::string(300, 'x')).value.size() == 300);
    CHECK(parse<dns::uri_record>("0 0 " + std::string(300, 'x')).target.size() == 300);
}

TEST_CASE("parentheses, comments and ends of lines stand for spaces", "[dns][presentation]") {
    const dns::mx_record mail(10, "a");
    CHECK(parse<dns::mx_record>(" \t10\r\n( a. ) ; a comment (") == mail);
    CHECK(parse<dns::mx_record>("(10(a.))") == mail);
    CHECK(parse<dns::mx_record>("10;)\na.;") == mail);
    for (const char* wrong : {"(10 a.", "10 a.)", ")10 a.(", "10 a. (", "10 ; a."}) {
        CAPTURE(wrong);
        CHECK(parsing(record_type::mx, wrong) == errc::invalid_data);
    }
}

TEST_CASE("numbers in text fit their fields", "[dns][presentation]") {
    CHECK(parse<dns::srv_record>("65535 0 00080 a") == dns::srv_record(65535, 0, 80, "a"));
    for (const char* wrong :
         {"65536 0 80 a", "-1 0 80 a", "1.0 0 80 a", "0x1 0 80 a", "\"1\" 0 80 a", "1 0 a", "+1 0 80 a"}) {
        CAPTURE(wrong);
        CHECK(parsing(record_type::srv, wrong) == errc::invalid_data);
    }
    CHECK_FALSE(parsing(record_type::soa, "a b 4294967295 0 0 0 0"));
    CHECK(parsing(record_type::soa, "a b 4294967296 0 0 0 0") == errc::invalid_data);
    CHECK_FALSE(parsing(record_type::caa, "255 issue \"\""));
    CHECK(parsing(record_type::caa, "256 issue \"\"") == errc::invalid_data);
}

TEST_CASE("addresses in text are whole, without a scope", "[dns][presentation]") {
    CHECK(to_string(parse<dns::aaaa_record>("2001:DB8:0::0:1")) == "2001:db8::1");
    CHECK(to_string(parse<dns::aaaa_record>("::ffff:192.0.2.1")) == "::ffff:192.0.2.1");
    for (const char* wrong : {"192.0.2", "192.0.2.256", "::1", "192.0.2.1.", "192.0.2.1 1", "a"}) {
        CAPTURE(wrong);
        CHECK(parsing(record_type::a, wrong) == errc::invalid_data);
    }
    CHECK(parsing(record_type::a, std::string_view("192.0.2.1\0x", 11)) == errc::invalid_data);
    CHECK(parsing(record_type::aaaa, "fe80::1%1") == errc::invalid_data);
    CHECK(parsing(record_type::aaaa, "192.0.2.1") == errc::invalid_data);
}

TEST_CASE("the rules of RFC 3403 and RFC 8659 are read as they stand there", "[dns][presentation]") {
    const auto rule =
        parse<dns::naptr_record>("100 10 \"\" \"\" \"!^urn:cid:.+@([^\\\\.]+\\\\.)(.*)$!\\\\2!i\" .");
    CHECK(rule.regexp == "!^urn:cid:.+@([^\\.]+\\.)(.*)$!\\2!i");
    CHECK(rule.replacement == ".");
    CHECK(parse<dns::caa_record>("0 issue \"ca1.example.net; account=230123\"").value ==
          "ca1.example.net; account=230123");
    CHECK(parse<dns::caa_record>("0 issue \";\"") == dns::caa_record(0, "issue", ";"));
    CHECK(parse<dns::caa_record>("128 tbs Unknown").is_critical());
    CHECK(parsing(record_type::caa, "0 is-sue \"\"") == errc::invalid_data);
    CHECK(parsing(record_type::uri, "0 0 \"\"") == errc::invalid_data);
}

TEST_CASE("data that no message can hold may have no text", "[dns][presentation]") {
    CHECK(to_string(dns::caa_record()).empty());
    CHECK(to_string(dns::dnskey_record()) == "\\# 4 00000300");
}
