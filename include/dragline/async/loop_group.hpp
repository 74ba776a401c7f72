// Several loops, each run by a thread of its own: how a program uses more than one core.
#pragma once

#include <dragline/async/event_loop.hpp>

#include <asio/executor_work_guard.hpp>

#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace dragline::inline v1::async {

/// A fixed number of loops, all running until stop().
///
/// The destructor stops and joins all, lets everything pending die, and only then destroys the first loop: so
/// loops may hold operations of each other. Threads: any, but join and destroy it from none of its own.
class loop_group {
public:
    /// As many loops as the machine has cores. Throws std::system_error of errc::invalid_option for none.
    explicit loop_group(std::size_t loops = default_size());
    ~loop_group();
    loop_group(const loop_group&) = delete;
    loop_group& operator=(const loop_group&) = delete;

    static std::size_t default_size() noexcept;
    std::size_t size() const noexcept { return members_.size(); }
    event_loop& at(std::size_t index) const { return members_.at(index)->loop; }

    /// Each loop in turn.
    event_loop& next() noexcept;

    /// Makes all loops return as soon as they can, and for good. Does not wait.
    void stop() noexcept;

    /// Waits until stop() was called, by anybody, and all loops have returned. Then throws the first
    /// exception that left a handler; its loop went on all the same. The others are in take_exceptions().
    ///
    /// Errors: std::system_error of errc::wrong_thread on a thread of the group.
    void join();

    /// What has left handlers and was not handed out yet: the first `max_exceptions`, in order.
    std::vector<std::exception_ptr> take_exceptions();
    static constexpr std::size_t max_exceptions = 64;

private:
    struct member {
        event_loop loop;
        asio::executor_work_guard<event_loop::executor_type> work{loop.get_executor()};
        std::thread thread;
    };

    void run(event_loop& loop) noexcept;
    void join_threads();

    std::mutex mutex_;  // for exceptions_
    std::vector<std::exception_ptr> exceptions_;
    std::vector<std::unique_ptr<member>> members_;
    std::atomic<std::size_t> next_ = 0;
};

}  // namespace dragline::async

namespace dragline::inline v1 {
using async::loop_group;
}

#include <dragline/async/impl/loop_group.ipp>
