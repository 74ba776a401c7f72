// Whether one more request may go to a host now, and when else. No I/O and no clock.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/token_bucket.hpp>
#include <dragline/http/resilience/host_limits.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>

namespace dragline::inline v1::http::detail {

class host_gate_machine {
public:
    explicit host_gate_machine(const host_limit& limit) noexcept { set(limit); }

    /// From now on these. A bucket begins full.
    void set(const host_limit& limit) noexcept {
        most_ = limit.concurrency();
        bucket_.reset();
        if (const auto& rate = limit.rate()) {
            constexpr double two_ticks = 0.032;  // what a loop may sleep too long, and then more
            bucket_.emplace(rate->per_second(), std::max(rate->burst(), two_ticks * rate->per_second()));
        }
    }

    /// Takes what one request takes, if it is there; leave() gives back what it gives back.
    bool enter(async::time_point now) noexcept {
        if (inside_ >= most_ || now < paused_until_ || (bucket_ && !bucket_->take(now))) return false;
        ++inside_;
        return true;
    }
    void leave() noexcept { --inside_; }
    void pause(async::time_point until) noexcept { paused_until_ = std::max(paused_until_, until); }

    /// When enter() will work, if nobody enters before; never, if somebody has to leave for it.
    async::time_point next(async::time_point now) noexcept {
        if (inside_ >= most_) return async::no_deadline;
        return std::max(paused_until_, bucket_ ? bucket_->next(now) : now);
    }

    std::size_t inside() const noexcept { return inside_; }

    /// Whether it is as if nobody had ever entered.
    bool is_new(async::time_point now) noexcept {
        return inside_ == 0 && now >= paused_until_ && (!bucket_ || bucket_->full(now));
    }

private:
    std::size_t most_ = host_limit::no_cap;
    std::size_t inside_ = 0;
    async::time_point paused_until_{};
    std::optional<async::token_bucket> bucket_;
};

}  // namespace dragline::http::detail
