// Included by <dragline/http/detail/fetch_feed.hpp> only.
#pragma once

#include <dragline/async/callback_failure.hpp>
#include <dragline/http/detail/fan_out_run.hpp>
#include <dragline/http/detail/receiver.hpp>
#include <dragline/http/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>

#include <utility>

namespace dragline::inline v1::http::detail {

struct fetch_feed::offer {
    offer(fetch_feed& to, fetch_outcome what) : owner(to), outcome(std::move(what)), taken(*to.place_.loop) {
        place = owner.offers_.insert(owner.offers_.end(), this);
    }
    ~offer() {
        if (!gone) owner.offers_.erase(place);
    }
    offer(const offer&) = delete;

    fetch_feed& owner;
    fetch_outcome outcome;
    async::event taken;
    std::list<offer*>::iterator place;
    bool gone = false;
};

class fetch_feed::waiting {
public:
    explicit waiting(fetch_feed& owner) noexcept : owner_(owner) { owner_.waiting_ = true; }
    ~waiting() { owner_.waiting_ = false; }
    waiting(const waiting&) = delete;

private:
    fetch_feed& owner_;
};

DRAGLINE_DECL fetch_feed::fetch_feed(fetch_place place, std::shared_ptr<request_source> source,
                                     fetch_many_options options)
    : place_(std::move(place)),
      source_(std::move(source)),
      options_(std::move(options)),
      gate_(place_.loop->gate()),
      arrived_(*place_.loop) {}

DRAGLINE_DECL void fetch_feed::close() noexcept {
    if (std::exchange(closed_, true)) return;
    signal_.emit(asio::cancellation_type::terminal);
    arrived_.notify();
}

DRAGLINE_DECL void fetch_feed::abandon(pointer self) noexcept {
    if (!self) return;
    const auto gate = self->gate_;
    try {
        gate->post([self = std::move(self)] { self->close(); });  // the last of it goes on the loop
    } catch (...) {
        // No memory to say so: what is under way goes on until its session or its loop ends.
    }
}

DRAGLINE_DECL void fetch_feed::start() {
    started_ = true;
    auto run = [self = shared_from_this()] { return drive(self); };
    auto ended = [self = shared_from_this()](std::exception_ptr) {};
    asio::co_spawn(place_.loop->executor(), std::move(run),
                   asio::bind_cancellation_slot(signal_.slot(), std::move(ended)));
}

DRAGLINE_DECL asio::awaitable<void> fetch_feed::drive(pointer self) {
    auto take = [self](fetch_outcome done) { return hand_over(self, std::move(done)); };
    auto run = std::make_shared<fan_out_run>(self->place_, self->source_,
                                             receiver<fetch_outcome>::of(std::move(take)), self->options_);
    try {
        auto running = fan_out_run::run(std::move(run));
        auto ended = co_await std::move(running);
        self->end_ = ended.error();
        auto& told = self->summary_ = *std::move(ended);
        told.reported -= self->untaken_;
        told.unreported += self->untaken_;
        told.failed -= self->untaken_failures_;
        told.succeeded -= self->untaken_ - self->untaken_failures_;
    } catch (const async::callback_failure& failure) {
        self->thrown_ = failure.original();
    } catch (...) {
        self->thrown_ = std::current_exception();
    }
    self->ended_ = true;
    self->arrived_.notify();
}

DRAGLINE_DECL asio::awaitable<void> fetch_feed::hand_over(pointer self, fetch_outcome done) {
    offer mine(*self, std::move(done));
    self->arrived_.notify();
    auto waiting = mine.taken.wait();
    const auto taken = co_await std::move(waiting);
    if (taken) co_return;
    ++self->untaken_;
    if (mine.outcome.ec) ++self->untaken_failures_;
}

DRAGLINE_DECL asio::awaitable<result<fetch_outcome>> fetch_feed::next(pointer self) {
    if (!self) co_return asio::error::make_error_code(asio::error::not_connected);
    if (self->waiting_) co_return errc::read_under_way;
    const waiting under_way(*self);
    if (!self->started_ && !self->closed_) self->start();
    for (;;) {
        if (self->closed_) co_return asio::error::make_error_code(asio::error::operation_aborted);
        if (!self->offers_.empty()) {
            auto& first = *self->offers_.front();
            self->offers_.pop_front();
            first.gone = true;
            fetch_outcome taken = std::move(first.outcome);
            first.taken.notify();
            co_return taken;
        }
        if (self->thrown_) throw async::callback_failure(self->thrown_);
        if (self->ended_) co_return self->end_ ? self->end_ : asio::error::make_error_code(asio::error::eof);
        auto arriving = self->arrived_.wait();
        const auto arrived = co_await std::move(arriving);
        if (!arrived) co_return arrived.error();
    }
}

}  // namespace dragline::http::detail

#endif
