// The time and the randomness of a loop, so that a test can supply both.
#pragma once

#include <dragline/core/features.hpp>

#include <chrono>
#include <cstdint>

namespace dragline::inline v1::async {

using duration = std::chrono::steady_clock::duration;
using time_point = std::chrono::steady_clock::time_point;

/// The deadline of something that may wait for ever.
inline constexpr time_point no_deadline = time_point::max();

/// The value of a timeout option that means: wait for ever. Zero does not mean that; it is refused.
inline constexpr duration no_limit = duration::max();

/// Whether a timeout option can be used: above zero, or no_limit. Else the call gives errc::invalid_option.
constexpr bool valid_timeout(duration value) noexcept { return value > duration::zero(); }

/// Tells the time to one loop, on that loop's thread.
class clock {
public:
    virtual ~clock() = default;
    virtual time_point now() noexcept = 0;

    /// The time of day, for what is dated by others: cookies. It may jump either way; deadlines go by now().
    virtual std::chrono::system_clock::time_point wall_time() noexcept {
        return std::chrono::system_clock::now();
    }

    /// How long the loop may sleep before it must ask again: bounds the real time until a jump is noticed.
    virtual duration longest_sleep() const noexcept { return duration::max(); }
};

/// Random numbers that a peer cannot guess. Satisfies std::uniform_random_bit_generator.
class random_source {
public:
    using result_type = std::uint64_t;
    virtual ~random_source() = default;
    virtual result_type operator()() = 0;
    static constexpr result_type min() noexcept { return 0; }
    static constexpr result_type max() noexcept { return ~result_type{0}; }
};

/// std::chrono::steady_clock.
DRAGLINE_DECL clock& system_clock() noexcept;

/// std::random_device, the operating system's generator. Safe on any thread.
DRAGLINE_DECL random_source& system_random() noexcept;

/// `now + after`, or no_deadline where that would overflow.
constexpr time_point deadline_after(time_point now, duration after) noexcept {
    return after >= no_deadline - now ? no_deadline : now + after;
}

}  // namespace dragline::async

namespace dragline::inline v1 {
using async::no_limit;
}

#include <dragline/async/impl/clock.ipp>
