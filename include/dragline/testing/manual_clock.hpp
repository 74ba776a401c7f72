// Time and randomness that a test decides.
#pragma once

#include <dragline/async/clock.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <random>

namespace dragline::inline v1::testing {

/// Stands still until it is told to move on. Threads: any.
///
/// A loop notices a jump within a millisecond of real time, or at once when it has something else to do.
class manual_clock final : public async::clock {
public:
    manual_clock() {}

    async::time_point now() noexcept override { return async::time_point(async::duration(now_)); }
    /// Begins with the year 2000.
    std::chrono::system_clock::time_point wall_time() noexcept override {
        constexpr auto begin = std::chrono::sys_days(std::chrono::January / 1 / 2000);
        return begin + std::chrono::duration_cast<std::chrono::system_clock::duration>(now() - start());
    }
    async::duration longest_sleep() const noexcept override { return std::chrono::milliseconds(1); }

    void advance(async::duration by) noexcept { now_ += by.count(); }

private:
    static constexpr async::time_point start() noexcept { return async::time_point(std::chrono::hours(1)); }

    std::atomic<async::duration::rep> now_ = start().time_since_epoch().count();
};

/// The same numbers for the same seed, on every platform. Threads: the loop's own.
class seeded_random final : public async::random_source {
public:
    explicit seeded_random(std::uint64_t seed = 1) : engine_(seed) {}
    result_type operator()() override { return engine_(); }

private:
    std::mt19937_64 engine_;
};

}  // namespace dragline::testing
