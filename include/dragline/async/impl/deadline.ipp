// Included by <dragline/async/deadline.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <asio/post.hpp>

#include <algorithm>
#include <system_error>
#include <utility>

namespace dragline::inline v1::async {

DRAGLINE_DECL void deadline::disarm() noexcept {
    if (!armed()) return;
    unlink();
    if (--wheel_->count_of(*this) == 0 && !patient_) wheel_->became_empty();
}

DRAGLINE_DECL deadline_wheel::deadline_wheel(asio::any_io_executor loop, clock& time)
    : time_(time), timer_(std::move(loop)), start_(time.now()) {
    for (auto& head : slots_) head.make_head();
    due_.make_head();
}

DRAGLINE_DECL deadline_wheel::~deadline_wheel() {
    for (auto& head : slots_) {
        while (!head.empty()) head.next->unlink();
    }
    while (!due_.empty()) due_.next->unlink();
}

DRAGLINE_DECL void deadline_wheel::shutdown() noexcept {
    timer_.reset();
    sleeping_ = false;
}

DRAGLINE_DECL std::uint64_t deadline_wheel::tick_of(time_point when) const noexcept {
    return when <= start_ ? 0 : static_cast<std::uint64_t>((when - start_) / tick);
}

DRAGLINE_DECL void deadline_wheel::arm(deadline& entry, time_point when) { add(entry, when, false); }

DRAGLINE_DECL void deadline_wheel::arm_patiently(deadline& entry, time_point when) { add(entry, when, true); }

DRAGLINE_DECL void deadline_wheel::add(deadline& entry, time_point when, bool patient) {
    if (entry.armed()) {
        entry.unlink();
        --count_of(entry);
    }
    entry.patient_ = patient;
    if (when >= no_deadline - tick || !timer_) {  // rounding up must not overflow
        if (armed_ == 0) became_empty();
        return;
    }
    // Only an empty wheel may skip the ticks it stood still: a callback that arms during a long sweep must
    // not make it jump over other entries.
    if (armed_ == 0 && patient_ == 0 && !sleeping_) swept_ = std::max(swept_, tick_of(time_.now()));
    entry.wheel_ = this;
    entry.tick_ = std::max(tick_of(when), swept_) + 1;  // rounded up, and never in a tick already swept
    slots_[entry.tick_ % slot_count].push_back(entry);
    ++count_of(entry);
    if (armed_ == 0) return;
    // Who has slept through the time of a patient one sees to it now.
    const auto next = !sleeping_ && patient_ > 0 ? next_used_tick() : entry.tick_;
    if (!sleeping_ || next < wake_tick_) sleep_until(next);
}

DRAGLINE_DECL void deadline_wheel::sleep_until(std::uint64_t wanted) {
    auto wake = start_ + static_cast<duration::rep>(wanted) * tick;
    if (const auto longest = time_.longest_sleep(); longest != duration::max()) {
        wake = std::min(wake, time_.now() + longest);
    }
    sleeping_ = true;
    wake_tick_ = wanted;
    timer_->expires_after(wake - time_.now());
    timer_->async_wait([this, alive = std::weak_ptr<char>(alive_), number = ++wait_number_](std::error_code) {
        if (alive.expired() || number != wait_number_) return;
        sleeping_ = false;
        sweep(alive);
        if (!alive.expired() && armed_ > 0) {
            if (const auto next = next_used_tick(); !sleeping_ || next < wake_tick_) sleep_until(next);
        }
    });
}

DRAGLINE_DECL std::uint64_t deadline_wheel::next_used_tick() const noexcept {
    for (std::uint64_t ahead = 1; ahead < slot_count; ++ahead) {
        if (!slots_[(swept_ + ahead) % slot_count].empty()) return swept_ + ahead;
    }
    return swept_ + slot_count;
}

// Expired entries go to a list of their own first: a callback may arm, disarm or destroy any of them.
DRAGLINE_DECL void deadline_wheel::collect(std::uint64_t until) noexcept {
    const auto turns = std::min<std::uint64_t>(until - swept_, slot_count);
    for (auto at = until - turns + 1; at <= until; ++at) {
        auto& head = slots_[at % slot_count];
        for (auto* link = head.next; link != &head;) {
            auto* entry = static_cast<deadline*>(link);
            link = link->next;
            if (entry->tick_ > until) continue;
            entry->unlink();
            due_.push_back(*entry);
        }
    }
    swept_ = until;
}

DRAGLINE_DECL void deadline_wheel::sweep(const std::weak_ptr<char>& alive) {
    if (const auto until = tick_of(time_.now()); until > swept_) collect(until);
    while (!due_.empty()) {
        auto* entry = static_cast<deadline*>(due_.next);
        entry->unlink();
        --count_of(*entry);
        entry->expired_(entry->context_);  // may destroy the entry, or this wheel
        if (alive.expired()) return;
    }
}

// Serial requests arm again at once, so the timer is not cancelled at each last disarm, which would cost a
// system call; nor may it keep run() from returning. So look again when this handler ends, or, where that
// does not tell, when the loop has done what is ready.
DRAGLINE_DECL void deadline_wheel::became_empty() {
    if (turns_ > 0 || check_posted_ || !sleeping_) return;
    check_posted_ = true;
    asio::post(timer_->get_executor(), [this, alive = std::weak_ptr<char>(alive_)] {
        if (alive.expired()) return;
        check_posted_ = false;
        wake_if_empty();
    });
}

DRAGLINE_DECL void deadline_wheel::wake_if_empty() {
    if (armed_ > 0 || !sleeping_ || !timer_) return;
    ++wait_number_;
    sleeping_ = false;
    timer_->cancel();
}

}  // namespace dragline::async

#endif
