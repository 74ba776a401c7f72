// Blocks a thread until something on a loop is over.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/event_loop.hpp>
#include <dragline/core/error.hpp>

#include <condition_variable>
#include <mutex>
#include <utility>

namespace dragline::inline v1::async::detail {

class thread_wait {
public:
    // Ends the wait when it is destroyed.
    class over {
    public:
        explicit over(thread_wait& waiting) noexcept : waiting_(&waiting) {}
        over(over&& other) noexcept : waiting_(std::exchange(other.waiting_, nullptr)) {}
        over& operator=(over&&) = delete;
        ~over() {
            if (waiting_) waiting_->end();
        }

    private:
        thread_wait* waiting_;
    };

    /// false when `limit`, in real time, was over first.
    bool wait_for(duration limit);

private:
    void end() noexcept;

    std::mutex mutex_;
    std::condition_variable ended_;
    bool has_ended_ = false;
};

/// Throws unless sync_wait() may be called here and so.
DRAGLINE_DECL void check_sync_wait(const event_loop& loop, duration timeout);

}  // namespace dragline::async::detail

#include <dragline/async/detail/impl/thread_wait.ipp>
