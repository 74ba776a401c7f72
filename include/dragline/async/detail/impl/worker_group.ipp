// Included by <dragline/async/detail/worker_group.hpp> only.
#pragma once

#include <dragline/async/callback_failure.hpp>
#include <dragline/async/detail/spawn.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <utility>

namespace dragline::inline v1::async::detail {

DRAGLINE_DECL worker_group::worker_group(asio::any_io_executor executor)
    : executor_(std::move(executor)), all_ended_(loop_state::of(executor_), &cancelled, this) {}

struct worker_group::worker_owner : spawn_owner {
    std::shared_ptr<worker_group> group;
    worker& self;

    worker_owner(std::shared_ptr<worker_group> shared, worker& started)
        : group(std::move(shared)), self(started) {}

    void ended(std::exception_ptr thrown) override {
        self.running = false;
        if (thrown) group->break_off(std::move(thrown));
        group->worker_ended();
    }
};

DRAGLINE_DECL void worker_group::start_worker(asio::awaitable<void> work) {
    auto& self = workers_.emplace_back();
    ++running_;
    spawn(executor_, std::move(work), std::make_shared<worker_owner>(shared_from_this(), self),
          self.signal.slot());
}

DRAGLINE_DECL void worker_group::worker_ended() {
    if (--running_ == 0) all_ended_.finish();
}

DRAGLINE_DECL void worker_group::stop(asio::cancellation_type type) {
    stopping_ = true;
    for (auto& each : workers_) {
        if (each.running) each.signal.emit(type);
    }
}

DRAGLINE_DECL void worker_group::stop(asio::cancellation_type type, std::error_code why) {
    if (!first_error_) first_error_ = why;
    stop(type);
}

DRAGLINE_DECL void worker_group::break_off(std::exception_ptr thrown) {
    if (!broken_) broken_ = std::move(thrown);
    stop(asio::cancellation_type::terminal);
}

DRAGLINE_DECL std::error_code worker_group::outcome() const {
    if (broken_) throw callback_failure(broken_);
    return first_error_;
}

DRAGLINE_DECL void worker_group::cancelled(void* self, asio::cancellation_type type) {
    static_cast<worker_group*>(self)->stop(type, asio::error::operation_aborted);
}

}  // namespace dragline::async::detail

#endif
