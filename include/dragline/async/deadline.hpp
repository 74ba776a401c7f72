// Deadlines of one loop, kept on one coarse timing wheel: arming and disarming cost some ten nanoseconds,
// where a timer for each operation costs ten times that. Start with `deadline`.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/detail/list_link.hpp>
#include <dragline/core/asio.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace dragline::inline v1::async {

class deadline_wheel;

/// A point in time at which a function is called, once; embedded in the operation that it guards.
///
/// Disarms itself when destroyed. The function may arm, disarm and destroy this deadline or any other.
/// Threads: the loop's own.
class deadline : detail::list_link {
public:
    using callback = void (*)(void* context) noexcept;

    deadline(callback expired, void* context) noexcept : expired_(expired), context_(context) {}
    ~deadline() { disarm(); }

    bool armed() const noexcept { return linked(); }
    void disarm() noexcept;

private:
    friend class deadline_wheel;
    deadline_wheel* wheel_ = nullptr;
    std::uint64_t tick_ : 63 = 0;
    std::uint64_t patient_ : 1 = 0;
    callback expired_;
    void* context_;
};

/// All the deadlines of a loop. Fires never early, and late by at most a tick and what the loop is late.
///
/// Sleeps until the next deadline, and keeps run() from returning only while one is armed.
class deadline_wheel {
public:
    static constexpr duration tick = std::chrono::milliseconds(16);

    deadline_wheel(asio::any_io_executor loop, clock& time);
    ~deadline_wheel();
    deadline_wheel(const deadline_wheel&) = delete;
    deadline_wheel& operator=(const deadline_wheel&) = delete;

    /// Arms `entry`, anew if it was armed. A `when` in the past fires at the next tick, no_deadline never.
    void arm(deadline& entry, time_point when);

    /// As arm(), but it does not keep run() from returning: it fires when its time has come and anything
    /// else is armed, then or later. For what may be tidied up, not for what is waited for.
    void arm_patiently(deadline& entry, time_point when);

    /// Ends the sleep for good, at the end of the loop: nothing fires any more, disarming stays harmless.
    void shutdown() noexcept;

    /// While a handler of the loop runs, in which an operation ends and the next one may begin: the wheel is
    /// asked as it ends whether it may sleep on, instead of in a handler of its own.
    class turn {
    public:
        explicit turn(deadline_wheel& wheel) noexcept : wheel_(wheel) { ++wheel_.turns_; }
        ~turn() {
            if (--wheel_.turns_ == 0) wheel_.wake_if_empty();
        }
        turn(const turn&) = delete;
        turn& operator=(const turn&) = delete;

    private:
        deadline_wheel& wheel_;
    };

    time_point now() const noexcept { return time_.now(); }
    /// Those that keep run() from returning.
    std::size_t armed() const noexcept { return armed_; }

private:
    friend class deadline;
    static constexpr std::size_t slot_count = 1024;  // what is farther away stays for another turn

    std::size_t& count_of(const deadline& entry) noexcept { return entry.patient_ ? patient_ : armed_; }
    void add(deadline& entry, time_point when, bool patient);
    std::uint64_t tick_of(time_point when) const noexcept;
    void sleep_until(std::uint64_t wanted);
    std::uint64_t next_used_tick() const noexcept;
    void sweep(const std::weak_ptr<char>& alive);
    void collect(std::uint64_t until) noexcept;
    void became_empty();
    void wake_if_empty();

    clock& time_;
    std::optional<asio::steady_timer> timer_;  // none after shutdown()
    time_point start_;
    std::uint64_t swept_ = 0;        // every tick up to this one
    std::uint64_t wake_tick_ = 0;    // what the timer waits for, when sleeping_
    std::uint64_t wait_number_ = 0;  // tells a wait that was replaced from the current one
    std::size_t armed_ = 0;
    std::size_t patient_ = 0;  // beside those
    unsigned turns_ = 0;       // of handlers that run now
    bool sleeping_ = false;
    bool check_posted_ = false;
    std::array<detail::list_link, slot_count> slots_;
    detail::list_link due_;
    std::shared_ptr<char> alive_ = std::make_shared<char>();
};

}  // namespace dragline::async

#include <dragline/async/impl/deadline.ipp>
