// Included by <dragline/codec/gzip.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#if DRAGLINE_WITH_ZLIB

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <new>
#include <span>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::codec::detail {

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
        stream_.avail_in = clamp(input.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = clamp(out.size());
        const uInt in = stream_.avail_in, room = stream_.avail_out;
        const int status = ::inflate(&stream_, Z_NO_FLUSH);
        done = {in - stream_.avail_in, room - stream_.avail_out, status == Z_STREAM_END};
        if (status == Z_MEM_ERROR) return std::make_error_code(std::errc::not_enough_memory);
        const bool well = status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR;
        return well ? std::error_code() : errc::corrupt;
    }

private:
    static uInt clamp(std::size_t size) {
        return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
    }

    z_stream stream_{};
};

class inflate_decoder : public decoder {
public:
    inflate_decoder(decoding_limits limits, inflate_stream::wrapping kind)
        : limits_(limits), kind_(kind), stream_(kind) {}

    result<step> decode(std::string_view input, std::span<char> out) override {
        step done;
        while (!error_ && done.produced < out.size()) {
            step one;
            error_ = advance(input.substr(done.consumed), out.subspan(done.produced), one);
            done.consumed += one.consumed;
            done.produced += one.produced;
            coded_ += one.consumed;
            decoded_ += one.produced;
            if (!limits_.allows(coded_, decoded_)) return error_ = errc::ratio_exceeded;
            if (one.consumed == 0 && one.produced == 0) break;
        }
        if (error_ && done.produced == 0) return error_;  // else the next call returns it
        done.finished = ended_ && !error_;
        return done;
    }

    std::error_code finish() override {
        if (!error_ && !ended_) error_ = errc::truncated;
        return error_;
    }

protected:
    /// Inflates, or reads what stands between and after streams.
    virtual std::error_code advance(std::string_view input, std::span<char> out, step& done) {
        return ended_ ? skip_padding(input, done) : inflate(input, out, done);
    }

    std::error_code inflate(std::string_view input, std::span<char> out, step& done) {
        const auto ec = stream_.inflate(input, out, done);
        ended_ = done.finished;
        return ec;
    }

    std::error_code skip_padding(std::string_view input, step& done) {
        done.consumed = std::min(input.find_first_not_of('\0'), input.size());
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
    const decoding_limits& limits() const noexcept { return limits_; }

private:
    decoding_limits limits_;
    inflate_stream::wrapping kind_;
    inflate_stream stream_;
    bool ended_ = false;   // a stream is complete
    bool padded_ = false;  // and zeros followed it
    std::uint64_t coded_ = 0, decoded_ = 0;
    std::error_code error_;
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

}  // namespace dragline::codec::detail

#endif

namespace dragline::inline v1::codec {

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
