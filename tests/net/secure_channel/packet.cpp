#include <dragline/net/secure_channel/packet.hpp>

#include "../framing/codec_checks.hpp"

#include <dragline/net/framing/length_prefixed.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <type_traits>

using namespace std::string_literals;
using dragline::net::errc;
using dragline::net::packet;
using dragline::net::packet_codec;
using dragline::net::packet_header;

namespace net = dragline::net;

namespace {

packet some_packet(std::string payload) {
    packet made;
    made.header.type = 0x84;
    made.header.epoch = 0x0102;
    made.header.sequence = 0x030405060708090a;
    made.payload = std::move(payload);
    return made;
}

std::string bytes_of_packet(const packet& from) {
    std::string out;
    packet_codec().encode(from, out).value();
    return out;
}

}  // namespace

TEST_CASE("a packet is a header of 16 bytes and what is sealed", "[net][packet]") {
    const auto bytes = bytes_of_packet(some_packet("abc"));
    CHECK(bytes == "\1\x84\1\2\0\0\0\3\3\4\5\6\7\x8\x9\xa"s + "abc");
    const auto step = packet_codec().decode(bytes);
    REQUIRE(step);
    CHECK(step->size == bytes.size());
    CHECK(step->frame.header.type == 0x84);
    CHECK(step->frame.header.epoch == 0x0102);
    CHECK(step->frame.header.length == 3);
    CHECK(step->frame.header.sequence == 0x030405060708090a);
    CHECK(step->frame.payload == "abc");
    CHECK(dragline::test::same_for_every_split(packet_codec(), bytes + bytes + bytes_of_packet(packet())));
    STATIC_CHECK(!std::is_aggregate_v<packet>);
    STATIC_CHECK(!std::is_aggregate_v<packet_header>);
}

TEST_CASE("packets are what length_prefixed makes of their header", "[net][packet]") {
    const auto codec = net::length_prefixed<packet_header>()
                           .version<&packet_header::version>(packet_header::current_version)
                           .value<&packet_header::type>()
                           .value<&packet_header::epoch>()
                           .length<&packet_header::length>()
                           .value<&packet_header::sequence>();
    const auto made = some_packet("payload");
    std::string out;
    REQUIRE(codec.encode(net::header_frame<packet_header>(made.header, made.payload), out));
    CHECK(out == bytes_of_packet(made));
}

TEST_CASE("a packet of another version, or that claims too much, is refused at once", "[net][packet]") {
    const packet_codec codec(100);
    CHECK(codec.decode("\2").error() == errc::unknown_version);
    CHECK(codec.decode("\0"s).error() == errc::unknown_version);
    CHECK(codec.decode("\1\4\0\0\xff\xff\xff\xff"s).error() == errc::frame_too_large);
    CHECK(codec.decode("\1\4\0\0\0\0\0\x65"s).error() == errc::frame_too_large);
    REQUIRE(codec.decode("\1\4\0\0\0\0\0\x64"s));
    CHECK(codec.decode("\1\4\0\0\0\0\0\x64"s)->needed == 116);
    std::string out;
    CHECK(codec.encode(some_packet(std::string(100, 'x')), out));
    CHECK(codec.encode(some_packet(std::string(101, 'x')), out).error() == errc::frame_too_large);
    auto other = some_packet("");
    other.header.version = 2;
    CHECK(codec.encode(other, out).error() == errc::unknown_version);
    CHECK(out.size() == 116);
}
