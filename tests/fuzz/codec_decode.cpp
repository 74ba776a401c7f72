// Properties: what is decoded depends neither on the size of the input pieces nor on that of the output
// buffer; the ratio guard is never passed; what was compressed decodes to itself. Input: one byte each
// chooses the coding, the limits and the two sizes, then the coded bytes.
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

[[maybe_unused]] std::string encode_gzip(std::string_view text, std::size_t piece, std::size_t room) {
    codec::gzip_encoder encoder;
    std::vector<char> buffer(room);
    std::string coded;
    while (!text.empty()) {
        const auto step = encoder.encode(text.substr(0, piece), buffer).value();
        require(step.consumed <= piece && step.produced <= room);
        coded.append(buffer.data(), step.produced);
        text.remove_prefix(step.consumed);
    }
    for (bool finished = false; !finished;) {
        const auto step = encoder.finish(buffer).value();
        coded.append(buffer.data(), step.produced);
        finished = step.finished;
    }
    return coded;
}

// Where exactly the ratio is passed may differ by what the library reads ahead, and so may what br and zstd
// decode of a corrupt stream; in a stack the next coding then sees more or less of it. All else must not
// differ at all.
void require_same(std::string_view coding, const outcome& a, const outcome& b) {
    const bool by_block = coding.find("br") != coding.npos || coding.find("zstd") != coding.npos;
    const bool by_ratio = a.error == codec::errc::ratio_exceeded || b.error == codec::errc::ratio_exceeded;
    if (!by_ratio && !(by_block && a.error)) return require(a == b);
    const auto common = std::min(a.text.size(), b.text.size());
    require(a.text.compare(0, common, b.text, 0, common) == 0);
    if (by_ratio) return;
    require(bool(b.error));
    if (coding.find(',') == coding.npos) require(a.error == b.error);
}

// What the encoders make of `text`; `choice` is one of them.
void require_round_trip(std::string_view text, std::size_t piece, [[maybe_unused]] std::size_t room,
                        std::size_t choice) {
    struct coded {
        std::string_view coding;
        std::string bytes;
    };
    std::vector<coded> made;
#if DRAGLINE_WITH_ZLIB
    using dragline::test::compress;
    using dragline::test::wrapping;
    made.push_back({"deflate", compress(text, wrapping::zlib, 1)});
    made.push_back({"deflate", compress(text, wrapping::raw, 1)});
    made.push_back({"gzip", encode_gzip(text, piece, room)});
    require(made.back().bytes == codec::encode_gzip(text).value());
#endif
#if DRAGLINE_WITH_BROTLI
    made.push_back({"br", dragline::test::brotli(text, 1)});
#endif
#if DRAGLINE_WITH_ZSTD
    made.push_back({"zstd", dragline::test::zstd(text, 1)});
#endif
    if (made.empty()) return;
    const auto& one = made[choice % made.size()];
    require(decode_body(one.coding, one.bytes, piece, {}) == outcome{{}, std::string(text)});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::array<std::string_view, 9> codings = {
        "gzip", "deflate",  "gzip, deflate", "deflate, gzip, gzip", "br",
        "zstd", "zstd, br", "br, gzip",      "gzip, zstd"};
    if (size < 4) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 4, size - 4);
    const std::string_view coding = codings[data[0] % codings.size()];
    const std::size_t piece = data[2] + std::size_t{1}, room = data[3] + std::size_t{1};
    codec::decoding_limits limits;
    if (data[1] & 1) limits.max_ratio(data[1] / 16u).ratio_floor(data[1]);
    if (data[1] & 2) limits.max_gzip_members(data[1] / 64u).max_zstd_frames(data[1] / 64u);
    if (data[1] & 4) limits.max_zstd_window(std::uint64_t{1024} << data[1] / 16);

    const auto whole = decode_body(coding, input, input.size(), limits);
    require_same(coding, whole, decode_body(coding, input, piece, limits));
    if (codec::make_decoder(coding) != nullptr && !input.empty()) {
        require_same(coding, whole, decode_alone(coding, input, piece, room, limits));
    }
    require_round_trip(input, piece, room, data[1]);
    return 0;
}
