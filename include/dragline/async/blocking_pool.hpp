// Threads for functions that block, behind a queue of bounded length. A dispatcher feeds it; so may you.
#pragma once

#include <dragline/async/detail/pool_core.hpp>
#include <dragline/core/error.hpp>
#include <dragline/core/result.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <memory>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace dragline::inline v1::async {

class blocking_pool_options {
public:
    blocking_pool_options() {}

    /// How many jobs run at once; at least 1.
    blocking_pool_options& threads(std::size_t count) { return threads_ = count, *this; }
    std::size_t threads() const noexcept { return threads_; }

    /// How many jobs may wait for a thread; 0: none, so a job is taken only when a thread is free.
    blocking_pool_options& queue_limit(std::size_t jobs) { return queue_limit_ = jobs, *this; }
    std::size_t queue_limit() const noexcept { return queue_limit_; }

private:
    std::size_t threads_ = 10;
    std::size_t queue_limit_ = 1000;
};

/// One job of a pool. Copies mean the same job; it may outlive the pool. Threads: any.
class blocking_job {
public:
    blocking_job() {}
    blocking_job(std::shared_ptr<detail::pool_core> pool, std::shared_ptr<detail::pool_job> job) noexcept
        : pool_(std::move(pool)), job_(std::move(job)) {}

    /// Removes the job if it has not started. Asks it to stop, through its std::stop_token, if it runs.
    ///
    /// true when it was removed: it will never run, and its function has been destroyed.
    bool cancel() { return job_ && pool_->cancel(*job_); }

    /// Blocks until the job has ended or was removed.
    void wait() {
        if (job_) pool_->wait(*job_);
    }

    /// What left the job's function, once it has ended.
    std::exception_ptr exception() const { return job_ ? pool_->exception(*job_) : nullptr; }

private:
    std::shared_ptr<detail::pool_core> pool_;
    std::shared_ptr<detail::pool_job> job_;
};

/// A fixed number of threads that run blocking functions in the order in which they came.
///
/// The destructor drops what has not started, asks the rest to stop and waits for it: for ever, if a job
/// never ends. Threads: any, but do not destroy a pool from one of its own jobs.
class blocking_pool {
public:
    /// Throws std::system_error of errc::invalid_option for a pool without threads.
    explicit blocking_pool(const blocking_pool_options& options = blocking_pool_options());
    ~blocking_pool();
    blocking_pool(const blocking_pool&) = delete;
    blocking_pool& operator=(const blocking_pool&) = delete;

    /// Queues `work`, called once as work() or work(std::stop_token). Its exceptions are kept in the job.
    ///
    /// Errors: errc::queue_full, errc::pool_stopped; `work` is then destroyed.
    template <class Work>
    requires std::invocable < std::decay_t<Work>
    & > || std::invocable<std::decay_t<Work>&, std::stop_token> result<blocking_job> submit(Work&& work) {
        using job = detail::pool_job_of<std::decay_t<Work>>;
        return submit_job(std::make_shared<job>(std::forward<Work>(work)));
    }

    /// Takes no more jobs, drops those that have not started, asks the others to stop. Does not wait.
    void stop() { core_->stop(); }

    std::size_t queued() const { return core_->queued(); }
    std::size_t running() const { return core_->running(); }

    /// For a dispatcher, which may be used after the pool is gone: its jobs then end as errc::pool_stopped.
    const std::shared_ptr<detail::pool_core>& core() const noexcept { return core_; }

private:
    result<blocking_job> submit_job(std::shared_ptr<detail::pool_job> job);

    std::shared_ptr<detail::pool_core> core_;
    std::vector<std::thread> threads_;
};

}  // namespace dragline::async

namespace dragline::inline v1 {
using async::blocking_pool;
using async::blocking_pool_options;
}

#include <dragline/async/impl/blocking_pool.ipp>
