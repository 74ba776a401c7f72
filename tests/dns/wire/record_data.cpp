#include <dragline/dns/wire/record_data.hpp>

#include <dragline/dns/wire/message.hpp>

#include <catch2/catch_test_macros.hpp>

#include "dns/record_samples.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace dns = dragline::dns;
namespace wire = dragline::dns::wire;
using dns::errc;
using dns::record_type;
using dragline::test::from_hex;
using dragline::test::record_samples;

namespace {

using bytes = std::vector<std::uint8_t>;

std::error_code decoding(record_type type, std::string_view hex) {
    return wire::decode_record_data(type, from_hex(hex)).error();
}

std::error_code encoding(const dns::record_data& data) { return wire::encode_record_data(data).error(); }

// Labels of `size` bytes, and a last one, so that the name has `total` bytes on the wire.
std::string name_of_size(std::size_t total) {
    std::string name;
    for (total -= 1; total > 64; total -= 64) name += std::string(63, 'a') + ".";
    return name + std::string(total - 1, 'a');
}

}  // namespace

TEST_CASE("data of every type is read and written byte for byte", "[dns][record_data]") {
    for (const auto& sample : record_samples) {
        CAPTURE(sample.text);
        const auto data = wire::decode_record_data(sample.type, from_hex(sample.hex)).value();
        CHECK(data.index() != 0);  // a type of its own
        CHECK(wire::encode_record_data(data).value() == from_hex(sample.hex));
    }
}

TEST_CASE("data that is cut is malformed, or the data that these bytes are", "[dns][record_data]") {
    for (const auto& sample : record_samples) {
        CAPTURE(sample.text);
        const auto whole = from_hex(sample.hex);
        std::size_t accepted = 0;
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const bytes cut(whole.data(), whole.data() + size);
            const auto data = wire::decode_record_data(sample.type, cut);
            accepted += data.has_value();
            if (data) {
                CHECK(wire::encode_record_data(*data).value() == cut);
            } else {
                CHECK(data.error() == errc::malformed_message);
            }
        }
        CHECK(accepted == sample.shorter);
    }
}

TEST_CASE("a message with records of every type is malformed wherever it is cut", "[dns][record_data]") {
    wire::message message;
    for (const auto& sample : record_samples) {
        auto& entry = message.answers.emplace_back("example.org", 60, sample.type, dns::raw_record());
        entry.data = wire::decode_record_data(sample.type, from_hex(sample.hex)).value();
    }
    const auto whole = wire::encode_message(message).value();
    CHECK(wire::decode_message(whole).value() == message);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const bytes cut(whole.data(), whole.data() + size);
        if (wire::decode_message(cut).error() != errc::malformed_message) FAIL_CHECK(size);
    }
}

TEST_CASE("data with one bit turned is read or refused, never more", "[dns][record_data]") {
    for (const auto& sample : record_samples) {
        const auto whole = from_hex(sample.hex);
        for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
            auto broken = whole;
            broken[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
            const auto data = wire::decode_record_data(sample.type, broken);
            if (data && wire::encode_record_data(*data).value() != broken) FAIL_CHECK(sample.text);
        }
    }
}

TEST_CASE("types without data of their own keep their bytes", "[dns][record_data]") {
    for (const auto type : {record_type::opt, record_type::any, static_cast<record_type>(99)}) {
        const auto data = wire::decode_record_data(type, bytes{1, 2, 3}).value();
        CHECK(std::get<dns::raw_record>(data).bytes == bytes{1, 2, 3});
    }
    CHECK(wire::decode_record_data(record_type::opt, bytes(65'535)));
    CHECK(wire::decode_record_data(record_type::opt, bytes(65'536)).error() == errc::malformed_message);
}

TEST_CASE("data alone has no compressed names", "[dns][record_data]") {
    CHECK_FALSE(decoding(record_type::soa, "0161 00 00" + std::string(40, '0')));
    CHECK(decoding(record_type::soa, "0161 00 c000" + std::string(40, '0')) == errc::malformed_message);
    CHECK(decoding(record_type::mx, "0001 c000") == errc::malformed_message);
    const auto soa = dns::soa_record("example.org", "root.example.org");
    CHECK(wire::encode_record_data(soa).value().size() == 13 + 18 + 20);
}

TEST_CASE("a list of types has ascending blocks without bytes that say nothing", "[dns][record_data]") {
    CHECK_FALSE(decoding(record_type::nsec, "00 00 01 40"));
    CHECK(decoding(record_type::nsec, "00") == errc::malformed_message);
    CHECK(decoding(record_type::nsec, "00 00 00") == errc::malformed_message);
    CHECK(decoding(record_type::nsec, "00 00 01 00") == errc::malformed_message);
    CHECK(decoding(record_type::nsec, "00 00 02 40 00") == errc::malformed_message);
    CHECK_FALSE(decoding(record_type::nsec, "00 00 01 40 01 01 40"));
    CHECK(decoding(record_type::nsec, "00 00 01 40 00 01 40") == errc::malformed_message);
    CHECK(decoding(record_type::nsec, "00 01 01 40 00 01 40") == errc::malformed_message);
    CHECK_FALSE(decoding(record_type::nsec, "00 00 20" + std::string(64, 'f')));
    CHECK(decoding(record_type::nsec, "00 00 21" + std::string(66, 'f')) == errc::malformed_message);
    CHECK_FALSE(decoding(record_type::nsec, "00 ff 20" + std::string(64, 'f')));
    CHECK(encoding(dns::nsec_record("a", {})) == errc::malformed_message);
}

TEST_CASE("a list of types is written in order, each once", "[dns][record_data]") {
    const dns::nsec_record mixed(".",
                                 {record_type::caa, record_type::nsec, record_type::a, record_type::nsec});
    CHECK(wire::encode_record_data(mixed).value() == from_hex("00 00 06 4000 0000 0001 01 01 40"));
}

TEST_CASE("the tag of a CAA record has letters and digits", "[dns][record_data]") {
    CHECK_FALSE(decoding(record_type::caa, "00 01 41"));
    CHECK(decoding(record_type::caa, "00 00") == errc::malformed_message);
    CHECK(decoding(record_type::caa, "00 01 2d") == errc::malformed_message);
    CHECK_FALSE(encoding(dns::caa_record(0, std::string(255, 'a'), "")));
    CHECK(encoding(dns::caa_record(0, std::string(256, 'a'), "")) == errc::malformed_message);
    CHECK(encoding(dns::caa_record(0, "a b", "")) == errc::malformed_message);
    CHECK(encoding(dns::caa_record(0, "", "")) == errc::malformed_message);
}

TEST_CASE("the target of a URI record is not empty", "[dns][record_data]") {
    CHECK(decoding(record_type::uri, "0001 0002") == errc::malformed_message);
    CHECK(encoding(dns::uri_record(1, 2, "")) == errc::malformed_message);
}

TEST_CASE("strings, labels and names of data have their limits", "[dns][record_data]") {
    dns::naptr_record rule;
    rule.replacement = ".";
    rule.regexp = std::string(255, 'x');
    CHECK_FALSE(encoding(rule));
    rule.regexp += 'x';
    CHECK(encoding(rule) == errc::malformed_message);

    CHECK_FALSE(encoding(dns::srv_record(0, 0, 0, std::string(63, 'a'))));
    CHECK(encoding(dns::srv_record(0, 0, 0, std::string(64, 'a'))) == errc::label_too_long);
    CHECK_FALSE(encoding(dns::https_record(1, name_of_size(255))));
    CHECK(encoding(dns::https_record(1, name_of_size(256))) == errc::name_too_long);
    CHECK(encoding(dns::srv_record(0, 0, 0, "a..b")) == errc::empty_label);
    CHECK(encoding(dns::rrsig_record()) == errc::empty_name);
}

TEST_CASE("data has at most 65,535 bytes", "[dns][record_data]") {
    CHECK_FALSE(encoding(dns::uri_record(0, 0, std::string(65'531, 'x'))));
    CHECK(encoding(dns::uri_record(0, 0, std::string(65'532, 'x'))) == errc::message_too_long);
    dns::https_record binding(1, ".");
    binding.parameters.set(static_cast<dns::service_key>(700), bytes(65'528));
    CHECK_FALSE(encoding(binding));
    binding.parameters.set(static_cast<dns::service_key>(700), bytes(65'529));
    CHECK(encoding(binding) == errc::message_too_long);
    binding.parameters.set(static_cast<dns::service_key>(700), bytes(65'536));
    CHECK(encoding(binding) == errc::malformed_message);
}
