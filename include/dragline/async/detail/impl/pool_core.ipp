// Included by <dragline/async/detail/pool_core.hpp> only.
#pragma once

#include <dragline/core/error.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::async::detail {

// Functions of users are called and destroyed only while the lock is not held.

DRAGLINE_DECL std::error_code pool_core::submit(std::shared_ptr<pool_job> job) {
    job_list entry;
    entry.push_back(std::move(job));
    {
        std::lock_guard lock(mutex_);
        if (stopped_) return errc::pool_stopped;
        if (queue_.size() + running_.size() >= threads_ + queue_limit_) return errc::queue_full;
        entry.front()->place_ = entry.begin();
        queue_.splice(queue_.end(), entry);
    }
    work_.notify_one();
    return {};
}

DRAGLINE_DECL bool pool_core::cancel(pool_job& job) {
    job_list removed;
    {
        std::lock_guard lock(mutex_);
        if (job.state_ == pool_job::state::queued) {
            removed.splice(removed.end(), queue_, job.place_);
            job.state_ = pool_job::state::dropped;
        } else if (job.state_ != pool_job::state::running) {
            return false;
        }
    }
    if (removed.empty()) {
        job.stop_.request_stop();
        return false;
    }
    job.drop();
    ended_.notify_all();
    return true;
}

DRAGLINE_DECL void pool_core::wait(const pool_job& job) {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [&job] {
        return job.state_ == pool_job::state::ended || job.state_ == pool_job::state::dropped;
    });
}

DRAGLINE_DECL std::exception_ptr pool_core::exception(const pool_job& job) const {
    std::lock_guard lock(mutex_);
    return job.exception_;
}

DRAGLINE_DECL void pool_core::stop() {
    job_list dropped, asked;
    {
        std::lock_guard lock(mutex_);
        stopped_ = true;
        dropped.swap(queue_);
        for (const auto& job : dropped) job->state_ = pool_job::state::dropped;
        asked = running_;
    }
    work_.notify_all();
    for (const auto& job : asked) job->stop_.request_stop();
    for (const auto& job : dropped) job->drop();
    ended_.notify_all();
}

DRAGLINE_DECL void pool_core::run_jobs() {
    std::unique_lock lock(mutex_);
    for (;;) {
        work_.wait(lock, [this] { return stopped_ || !queue_.empty(); });
        if (stopped_) return;
        run_one(lock);
    }
}

DRAGLINE_DECL void pool_core::run_one(std::unique_lock<std::mutex>& lock) {
    const auto place = queue_.begin();
    auto job = *place;
    running_.splice(running_.end(), queue_, place);
    job->state_ = pool_job::state::running;
    lock.unlock();
    std::exception_ptr thrown;
    try {
        job->run(job->stop_.get_token());
    } catch (...) {
        thrown = std::current_exception();
    }
    lock.lock();
    job_list left;
    left.splice(left.end(), running_, place);
    job->exception_ = std::move(thrown);
    job->state_ = pool_job::state::ended;
    lock.unlock();
    // Only now: who hears of the end may submit the next job at once.
    job->ended();
    ended_.notify_all();
    left.clear();
    job.reset();
    lock.lock();
}

DRAGLINE_DECL std::size_t pool_core::queued() const {
    std::lock_guard lock(mutex_);
    return queue_.size();
}

DRAGLINE_DECL std::size_t pool_core::running() const {
    std::lock_guard lock(mutex_);
    return running_.size();
}

}  // namespace dragline::async::detail

#endif
