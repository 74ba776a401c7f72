// Included by <dragline/dns/detail/flight.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <utility>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL flight::flight(async::loop_state& loop, std::weak_ptr<flight_owner> owner, question asked,
                             lookup_plan plan, std::shared_ptr<const transport_list> servers,
                             std::size_t first)
    : loop_(loop),
      owner_(std::move(owner)),
      asked_(std::move(asked)),
      plan_(plan),
      form_(plan.form),
      machine_(servers->size(), first, plan.tries),
      servers_(std::move(servers)),
      try_limit_(&on_try_timeout, this) {}

DRAGLINE_DECL void flight::start(async::time_point now) {
    if (!std::exchange(started_, true)) ask_next(now);
}

DRAGLINE_DECL void flight::ask_next(async::time_point now) {
    const auto server = machine_.next();
    if (!server) return finish(make_answer(asked_, machine_.error()));
    ask(*server, now);
}

DRAGLINE_DECL void flight::ask(std::size_t server, async::time_point now) {
    attempts_.push_back(attempt{server, now, now, {}});
    loop_.deadlines().arm(try_limit_, async::deadline_after(now, plan_.try_timeout));
    auto& asking = *(*servers_)[server];
    asking.hold();
    asking.ask(asked_, form_, shared_from_this(), attempts_.size() - 1);
}

DRAGLINE_DECL void flight::on_reply(std::size_t tag, result<wire::message> reply) {
    if (outcome_ || tag >= attempts_.size()) return;
    if (!reply) return failed(tag, reply.error());
    if (const auto ec = wire::check_response(*reply, reply->id, asked_)) return failed(tag, ec);
    auto& repeated = reply->questions.front();  // mostly the very same: then it is not copied
    auto asked = repeated == asked_ ? std::move(repeated) : asked_;
    auto found = interpret(*std::move(reply), std::move(asked));
    if (found.error == errc::format_error && form_.udp_size != 0 && !form_.dnssec_ok && waiting_) {
        // Perhaps it does not know EDNS: the same server again, without (RFC 6891, 6.2.2).
        attempts_[tag].ended = loop_.now();
        attempts_[tag].error = found.error;
        form_.udp_size = 0;
        return ask(attempts_[tag].server, attempts_[tag].ended);
    }
    if (lookup_machine::is_retryable(found.error)) return failed(tag, found.error);
    attempts_[tag].ended = loop_.now();
    attempts_[tag].error = found.error;
    answered_ = true;
    finish(std::move(found));
}

DRAGLINE_DECL void flight::failed(std::size_t tag, std::error_code ec) {
    auto& of = attempts_[tag];
    of.ended = loop_.now();
    of.error = ec;
    machine_.failed(of.server, ec);
    if (const auto owner = owner_.lock()) owner->failed(of.server, ec);
    // What an earlier attempt came to changes nothing while a later one is on its way.
    if (waiting_ && tag + 1 == attempts_.size()) ask_next(of.ended);
}

DRAGLINE_DECL void flight::on_try_timeout(void* context) noexcept {
    const auto self = static_cast<flight*>(context)->shared_from_this();
    self->failed(self->attempts_.size() - 1, make_timeout(phase::resolve));
}

DRAGLINE_DECL void flight::finish(answer found) {
    outcome_ = std::make_shared<const answer>(std::move(found));
    release_all();
    if (const auto owner = owner_.lock()) owner->landed(*this);
    for (auto* seat = waiting_; seat; seat = seat->next_) seat->wake_.notify();
}

DRAGLINE_DECL void flight::join(flight_seat& seat) noexcept {
    seat.next_ = waiting_;
    if (waiting_) waiting_->previous_ = &seat;
    waiting_ = &seat;
}

DRAGLINE_DECL void flight::leave(flight_seat& seat) noexcept {
    (seat.previous_ ? seat.previous_->next_ : waiting_) = seat.next_;
    if (seat.next_) seat.next_->previous_ = seat.previous_;
    if (waiting_) return;
    if (!outcome_) {
        release_all();
        if (const auto owner = owner_.lock()) owner->abandoned(*this);
    }
    servers_.reset();
}

DRAGLINE_DECL void flight::release_all() noexcept {
    try_limit_.disarm();
    if (!servers_ || !std::exchange(holding_, false)) return;
    for (const auto& each : attempts_) (*servers_)[each.server]->release();
}

DRAGLINE_DECL void flight::report(lookup_trace& trace) const {
    for (const auto& each : attempts_) {
        attempt_trace line;
        if (servers_) line.server = (*servers_)[each.server]->description();
        line.error = each.error;
        line.took = each.ended - each.began;
        trace.attempts.push_back(std::move(line));
    }
}

}  // namespace dragline::dns::detail

#endif
