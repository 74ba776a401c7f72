// Included by <dragline/http/detail/host_gates.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/http/detail/host_name.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL host_gates::host::host(host_gates& owner, std::string_view name, const host_limit& own)
    : gates(owner),
      key(name),
      limit(own),
      machine(own),
      turn(
          [](void* self) noexcept {
              auto& due = *static_cast<host*>(self);
              due.gates.serve(due);
          },
          this) {}

DRAGLINE_DECL void host_gates::pass::reset() noexcept {
    if (auto* from = std::exchange(from_, nullptr)) {
        from->machine.leave();
        from->gates.serve(*from);
        from->gates.rest_if_unused(*from);
    }
}

DRAGLINE_DECL void host_gates::pass::pause(async::time_point until) noexcept {
    if (!from_) return;
    from_->machine.pause(until);
    from_->gates.serve(*from_);
}

DRAGLINE_DECL void host_gates::set(std::string_view name, const host_limit& limit) {
    limits_.host(name, limit);
    const auto living = hosts_.find(ascii::to_lower(without_final_dot(name)));
    // What is said again gives nobody a new burst.
    if (living == hosts_.end() || living->second->limit == limit) return;
    living->second->limit = limit;
    living->second->machine.set(limit);
    serve(*living->second);
}

// A few at a time, so that no fetch pays for all. Beyond the cap even one that has yet to recover goes.
DRAGLINE_DECL void host_gates::forget(async::time_point now) noexcept {
    for (int i = 0; i < 2 && !resting_.empty(); ++i) {
        auto& oldest = *resting_.front();
        if (hosts_.size() < limits_.max_hosts() && !oldest.machine.is_new(now)) return;
        resting_.pop_front();
        hosts_.erase(oldest.key);
    }
}

DRAGLINE_DECL host_gates::host& host_gates::host_of(std::string_view name, const host_limit& limit,
                                                    async::time_point now) {
    if (const auto found = hosts_.find(name); found != hosts_.end()) {
        auto& known = *found->second;
        if (std::exchange(known.rests, false)) busy_.splice(busy_.end(), resting_, known.place);
        return known;
    }
    forget(now);
    auto made = std::make_unique<host>(*this, name, limit);
    auto& added = *made;
    added.place = busy_.insert(busy_.end(), &added);
    hosts_.emplace(added.key, std::move(made));
    return added;
}

DRAGLINE_DECL void host_gates::rest_if_unused(host& which) noexcept {
    if (which.machine.inside() > 0 || !which.waiting.empty() || which.rests) return;
    resting_.splice(resting_.end(), busy_, which.place);
    which.rests = true;
}

// Lets in who may enter, and looks again when the next one may.
DRAGLINE_DECL void host_gates::serve(host& which) noexcept {
    const auto now = loop_.now();
    while (!which.waiting.empty() && which.machine.enter(now)) {
        auto& first = *which.waiting.front();
        which.waiting.pop_front();
        first.in_line = false;
        first.granted = pass(which);
        first.wake.notify();
    }
    const auto next = which.waiting.empty() ? async::no_deadline : which.machine.next(now);
    loop_.deadlines().arm(which.turn, next);
}

DRAGLINE_DECL host_gates::waiter::waiter(host_gates& owner, host& wanted)
    : gates(owner), target(wanted), wake(owner.loop_), at(wanted.waiting.insert(wanted.waiting.end(), this)) {
    ++gates.waiting_;
    if (wanted.waiting.size() == 1) gates.serve(wanted);
}

DRAGLINE_DECL host_gates::waiter::~waiter() {
    --gates.waiting_;
    if (!in_line) return;
    target.waiting.erase(at);
    if (target.waiting.empty()) target.turn.disarm();
    gates.rest_if_unused(target);
}

DRAGLINE_DECL asio::awaitable<result<host_gates::pass>> host_gates::enter(std::string_view name,
                                                                          async::time_point until,
                                                                          async::interrupter& ending) {
    const auto& limit = limits_.limit_of(name);
    if (limit.limits_nothing()) co_return pass();
    const auto now = loop_.now();
    auto& wanted = host_of(without_final_dot(name), limit, now);
    if (wanted.waiting.empty() && wanted.machine.enter(now)) co_return pass(wanted);
    if (waiting_ >= limits_.max_waiters()) {
        rest_if_unused(wanted);
        co_return dragline::errc::queue_full;
    }
    waiter mine(*this, wanted);
    const async::interrupter::scope scope(
        ending, [](void* self) noexcept { static_cast<waiter*>(self)->wake.notify(); }, &mine);
    auto waiting = mine.wake.wait(until, phase::queue);
    const auto woken = co_await std::move(waiting);
    if (mine.granted) co_return std::move(mine.granted);
    if (!woken) co_return woken.error();
    co_return asio::error::make_error_code(asio::error::operation_aborted);
}

}  // namespace dragline::http::detail

#endif
