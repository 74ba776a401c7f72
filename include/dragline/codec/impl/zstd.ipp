// Included by <dragline/codec/zstd.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#if DRAGLINE_WITH_ZSTD

#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::codec::detail {

// Owns the state of libzstd, and gives it so little at a time that no call decodes a block and then fails at
// the next one: the library forgets what it has written when it fails.
class zstd_stream {
public:
    explicit zstd_stream(std::uint64_t max_window) : context_(ZSTD_createDCtx()) {
        if (!context_) throw std::bad_alloc();
        const auto log = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax);
        const int wanted = static_cast<int>(std::bit_width(max_window)) - 1;
        ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax,
                               std::clamp(wanted, log.lowerBound, log.upperBound));
    }

    /// Takes the magic number, which decodes to nothing.
    std::error_code begin(std::string_view magic, std::span<char> out) {
        decoder::step unused;
        return run(magic, out, unused);
    }

    /// The rest of the frame; step::finished is its end.
    std::error_code decompress(std::string_view input, std::span<char> out, decoder::step& done) {
        if (full_) {  // there may be more where that came from, without any input
            const auto ec = run({}, out, done);
            if (ec || done.produced != 0 || done.finished) return ec;
        }
        return input.empty() ? std::error_code() : run(input.substr(0, wanted_), out, done);
    }

private:
    struct free_context {
        void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
    };

    std::error_code run(std::string_view input, std::span<char> out, decoder::step& done) {
        ZSTD_inBuffer from{input.data(), input.size(), 0};
        ZSTD_outBuffer to{out.data(), out.size(), 0};
        const std::size_t status = ZSTD_decompressStream(context_.get(), &to, &from);
        if (ZSTD_isError(status)) return failure(status);
        done = {from.pos, to.pos, status == 0};
        full_ = status != 0 && to.pos == out.size();
        // It asks for the rest of a block and the header of the next.
        constexpr std::size_t block_header_size = 3;
        wanted_ = std::max<std::size_t>(status > block_header_size ? status - block_header_size : status, 1);
        return {};
    }

    static std::error_code failure(std::size_t status) {
        switch (ZSTD_getErrorCode(status)) {
            case ZSTD_error_memory_allocation: return std::make_error_code(std::errc::not_enough_memory);
            case ZSTD_error_frameParameter_windowTooLarge: return errc::window_too_large;
            default: return errc::corrupt;
        }
    }

    std::unique_ptr<ZSTD_DCtx, free_context> context_;
    std::size_t wanted_ = 1;
    bool full_ = false;  // the last call filled its buffer
};

// Tells the frames apart: the library would decode formats that are not in the RFC, and reads on after an
// end.
class zstd_decoder final : public guarded_decoder {
public:
    explicit zstd_decoder(decoding_limits limits)
        : guarded_decoder(limits), stream_(limits.max_zstd_window()) {}

private:
    enum class place { between_frames, frame, skippable_frame };

    std::error_code advance(std::string_view input, std::span<char> out, step& done) override {
        switch (place_) {
            case place::between_frames: return read_start(input, out, done);
            case place::frame: return read_frame(input, out, done);
            case place::skippable_frame: return skip(input, done);
        }
        return errc::corrupt;
    }

    std::error_code read_start(std::string_view input, std::span<char> out, step& done) {
        done.finished = start_size_ == 0 && frames_ != 0;
        if (input.empty()) return {};
        start_[start_size_++] = input.front();
        if (!starts_frame()) return frames_ == 0 ? errc::corrupt : errc::trailing_garbage;
        done = {1, 0, false};
        if (start_size_ == magic_size && ++frames_ > limits().max_zstd_frames()) {
            return errc::too_many_members;
        }
        if (is_skippable() && start_size_ == start_.size()) {
            start_size_ = 0;
            left_ = 0;
            for (std::size_t i = start_.size(); i-- > magic_size;) {
                left_ = left_ << 8 | static_cast<unsigned char>(start_[i]);
            }
            done.finished = left_ == 0;
            if (left_ != 0) place_ = place::skippable_frame;
        } else if (!is_skippable() && start_size_ == magic_size) {
            start_size_ = 0;
            place_ = place::frame;
            return stream_.begin({start_.data(), magic_size}, out);
        }
        return {};
    }

    std::error_code read_frame(std::string_view input, std::span<char> out, step& done) {
        const auto ec = stream_.decompress(input, out, done);
        if (done.finished) place_ = place::between_frames;
        return ec;
    }

    std::error_code skip(std::string_view input, step& done) {
        done.consumed = static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), left_));
        left_ -= done.consumed;
        done.finished = left_ == 0;
        if (left_ == 0) place_ = place::between_frames;
        return {};
    }

    bool is_skippable() const noexcept { return (static_cast<unsigned char>(start_[0]) & 0xf0) == 0x50; }

    bool starts_frame() const noexcept {
        constexpr std::string_view magic = "\x28\xb5\x2f\xfd", rest_of_skippable = "\x2a\x4d\x18";
        const std::string_view begun(start_.data(), std::min(start_size_, magic_size));
        return is_skippable() ? rest_of_skippable.starts_with(begun.substr(1)) : magic.starts_with(begun);
    }

    static constexpr std::size_t magic_size = 4;

    zstd_stream stream_;
    place place_ = place::between_frames;
    std::array<char, 8> start_{};  // magic number; length, where the frame is skippable
    std::size_t start_size_ = 0;
    std::size_t frames_ = 0;  // begun
    std::uint64_t left_ = 0;  // of the skippable frame
};

}  // namespace dragline::codec::detail

#endif

namespace dragline::inline v1::codec {

DRAGLINE_DECL std::unique_ptr<decoder> make_zstd_decoder([[maybe_unused]] decoding_limits limits) {
#if DRAGLINE_WITH_ZSTD
    return std::make_unique<detail::zstd_decoder>(limits);
#else
    return nullptr;
#endif
}

}  // namespace dragline::codec

#endif
