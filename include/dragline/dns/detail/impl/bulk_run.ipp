// Included by <dragline/dns/detail/bulk_run.hpp> only.
#pragma once

#include <dragline/async/callback_failure.hpp>
#include <dragline/core/error.hpp>
#include <dragline/dns/detail/bulk_replies.hpp>
#include <dragline/dns/detail/bulk_targets.hpp>
#include <dragline/dns/detail/transport_carrier.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/cancellation_state.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <asio/this_coro.hpp>

#include <utility>

namespace dragline::inline v1::dns::detail {

// Names and queries in one go: so many may be on their way to a server before replies are read again.
inline constexpr std::size_t pump_batch = 64;

DRAGLINE_DECL bulk_run::bulk_run(async::loop_state& loop, bulk_plan plan)
    : loop_(loop),
      plan_(std::move(plan)),
      ended_(loop),
      expiry_(&on_expiry, this),
      pace_(&on_pace, this),
      began_(loop.now()),
      now_(began_),
      next_type_(plan_.types.size()) {}

DRAGLINE_DECL bulk_run::~bulk_run() {
    if (carrier_) carrier_->shutdown();
}

DRAGLINE_DECL std::error_code bulk_run::open(const resolver& with) {
    const auto& options = plan_.options;
    const auto targets = find_bulk_targets(options, with, now_);
    if (!targets) return targets.error();
    if (plan_.types.empty()) return make_error_code(dragline::errc::invalid_option);
    machine_.emplace(options, bulk_servers(options, targets->names(), options.trusted().size()));
    if (options.dedupe()) seen_.emplace(loop_.random());
    carrier_ = targets->carrier(loop_, options, weak_from_this());
    return {};
}

DRAGLINE_DECL asio::awaitable<result<bulk_summary>> bulk_run::run(std::shared_ptr<bulk_run> self,
                                                                  resolver with) {
    if (const auto ec = self->open(with)) co_return ec;
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none) co_return asio::error::operation_aborted;
    auto until = async::deadline_after(self->began_, self->plan_.options.timeout());
    self->pump();
    // After a cancellation there is still something to wait for: sinks that are awaited.
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    while (!self->over()) {
        auto waiting = self->ended_.wait(until, phase::resolve);
        const auto ended = co_await std::move(waiting);
        if (ended) continue;
        if (ended.error() == condition::timeout) {
            until = async::no_deadline;
            self->time_is_up();
        } else {
            self->stop(ended.error());
        }
    }
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (self->thrown_) throw async::callback_failure(self->thrown_);
    result<bulk_summary> outcome(self->error_);
    *outcome = self->summary();
    co_return outcome;
}

DRAGLINE_DECL void bulk_run::on_bytes(std::uint32_t at, byte_view reply, bool echoed) {
    take_reply(*machine_, at, reply, echoed, now_);
}

// Whether an outcome from a transport, which cannot be told to forget, is still wanted.
DRAGLINE_DECL bool bulk_run::is_awaited(std::uint32_t at, std::uint64_t generation) noexcept {
    constexpr std::uint64_t mask = ~std::size_t{0} >> slot_bits;
    if (over_ || stopping_ || late_) return false;
    const auto& of = (*machine_)[at];
    return of.state == slot_state::waiting && (of.generation & mask) == generation;
}

DRAGLINE_DECL bool bulk_run::on_message_bytes(std::uint32_t at, std::uint64_t generation, byte_view reply) {
    return !is_awaited(at, generation) || take_reply_if_it_fits(*machine_, at, reply, now_);
}

DRAGLINE_DECL void bulk_run::on_message(std::uint32_t at, std::uint64_t generation,
                                        result<wire::message> reply) {
    if (is_awaited(at, generation)) take_message(*machine_, at, std::move(reply), now_);
}

// Every turn of the loop comes here: reports, refills the window, sends.
DRAGLINE_DECL void bulk_run::pump() {
    if (over_ || std::exchange(pumping_, true)) return;
    const auto self = shared_from_this();
    bool more = false;
    try {
        now_ = loop_.now();
        report_finished();
        if (!stopping_) take_some();
        if (!stopping_ && !late_) more = send_some();
        report_finished();
    } catch (...) {
        break_off(std::current_exception());
    }
    pumping_ = false;
    end_if_done();
    if (over_ || stopping_) return;
    more = more || (has_names() && !machine_->is_full());
    if (!late_) arm_timers(more);
    if (more) pump_later();
}

DRAGLINE_DECL void bulk_run::pump_later() {
    if (std::exchange(pump_posted_, true)) return;
    asio::post(loop_.executor(), [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self) return;
        self->pump_posted_ = false;
        self->pump();
    });
}

DRAGLINE_DECL void bulk_run::report_finished() {
    while (!stopping_) {
        const auto at = machine_->next_to_report();
        if (at == no_slot) return;
        if (report(at, (*machine_)[at].result)) {
            closed(at);
        } else {
            ++awaited_;
        }
    }
}

DRAGLINE_DECL void bulk_run::closed(std::uint32_t at) {
    machine_->close(at);
    if (++since_progress_ >= plan_.options.progress_step()) show_progress();
}

DRAGLINE_DECL void bulk_run::show_progress() {
    since_progress_ = 0;
    if (!plan_.options.on_progress()) return;
    bulk_progress now;
    now.reported = machine_->summary().asked;
    now.answered = machine_->summary().answered;
    now.retries = machine_->summary().retries;
    now.in_flight = machine_->in_flight();
    plan_.options.on_progress()(now);
}

// An awaited sink has ended.
DRAGLINE_DECL void bulk_run::reported(std::uint32_t at, std::exception_ptr thrown) {
    --awaited_;
    try {
        closed(at);
        if (thrown) break_off(std::move(thrown));
    } catch (...) {
        break_off(std::current_exception());
    }
    if (stopping_) return end_if_done();
    pump_later();
}

DRAGLINE_DECL bool bulk_run::has_names() const noexcept {
    return !exhausted_ || next_type_ < plan_.types.size();
}

DRAGLINE_DECL void bulk_run::take_some() {
    for (std::size_t i = 0; i < pump_batch && has_names() && !machine_->is_full(); ++i) {
        if (next_type_ == plan_.types.size()) {
            exhausted_ = !pull(name_);
            if (exhausted_) return;
            next_type_ = 0;
        }
        take_one(plan_.types[next_type_]);
        if (++next_type_ == plan_.types.size()) ++index_;
    }
}

DRAGLINE_DECL void bulk_run::take_one(record_type type) {
    const auto at = machine_->take();
    auto& of = (*machine_)[at];
    auto& asked = of.result.answer.asked;
    const auto bad = of.question.assign(name_, asked.name);
    if (!bad) {
        of.question.set_type(type);
        if (seen_ && !seen_->insert(of.question.bytes())) {
            ++machine_->summary().duplicates;
            return machine_->discard(at);
        }
    }
    of.result.index = index_;
    of.result.name = name_;
    asked.type = type;
    if (bad) {
        asked.name = name_;
        return machine_->settle(at, bad);
    }
    if (late_) return machine_->settle(at, make_timeout(phase::resolve));
    machine_->submit(at);
}

// True when there may be more to send at once.
DRAGLINE_DECL bool bulk_run::send_some() {
    std::size_t sent = 0;
    for (; sent < pump_batch; ++sent) {
        const auto at = machine_->next_to_send(now_);
        if (at == no_slot) break;
        if (const auto ec = carrier_->send(at, (*machine_)[at])) machine_->failed(at, ec, now_);
    }
    carrier_->flush();
    return sent == pump_batch;
}

DRAGLINE_DECL void bulk_run::arm_timers(bool more_to_come) {
    // It fires at the time of a query that was answered meanwhile, and is armed for the first one then.
    if (!expiry_.armed()) loop_.deadlines().arm(expiry_, machine_->first_expiry());
    if (!more_to_come) loop_.deadlines().arm(pace_, machine_->send_again_at(now_));
}

DRAGLINE_DECL void bulk_run::on_expiry(void* context) noexcept {
    const auto self = static_cast<bulk_run*>(context)->shared_from_this();
    auto& machine = *self->machine_;
    const auto now = self->loop_.now();
    for (auto at = machine.next_expired(now); at != no_slot; at = machine.next_expired(now)) {
        self->carrier_->forget(machine[at]);
        machine.failed(at, make_timeout(phase::resolve), now);
    }
    self->pump();
}

DRAGLINE_DECL void bulk_run::on_pace(void* context) noexcept {
    const auto self = static_cast<bulk_run*>(context)->shared_from_this();
    self->pump();
}

// The rest of a range is reported as not answered in time; a function is asked for no more names.
DRAGLINE_DECL void bulk_run::time_is_up() {
    if (stopping_ || over_ || late_) return;
    late_ = true;
    error_ = make_timeout(phase::resolve);
    if (!pulls_from_range()) exhausted_ = true;
    carrier_->shutdown();
    expiry_.disarm();
    pace_.disarm();
    machine_->give_up(error_, loop_.now());
    pump();
}

DRAGLINE_DECL void bulk_run::stop(std::error_code ec) {
    if (!std::exchange(stopping_, true)) {
        error_ = ec;
        carrier_->shutdown();
        expiry_.disarm();
        pace_.disarm();
        cancel_reports();
    }
    end_if_done();
}

DRAGLINE_DECL void bulk_run::break_off(std::exception_ptr thrown) {
    if (!thrown_) thrown_ = std::move(thrown);
    stop(asio::error::operation_aborted);
}

DRAGLINE_DECL void bulk_run::end_if_done() {
    if (over_ || pumping_) return;
    if (stopping_ ? awaited_ != 0 : has_names() || !machine_->idle()) return;
    over_ = true;
    expiry_.disarm();
    pace_.disarm();
    carrier_->shutdown();
    try {
        if (!thrown_) show_progress();
    } catch (...) {
        thrown_ = std::current_exception();
    }
    ended_.notify();
}

DRAGLINE_DECL bulk_summary bulk_run::summary() {
    auto& sum = machine_->summary();
    sum.ignored_datagrams = carrier_->ignored();
    sum.tcp_fallbacks = carrier_->tcp_fallbacks();
    sum.servers = machine_->servers().summaries();
    sum.elapsed = loop_.now() - began_;
    return std::move(sum);
}

}  // namespace dragline::dns::detail

#endif
