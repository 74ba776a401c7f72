// Included by <dragline/http/detail/connection_pool.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL connection_pool::host& connection_pool::host_of(std::string_view key) {
    if (const auto found = hosts_.find(key); found != hosts_.end()) return found->second;
    if (hosts_.size() >= most_hosts_) forget_hosts();
    return hosts_.try_emplace(std::string(key)).first->second;
}

// Next time when as many have come as stay: so it takes little time for each.
DRAGLINE_DECL void connection_pool::forget_hosts() {
    std::erase_if(hosts_, [](const auto& each) { return each.second.unused(); });
    most_hosts_ = std::max(least_hosts, 2 * hosts_.size());
}

DRAGLINE_DECL std::optional<connection_pool::place> connection_pool::take_idle(host& from,
                                                                               async::time_point now) {
    while (!from.idle.empty()) {
        const auto at = from.idle.back();
        from.idle.pop_back();
        used_.splice(used_.end(), idle_, at);
        place taken(*this, at);
        // What has just been parked is as it was then: one system call in three would go for asking again.
        const bool just_parked = now - at->parked < std::chrono::microseconds(20);
        auto& connection = *at->connection;
        const bool quiet =
            just_parked && !connection.may_have_input() ? connection.is_open() : connection.is_quiet();
        if (at->expires > now && quiet) return taken;
    }
    return std::nullopt;
}

DRAGLINE_DECL connection_pool::place connection_pool::add_place(host& wanted) {
    ++wanted.connections;
    used_.emplace_back();
    used_.back().owner = &wanted;
    return place(*this, std::prev(used_.end()));
}

DRAGLINE_DECL std::optional<connection_pool::place> connection_pool::open_place(host& wanted) {
    // An idle connection in the way goes: one of this host that is not good enough for a fresh one, or
    // the oldest of all, which may be of this host too.
    if (!has_room(wanted)) [[unlikely]] {
        if (wanted.idle.empty()) return std::nullopt;
        evict(wanted.idle.front());
    }
    if (connections() >= limits_.total) [[unlikely]] {
        if (idle_.empty()) return std::nullopt;
        evict(idle_.begin());
    }
    return add_place(wanted);
}

// The oldest of all is also the oldest of its host.
DRAGLINE_DECL void connection_pool::evict(slots::iterator oldest) noexcept {
    auto& owner = *oldest->owner;
    owner.idle.erase(owner.idle.begin());
    --owner.connections;
    idle_.erase(oldest);
}

// Closes what has expired: peers say how long they wait, so that need not be what was parked first. TLS has
// some 35 KiB of buffers, which to give back each time would cost an exchange more than a tenth.
DRAGLINE_DECL void connection_pool::tidy(async::time_point now) noexcept {
    auto next = async::no_deadline;
    for (auto at = idle_.begin(); at != idle_.end();) {
        const auto each = at++;
        if (each->expires <= now) {
            auto& owner = *each->owner;
            owner.idle.erase(std::find(owner.idle.begin(), owner.idle.end(), each));
            --owner.connections;
            idle_.erase(each);
            continue;
        }
        if (each->rests <= now) {
            each->connection->release_memory();
            each->rests = async::no_deadline;
        }
        next = std::min({next, each->expires, each->rests});
    }
    idle_limit_at_ = next;
    loop_.deadlines().arm_patiently(idle_limit_, next);
}

DRAGLINE_DECL void connection_pool::idle_time_is_up(void* self) noexcept {
    auto& pool = *static_cast<connection_pool*>(self);
    pool.tidy(pool.loop_.now());
}

DRAGLINE_DECL connection_pool::waiter::waiter(connection_pool& owner, host& wanted, bool wants_fresh)
    : pool(owner),
      wake(owner.loop_),
      target(wanted),
      fresh(wants_fresh),
      order(owner.arrivals_++),
      line(owner.has_room(wanted) ? &owner.waiting_for_total_ : &wanted.waiting),
      at(line->insert(line->end(), this)) {
    ++pool.waiting_;
    ++target.wanted;
}

DRAGLINE_DECL connection_pool::waiter::~waiter() {
    --pool.waiting_;
    --target.wanted;
    if (line) line->erase(at);
}

DRAGLINE_DECL std::optional<connection_pool::place> connection_pool::try_acquire(std::string_view key,
                                                                                 bool fresh,
                                                                                 async::time_point now) {
    auto& wanted = host_of(key);
    if (!fresh) {
        if (auto idle = take_idle(wanted, now)) return idle;
    }
    if (idle_limit_.armed() && idle_limit_at_ <= now) tidy(now);
    return open_place(wanted);
}

DRAGLINE_DECL asio::awaitable<result<connection_pool::place>> connection_pool::wait(
    std::string_view key, bool fresh, stage_limit limit, async::interrupter& ending) {
    if (waiting_ >= limits_.waiters) co_return dragline::errc::queue_full;
    auto& wanted = host_of(key);
    waiter mine(*this, wanted, fresh);
    async::interrupter::scope scope(
        ending, [](void* self) noexcept { static_cast<waiter*>(self)->wake.notify(); }, &mine);
    auto waiting = mine.wake.wait(limit.until, phase::queue);
    auto woken = co_await std::move(waiting);
    if (mine.granted) co_return std::move(mine.granted);
    if (!woken) co_return woken.error();
    co_return asio::error::operation_aborted;
}

DRAGLINE_DECL connection_pool::contender::contender(connection_pool& pool, const place& opening,
                                                    bool takes_used)
    : wake(pool.loop_) {
    if (!takes_used) [[unlikely]]
        return;
    target_ = opening.slot_->owner;
    at_ = target_->contenders.insert(target_->contenders.end(), this);
    ++target_->wanted;
}

DRAGLINE_DECL connection_pool::contender::~contender() {
    if (!target_) return;
    target_->contenders.erase(at_);
    --target_->wanted;
}

DRAGLINE_DECL void connection_pool::park(slots::iterator at, async::time_point now) {
    auto& owner = *at->owner;
    if (closed_ || at->retires <= now) return drop(at);
    if (!owner.contenders.empty()) {
        auto& first = *owner.contenders.front();
        owner.contenders.pop_front();
        --owner.wanted;
        first.target_ = nullptr;
        first.granted = place(*this, at);
        return first.wake.notify();
    }
    if (is_earlier(waiting_for_total_, owner.waiting)) return drop(at);
    if (!owner.waiting.empty()) {
        if (owner.waiting.front()->fresh) return drop(at);
        return grant(owner.waiting, place(*this, at));
    }
    auto idle = limits_.idle;
    if (const auto said = at->connection->keep_alive()) {
        // A second before the peer does it, so that no request meets a closing connection.
        idle = std::max(async::duration::zero(),
                        std::chrono::duration_cast<async::duration>(*said) - std::chrono::seconds(1));
    }
    at->parked = now;
    at->expires = std::min(async::deadline_after(now, idle), at->retires);
    idle_.splice(idle_.end(), used_, at);
    owner.idle.push_back(at);
    at->rests = now + std::chrono::seconds(1);
    const auto first = std::min(at->expires, at->rests);
    if (idle_limit_.armed() && idle_limit_at_ <= first) return;
    idle_limit_at_ = first;
    loop_.deadlines().arm_patiently(idle_limit_, first);
}

DRAGLINE_DECL void connection_pool::drop(slots::iterator at) noexcept {
    auto& owner = *at->owner;
    --owner.connections;
    used_.erase(at);
    serve_waiters(owner);
}

DRAGLINE_DECL void connection_pool::grant(waiters& line, place granted) {
    auto* next = line.front();
    line.pop_front();
    next->line = nullptr;
    next->granted = std::move(granted);
    next->wake.notify();
}

DRAGLINE_DECL bool connection_pool::is_earlier(const waiters& line, const waiters& other) noexcept {
    return !line.empty() && (other.empty() || line.front()->order < other.front()->order);
}

DRAGLINE_DECL void connection_pool::move_first(waiters& from, waiters& to) {
    auto* moved = from.front();
    const auto place = std::find_if(to.begin(), to.end(),
                                    [moved](const waiter* other) { return other->order > moved->order; });
    to.splice(place, from, from.begin());
    moved->line = &to;
}

// One place has become free. Who waits for a host that is full stands in that host's line, all others in the
// session's.
DRAGLINE_DECL void connection_pool::serve_waiters(host& freed) {
    if (!closed_ && !freed.waiting.empty()) move_first(freed.waiting, waiting_for_total_);
    while (!closed_ && !waiting_for_total_.empty()) {
        auto& target = waiting_for_total_.front()->target;
        if (has_room(target)) {
            grant(waiting_for_total_, add_place(target));
            break;
        }
        move_first(waiting_for_total_, target.waiting);  // it has filled up meanwhile
    }
}

DRAGLINE_DECL void connection_pool::close() noexcept {
    closed_ = true;
    while (!idle_.empty()) evict(idle_.begin());
    idle_limit_.disarm();  // the last handle may go on any thread
}

}  // namespace dragline::http::detail

#endif
