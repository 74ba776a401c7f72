// Included by <dragline/http/resilience/retry_budget.hpp> only.
#pragma once

#include <dragline/async/token_bucket.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <mutex>

namespace dragline::inline v1::http {

// With a lock, since the options of a session may be used on several loops.
struct retry_budget::state {
    state(double part, double per_second, double most)
        : ratio(part), rate(per_second), saved(most), reserve(per_second, per_second) {}

    std::mutex mutex;
    double ratio;
    double rate;
    double saved;
    double tokens = 0;
    async::token_bucket reserve;
};

DRAGLINE_DECL std::shared_ptr<retry_budget::state> retry_budget::make(double ratio, double per_second,
                                                                      double saved) {
    return std::make_shared<state>(ratio, per_second, saved);
}

DRAGLINE_DECL bool retry_budget::valid() const noexcept {
    if (!state_) return true;
    // Not with `<`, which is false for what is no number.
    const auto good = [](double value) { return value >= 0 && value <= 1e9; };
    return good(state_->ratio) && good(state_->rate) && state_->saved >= 1 && good(state_->saved);
}

DRAGLINE_DECL void retry_budget::deposit() {
    if (!state_) return;
    const std::lock_guard lock(state_->mutex);
    state_->tokens = std::min(state_->tokens + state_->ratio, state_->saved);
}

DRAGLINE_DECL bool retry_budget::withdraw(async::time_point now) {
    if (!state_) return true;
    const std::lock_guard lock(state_->mutex);
    constexpr double whole = 1 - 1e-9;  // since sums of parts are not exact
    if (state_->tokens >= whole) {
        state_->tokens = std::max(state_->tokens - 1, 0.0);
        return true;
    }
    return state_->rate > 0 && state_->reserve.take(now);
}

}  // namespace dragline::http

#endif
