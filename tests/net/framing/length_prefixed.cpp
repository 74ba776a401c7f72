#include <dragline/net/framing/length_prefixed.hpp>

#include "codec_checks.hpp"

#include <catch2/catch_test_macros.hpp>

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

using namespace std::string_literals;
using dragline::test::same_for_every_split;

namespace net = dragline::net;

namespace {

// "!BII" of Python's struct, as Cipherlink has it.
struct packet_header {
    std::uint8_t version = 1;
    std::uint32_t nonce_size = 0;
    std::uint32_t data_size = 0;
};

constexpr auto packet_codec = net::length_prefixed<packet_header>()
                                  .version<&packet_header::version>(1)
                                  .length<&packet_header::nonce_size>()
                                  .length<&packet_header::data_size>();
using packet = decltype(packet_codec)::frame_type;

enum class kind : std::uint16_t { text = 3 };

struct rich_header {
    kind what = kind::text;
    std::uint32_t flags = 0;
    std::uint64_t size = 0;
    std::uint8_t version = 2;
};

constexpr auto rich_codec = net::length_prefixed<rich_header>(std::endian::little)
                                .constant(0xcafe, 2)
                                .version<&rich_header::version>(2, 3)
                                .value<&rich_header::what>(2, std::endian::big)
                                .value<&rich_header::flags>(3)
                                .length<&rich_header::size>(5)
                                .counts_header()
                                .trailer(2);

template <class Codec>
std::string encoded(const Codec& codec, const typename Codec::frame_type& frame) {
    std::string out;
    codec.encode(frame, out).value();
    return out;
}

template <class Codec>
std::error_code refused(const Codec& codec, const typename Codec::frame_type& frame) {
    std::string out = "kept";
    const auto ec = codec.encode(frame, out).error();
    CHECK(out == "kept");
    return ec;
}

}  // namespace

TEST_CASE("a plain length of any width and either byte order", "[net][length_prefixed]") {
    CHECK(encoded(net::length_prefixed(4), "abc") == "\0\0\0\3abc"s);
    CHECK(encoded(net::length_prefixed(2, std::endian::little), "abc") == "\3\0abc"s);
    CHECK(encoded(net::length_prefixed(1), "") == "\0"s);
    for (std::size_t width = 1; width <= 8; ++width) {
        for (const auto order : {std::endian::big, std::endian::little}) {
            const net::length_prefixed codec(width, order);
            const auto bytes =
                encoded(codec, std::string(200, 'x')) + encoded(codec, "") + encoded(codec, "y");
            CHECK(same_for_every_split(codec, bytes));
            CHECK(codec.decode(bytes)->frame == std::string(200, 'x'));
        }
    }
}

TEST_CASE("a header of the user's own, with two lengths", "[net][length_prefixed]") {
    const auto bytes = encoded(packet_codec, packet(packet_header(), "nonce", "some data"));
    CHECK(bytes ==
          "\1\0\0\0\5\0\0\0\x9nonce"s
          "some data");
    const auto step = packet_codec.decode(bytes);
    REQUIRE(step);
    CHECK(step->size == bytes.size());
    CHECK(step->frame.header.version == 1);
    CHECK(step->frame.header.nonce_size == 5);
    CHECK(step->frame.header.data_size == 9);
    REQUIRE(step->frame.part_count() == 2);
    CHECK(step->frame.part(0) == "nonce");
    CHECK(step->frame.part(1) == "some data");
    CHECK(step->frame.part(2).empty());
    CHECK(step->frame.payload() == "noncesome data");
    CHECK(same_for_every_split(packet_codec, bytes + bytes + bytes.substr(0, 11)));
    CHECK(encoded(packet_codec, packet(packet_header())) == "\1\0\0\0\0\0\0\0\0"s);  // a frame of nothing
}

TEST_CASE("a header with a constant, several widths, and a trailer", "[net][length_prefixed]") {
    rich_header header;
    header.flags = 0x010203;
    const net::header_frame<rich_header> frame(header, "hello", "##");
    const auto bytes = encoded(rich_codec, frame);
    CHECK(bytes == "\xfe\xca\2\0\3\3\2\1\x12\0\0\0\0hello##"s);
    const auto step = rich_codec.decode(bytes);
    REQUIRE(step);
    CHECK(step->frame.header.what == kind::text);
    CHECK(step->frame.header.flags == 0x010203);
    CHECK(step->frame.header.size == 18);
    CHECK(step->frame.part(0) == "hello");
    CHECK(step->frame.part(1) == "##");
    CHECK(same_for_every_split(rich_codec, bytes + bytes));

    auto changed = bytes;
    changed[0] = '\0';
    CHECK(rich_codec.decode(changed).error() == net::errc::malformed_frame);
    changed = bytes;
    changed[8] = 12;  // less than the header, which it counts
    CHECK(rich_codec.decode(changed).error() == net::errc::malformed_frame);
    CHECK(same_for_every_split(rich_codec, changed));
    CHECK(refused(rich_codec, net::header_frame<rich_header>(header, "hello")) ==
          net::errc::unencodable_frame);
    CHECK(refused(rich_codec, net::header_frame<rich_header>(header, "a", "##", "b")) ==
          net::errc::unencodable_frame);
    header.flags = 0x1000000;
    CHECK(refused(rich_codec, net::header_frame<rich_header>(header, "", "##")) ==
          net::errc::unencodable_frame);
}

TEST_CASE("a header that claims 4 GiB is refused before anything is allocated", "[net][length_prefixed]") {
    const auto claim = "\1\0\0\0\x18\xff\xff\xff\xff"s;
    CHECK(packet_codec.decode(claim).error() == net::errc::frame_too_large);
    CHECK(packet_codec.decode("\1\xff\xff\xff\xff"s).error() ==
          net::errc::frame_too_large);  // not even whole
    CHECK(packet_codec.decode(claim).error() == dragline::condition::limit_exceeded);
    CHECK(same_for_every_split(packet_codec, claim));
    CHECK(net::length_prefixed(4).decode("\xff\xff\xff\xff").error() == net::errc::frame_too_large);
}

TEST_CASE("lengths whose sum overflows are refused", "[net][length_prefixed]") {
    struct long_header {
        std::uint64_t first = 0, second = 0;
    };
    const auto codec = net::length_prefixed<long_header>()
                           .length<&long_header::first>()
                           .length<&long_header::second>()
                           .max_frame(std::string::npos);
    const auto sum_of_15 = "\0\0\0\0\0\0\0\x10"s + std::string(8, '\xff');
    CHECK(codec.decode(sum_of_15).error() == net::errc::frame_too_large);
    const auto endless = std::string(8, '\xff') + std::string(8, '\0');
    REQUIRE(codec.decode(endless));
    CHECK(codec.decode(endless)->size == 0);
    CHECK(codec.decode(endless)->needed == std::string::npos);
}

TEST_CASE("an unknown version is refused as soon as it is there", "[net][length_prefixed]") {
    for (const int version : {0, 2, 255}) {
        CHECK(packet_codec.decode(std::string(1, static_cast<char>(version))).error() ==
              net::errc::unknown_version);
    }
    CHECK(std::error_code(net::errc::unknown_version) == dragline::condition::protocol_error);
    packet_header header;
    header.version = 2;
    CHECK(refused(packet_codec, packet(header, "")) == net::errc::unknown_version);
    CHECK(rich_codec.decode("\xfe\xca\3"s).has_value());
    CHECK(rich_codec.decode("\xfe\xca\4"s).error() == net::errc::unknown_version);
}

TEST_CASE("max_frame is exact, for one length and for the sum of several", "[net][length_prefixed]") {
    const auto limited = net::length_prefixed(4).max_frame(10);
    CHECK(limited.decode(encoded(limited, std::string(10, 'x')))->frame.size() == 10);
    CHECK(limited.decode("\0\0\0\xb"s).error() == net::errc::frame_too_large);
    CHECK(refused(limited, std::string(11, 'x')) == net::errc::frame_too_large);

    auto both = packet_codec;
    both.max_frame(10);
    CHECK(encoded(both, packet(packet_header(), "12345", "12345")).size() == 19);
    CHECK(refused(both, packet(packet_header(), "12345", "123456")) == net::errc::frame_too_large);
    CHECK(both.decode("\1\0\0\0\5\0\0\0\5"s).has_value());
    CHECK(both.decode("\1\0\0\0\5\0\0\0\6"s).error() == net::errc::frame_too_large);
}

TEST_CASE("what does not fit its field is not sent", "[net][length_prefixed]") {
    CHECK(encoded(net::length_prefixed(1), std::string(255, 'x')).size() == 256);
    CHECK(refused(net::length_prefixed(1), std::string(256, 'x')) == net::errc::unencodable_frame);
}

TEST_CASE("a layout that cannot be used is an invalid option at every call", "[net][length_prefixed]") {
    const auto useless = [](const auto& codec) {
        CHECK(codec.decode("").error() == dragline::errc::invalid_option);
        CHECK(refused(codec, {}) == dragline::errc::invalid_option);
    };
    useless(net::length_prefixed(0));
    useless(net::length_prefixed(9));
    useless(net::length_prefixed(256 + 4));
    useless(net::length_prefixed<packet_header>());
    useless(net::length_prefixed<packet_header>().version<&packet_header::version>(1).counts_header());
    useless(net::length_prefixed<packet_header>().version<&packet_header::version>(2, 1));
    auto crowded = net::length_prefixed<packet_header>();
    for (int i = 0; i < 13; ++i) crowded.constant(1, 1);
    useless(crowded);
    auto nine_parts = net::length_prefixed<packet_header>().trailer(4);
    for (int i = 0; i < 8; ++i) nine_parts.length<&packet_header::version>();
    useless(nine_parts);
    STATIC_CHECK(!std::is_aggregate_v<packet>);
    STATIC_CHECK(net::gathering_codec<std::remove_const_t<decltype(packet_codec)>>);
}

TEST_CASE("a datagram is one frame, no less and no more", "[net][length_prefixed]") {
    const auto bytes = encoded(packet_codec, packet(packet_header(), "a", "b"));
    CHECK(net::decode_packet(packet_codec, bytes)->part(1) == "b");
    CHECK(net::decode_packet(packet_codec, bytes + "x").error() == net::errc::malformed_frame);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CHECK(net::decode_packet(packet_codec, bytes.substr(0, size)).error() == net::errc::malformed_frame);
    }
}
