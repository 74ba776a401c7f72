#include <dragline/http/policy/strict_transport.hpp>

#include <dragline/core/error.hpp>
#include <dragline/http/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <string>

using namespace std::chrono_literals;
using dragline::http::parse_strict_transport;
using dragline::http::strict_transport;

namespace http = dragline::http;

namespace {

strict_transport transport_of(std::chrono::seconds age, bool subdomains = false, bool preload = false) {
    strict_transport made;
    made.max_age = age;
    made.include_subdomains = subdomains;
    made.preload = preload;
    return made;
}

}  // namespace

TEST_CASE("Strict-Transport-Security is read", "[http][strict_transport]") {
    struct known {
        const char* text;
        strict_transport value;
    };
    for (const auto& each : {
             known{"max-age=31536000", transport_of(31536000s)},  // RFC 6797, 6.2
             known{"max-age=15768000 ; includeSubDomains", transport_of(15768000s, true)},
             known{"max-age=\"31536000\"", transport_of(31536000s)},
             known{"max-age=0", transport_of(0s)},
             known{"max-age=0; includeSubDomains", transport_of(0s, true)},
             known{"includesubdomains;MAX-AGE=1;PreLoad", transport_of(1s, true, true)},
             known{" ;; max-age = 5 ;\t; ", transport_of(5s)},
             known{"max-age=\"\\5\\0\"", transport_of(50s)},
             known{"max-age=1; x; y=z; w=\"a;max-age=2\\\"\"", transport_of(1s)},
             known{"max-age=007", transport_of(7s)},
             known{"max-age=99999999999999999999999999", transport_of(10'000'000'000s)},
             known{"max-age=18446744073709551615", transport_of(10'000'000'000s)},
         }) {
        CAPTURE(each.text);
        const auto read = parse_strict_transport(each.text);
        REQUIRE(read);
        CHECK(*read == each.value);
        CHECK(parse_strict_transport(to_string(*read)).value() == *read);
    }
}

TEST_CASE("Strict-Transport-Security that breaks the grammar is void", "[http][strict_transport]") {
    using namespace std::string_literals;
    for (const auto& text : {""s,
                             ";"s,
                             "includeSubDomains"s,
                             "max-age"s,
                             "max-age="s,
                             "max-age=;"s,
                             "max-age=\"\""s,
                             "max-age=-1"s,
                             "max-age=+1"s,
                             "max-age=1s"s,
                             "max-age=1.0"s,
                             "max-age=0x1"s,
                             "max-age=1 2"s,
                             "max-age=1, max-age=2"s,
                             "max-age=1; max-age=1"s,
                             "max-age=1; Max-Age=2"s,
                             "max-age=1; includeSubDomains; includeSubdomains"s,
                             "max-age=1; x; x"s,
                             "max-age=1; includeSubDomains=1"s,
                             "max-age=1; includeSubDomains=\"\""s,
                             "max-age=1; preload=1"s,
                             "max-age=1; =x"s,
                             "max-age=1; x="s,
                             "max-age=1; x=a b"s,
                             "max-age=\"1"s,
                             "max-age=\"1\\"s,
                             "max-age=\"1\"2"s,
                             "max-age==1"s,
                             "max-age=1; \"x\""s,
                             "max-age=1; a b"s,
                             "max-age=1\0"s,
                             "max-age=\"1\0\""s,
                             "max-age=1; x=\"\r\n\""s,
                             "\xff=1; max-age=1"s,
                             "max-age=\"1 \""s,
                             "max-age=' 1'"s}) {
        CAPTURE(text);
        CHECK(parse_strict_transport(text).error() == http::errc::invalid_strict_transport);
    }
    CHECK(make_error_code(http::errc::invalid_strict_transport) == dragline::condition::protocol_error);
}

TEST_CASE("Strict-Transport-Security has 32 directives at most", "[http][strict_transport]") {
    std::string text = "max-age=1";
    for (int count = 1; count < 32; ++count) text += ";x" + std::to_string(count);
    CHECK(parse_strict_transport(text));
    CHECK(parse_strict_transport(text + ";;; ;"));
    CHECK(!parse_strict_transport(text + ";y"));
}

TEST_CASE("Strict-Transport-Security cut anywhere never says more than it did", "[http][strict_transport]") {
    const std::string text = "max-age=\"12345\"; includeSubDomains; preload; a=\"b\\\"c\"";
    for (std::size_t size = 0; size < text.size(); ++size) {
        const auto read = parse_strict_transport(text.substr(0, size));
        if (read) CHECK(read->max_age == 12345s);
    }
}
