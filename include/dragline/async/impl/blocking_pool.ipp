// Included by <dragline/async/blocking_pool.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::async {

DRAGLINE_DECL blocking_pool::blocking_pool(const blocking_pool_options& options) {
    if (options.threads() == 0) throw std::system_error(make_error_code(errc::invalid_option));
    core_ = std::make_shared<detail::pool_core>(options.threads(), options.queue_limit());
    threads_.reserve(options.threads());
    try {
        while (threads_.size() < options.threads()) {
            threads_.emplace_back([core = core_] { core->run_jobs(); });
        }
    } catch (...) {  // the system has no more threads: no destructor will run
        core_->stop();
        for (auto& thread : threads_) thread.join();
        throw;
    }
}

DRAGLINE_DECL blocking_pool::~blocking_pool() {
    core_->stop();
    for (auto& thread : threads_) thread.join();
}

DRAGLINE_DECL result<blocking_job> blocking_pool::submit_job(std::shared_ptr<detail::pool_job> job) {
    if (const auto ec = core_->submit(job)) return ec;
    return blocking_job(core_, std::move(job));
}

}  // namespace dragline::async

#endif
