// How often something may be done, on average and at once. No clock of its own: the time is a parameter.
#pragma once

#include <dragline/async/clock.hpp>

#include <algorithm>
#include <chrono>

namespace dragline::inline v1::async {

/// Tokens that come at a steady rate, and of which a few are kept for later.
class token_bucket {
public:
    /// `per_second` above 0; at most `burst` tokens, 1 or more, are kept. Full at first.
    token_bucket(double per_second, double burst) noexcept
        : per_second_(per_second), burst_(std::max(burst, 1.0)), tokens_(burst_) {}

    double per_second() const noexcept { return per_second_; }

    bool has_token(time_point now) noexcept {
        fill(now);
        return tokens_ >= whole;
    }

    /// Whether it is as it was at first.
    bool full(time_point now) noexcept {
        fill(now);
        return tokens_ >= burst_ - (1 - whole);
    }

    /// Takes a token, if there is one.
    bool take(time_point now) noexcept {
        if (!has_token(now)) return false;
        tokens_ = std::max(tokens_ - 1, 0.0);
        return true;
    }

    /// When take() will find a token, if nobody takes one before.
    time_point next(time_point now) noexcept {
        if (has_token(now)) return now;
        const std::chrono::duration<double> missing((1 - tokens_) / per_second_);
        const auto wait = std::min(missing, std::chrono::duration<double>(std::chrono::hours(24 * 365)));
        return now + std::chrono::ceil<duration>(wait);
    }

private:
    static constexpr double whole = 1 - 1e-9;  // since sums of parts are not exact

    void fill(time_point now) noexcept {
        if (now <= filled_) return;
        // The first look only sets the clock: the bucket is full then.
        if (filled_ != time_point{}) {
            const std::chrono::duration<double> passed = now - filled_;
            tokens_ = std::min(burst_, tokens_ + passed.count() * per_second_);
        }
        filled_ = now;
    }

    double per_second_;
    double burst_;
    double tokens_;
    time_point filled_{};
};

}  // namespace dragline::async
