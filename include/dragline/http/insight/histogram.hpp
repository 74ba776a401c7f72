// Durations counted in buckets: what a latency looks like over many requests, in a fixed small memory.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/features.hpp>

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace dragline::inline v1::http {

/// Log-linear buckets: eight of equal width between one power of two and the next, in microseconds, from 1 us
/// to 2^36 us (19 hours), and beyond that all in the last one.
///
/// A value is off by no more than its bucket is wide: 1 us up to 16 us, then an eighth at most, so that
/// quantile(), which takes the middle, errs by 6.25 %. Count and sum are exact, but the sum stays at 292
/// years from then on. record() takes the time of an addition and allocates nothing; 2 KiB.
class histogram {
public:
    static constexpr std::size_t bucket_count = 8 + 33 * 8;

    histogram() {}

    void record(async::duration value) noexcept {
        const auto elapsed = value.count() > 0 ? value : async::duration::zero();
        // Rounded up, so that a bucket holds what is at most its bound: (lower, bound].
        const auto rounded = std::chrono::ceil<std::chrono::microseconds>(elapsed).count();
        ++counts_[index_of(static_cast<std::uint64_t>(rounded))];
        ++count_;
        add_to_sum(elapsed);
        if (elapsed > largest_) largest_ = elapsed;
    }

    std::uint64_t count() const noexcept { return count_; }
    async::duration sum() const noexcept { return sum_; }
    async::duration largest() const noexcept { return largest_; }

    /// The value that this share of all is not above: quantile(0.99). Zero when there is none.
    async::duration quantile(double share) const noexcept;

    /// How many are not above `bound`: exact where that is the bound of a bucket, as every power of two of
    /// microseconds is; else of the bucket below.
    std::uint64_t count_up_to(async::duration bound) const noexcept;

    std::uint64_t bucket(std::size_t index) const noexcept { return counts_[index]; }
    /// The largest value that a bucket counts; the last one has no end.
    static std::chrono::microseconds bucket_bound(std::size_t index) noexcept;

    histogram& merge(const histogram& other) noexcept;

    friend bool operator==(const histogram&, const histogram&) = default;

private:
    void add_to_sum(async::duration value) noexcept {
        constexpr auto most = async::duration::max();
        sum_ = sum_ > most - value ? most : sum_ + value;
    }

    static std::size_t index_of(std::uint64_t microseconds) noexcept {
        if (microseconds <= 8) return microseconds == 0 ? 0 : static_cast<std::size_t>(microseconds - 1);
        const auto value = microseconds - 1;
        const auto power = static_cast<std::size_t>(std::bit_width(value)) - 4;  // 0 for 8 to 15
        if (power > 32) return bucket_count - 1;
        return 8 + power * 8 + static_cast<std::size_t>((value >> power) & 7);
    }

    std::array<std::uint64_t, bucket_count> counts_{};
    std::uint64_t count_ = 0;
    async::duration sum_{};
    async::duration largest_{};
};

}  // namespace dragline::http

#include <dragline/http/insight/impl/histogram.ipp>
