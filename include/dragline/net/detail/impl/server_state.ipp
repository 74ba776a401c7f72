// Included by <dragline/net/detail/server_state.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL server_state::server_state(std::shared_ptr<server_handler> served, const server_options& given,
                                         std::optional<tls::context> context)
    : options(given),
      handler(std::move(served)),
      setting(std::make_shared<const stream_setting>(stream_setting{options.stream(), {}})),
      context_(std::move(context)) {
    if (options.accept_rate() > 0) rate_.emplace(options.accept_rate(), options.accept_burst());
}

DRAGLINE_DECL void server_state::report(std::exception_ptr failure, const endpoint& remote) noexcept {
    if (!options.on_error()) return;
    try {
        options.on_error()(std::move(failure), remote);
    } catch (...) {
        // As its description says: there is nobody else to be told.
    }
}

DRAGLINE_DECL std::optional<tls::context> server_state::context() const {
    std::lock_guard lock(mutex_);
    return context_;
}

DRAGLINE_DECL void server_state::use_context(tls::context renewed) {
    std::lock_guard lock(mutex_);
    context_ = std::move(renewed);
}

DRAGLINE_DECL bool server_state::take_place() noexcept {
    for (auto taken = active_.load(); taken < options.max_connections();) {
        if (active_.compare_exchange_weak(taken, taken + 1)) return true;
    }
    return false;
}

DRAGLINE_DECL void server_state::give_place() noexcept {
    --active_;
    if (waiting_listeners_ == 0) return;
    on_each_loop([](accepting& each) { each.resume(); });
}

DRAGLINE_DECL std::unique_lock<std::mutex> server_state::accept_turn() {
    return rate_ ? std::unique_lock(rate_mutex_) : std::unique_lock<std::mutex>();
}

DRAGLINE_DECL std::optional<async::time_point> server_state::accept_later(async::time_point now) {
    if (!rate_ || rate_->has_token(now)) return std::nullopt;
    return rate_->next(now);
}

DRAGLINE_DECL void server_state::accepted(async::time_point now) {
    ++counts.accepted;
    if (rate_) rate_->take(now);
}

DRAGLINE_DECL void server_state::add(const std::shared_ptr<accepting>& added,
                                     std::shared_ptr<async::loop_gate> gate) {
    members_.push_back({added, added->parts, std::move(gate)});
}

DRAGLINE_DECL void server_state::part_ended(accepting& of) noexcept {
    if (--*of.parts > 0) return;
    try {
        std::lock_guard lock(mutex_);
        for (const auto* each : stopping_) {
            each->gate->post([waiting = std::weak_ptr(each->ended)] {
                if (const auto ended = waiting.lock()) ended->notify();
            });
        }
    } catch (...) {
        // No memory to say so: stop() looks by itself, too.
    }
}

DRAGLINE_DECL bool server_state::gone() const noexcept {
    return std::all_of(members_.begin(), members_.end(), [](const auto& each) { return *each.parts == 0; });
}

DRAGLINE_DECL bool server_state::is_stuck() const noexcept {
    return !gone() && std::all_of(members_.begin(), members_.end(), [](const auto& each) {
        return *each.parts == 0 || each.gate->is_stopped();
    });
}

DRAGLINE_DECL std::size_t server_state::running() const noexcept {
    for (std::size_t i = 0; i < members_.size(); ++i) {
        if (members_[i].gate->is_open() && !members_[i].gate->is_stopped()) return i;
    }
    return 0;
}

template <class Action>
bool server_state::on_each_loop(Action action) const noexcept {
    bool all = true;
    for (const auto& each : members_) {
        try {
            each.gate->post([listener = each.listener, action] {
                if (const auto living = listener.lock()) action(*living);
            });
        } catch (...) {
            all = false;  // no memory to say so: it is said again
        }
    }
    return all;
}

DRAGLINE_DECL bool server_state::close_listeners() noexcept {
    closed_ = true;
    return on_each_loop([](accepting& each) { each.close(); });
}

DRAGLINE_DECL bool server_state::cancel_connections() noexcept {
    return on_each_loop([](accepting& each) { each.cancel_connections(); });
}

DRAGLINE_DECL void server_state::abort() noexcept {
    closed_ = true;
    for (const auto& each : members_) {
        // On another thread lock() could make that the last owner of what belongs to the loop.
        const auto living = each.gate->runs_here() ? each.listener.lock() : nullptr;
        try {
            if (living) living->close(), living->cancel_connections();
        } catch (...) {
            // No memory for the list of them: once more below.
        }
    }
    close_listeners();
    cancel_connections();
}

DRAGLINE_DECL server_state::stop_wait::stop_wait(server_state& server, async::loop_state& loop)
    : owner(server), gate(loop.gate()), ended(std::make_shared<async::event>(loop)) {
    std::lock_guard lock(owner.mutex_);
    owner.stopping_.push_back(this);
}

DRAGLINE_DECL server_state::stop_wait::~stop_wait() {
    std::lock_guard lock(owner.mutex_);
    std::erase(owner.stopping_, this);
}

}  // namespace dragline::net::detail

#endif
