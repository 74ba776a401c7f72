// Included by <dragline/async/semaphore.hpp> only.
#pragma once

#include <dragline/async/event.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::async {
namespace detail {

// One coroutine in acquire(); stands in its frame.
struct semaphore_waiter : list_link {
    std::shared_ptr<semaphore_state> state;
    event served;

    explicit semaphore_waiter(std::shared_ptr<semaphore_state> from)
        : state(std::move(from)), served(state->loop) {
        state->waiters.push_back(*this);
        ++state->waiting;
    }
    ~semaphore_waiter() {
        if (linked()) leave();
    }
    void leave() noexcept {
        unlink();
        --state->waiting;
    }
};

// A permit never becomes free while somebody waits: so nobody who comes later can take it first.
DRAGLINE_DECL void semaphore_state::give_back() {
    if (waiters.empty()) {
        ++free;
        return;
    }
    auto& first = static_cast<semaphore_waiter&>(*waiters.next);
    first.leave();
    first.served.notify();
}

DRAGLINE_DECL asio::awaitable<result<semaphore::permit>> acquire_permit(
    std::shared_ptr<semaphore_state> state, time_point until, phase where) {
    if (state->free > 0) {
        --state->free;
        co_return semaphore::permit(std::move(state));
    }
    if (state->waiting >= state->max_waiting) co_return errc::queue_full;
    semaphore_waiter waiter(state);
    // Whoever left the list without taking its permit passes it on, also when its coroutine is destroyed.
    struct pass_on {
        semaphore_waiter& waiter;
        bool taken = false;
        ~pass_on() {
            if (!taken && !waiter.linked()) waiter.state->give_back();
        }
    } unless_taken{waiter};
    auto waiting = waiter.served.wait(until, where);
    const auto waited = co_await std::move(waiting);
    if (!waited) co_return waited.error();
    unless_taken.taken = true;
    co_return semaphore::permit(std::move(state));
}

}  // namespace detail

DRAGLINE_DECL asio::awaitable<result<semaphore::permit>> semaphore::acquire(time_point until, phase where) {
    return detail::acquire_permit(state_, until, where);  // which owns the state: this object may go
}

DRAGLINE_DECL std::optional<semaphore::permit> semaphore::try_acquire() noexcept {
    if (state_->free == 0) return std::nullopt;
    --state_->free;
    return permit(state_);
}

}  // namespace dragline::async

#endif
