// The way into a loop from other threads, for work that must not depend on which of the two ends first.
#pragma once

#include <dragline/core/asio.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <mutex>
#include <typeinfo>
#include <utility>

namespace dragline::inline v1::async {

/// Posts to a loop for as long as that loop lives, and does nothing after: shared, it may outlive the loop.
///
/// Take it from loop_state::gate(). Threads: any.
class loop_gate {
public:
    explicit loop_gate(asio::any_io_executor loop) : loop_(std::move(loop)) {}

    /// Posts `work` to the loop. false, with `work` untouched, when the loop's end has begun.
    template <class Work>
    bool post(Work&& work) {
        std::lock_guard lock(mutex_);
        if (loop_) asio::post(loop_, std::forward<Work>(work));
        return bool(loop_);
    }

    /// As above, but to another executor of the same loop, such as a strand.
    template <class Work>
    bool post_to(const asio::any_io_executor& executor, Work&& work) {
        std::lock_guard lock(mutex_);
        if (loop_) asio::post(executor, std::forward<Work>(work));
        return bool(loop_);
    }

    /// Whether the loop lives, for who is on its thread or after its end.
    bool is_open() noexcept {
        std::lock_guard lock(mutex_);
        return bool(loop_);
    }

    /// Whether it is this thread that runs the loop, at the moment.
    bool runs_here() noexcept {
        std::lock_guard lock(mutex_);
        const auto* loop = target();
        return loop && loop->running_in_this_thread();
    }

    /// Whether the loop was stopped, by another thread than this: what is posted to it has to wait.
    bool is_stopped() noexcept {
        std::lock_guard lock(mutex_);
        const auto* loop = target();
        return loop && loop->context().stopped() && !loop->running_in_this_thread();
    }

    /// Called at the loop's end. What was posted before is destroyed with the loop.
    void close() noexcept {
        std::lock_guard lock(mutex_);
        loop_ = nullptr;
    }

private:
    using loop_executor = asio::io_context::executor_type;

    const loop_executor* target() const noexcept {
        return loop_ && loop_.target_type() == typeid(loop_executor) ? loop_.target<loop_executor>()
                                                                     : nullptr;
    }

    std::mutex mutex_;
    asio::any_io_executor loop_;  // none when closed
};

}  // namespace dragline::async
