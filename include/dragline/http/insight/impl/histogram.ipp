// Included by <dragline/http/insight/histogram.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cmath>

namespace dragline::inline v1::http {

DRAGLINE_DECL std::chrono::microseconds histogram::bucket_bound(std::size_t index) noexcept {
    if (index < 8) return std::chrono::microseconds(index + 1);
    const auto power = (index - 8) / 8;
    const auto lower = std::uint64_t{8 + (index - 8) % 8} << power;
    return std::chrono::microseconds(lower + (std::uint64_t{1} << power));
}

DRAGLINE_DECL async::duration histogram::quantile(double share) const noexcept {
    if (count_ == 0) return {};
    const auto wanted = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_));
    const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
    std::uint64_t seen = 0;
    std::size_t index = 0;
    while (index + 1 < bucket_count && (seen += counts_[index]) < rank) ++index;
    const async::duration bound = bucket_bound(index);
    const async::duration below = index == 0 ? async::duration() : async::duration(bucket_bound(index - 1));
    if (index + 1 == bucket_count) return largest_;
    return std::min(below + (bound - below) / 2, largest_);
}

DRAGLINE_DECL std::uint64_t histogram::count_up_to(async::duration bound) const noexcept {
    std::uint64_t total = 0;
    for (std::size_t index = 0; index + 1 < bucket_count && bucket_bound(index) <= bound; ++index)
        total += counts_[index];
    return total;
}

DRAGLINE_DECL histogram& histogram::merge(const histogram& other) noexcept {
    for (std::size_t index = 0; index < bucket_count; ++index) counts_[index] += other.counts_[index];
    count_ += other.count_;
    add_to_sum(other.sum_);
    largest_ = std::max(largest_, other.largest_);
    return *this;
}

}  // namespace dragline::http

#endif
