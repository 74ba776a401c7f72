// Included by <dragline/async/detail/thread_wait.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <system_error>

namespace dragline::inline v1::async::detail {

DRAGLINE_DECL bool thread_wait::wait_for(duration limit) {
    const auto until = deadline_after(std::chrono::steady_clock::now(), limit);
    std::unique_lock lock(mutex_);
    if (until == no_deadline) {
        ended_.wait(lock, [this] { return has_ended_; });
        return true;
    }
    return ended_.wait_until(lock, until, [this] { return has_ended_; });
}

DRAGLINE_DECL void thread_wait::end() noexcept {
    std::lock_guard lock(mutex_);  // held while notifying: the waiting thread may destroy this next
    has_ended_ = true;
    ended_.notify_all();
}

DRAGLINE_DECL void check_sync_wait(const event_loop& loop, duration timeout) {
    if (loop.running_in_this_thread()) throw std::system_error(make_error_code(errc::wrong_thread));
    if (!valid_timeout(timeout)) throw std::system_error(make_error_code(errc::invalid_option));
}

}  // namespace dragline::async::detail

#endif
