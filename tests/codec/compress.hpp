// Makes coded content for the tests; for builds with zlib only.
#pragma once

#include <dragline/core/features.hpp>

#if DRAGLINE_WITH_ZLIB

#include <zlib.h>

#include <stdexcept>
#include <string>
#include <string_view>

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
