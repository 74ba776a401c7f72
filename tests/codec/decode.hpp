// Runs a decoder over pieces of any size, and content to decode.
#pragma once

#include <dragline/codec/decoder.hpp>
#include <dragline/codec/limits.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace dragline::test {

using decoder_maker = std::unique_ptr<codec::decoder> (*)(codec::decoding_limits);

/// What a body came to.
struct outcome {
    std::error_code error;
    std::string text;
    bool operator==(const outcome&) const = default;
};

inline outcome decode_pieces(decoder_maker make, std::string_view input, std::size_t piece, std::size_t room,
                             codec::decoding_limits limits) {
    const auto coding = make(limits);
    std::vector<char> buffer(room);
    outcome out;
    while (!out.error && !input.empty()) {
        auto now = input.substr(0, piece);
        input.remove_prefix(now.size());
        for (;;) {
            const auto step = coding->decode(now, buffer);
            out.error = step.error();
            if (!step) break;
            out.text.append(buffer.data(), step->produced);
            now.remove_prefix(step->consumed);
            if (now.empty() && step->produced == 0) break;
        }
    }
    if (!out.error) out.error = coding->finish();
    return out;
}

/// Every size of piece and of output buffer that is worth trying gives the same.
inline outcome decode(decoder_maker make, std::string_view input, codec::decoding_limits limits = {}) {
    const auto whole = decode_pieces(make, input, input.size() + 1, 4096, limits);
    for (const std::size_t piece : {1, 2, 3, 7, 100}) {
        for (const std::size_t room : {1, 2, 5, 1000}) {
            CAPTURE(piece, room);
            CHECK((decode_pieces(make, input, piece, room, limits) == whole));
        }
    }
    return whole;
}

/// As above, but how much of a corrupt stream is decoded first may differ.
inline std::error_code decode_corrupt(decoder_maker make, std::string_view input) {
    const auto whole = decode_pieces(make, input, input.size() + 1, 4096, {});
    for (const std::size_t piece : {1, 2, 3, 7, 100}) {
        for (const std::size_t room : {1, 2, 5, 1000}) {
            CAPTURE(piece, room);
            CHECK(decode_pieces(make, input, piece, room, {}).error == whole.error);
        }
    }
    return whole.error;
}

inline std::string sample() {
    std::string text;
    for (int i = 0; i < 300; ++i) text += "line " + std::to_string(i * i) + " of the sample\n";
    return text;
}

/// Bytes that no coding makes smaller; the same ones each time.
inline std::string noise(std::size_t size) {
    std::string bytes(size, '\0');
    std::uint64_t state = 1;
    for (char& byte : bytes) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        byte = static_cast<char>(state >> 56);
    }
    return bytes;
}

}  // namespace dragline::test
