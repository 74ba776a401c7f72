// Properties, for each codec: any split of the input gives what the whole gives; a frame that is decoded is
// encoded as it was; a payload that is encoded is decoded again; a codec never waits for more than its limit.
#include "net/framing/codec_checks.hpp"

#include <dragline/net/framing/codecs.hpp>
#include <dragline/net/framing/length_prefixed.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace net = dragline::net;

namespace {

constexpr std::size_t limit = 300;

struct packet_header {
    std::uint8_t version = 1;
    std::uint32_t nonce_size = 0;
    std::uint32_t data_size = 0;
};

struct long_header {
    std::uint64_t first = 0;
    bool flag = false;
    std::uint64_t second = 0;
};

constexpr auto packet_codec = net::length_prefixed<packet_header>()
                                  .version<&packet_header::version>(1, 2)
                                  .length<&packet_header::nonce_size>()
                                  .length<&packet_header::data_size>()
                                  .max_frame(limit);
constexpr auto long_codec = net::length_prefixed<long_header>(std::endian::little)
                                .constant('x', 1)
                                .length<&long_header::first>(8)
                                .counts_header()
                                .value<&long_header::flag>()
                                .length<&long_header::second>(3)
                                .trailer(2)
                                .max_frame(limit);

void require(bool holds) {
    if (!holds) std::abort();
}

template <class Codec>
void check(const Codec& codec, std::string_view input, std::size_t split) {
    bool honest = true;
    const auto whole = dragline::test::decode_split(codec, input, input.size(), honest);
    require(dragline::test::decode_split(codec, input, split, honest) == whole);
    require(honest);
    const auto rest = codec.decode(whole.left, 0);
    require(whole.ec || (rest && rest->size == 0 && rest->needed <= limit + 32));
}

// Of codecs whose frames are plain payloads.
template <class Codec>
void round_trip(const Codec& codec, std::string_view payload) {
    std::string out = "before", head, body;
    const bool encoded = codec.encode(std::string(payload), out).has_value();
    require(codec.encode_apart(std::string(payload), head, body).has_value() == encoded);
    if (!encoded) return require(out == "before");
    require("before" + head + body == out);
    const auto frame = net::decode_packet(codec, std::string_view(out).substr(6));
    require(frame && *frame == payload);
}

template <class Codec>
void check_plain(const Codec& codec, std::string_view input, std::size_t split) {
    check(codec, input, split);
    round_trip(codec, input);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
    const std::size_t split = data[1] % (input.size() + 1);
    switch (data[0] % 8) {
        case 0: check_plain(net::delimited().max_frame(limit), input, split); break;
        case 1: check_plain(net::delimited("\r\n.\r\n").max_frame(limit), input, split); break;
        case 2: check_plain(net::delimited("abab").keep(true).max_frame(limit), input, split); break;
        case 3: check_plain(net::netstring().max_frame(limit), input, split); break;
        case 4: check_plain(net::varint_prefixed().max_frame(limit), input, split); break;
        case 5: check_plain(net::length_prefixed(1 + split % 8).max_frame(limit), input, split); break;
        case 6: check(packet_codec, input, split); break;
        case 7: check(long_codec, input, split); break;
    }
    return 0;
}
