// Included by <dragline/http/detail/fan_out_run.hpp> only.
#pragma once

#include <dragline/async/callback_failure.hpp>
#include <dragline/core/error.hpp>
#include <dragline/url/parse.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <asio/this_coro.hpp>

#include <algorithm>
#include <new>
#include <string>
#include <utility>

namespace dragline::inline v1::http::detail {

// Items that one worker takes before others have a turn of the loop: those that fail at once wait for
// nothing.
inline constexpr int items_in_a_row = 16;

DRAGLINE_DECL fan_out_run::fan_out_run(fetch_place place, std::shared_ptr<request_source> source,
                                       receiver<fetch_outcome> handler, fetch_many_options options)
    : loop_(*place.loop),
      place_(std::move(place)),
      source_(std::move(source)),
      handler_(std::move(handler)),
      options_(std::move(options)),
      machine_(options_),
      changed_(loop_),
      began_(loop_.now()) {}

DRAGLINE_DECL asio::awaitable<result<fetch_summary>> fan_out_run::run(std::shared_ptr<fan_out_run> self) {
    if (const auto ec = self->options_.problem()) co_return ec;
    self->cancellation_ = co_await asio::this_coro::cancellation_state;
    if (self->ending()) co_return asio::error::operation_aborted;
    auto until = async::deadline_after(self->began_, self->options_.timeout());
    self->pump();
    // After a cancellation there is still something to wait for: the workers.
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    while (!self->over()) {
        auto waiting = self->changed_.wait(until, phase::total);
        const auto ended = co_await std::move(waiting);
        if (ended) continue;
        until = async::no_deadline;
        self->stop(ended.error());
    }
    co_await asio::this_coro::throw_if_cancelled(throws);
    try {
        if (!self->thrown_ && self->options_.on_progress()) self->show_progress();
    } catch (...) {
        self->thrown_ = std::current_exception();
    }
    if (self->thrown_) throw async::callback_failure(self->thrown_);
    result<fetch_summary> outcome(self->error_);
    *outcome = self->summary();
    co_return outcome;
}

DRAGLINE_DECL bool fan_out_run::over() const noexcept {
    return running_ == 0 && (stopping_ || (exhausted_ && machine_.waiting() == 0 && early_.empty()));
}

// Reads ahead, then chooses.
DRAGLINE_DECL std::optional<fan_out_machine::ticket> fan_out_run::take() {
    if (ending()) return std::nullopt;
    while (!exhausted_ && machine_.wants_more()) {
        auto request = source_->next();
        if (!request) {
            exhausted_ = true;
        } else {
            const auto parsed = url::parse(request->url);
            machine_.add(parsed ? std::string(parsed->host()) : std::string(), *std::move(request));
        }
    }
    return machine_.next();
}

DRAGLINE_DECL void fan_out_run::pump() {
    if (std::exchange(pumping_, true)) return;
    try {
        while (auto next = take()) start_worker(*std::move(next));
    } catch (...) {
        break_off(std::current_exception());
    }
    pumping_ = false;
    if (over()) changed_.notify();
}

DRAGLINE_DECL void fan_out_run::start_worker(ticket first) {
    auto at = std::find_if(workers_.begin(), workers_.end(), [](auto& each) { return !each.running; });
    auto& one = at == workers_.end() ? workers_.emplace_back() : *at;
    one.running = true;
    ++running_;
    const auto self = shared_from_this();
    auto start = [self, first = std::move(first)]() mutable { return work(self, std::move(first)); };
    auto ended = [self, &one](std::exception_ptr thrown) { self->worker_ended(one, std::move(thrown)); };
    asio::co_spawn(loop_.executor(), std::move(start),
                   asio::bind_cancellation_slot(one.signal.slot(), std::move(ended)));
}

DRAGLINE_DECL void fan_out_run::worker_ended(worker& which, std::exception_ptr thrown) {
    which.running = false;
    --running_;
    if (thrown && !ending()) {
        try {
            std::rethrow_exception(thrown);
        } catch (const async::callback_failure& failure) {
            break_off(failure.original());
        } catch (...) {
            break_off(std::current_exception());
        }
    }
    pump();
}

DRAGLINE_DECL asio::awaitable<void> fan_out_run::work(std::shared_ptr<fan_out_run> self, ticket first) {
    std::optional<ticket> current(std::move(first));
    for (int in_a_row = 1; current; ++in_a_row) {
        auto fetching = fetch_one(*self, *current);
        auto done = co_await std::move(fetching);
        if (self->ending()) co_return;
        auto reporting = report(*self, *std::move(current), std::move(done));
        co_await std::move(reporting);
        current = self->take();
        // One that has ended may let several begin: of its host, and of the window.
        self->pump();
        if (in_a_row % items_in_a_row == 0) co_await asio::post(self->loop_.executor(), asio::use_awaitable);
    }
}

DRAGLINE_DECL asio::awaitable<fetch_outcome> fan_out_run::fetch_one(fan_out_run& self, ticket& which) {
    fetch_outcome done;
    done.index = which.index;
    done.url = which.request.url;
    auto& own = which.request.options;
    auto options = own ? *std::move(own) : self.options_.fetch();
    own.reset();
    try {
        auto fetching = fetch_body(self.place_, std::move(which.request.url), std::move(options));
        auto got = co_await std::move(fetching);
        done.ec = got.error();
        if (got) done.response = std::move(value_in(got));
    } catch (const async::callback_failure& failure) {
        done.ec = dragline::errc::callback_failed;
        done.exception = failure.original();
    } catch (const std::system_error& failure) {
        done.ec = failure.code();
    } catch (const std::bad_alloc&) {
        done.ec = std::make_error_code(std::errc::not_enough_memory);
    }
    co_return done;
}

DRAGLINE_DECL asio::awaitable<void> fan_out_run::report(fan_out_run& self, ticket which, fetch_outcome done) {
    if (!self.options_.ordered()) {
        auto handing = hand_over(self, std::move(done));
        co_await std::move(handing);
        self.machine_.ended(which);
        co_return;
    }
    self.machine_.ended(which);
    self.early_.emplace(which.index, std::move(done));
    if (std::exchange(self.reporting_, true)) co_return;
    while (!self.ending() && !self.early_.empty() && self.early_.begin()->first == self.next_) {
        auto first = self.early_.extract(self.early_.begin());
        ++self.next_;
        auto handing = hand_over(self, std::move(first.mapped()));
        co_await std::move(handing);
        self.pump();
    }
    self.reporting_ = false;
}

DRAGLINE_DECL asio::awaitable<void> fan_out_run::hand_over(fan_out_run& self, fetch_outcome done) {
    const auto ec = done.ec;
    ++self.counted_.reported;
    ++(ec ? self.counted_.failed : self.counted_.succeeded);
    auto giving = self.handler_.give(std::move(done));
    const bool more = co_await std::move(giving);
    self.machine_.reported();
    if (self.options_.on_progress() && self.counted_.reported % self.options_.progress_step() == 0)
        self.show_progress();
    if (ec && self.options_.fail_fast()) {
        self.stop(ec);
    } else if (!more) {
        self.counted_.stopped = true;
        self.stop({});
    }
}

DRAGLINE_DECL void fan_out_run::show_progress() {
    fetch_progress now;
    now.reported = counted_.reported;
    now.failed = counted_.failed;
    now.running = machine_.started() - counted_.reported;
    now.waiting = machine_.waiting();
    options_.on_progress()(now);
}

DRAGLINE_DECL void fan_out_run::stop(std::error_code ec) {
    if (std::exchange(stopping_, true)) return;
    error_ = ec;
    for (std::size_t at = 0; at < workers_.size(); ++at) {
        if (workers_[at].running) workers_[at].signal.emit(asio::cancellation_type::terminal);
    }
    if (over()) changed_.notify();
}

DRAGLINE_DECL void fan_out_run::break_off(std::exception_ptr thrown) {
    if (!thrown_) thrown_ = std::move(thrown);
    stop(asio::error::operation_aborted);
}

DRAGLINE_DECL fetch_summary fan_out_run::summary() {
    auto all = counted_;
    all.unreported = machine_.started() + machine_.waiting() - counted_.reported;
    all.elapsed = loop_.now() - began_;
    return all;
}

}  // namespace dragline::http::detail

#endif
