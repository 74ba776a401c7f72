// The queue of a blocking pool: shared by the pool, its threads and the handles of its jobs.
#pragma once

#include <dragline/core/features.hpp>

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <system_error>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::async::detail {

// One function to be called on a thread of the pool.
class pool_job {
public:
    virtual ~pool_job() = default;

protected:
    /// Calls the function and destroys it. What it throws is kept by the pool.
    virtual void run(const std::stop_token& stop) = 0;

    /// The last step, when the pool has a thread free again.
    virtual void ended() noexcept {}

    /// Destroys the function without having called it.
    virtual void drop() noexcept = 0;

private:
    friend class pool_core;
    enum class state { queued, running, ended, dropped };

    state state_ = state::queued;
    std::list<std::shared_ptr<pool_job>>::iterator place_;  // while queued
    std::stop_source stop_;
    std::exception_ptr exception_;
};

class pool_core {
public:
    pool_core(std::size_t threads, std::size_t queue_limit) noexcept
        : threads_(threads), queue_limit_(queue_limit) {}

    /// errc::queue_full, errc::pool_stopped, or nothing when the job was queued.
    std::error_code submit(std::shared_ptr<pool_job> job);

    bool cancel(pool_job& job);
    void wait(const pool_job& job);
    std::exception_ptr exception(const pool_job& job) const;
    void stop();

    /// What each thread does until stop().
    void run_jobs();

    std::size_t queued() const;
    std::size_t running() const;

private:
    using job_list = std::list<std::shared_ptr<pool_job>>;

    void run_one(std::unique_lock<std::mutex>& lock);

    const std::size_t threads_;
    const std::size_t queue_limit_;
    mutable std::mutex mutex_;
    std::condition_variable work_;   // for the threads
    std::condition_variable ended_;  // for wait()
    job_list queue_;
    job_list running_;
    bool stopped_ = false;
};

template <class Work>
class pool_job_of final : public pool_job {
public:
    template <class W>
    explicit pool_job_of(W&& work) : work_(std::forward<W>(work)) {}

private:
    void run(const std::stop_token& stop) override {
        struct destroy_after {
            std::optional<Work>& work;
            ~destroy_after() { work.reset(); }
        } destroying{work_};
        if constexpr (std::is_invocable_v<Work&>) {
            (*work_)();
        } else {
            (*work_)(stop);
        }
    }
    void drop() noexcept override { work_.reset(); }

    std::optional<Work> work_;
};

}  // namespace dragline::async::detail

#include <dragline/async/detail/impl/pool_core.ipp>
