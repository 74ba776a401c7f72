// Included by <dragline/async/loop_group.hpp> only.
#pragma once

#include <dragline/core/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <system_error>
#include <utility>

namespace dragline::inline v1::async {

DRAGLINE_DECL std::size_t loop_group::default_size() noexcept {
    return std::max(1u, std::thread::hardware_concurrency());
}

DRAGLINE_DECL loop_group::loop_group(std::size_t loops) {
    if (loops == 0) throw std::system_error(make_error_code(errc::invalid_option));
    exceptions_.reserve(max_exceptions);  // so that keeping one cannot fail
    while (members_.size() < loops) members_.push_back(std::make_unique<member>());
    try {
        for (auto& each : members_) {
            each->thread = std::thread([this, &loop = each->loop] { run(loop); });
        }
    } catch (...) {  // the system has no more threads: no destructor will run
        stop();
        join_threads();
        throw;
    }
}

DRAGLINE_DECL loop_group::~loop_group() {
    stop();
    join_threads();
    for (auto& each : members_) each->loop.shutdown();
}

DRAGLINE_DECL event_loop& loop_group::next() noexcept {
    return members_[next_.fetch_add(1, std::memory_order_relaxed) % members_.size()]->loop;
}

DRAGLINE_DECL void loop_group::run(event_loop& loop) noexcept {
    for (;;) {
        try {
            loop.run();
            return;
        } catch (...) {
            std::lock_guard lock(mutex_);
            if (exceptions_.size() < max_exceptions) exceptions_.push_back(std::current_exception());
        }
    }
}

DRAGLINE_DECL void loop_group::stop() noexcept {
    for (auto& each : members_) each->loop.stop();
}

DRAGLINE_DECL void loop_group::join_threads() {
    for (auto& each : members_) {
        if (each->thread.joinable()) each->thread.join();
    }
}

DRAGLINE_DECL void loop_group::join() {
    for (const auto& each : members_) {
        if (each->loop.running_in_this_thread()) throw std::system_error(make_error_code(errc::wrong_thread));
    }
    join_threads();
    std::exception_ptr first;
    {
        std::lock_guard lock(mutex_);
        if (exceptions_.empty()) return;
        first = exceptions_.front();
        exceptions_.erase(exceptions_.begin());
    }
    std::rethrow_exception(first);
}

DRAGLINE_DECL std::vector<std::exception_ptr> loop_group::take_exceptions() {
    std::lock_guard lock(mutex_);
    auto taken = exceptions_;
    exceptions_.clear();
    return taken;
}

}  // namespace dragline::async

#endif
