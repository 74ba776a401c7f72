// Properties: what is decoded depends neither on the size of the input pieces nor on that of the output
// buffer; the ratio guard is never passed; what was compressed decodes to itself. Input: one byte chooses
// coding and limits, one each the sizes, then the coded bytes.
#include <dragline/codec.hpp>

#include <codec/compress.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace codec = dragline::codec;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

struct outcome {
    std::error_code error;
    std::string text;
    bool operator==(const outcome&) const = default;
};

outcome decode_body(std::string_view coding, std::string_view input, std::size_t piece,
                    codec::decoding_limits limits) {
    auto decoder = codec::content_decoder::make(coding, limits);
    if (!decoder) return {decoder.error(), ""};
    outcome out;
    std::size_t received = 0;
    const auto sink = [&](std::string_view text) {
        require(!text.empty());
        out.text += text;
        require(limits.allows(received, out.text.size()));
        return true;
    };
    while (!input.empty() && !out.error) {
        const auto now = input.substr(0, piece);
        input.remove_prefix(now.size());
        received += now.size();
        out.error = decoder->write(now, sink).error();
    }
    if (!out.error) out.error = decoder->finish();
    return out;
}

outcome decode_alone(std::string_view coding, std::string_view input, std::size_t piece, std::size_t room,
                     codec::decoding_limits limits) {
    const auto decoder = codec::make_decoder(coding, limits);
    std::vector<char> buffer(room);
    outcome out;
    while (!input.empty() && !out.error) {
        auto now = input.substr(0, piece);
        input.remove_prefix(now.size());
        for (;;) {
            const auto step = decoder->decode(now, buffer);
            out.error = step.error();
            if (!step) break;
            require(step->consumed <= now.size() && step->produced <= room);
            out.text.append(buffer.data(), step->produced);
            now.remove_prefix(step->consumed);
            if (now.empty() && step->produced == 0) break;
        }
    }
    if (!out.error) out.error = decoder->finish();
    return out;
}

// Where exactly the ratio is passed may differ by what zlib reads ahead; all else must not differ at all.
void require_same(const outcome& a, const outcome& b) {
    if (a.error == codec::errc::ratio_exceeded || b.error == codec::errc::ratio_exceeded) {
        const auto common = std::min(a.text.size(), b.text.size());
        require(a.text.compare(0, common, b.text, 0, common) == 0);
    } else {
        require(a == b);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::array<std::string_view, 4> codings = {"gzip", "deflate", "gzip, deflate",
                                                         "deflate, gzip, gzip"};
    if (size < 3) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 3, size - 3);
    const std::string_view coding = codings[data[0] % codings.size()];
    const std::size_t piece = data[1] + std::size_t{1}, room = data[2] + std::size_t{1};
    codec::decoding_limits limits;
    if (data[0] & 4) limits.max_ratio(data[0] / 16u).ratio_floor(data[0]);
    if (data[0] & 8) limits.max_gzip_members(data[0] / 64u);

    const auto whole = decode_body(coding, input, input.size(), limits);
    require_same(whole, decode_body(coding, input, piece, limits));
    if (codec::make_decoder(coding) != nullptr && !input.empty()) {
        require_same(whole, decode_alone(coding, input, piece, room, limits));
    }
#if DRAGLINE_WITH_ZLIB
    using dragline::test::compress;
    using dragline::test::wrapping;
    constexpr std::array<wrapping, 3> wrappings = {wrapping::gzip, wrapping::zlib, wrapping::raw};
    const auto kind = wrappings[room % wrappings.size()];
    const auto again =
        decode_body(kind == wrapping::gzip ? "gzip" : "deflate", compress(input, kind, 1), piece, {});
    require(again == outcome{{}, std::string(input)});
#endif
    return 0;
}
