// Coroutines that do the same work side by side: counted, stopped together, waited for together.
#pragma once

#include <dragline/async/detail/join_wait.hpp>
#include <dragline/core/asio.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/cancellation_signal.hpp>

#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <system_error>

namespace dragline::inline v1::async::detail {

// Shared with the workers, since a loop that ends destroys their frames and the caller's in any order.
class worker_group : public std::enable_shared_from_this<worker_group> {
public:
    explicit worker_group(asio::any_io_executor executor);
    virtual ~worker_group() = default;

    asio::awaitable<void> ended() { return all_ended_.wait(); }

protected:
    std::size_t workers() const noexcept { return workers_.size(); }

    /// `work` may refer to this. It may end before this returns.
    void start_worker(asio::awaitable<void> work);

    /// Ends the wait when this was the last. Counts one more at first, until the first workers are started.
    void worker_ended();

    bool stopping() const noexcept { return stopping_; }

    /// No new items: the workers are to end.
    void stop(asio::cancellation_type type);
    void stop(asio::cancellation_type type, std::error_code why);

    /// Stops for what a user's function threw.
    void break_off(std::exception_ptr thrown);

    /// Why it stopped. Throws what a user's function threw.
    std::error_code outcome() const;

private:
    struct worker {
        asio::cancellation_signal signal;
        bool running = true;
    };
    struct worker_owner;

    static void cancelled(void* self, asio::cancellation_type type);

    asio::any_io_executor executor_;
    join_wait all_ended_;
    std::deque<worker> workers_;
    std::size_t running_ = 1;
    bool stopping_ = false;
    std::error_code first_error_;
    std::exception_ptr broken_;
};

}  // namespace dragline::async::detail

#include <dragline/async/detail/impl/worker_group.ipp>
