// Limits how many coroutines of one loop do something at once; those that wait are served in order.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/detail/list_link.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/async/where.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/error.hpp>
#include <dragline/core/result.hpp>

#include <asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace dragline::inline v1::async {
namespace detail {

// Shared with the permits and the waiters, so that the semaphore may go first.
struct semaphore_state {
    loop_state& loop;
    std::size_t free;
    std::size_t max_waiting;
    std::size_t waiting = 0;
    list_link waiters;

    semaphore_state(loop_state& owner, std::size_t permits, std::size_t waiting_limit) noexcept
        : loop(owner), free(permits), max_waiting(waiting_limit) {
        waiters.make_head();
    }
    void give_back();
};

}  // namespace detail

/// A number of permits, handed out first come, first served. Threads: the loop's own.
class semaphore {
public:
    /// The right to go on; given back when destroyed. Empty when default constructed or moved from.
    class permit {
    public:
        permit() {}
        explicit permit(std::shared_ptr<detail::semaphore_state> from) noexcept : from_(std::move(from)) {}
        permit(permit&&) noexcept = default;
        permit& operator=(permit&& other) noexcept {
            release();
            from_ = std::move(other.from_);
            return *this;
        }
        ~permit() { release(); }

        explicit operator bool() const noexcept { return from_ != nullptr; }
        void release() noexcept {
            if (auto from = std::exchange(from_, nullptr)) from->give_back();
        }

    private:
        std::shared_ptr<detail::semaphore_state> from_;
    };

    template <where Where>
    semaphore(Where&& loop, std::size_t permits, std::size_t max_waiting = 10'000)
        : state_(std::make_shared<detail::semaphore_state>(loop_state::of(executor_of(loop)), permits,
                                                           max_waiting)) {}

    /// Waits for a permit, at most until `until`.
    ///
    /// Errors: make_timeout(`where`); errc::queue_full when `max_waiting` others wait already.
    /// Cancel: any type; operation_aborted, and a permit that came first is kept.
    asio::awaitable<result<permit>> acquire(time_point until = no_deadline, phase where = phase::queue);

    /// A permit, if one is free.
    std::optional<permit> try_acquire() noexcept;

    std::size_t available() const noexcept { return state_->free; }
    std::size_t waiting() const noexcept { return state_->waiting; }

private:
    std::shared_ptr<detail::semaphore_state> state_;
};

}  // namespace dragline::async

#include <dragline/async/impl/semaphore.ipp>
