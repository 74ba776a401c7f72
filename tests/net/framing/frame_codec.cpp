#include <dragline/net/framing/frame_codec.hpp>

#include <dragline/net/framing/codecs.hpp>
#include <dragline/net/framing/length_prefixed.hpp>

#include "codec_checks.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

using namespace std::string_literals;
using dragline::result;
using dragline::net::decoded;
using dragline::net::errc;

namespace net = dragline::net;

namespace {

struct reading_of_meter {
    std::uint8_t meter = 0;
    std::string text;
    bool operator==(const reading_of_meter&) const = default;
};

struct meter_header {
    std::uint8_t meter = 0;
    std::uint16_t size = 0;
};
using meter_frame = net::header_frame<meter_header>;

constexpr auto meter_codec =
    net::length_prefixed<meter_header>().value<&meter_header::meter>().length<&meter_header::size>();

auto typed_meter_codec() {
    return net::typed<reading_of_meter>(
        meter_codec,
        [](const reading_of_meter& from) {
            meter_header header;
            header.meter = from.meter;
            return meter_frame(header, from.text);
        },
        [](meter_frame from) -> result<reading_of_meter> {
            if (from.header.meter == 0) return errc::malformed_frame;
            return reading_of_meter{from.header.meter, std::move(from).payload()};
        });
}

// A codec of a user's own, as plain as can be: frames are single bytes.
struct byte_codec {
    using frame_type = char;
    result<void> encode(char frame, std::string& out) const { return out += frame, result<void>(); }
    result<decoded<char>> decode(std::string_view input, std::size_t) const {
        decoded<char> step;
        step.needed = 1;
        if (!input.empty()) step.size = 1, step.frame = input[0];
        return step;
    }
};

}  // namespace

TEST_CASE("a typed codec makes messages of frames, and frames of messages", "[net][frame_codec]") {
    const auto codec = typed_meter_codec();
    std::string out, head, body;
    REQUIRE(codec.encode({7, "42 kWh"}, out));
    CHECK(out ==
          "\7\0\6"
          "42 kWh"s);
    REQUIRE(codec.encode_apart({7, "42 kWh"}, head, body));
    CHECK(head == "\7\0\6"s);
    CHECK(body == "42 kWh");
    CHECK(codec.decode(out, 0)->frame == reading_of_meter{7, "42 kWh"});
    CHECK(dragline::test::same_for_every_split(codec, out + out + out.substr(0, 5)));
}

TEST_CASE("what a message's own functions refuse, its codec refuses", "[net][frame_codec]") {
    const auto codec = typed_meter_codec();
    CHECK(codec.decode("\0\0\1x"s, 0).error() == errc::malformed_frame);
    const auto picky = net::typed<int>(
        net::netstring(),
        [](int value) {
            return value < 0 ? result<std::string>(errc::unencodable_frame) : std::to_string(value);
        },
        [](const std::string& text) { return static_cast<int>(text.size()); });
    std::string out;
    CHECK(picky.encode(-1, out).error() == errc::unencodable_frame);
    CHECK(out.empty());
    REQUIRE(picky.encode(100, out));
    CHECK(out == "3:100,");
    CHECK(picky.decode(out, 0)->frame == 3);
}

TEST_CASE("the concept tells codecs from others, and those that gather", "[net][frame_codec]") {
    STATIC_CHECK(net::frame_codec<byte_codec>);
    STATIC_CHECK(!net::gathering_codec<byte_codec>);
    STATIC_CHECK(net::gathering_codec<net::delimited>);
    STATIC_CHECK(net::gathering_codec<net::netstring>);
    STATIC_CHECK(net::gathering_codec<net::varint_prefixed>);
    STATIC_CHECK(net::gathering_codec<net::length_prefixed<>>);
    STATIC_CHECK(!net::frame_codec<std::string>);
    CHECK(net::decode_packet(byte_codec(), "x").value() == 'x');
    CHECK(net::decode_packet(byte_codec(), "xy").error() == errc::malformed_frame);
    CHECK(net::decode_packet(byte_codec(), "").error() == errc::malformed_frame);
}
