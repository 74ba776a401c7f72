#include <dragline/dns/records/security_data.hpp>

#include <dragline/dns/records/presentation.hpp>
#include <dragline/dns/wire/record_data.hpp>

#include <catch2/catch_test_macros.hpp>

#include "dns/record_samples.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dns = dragline::dns;
using dns::errc;
using dns::parse_record_data;
using dns::record_type;
using dragline::test::from_hex;

namespace {

using bytes = std::vector<std::uint8_t>;

template <class Data>
Data parse(std::string_view text) {
    return std::get<Data>(parse_record_data(Data::type, text).value());
}

std::error_code parsing(record_type type, std::string_view text) {
    return parse_record_data(type, text).error();
}

}  // namespace

TEST_CASE("the key of RFC 4034, 5.4, is read", "[dns][security_data]") {
    const auto key = parse<dns::dnskey_record>(
        "256 3 5 ( AQOeiiR0GOMYkDshWoSKz9Xz\n"
        "          fwJr1AYtsmx3TGkJaNXVbfi/\n"
        "          2pHm822aJ5iI9BMzNXxeYCmZ\n"
        "          DRD99WYwYqUSdjMmmAphXdvx\n"
        "          egXd/M5+X7OrzKBaMbCVdFLU\n"
        "          Uh6DhweJBjEVv5f2wwjM9Xzc\n"
        "          nOf+EPbtG9DMBmADjFDc2w/r\n"
        "          ljwvFw==\n"
        "          ) ;  key id = 60485");
    CHECK(key.flags == 256);
    CHECK(key.protocol == 3);
    CHECK(key.algorithm == 5);
    const auto data = dns::wire::encode_record_data(key).value();
    unsigned sum = 0;  // RFC 4034, B
    for (std::size_t i = 0; i < data.size(); ++i) sum += i % 2 == 0 ? data[i] << 8 : data[i];
    CHECK(((sum + (sum >> 16)) & 0xffff) == 60485);
    CHECK(dns::dnskey_record(256, 5, key.key) == key);
}

TEST_CASE("the signature of RFC 4034, 3.3, is read", "[dns][security_data]") {
    const auto signature = parse<dns::rrsig_record>(
        "A 5 3 86400 20030322173103 (\n"
        "   20030220173103 2642 example.com.\n"
        "   oJB1W6WNGv+ldvQ3WDG0MQkg5IEhjRip8WTr\n"
        "   PYGv07h108dUKGMeDPKijVCHX3DDKdfb+v6o\n"
        "   B9wfuh3DTJXUAfI/M0zmO/zz8bW0Rznl8O3t\n"
        "   GNazPwQKkRN20XPXV6nwwfoXmJQbsLNrLfkG\n"
        "   J5D6fwFm8nN+6pBzeDQfsS3Ap3o= )");
    CHECK(signature.type_covered == record_type::a);
    CHECK(signature.algorithm == 5);
    CHECK(signature.labels == 3);
    CHECK(signature.original_ttl == 86400);
    CHECK(signature.expiration == 1'048'354'263);
    CHECK(signature.inception == 1'045'762'263);
    CHECK(signature.key_tag == 2642);
    CHECK(signature.signer == "example.com");
    CHECK(signature.signature.size() == 128);
}

TEST_CASE("the digest of RFC 4034, 5.4, is read", "[dns][security_data]") {
    const auto digest = parse<dns::ds_record>("60485 5 1 ( 2BB183AF5F22588179A53B0A\n 98631FAD1A292118 )");
    CHECK(digest == dns::ds_record(60485, 5, 1, from_hex("2bb183af5f22588179a53b0a98631fad1a292118")));
    CHECK(to_string(digest) == "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118");
}

TEST_CASE("the list of types of RFC 4034, 4.3, is read", "[dns][security_data]") {
    const auto list = parse<dns::nsec_record>("host.example.com. (\n A MX RRSIG NSEC TYPE1234 )");
    CHECK(list.next == "host.example.com");
    CHECK(list.types == std::vector<record_type>{record_type::a, record_type::mx, record_type::rrsig,
                                                 record_type::nsec, static_cast<record_type>(1234)});
    CHECK(parse<dns::nsec_record>("a. nsec A TYPE1 a").types ==
          std::vector<record_type>{record_type::a, record_type::nsec});
    CHECK(parsing(record_type::nsec, "a.") == errc::invalid_data);
    CHECK(parsing(record_type::nsec, "a. A B") == errc::unknown_type);
}

TEST_CASE("the certificates of RFC 6698, 2.3, are read", "[dns][security_data]") {
    const auto whole = parse<dns::tlsa_record>(
        "( 0 0 1 d2abde240d7cd3ee6b4b28c54df034b9\n        7983a1d16e8a410e4561cb106618e971 )");
    CHECK(whole.usage == 0);
    CHECK(whole.association == from_hex("d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971"));
    const auto key = parse<dns::tlsa_record>(
        "( 1 1 2 92003ba34942dc74152e2f2c408d29ec\n a5a520e7f2e06bb944f4dca346baf63c\n"
        " 1b177615d466f6c4b71c216a50292bd5\n 8c9ebdd2f74e38fe51ffd48c43326cbc )");
    CHECK(key.usage == 1);
    CHECK(key.selector == 1);
    CHECK(key.matching_type == 2);
    CHECK(key.association.size() == 64);
}

TEST_CASE("the fingerprint of RFC 4255, 3.2, is read", "[dns][security_data]") {
    CHECK(parse<dns::sshfp_record>("2 1 123456789abcdef67890123456789abcdef67890") ==
          dns::sshfp_record(2, 1, from_hex("123456789abcdef67890123456789abcdef67890")));
}

TEST_CASE("times are dates or seconds, from 1970 to 2106", "[dns][security_data]") {
    const auto expiration = [](const std::string& text) {
        const auto data = parse_record_data(record_type::rrsig, "A 5 3 60 " + text + " 0 2642 a. AAAA");
        return data ? std::to_string(std::get<dns::rrsig_record>(*data).expiration) : data.error().message();
    };
    const auto refused = make_error_code(errc::invalid_data).message();
    CHECK(expiration("19700101000000") == "0");
    CHECK(expiration("20000229235959") == "951868799");
    CHECK(expiration("21060207062815") == "4294967295");
    CHECK(expiration("4294967295") == "4294967295");
    for (const char* wrong :
         {"21060207062816", "19691231235959", "20010229000000", "20001301000000", "20000001000000",
          "20000100000000", "20000101240000", "20000101006000", "20000101000060", "2000010100000",
          "200001010000000", "4294967296", "2000010100000x", "99991231235959"}) {
        CAPTURE(wrong);
        CHECK(expiration(wrong) == refused);
    }
    dns::rrsig_record last;
    last.expiration = 0xffffffff;
    last.signer = ".";
    last.signature = {1};
    CHECK(to_string(last) == "A 0 0 0 21060207062815 19700101000000 0 . AQ==");
}

TEST_CASE("keys are base 64 in any number of words", "[dns][security_data]") {
    const auto key = [](const std::string& text) {
        const auto data = parse_record_data(record_type::dnskey, "257 3 13 " + text);
        return data ? std::get<dns::dnskey_record>(*data).key : bytes{0xde, 0xad};
    };
    CHECK(key("Zg==") == bytes{'f'});
    CHECK(key("Zm8=") == bytes{'f', 'o'});
    CHECK(key("Zm9v") == bytes{'f', 'o', 'o'});
    CHECK(key("Z m 9 vYg = =") == bytes{'f', 'o', 'o', 'b'});
    CHECK(key("+/+/") == bytes{0xfb, 0xff, 0xbf});
    for (const char* wrong : {"", "Z", "Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Zh==", "Zm9=", "Zm9-",
                              "=Zg=", "Zm9v=", "\"Zg==\"", "Z\\g=="}) {
        CAPTURE(wrong);
        CHECK(key(wrong) == bytes{0xde, 0xad});
    }
}

TEST_CASE("digests are base 16 in any number of words", "[dns][security_data]") {
    CHECK(parse<dns::ds_record>("1 2 3 0 0 fF 10").digest == bytes{0, 0xff, 0x10});
    for (const char* wrong : {"1 2 3", "1 2 3 0", "1 2 3 0g", "1 2 3 \"00\"", "65536 2 3 00", "1 256 3 00"}) {
        CAPTURE(wrong);
        CHECK(parsing(record_type::ds, wrong) == errc::invalid_data);
    }
}

TEST_CASE("an empty key, digest or signature has only the text of its bytes", "[dns][security_data]") {
    dns::rrsig_record signature;
    signature.signer = ".";
    const dns::record_data all[] = {dns::dnskey_record(257, 13, {}), signature, dns::ds_record(1, 2, 3, {}),
                                    dns::tlsa_record(1, 2, 3, {}), dns::sshfp_record(1, 2, {})};
    const record_type types[] = {record_type::dnskey, record_type::rrsig, record_type::ds, record_type::tlsa,
                                 record_type::sshfp};
    for (std::size_t i = 0; i < std::size(all); ++i) {
        const auto text = to_string(all[i]);
        CAPTURE(text);
        CHECK(text.starts_with("\\# "));
        CHECK(parse_record_data(types[i], text).value() == all[i]);
    }
}
