// The unit of sharing: what belongs to one loop needs no lock. Start with `event_loop`; a whole main() is
// run().
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/asio.hpp>

#include <asio/io_context.hpp>

#include <atomic>
#include <cstddef>
#include <optional>

namespace dragline::inline v1::async {

/// Where a loop takes its time and its randomness from. Both must outlive the loop.
class event_loop_options {
public:
    event_loop_options() {}

    event_loop_options& time(clock& source) { return time_ = &source, *this; }
    clock& time() const noexcept { return *time_; }

    event_loop_options& random(random_source& source) { return random_ = &source, *this; }
    random_source& random() const noexcept { return *random_; }

private:
    clock* time_ = &system_clock();
    random_source* random_ = &system_random();
};

/// One io_context, run by one thread. Operations take it as their WHERE.
///
/// Threads: one runs it; get_executor(), context(), stop() and running_in_this_thread() may be called on any.
class event_loop {
public:
    using executor_type = asio::io_context::executor_type;

    /// Makes a loop of its own.
    explicit event_loop(const event_loop_options& options = event_loop_options());

    /// Adopts a context that somebody else owns, and outlives this. Only one thread may run it.
    explicit event_loop(asio::io_context& adopted, const event_loop_options& options = event_loop_options());

    event_loop(const event_loop&) = delete;
    event_loop& operator=(const event_loop&) = delete;

    executor_type get_executor() const noexcept { return context_.get_executor(); }
    asio::io_context& context() const noexcept { return context_; }

    /// Clock, random source and deadlines. Threads: the loop's own.
    loop_state& state() const { return loop_state::of(get_executor()); }

    /// Runs handlers until nothing is pending or stop() is called; returns how many it ran.
    ///
    /// An exception that leaves a handler leaves run() too, which may then be called again.
    std::size_t run();

    /// Runs the handlers that are ready, without waiting for any.
    std::size_t poll();

    /// Makes run() return as soon as it can, and every later run() at once until restart().
    void stop() noexcept;
    void restart();

    bool running_in_this_thread() const noexcept { return get_executor().running_in_this_thread(); }

    /// The first phase of the loop's end: what is pending dies without completing. The loop no longer runs.
    ///
    /// Call it for every one of several loops before any is destroyed, because the operations of one may own
    /// coroutines of another; loop_group does. An adopted context is left to its owner.
    void shutdown();

private:
    class owned_context : public asio::io_context {
    public:
        owned_context() : asio::io_context(1) {}
        using asio::io_context::shutdown;  // protected there
    };

    void prepare_to_run();

    std::optional<owned_context> owned_;
    asio::io_context& context_;
    std::atomic<bool> stop_requested_ = false;
};

}  // namespace dragline::async

namespace dragline::inline v1 {
using async::event_loop;
using async::event_loop_options;
}

#include <dragline/async/impl/event_loop.ipp>
