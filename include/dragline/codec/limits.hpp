// How far coded content may expand.
#pragma once

#include <cstddef>
#include <cstdint>

namespace dragline::inline v1::codec {

/// Guards against content that costs its reader far more than its sender. The decoded size as such is the
/// caller's to bound: the sink of content_decoder::write() can stop.
class decoding_limits {
public:
    decoding_limits() {}

    /// Decoded bytes per coded byte. No more than `ratio_floor` is decoded beyond it; 0 allows the floor
    /// alone.
    decoding_limits& max_ratio(std::uint64_t value) { return max_ratio_ = value, *this; }
    std::uint64_t max_ratio() const noexcept { return max_ratio_; }

    /// Decoded bytes that are always allowed, whatever the ratio.
    decoding_limits& ratio_floor(std::uint64_t value) { return ratio_floor_ = value, *this; }
    std::uint64_t ratio_floor() const noexcept { return ratio_floor_; }

    /// Codings stacked in one Content-Encoding; `identity` does not count.
    decoding_limits& max_codings(std::size_t value) { return max_codings_ = value, *this; }
    std::size_t max_codings() const noexcept { return max_codings_; }

    /// Members of one gzip stream.
    decoding_limits& max_gzip_members(std::size_t value) { return max_gzip_members_ = value, *this; }
    std::size_t max_gzip_members() const noexcept { return max_gzip_members_; }

    /// Frames of one zstd stream, skippable ones included.
    decoding_limits& max_zstd_frames(std::size_t value) { return max_zstd_frames_ = value, *this; }
    std::size_t max_zstd_frames() const noexcept { return max_zstd_frames_; }

    /// Bytes that a zstd decoder keeps to refer back to (RFC 9659); rounded down to a power of two, and 1 KiB
    /// at least.
    decoding_limits& max_zstd_window(std::uint64_t value) { return max_zstd_window_ = value, *this; }
    std::uint64_t max_zstd_window() const noexcept { return max_zstd_window_; }

    /// Whether so many decoded bytes may come from so many coded ones.
    bool allows(std::uint64_t coded, std::uint64_t decoded) const noexcept {
        if (decoded <= ratio_floor_) return true;
        return max_ratio_ != 0 &&
               (decoded - 1) / max_ratio_ < coded;  // decoded <= max_ratio * coded, no overflow
    }

private:
    std::uint64_t max_ratio_ = 1000;
    std::uint64_t ratio_floor_ = 1024 * 1024;
    std::size_t max_codings_ = 5;
    std::size_t max_gzip_members_ = 1024;
    std::size_t max_zstd_frames_ = 1024;
    std::uint64_t max_zstd_window_ = 8 * 1024 * 1024;
};

}  // namespace dragline::codec
