// Makes coded content for the tests, with the encoders of the libraries that this build has.
#pragma once

#include <dragline/core/features.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#if DRAGLINE_WITH_ZLIB

#include <zlib.h>

namespace dragline::test {

enum class wrapping : int { raw = -15, zlib = 15, gzip = 31 };

inline std::string compress(std::string_view text, wrapping kind, int level = 9) {
    z_stream stream{};
    if (deflateInit2(&stream, level, Z_DEFLATED, static_cast<int>(kind), 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::runtime_error("deflateInit2");
    }
    std::string out(deflateBound(&stream, static_cast<uLong>(text.size())) + 32, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int status = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (status != Z_STREAM_END) throw std::runtime_error("deflate");
    return out;
}

inline std::string gzip(std::string_view text) { return compress(text, wrapping::gzip); }

}  // namespace dragline::test

#endif

#if DRAGLINE_WITH_BROTLI

#include <brotli/encode.h>

namespace dragline::test {

/// A window of 2 to the power of `window` bytes; above 24 it is a large one, which is no br.
inline std::string brotli(std::string_view text, int quality = 9, int window = 22) {
    const std::unique_ptr<BrotliEncoderState, void (*)(BrotliEncoderState*)> encoder(
        BrotliEncoderCreateInstance(nullptr, nullptr, nullptr), BrotliEncoderDestroyInstance);
    const auto set = [&](BrotliEncoderParameter name, int value) {
        if (!BrotliEncoderSetParameter(encoder.get(), name, static_cast<std::uint32_t>(value))) {
            throw std::runtime_error("BrotliEncoderSetParameter");
        }
    };
    set(BROTLI_PARAM_QUALITY, quality);
    set(BROTLI_PARAM_LARGE_WINDOW, window > BROTLI_MAX_WINDOW_BITS);
    set(BROTLI_PARAM_LGWIN, window);
    std::string out(BrotliEncoderMaxCompressedSize(text.size()) + 1024, '\0');
    const auto* next = reinterpret_cast<const std::uint8_t*>(text.data());
    auto* to = reinterpret_cast<std::uint8_t*>(out.data());
    std::size_t left = text.size(), room = out.size();
    if (!BrotliEncoderCompressStream(encoder.get(), BROTLI_OPERATION_FINISH, &left, &next, &room, &to,
                                     nullptr) ||
        !BrotliEncoderIsFinished(encoder.get())) {
        throw std::runtime_error("BrotliEncoderCompressStream");
    }
    out.resize(out.size() - room);
    return out;
}

}  // namespace dragline::test

#endif

#if DRAGLINE_WITH_ZSTD

#include <zstd.h>

namespace dragline::test {

struct zstd_frame {
    int level = 3;
    int window = 0;  ///< As a power of two; 0 is the level's.
    bool checksum = true;
    bool length = true;  ///< The header tells the length of the content.
};

inline std::string zstd(std::string_view text, zstd_frame frame) {
    const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
    const auto check = [](std::size_t status) {
        if (ZSTD_isError(status)) throw std::runtime_error(ZSTD_getErrorName(status));
        return status;
    };
    check(ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, frame.level));
    check(ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, frame.window));
    check(ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, frame.checksum));
    check(ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, frame.length));
    std::string out(ZSTD_compressBound(text.size()) + 64, '\0');
    ZSTD_inBuffer from{text.data(), text.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    // Flushed once before its end, the encoder cannot know the length, nor shrink the window to it.
    if (!frame.length) check(ZSTD_compressStream2(context.get(), &to, &from, ZSTD_e_flush));
    if (check(ZSTD_compressStream2(context.get(), &to, &from, ZSTD_e_end)) != 0) {
        throw std::runtime_error("ZSTD_compressStream2");
    }
    out.resize(to.pos);
    return out;
}

inline std::string zstd(std::string_view text, int level = 3) { return zstd(text, {.level = level}); }

}  // namespace dragline::test

#endif
