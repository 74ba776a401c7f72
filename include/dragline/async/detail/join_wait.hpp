// Suspends a coroutine until something that it has started is over. A cancellation meanwhile is handed on to
// what was started, and does not end the wait: that ends when the rest has ended.
#pragma once

#include <dragline/async/detail/pending_wait.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/asio.hpp>

#include <asio/awaitable.hpp>
#include <asio/cancellation_type.hpp>

namespace dragline::inline v1::async::detail {

class join_wait {
public:
    using cancel_function = void (*)(void* context, asio::cancellation_type type);

    join_wait(loop_state& loop, cancel_function cancelled, void* context) noexcept
        : loop_(loop), cancelled_(cancelled), context_(context) {}
    ~join_wait() {
        if (pending_) pending_->owner = nullptr;
    }
    join_wait(const join_wait&) = delete;
    join_wait& operator=(const join_wait&) = delete;

    /// Once; before the wait or during it.
    void finish();

    bool finished() const noexcept { return finished_; }

    asio::awaitable<void> wait();

private:
    template <class Handler>
    void start(Handler&& handler);

    loop_state& loop_;
    cancel_function cancelled_;
    void* context_;
    pending_wait* pending_ = nullptr;
    bool finished_ = false;
};

}  // namespace dragline::async::detail

#include <dragline/async/detail/impl/join_wait.ipp>
