// One coroutine waits, others on the same loop wake it: what the waiting lists of this library are made of.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/deadline.hpp>
#include <dragline/async/detail/pending_wait.hpp>
#include <dragline/async/interrupter.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/error.hpp>
#include <dragline/core/result.hpp>

#include <asio/awaitable.hpp>
#include <asio/error.hpp>

#include <system_error>
#include <utility>

namespace dragline::inline v1::async {

/// A notification that one coroutine at a time may wait for.
///
/// A notify() that comes before wait() is kept: the wait then ends at once. An event must live until its wait
/// has ended, or the loop. Threads: the loop's own.
class event {
public:
    explicit event(loop_state& loop) noexcept : loop_(loop), limit_(&expired, this) {}
    ~event() {
        if (pending_) pending_->owner = nullptr;
    }
    event(const event&) = delete;
    event& operator=(const event&) = delete;

    /// Ends the wait, or the next one.
    void notify() {
        notified_ = true;
        if (pending_) finish({});
    }

    /// As notify(), but who waits goes on inside this call, which spares a turn of the loop: for the last act
    /// of a handler. The event may be gone after it; what the waiter's own handlers throw leaves it.
    void notify_at_once() {
        notified_ = true;
        if (!pending_) return;
        limit_.disarm();
        loop_.resume(*pending_, {});
    }

    bool notified() const noexcept { return notified_; }

    /// Waits for notify(), at most until `until`, and takes the notification.
    ///
    /// Errors: make_timeout(`where`) at the deadline.
    /// Cancel: any type; operation_aborted, and a notification that came first wins.
    asio::awaitable<result<void>> wait(time_point until = no_deadline, phase where = phase::total);

private:
    template <class Handler>
    void start(Handler&& handler, time_point until);
    void finish(std::error_code ec);
    static void expired(void* self) noexcept;

    loop_state& loop_;
    deadline limit_;
    phase where_ = phase::total;
    detail::pending_wait* pending_ = nullptr;
    bool notified_ = false;
};

/// Waits until `until` or, at most a tick of the deadline_wheel, longer; keeps run() from returning.
///
/// `ending` ends it from outside, and must outlive it. Errors: operation_aborted when it did, or had done so
/// before. Cancel: any type. Threads: the loop's own.
asio::awaitable<result<void>> pause(loop_state& loop, time_point until, interrupter& ending);

}  // namespace dragline::async

#include <dragline/async/impl/event.ipp>
