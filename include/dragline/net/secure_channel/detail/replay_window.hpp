// Which packets came before: the newest `width` numbers are remembered, what is older counts as seen.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace dragline::inline v1::net::detail {

class replay_window {
public:
    static constexpr std::size_t max_width = 1024;

    /// `width`: a multiple of 64, at most max_width.
    explicit replay_window(std::size_t width = 64) noexcept : width_(width) {}

    bool is_new(std::uint64_t number) const noexcept {
        if (number >= next_) return true;
        return next_ - number <= width_ && !(word(number) >> (number % 64) & 1);
    }

    void add(std::uint64_t number) noexcept {
        if (number >= next_) {
            const auto skipped = std::min<std::uint64_t>(number - next_ + 1, width_);
            for (std::uint64_t i = 0; i < skipped; ++i)
                word(number - i) &= ~(std::uint64_t{1} << (number - i) % 64);
            next_ = number + 1;
        }
        word(number) |= std::uint64_t{1} << (number % 64);
    }

private:
    std::uint64_t& word(std::uint64_t number) noexcept { return seen_[number % width_ / 64]; }
    const std::uint64_t& word(std::uint64_t number) const noexcept { return seen_[number % width_ / 64]; }

    std::size_t width_;
    std::uint64_t next_ = 0;  // above every number that came
    std::array<std::uint64_t, max_width / 64> seen_{};
};

}  // namespace dragline::net::detail
