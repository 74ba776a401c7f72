// Included by <dragline/codec/gzip.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <stdexcept>

#if DRAGLINE_WITH_ZLIB

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>

namespace dragline::inline v1::codec::detail {

// zlib counts in a smaller type; what does not fit is left for the next call.
inline uInt zlib_size(std::size_t size) {
    return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

// Owns a z_stream, which must not move: zlib keeps a pointer to it.
class inflate_stream {
public:
    enum class wrapping : int { raw = -MAX_WBITS, zlib = MAX_WBITS, gzip = MAX_WBITS + 16 };

    explicit inflate_stream(wrapping kind) {
        if (inflateInit2(&stream_, static_cast<int>(kind)) != Z_OK) throw std::bad_alloc();
    }
    inflate_stream(const inflate_stream&) = delete;
    inflate_stream& operator=(const inflate_stream&) = delete;
    ~inflate_stream() { inflateEnd(&stream_); }

    void restart(wrapping kind) { inflateReset2(&stream_, static_cast<int>(kind)); }

    /// step::finished is the end of this stream. What was produced before an error counts.
    std::error_code inflate(std::string_view input, std::span<char> out, decoder::step& done) {
        // zlib reads through a pointer to non-const unless ZLIB_CONST is defined.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
        stream_.avail_in = zlib_size(input.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = zlib_size(out.size());
        const uInt in = stream_.avail_in, room = stream_.avail_out;
        const int status = ::inflate(&stream_, Z_NO_FLUSH);
        done = {in - stream_.avail_in, room - stream_.avail_out, status == Z_STREAM_END};
        if (status == Z_MEM_ERROR) return std::make_error_code(std::errc::not_enough_memory);
        const bool well = status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR;
        return well ? std::error_code() : errc::corrupt;
    }

private:
    z_stream stream_{};
};

class inflate_decoder : public guarded_decoder {
public:
    inflate_decoder(decoding_limits limits, inflate_stream::wrapping kind)
        : guarded_decoder(limits), kind_(kind), stream_(kind) {}

protected:
    /// Inflates, or reads what stands between and after streams.
    std::error_code advance(std::string_view input, std::span<char> out, step& done) override {
        return ended_ ? skip_padding(input, done) : inflate(input, out, done);
    }

    std::error_code inflate(std::string_view input, std::span<char> out, step& done) {
        const auto ec = stream_.inflate(input, out, done);
        ended_ = done.finished;
        return ec;
    }

    std::error_code skip_padding(std::string_view input, step& done) {
        done.consumed = std::min(input.find_first_not_of('\0'), input.size());
        done.finished = true;
        if (done.consumed == 0 && !input.empty()) return errc::trailing_garbage;
        padded_ = padded_ || done.consumed != 0;
        return {};
    }

    void restart() { restart(kind_); }
    void restart(inflate_stream::wrapping kind) {
        stream_.restart(kind);
        ended_ = false;
    }

    bool ended() const noexcept { return ended_; }
    bool padded() const noexcept { return padded_; }

private:
    inflate_stream::wrapping kind_;
    inflate_stream stream_;
    bool ended_ = false;   // a stream is complete
    bool padded_ = false;  // and zeros followed it
};

class gzip_decoder final : public inflate_decoder {
public:
    explicit gzip_decoder(decoding_limits limits) : inflate_decoder(limits, inflate_stream::wrapping::gzip) {}

private:
    std::error_code advance(std::string_view input, std::span<char> out, step& done) override {
        constexpr char first_magic = '\x1f';
        if (members_ == 0 && !input.empty()) members_ = 1;
        if (ended() && !padded() && input.starts_with(first_magic)) {
            restart();
            ++members_;
        }
        if (members_ > limits().max_gzip_members()) return errc::too_many_members;
        return inflate_decoder::advance(input, out, done);
    }

    std::size_t members_ = 0;
};

class deflate_decoder final : public inflate_decoder {
public:
    explicit deflate_decoder(decoding_limits limits)
        : inflate_decoder(limits, inflate_stream::wrapping::zlib) {}

private:
    std::error_code advance(std::string_view input, std::span<char> out, step& done) override {
        if (begin_size_ == begin_.size()) return inflate_decoder::advance(input, out, done);
        if (input.empty()) return {};
        begin_[begin_size_++] = input.front();
        std::error_code ec;
        if (begin_size_ == begin_.size()) {
            if (!is_zlib_header()) restart(inflate_stream::wrapping::raw);
            // Two bytes decode to one byte at most, so zlib takes both.
            ec = inflate(std::string_view(begin_.data(), begin_.size()), out, done);
        }
        done.consumed = 1;
        return ec;
    }

    // A raw stream that looks so would begin with a stored block whose padding bits are not zero: nobody
    // makes that.
    bool is_zlib_header() const noexcept {
        const unsigned first = static_cast<unsigned char>(begin_[0]);
        const unsigned second = static_cast<unsigned char>(begin_[1]);
        return (first & 0x0f) == 8 && first >> 4 <= 7 && (first << 8 | second) % 31 == 0;
    }

    std::array<char, 2> begin_{};
    std::size_t begin_size_ = 0;
};

// Owns a z_stream, which must not move.
class deflate_stream {
public:
    explicit deflate_stream(int level) {
        constexpr int gzip = MAX_WBITS + 16, default_memory = 8;
        if (deflateInit2(&stream_, level, Z_DEFLATED, gzip, default_memory, Z_DEFAULT_STRATEGY) != Z_OK) {
            throw std::bad_alloc();
        }
    }
    deflate_stream(const deflate_stream&) = delete;
    deflate_stream& operator=(const deflate_stream&) = delete;
    ~deflate_stream() { deflateEnd(&stream_); }

    gzip_encoder::step deflate(std::string_view input, std::span<char> out, bool last) {
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
        stream_.avail_in = zlib_size(input.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = zlib_size(out.size());
        const uInt in = stream_.avail_in, room = stream_.avail_out;
        const int status = ::deflate(&stream_, last ? Z_FINISH : Z_NO_FLUSH);
        return {in - stream_.avail_in, room - stream_.avail_out, status == Z_STREAM_END};
    }

private:
    z_stream stream_{};
};

}  // namespace dragline::codec::detail

#else

namespace dragline::inline v1::codec::detail {

class deflate_stream {};

}  // namespace dragline::codec::detail

#endif

namespace dragline::inline v1::codec {

DRAGLINE_DECL gzip_encoder::gzip_encoder(int level) : level_(level) {}
DRAGLINE_DECL gzip_encoder::gzip_encoder(gzip_encoder&&) noexcept = default;
DRAGLINE_DECL gzip_encoder& gzip_encoder::operator=(gzip_encoder&&) noexcept = default;
DRAGLINE_DECL gzip_encoder::~gzip_encoder() = default;

DRAGLINE_DECL result<gzip_encoder::step> gzip_encoder::encode(std::string_view input, std::span<char> out) {
    if (finishing_) throw std::logic_error("gzip_encoder::encode() after finish()");
    return run(input, out);
}

DRAGLINE_DECL result<gzip_encoder::step> gzip_encoder::finish(std::span<char> out) {
    finishing_ = true;
    return run({}, out);
}

DRAGLINE_DECL result<gzip_encoder::step> gzip_encoder::run([[maybe_unused]] std::string_view input,
                                                           [[maybe_unused]] std::span<char> out) {
    if (level_ < 0 || level_ > 9) return dragline::errc::invalid_option;
#if DRAGLINE_WITH_ZLIB
    if (!stream_) stream_ = std::make_unique<detail::deflate_stream>(level_);
    return stream_->deflate(input, out, finishing_);
#else
    return dragline::errc::not_supported;
#endif
}

DRAGLINE_DECL result<std::string> encode_gzip(std::string_view content, int level) {
    gzip_encoder encoder(level);
    std::string coded(content.size() / 2 + 64, '\0');
    for (std::size_t size = 0;;) {
        const auto room = std::span(coded).subspan(size);
        const auto step = content.empty() ? encoder.finish(room) : encoder.encode(content, room);
        if (!step) return step.error();
        content.remove_prefix(step->consumed);
        size += step->produced;
        if (size == coded.size() && !step->finished) coded.resize(2 * size);
        if (!step->finished) continue;
        coded.resize(size);
        return coded;
    }
}

DRAGLINE_DECL std::unique_ptr<decoder> make_gzip_decoder([[maybe_unused]] decoding_limits limits) {
#if DRAGLINE_WITH_ZLIB
    return std::make_unique<detail::gzip_decoder>(limits);
#else
    return nullptr;
#endif
}

DRAGLINE_DECL std::unique_ptr<decoder> make_deflate_decoder([[maybe_unused]] decoding_limits limits) {
#if DRAGLINE_WITH_ZLIB
    return std::make_unique<detail::deflate_decoder>(limits);
#else
    return nullptr;
#endif
}

}  // namespace dragline::codec

#endif
