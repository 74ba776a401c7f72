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
      machine_(servers->size(), first, plan.tries, plan.retry_elsewhere),
      servers_(std::move(servers)),
      try_limit_(&on_try_timeout, this) {}

DRAGLINE_DECL flight::~flight() {
    if (!background_ || outcome_) return;
    if (const auto owner = owner_.lock()) owner->abandoned(*this);
}

DRAGLINE_DECL void flight::start(bool important) {
    if (std::exchange(started_, true)) return;
    important_ = important;
    ask_next();
}

DRAGLINE_DECL void flight::start_in_background(async::time_point now) {
    started_ = background_ = true;
    holding_ = false;
    if (const auto server = machine_.next()) {
        attempts_.push_back(attempt{*server, now, now, {}});
        (*servers_)[*server]->ask(asked_, form_, shared_from_this(), 0);
    }
    known_servers_ = std::exchange(servers_, nullptr);
}

DRAGLINE_DECL void flight::ask_next() {
    const auto server = machine_.next();
    if (!server) return finish(refusal_ ? *std::move(refusal_) : make_answer(asked_, machine_.error()));
    ask(*server);
}

DRAGLINE_DECL void flight::ask(std::size_t server) {
    server_ = server;
    if (plan_.queries_per_second > 0) {
        if (const auto owner = owner_.lock())
            turn_ = owner->pacer(server).enter(*this, plan_.queries_per_second, important_);
        if (turn_) return;
    }
    send_now();
}

DRAGLINE_DECL void flight::send_now() {
    turn_.reset();
    const auto now = loop_.now();
    attempts_.push_back(attempt{server_, now, now, {}});
    loop_.deadlines().arm(try_limit_, async::deadline_after(now, plan_.try_timeout));
    auto& asking = *(*servers_)[server_];
    asking.hold();
    asking.ask(asked_, form_, shared_from_this(), attempts_.size() - 1);
}

DRAGLINE_DECL void flight::on_reply(std::size_t tag, result<wire::message> reply) {
    if (outcome_ || tag >= attempts_.size()) return;
    if (!reply) return failed(tag, reply.error());
    if (const auto ec = wire::check_response(*reply, reply->id, asked_)) return failed(tag, ec);
    std::shared_ptr<server_reply> whole;
    if (plan_.whole) whole = std::make_shared<server_reply>(*reply);
    // Mostly the very same: then it is not copied.
    const bool same = !reply->questions.empty() && reply->questions.front() == asked_;
    auto asked = same ? std::move(reply->questions.front()) : asked_;
    auto found = interpret(*std::move(reply), std::move(asked));
    auto& from = attempts_[tag];
    ended(from, found.error);
    if (whole) {
        if (const auto servers = servers_ ? servers_ : known_servers_.lock())
            whole->server = (*servers)[from.server]->description();
        whole->took = from.ended - from.began;
        found.reply = std::move(whole);
    }
    const bool waited_for = waiting_ && tag + 1 == attempts_.size();
    if (found.error == errc::format_error && form_.udp_size != 0 && !form_.dnssec_ok && waited_for) {
        form_.udp_size = 0;  // perhaps it does not know EDNS (RFC 6891, 6.2.2)
        return ask(from.server);
    }
    if (lookup_machine::is_retryable(found.error)) {
        const auto ec = found.error;
        if (plan_.whole && machine_.outweighs(ec)) refusal_ = std::make_unique<answer>(std::move(found));
        return failed(tag, ec);
    }
    answered_ = true;
    finish(std::move(found));
}

DRAGLINE_DECL void flight::ended(attempt& which, std::error_code ec) noexcept {
    which.ended = loop_.now();
    which.error = ec;
}

DRAGLINE_DECL void flight::failed(std::size_t tag, std::error_code ec) {
    auto& of = attempts_[tag];
    ended(of, ec);
    machine_.failed(of.server, ec);
    if (const auto owner = owner_.lock()) owner->failed(of.server, ec);
    // What an earlier attempt came to changes nothing while a later one is on its way.
    if (waiting_ && !turn_ && tag + 1 == attempts_.size()) ask_next();
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
    if (started_ && !holding_ && !outcome_) hold_all();
}

// Somebody waits for what began in the background.
DRAGLINE_DECL void flight::hold_all() {
    servers_ = known_servers_.lock();
    if (!servers_) return;
    holding_ = true;
    for (const auto& each : attempts_) (*servers_)[each.server]->hold();
    loop_.deadlines().arm(try_limit_, async::deadline_after(loop_.now(), plan_.try_timeout));
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
    leave_pacer();
    if (!servers_ || !std::exchange(holding_, false)) return;
    for (const auto& each : attempts_) (*servers_)[each.server]->release();
}

DRAGLINE_DECL void flight::leave_pacer() noexcept {
    if (!turn_) return;
    if (const auto owner = owner_.lock()) owner->pacer(server_).leave(*turn_, important_);
    turn_.reset();
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
