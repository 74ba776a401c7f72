// Included by <dragline/net/detail/stream_writer.hpp> only.
#pragma once

#include <dragline/net/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/co_spawn.hpp>
#include <asio/error.hpp>

#include <exception>
#include <utility>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL stream_limit stream_writer::write_limit(const write_options& given) const noexcept {
    stream_limit limit;
    limit.timeout = given.timeout().value_or(core_.options().write_timeout());
    limit.where = phase::write;
    return limit;
}

// Why nothing can be written any more.
DRAGLINE_DECL std::error_code stream_writer::refusal() noexcept {
    if (failure_) return told_ = true, failure_;
    if (shut_ || core_.closing) return asio::error::shut_down;
    return {};
}

DRAGLINE_DECL std::error_code stream_writer::failed(std::error_code ec, bool told) noexcept {
    failure_ = ec;
    told_ = told;
    if (ec.category() != timeout_category() && ec != errc::incomplete_write) core_.lost = true;
    if (ec == asio::error::connection_reset) core_.reset = true;
    queue_.clear();
    return ec;
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> stream_writer::write(pointer self, std::string text,
                                                                        gather pieces, stream_limit limit) {
    const exclusive_turn writing(self->writing_);
    if (!writing) co_return errc::busy;
    if (!async::valid_timeout(limit.timeout)) co_return dragline::errc::invalid_option;
    if (const auto ec = self->refusal()) co_return ec;
    if (!text.empty()) pieces = {asio::buffer(text), asio::const_buffer()};
    const auto size = asio::buffer_size(pieces);
    if (!self->sending_) {  // mostly everything goes at once
        const auto done = self->core_.layer->try_write(pieces);
        if (!done) co_return self->failed(done.error(), true);
        if (*done && self->core_.turn.step()) {
            auto passing = self->core_.turn.pass(self->core_.loop.executor());
            static_cast<void>(co_await std::move(passing));  // cancelled or not, it has gone
        }
        if (*done) co_return size;
    }
    auto going = self->write_on(self, pieces, size, self->core_.begin(limit));
    const auto gone = co_await std::move(going);
    if (!gone) co_return gone.error();
    co_return size;
}

DRAGLINE_DECL asio::awaitable<result<void>> stream_writer::write_on(const pointer& self, gather pieces,
                                                                    std::size_t size, bound limit) {
    give_way_ = true;
    ahead_ = queue_.size();
    auto flushing = flush(limit);
    auto waited = co_await std::move(flushing);
    give_way_ = false;
    if (!waited) co_return waited;
    hold();
    for (;;) {
        const auto done = core_.layer->try_write(pieces);
        if (!done) co_return failed(done.error(), true);
        if (*done) break;
        auto waiting = core_.layer->wait_output(limit.until, limit.where);
        waited = co_await std::move(waiting);
        if (!waited) break;
    }
    // None of it has gone: nothing is lost. All of it is with the layer: that goes on. Else it is torn.
    const auto left = asio::buffer_size(pieces);
    if (left > 0 && left < size) failed(errc::incomplete_write, true);
    release(self);
    co_return waited;
}

DRAGLINE_DECL void stream_writer::release(const pointer& self) {
    held_ = false;
    if (!failure_ && core_.layer->is_open() && queued() > 0) start_sending(self);
}

DRAGLINE_DECL result<void> stream_writer::queue(const pointer& self, std::string_view text) {
    auto& core = self->core_;
    if (const auto ec = self->refusal()) return ec;
    const auto queued = self->queued();
    if (text.size() > core.options().most_queued() || queued > core.options().most_queued() - text.size()) {
        return errc::queue_limit_exceeded;
    }
    const bool waits = self->sending_ || self->held_ || self->give_way_;
    bool done = false;
    if (!waits) {
        gather pieces{asio::buffer(text), asio::const_buffer()};
        const auto sent = core.layer->try_write(pieces);
        if (!sent) return self->failed(sent.error(), true);
        text.remove_prefix(text.size() - pieces[0].size());
        done = *sent;
    }
    if (!text.empty()) self->queue_.append(text);
    if (!done && !waits) self->start_sending(self);
    return {};
}

DRAGLINE_DECL asio::awaitable<result<void>> stream_writer::wait_for_progress(bound limit) {
    if (!progress_) progress_ = std::make_unique<async::event>(core_.loop);
    return progress_->wait(limit.until, limit.where);
}

DRAGLINE_DECL void stream_writer::start_sending(const pointer& self) {
    if (std::exchange(sending_, true)) return;
    asio::co_spawn(core_.loop.executor(), send_queue(self), [self](std::exception_ptr thrown) {
        if (!thrown) return;
        self->failed(std::make_error_code(std::errc::not_enough_memory), false);
        self->tell_progress();
    });
}

DRAGLINE_DECL asio::awaitable<void> stream_writer::send_queue(pointer self) {
    struct sending {
        bool& under_way;
        ~sending() { under_way = false; }
    } const until_return{self->sending_};
    auto& core = self->core_;
    for (result<void> waited;;) {
        const auto size = self->give_way_ ? self->ahead_ : self->queue_.size();
        gather pieces{asio::buffer(self->queue_.view().substr(0, size)), asio::const_buffer()};
        const auto done = waited ? core.layer->try_write(pieces) : result<bool>(waited.error());
        self->tell_progress();
        if (!done) co_return static_cast<void>(self->failed(done.error(), false));
        const auto sent = size - pieces[0].size();
        self->queue_.consume(sent);
        if (self->give_way_) self->ahead_ -= sent;
        if (*done && (self->give_way_ || self->queue_.empty())) co_return;
        if (*done) continue;
        const auto limit = core.begin(self->write_limit(write_options()));
        auto waiting = core.layer->wait_output(limit.until, limit.where);
        waited = co_await std::move(waiting);
    }
}

DRAGLINE_DECL asio::awaitable<result<void>> stream_writer::drain(pointer self, stream_limit limit) {
    const exclusive_turn writing(self->writing_);
    if (!writing) co_return errc::busy;
    if (!async::valid_timeout(limit.timeout)) co_return dragline::errc::invalid_option;
    if (self->failure_) co_return self->refusal();
    const auto& options = self->core_.options();
    if (self->queued() <= options.high_water()) co_return result<void>();
    const auto bounds = self->core_.begin(limit);
    while (self->sending_ && self->queued() > options.low_water()) {
        auto waiting = self->wait_for_progress(bounds);
        auto waited = co_await std::move(waiting);
        if (!waited) co_return waited;
    }
    if (self->failure_) co_return self->refusal();
    co_return result<void>();
}

DRAGLINE_DECL asio::awaitable<result<void>> stream_writer::flush(bound limit) {
    while (sending_) {
        auto waiting = wait_for_progress(limit);
        auto waited = co_await std::move(waiting);
        if (!waited) co_return waited;
    }
    if (failure_ && !std::exchange(told_, true)) co_return failure_;
    co_return result<void>();
}

DRAGLINE_DECL asio::awaitable<result<void>> stream_writer::shutdown(pointer self, stream_limit limit) {
    const exclusive_turn writing(self->writing_);
    if (!writing) co_return errc::busy;
    if (!async::valid_timeout(limit.timeout)) co_return dragline::errc::invalid_option;
    if (const auto ec = self->refusal()) co_return ec;
    self->shut_ = true;
    const auto bounds = self->core_.begin(limit);
    auto flushing = self->flush(bounds);
    auto flushed = co_await std::move(flushing);
    if (!flushed) co_return flushed;
    auto ending = self->core_.layer->shutdown(bounds.until);
    auto ended = co_await std::move(ending);
    self->ended_ = bool(ended);
    if (!ended && ended.error() == make_timeout(phase::write)) co_return make_timeout(bounds.where);
    co_return ended;
}

DRAGLINE_DECL asio::awaitable<result<void>> stream_writer::close(pointer self, stream_limit limit) {
    const exclusive_turn writing(self->writing_);
    if (!writing) co_return errc::busy;
    if (!async::valid_timeout(limit.timeout)) co_return dragline::errc::invalid_option;
    struct closer {
        stream_layer& layer;
        ~closer() { layer.close(); }
    } const closing{*self->core_.layer};
    self->core_.closing = true;
    if (!self->core_.layer->is_open()) co_return result<void>();
    const auto bounds = self->core_.begin(limit);
    auto flushing = self->flush(bounds);
    auto flushed = co_await std::move(flushing);
    if (!flushed || self->failure_ || self->ended_) co_return flushed;
    auto ending = self->core_.layer->shutdown(bounds.until);
    auto ended = co_await std::move(ending);
    if (ended.error() == make_timeout(phase::write)) co_return make_timeout(bounds.where);
    // All that was written has gone: a peer that was faster misses nothing but the end.
    for (const auto gone :
         {asio::error::not_connected, asio::error::broken_pipe, asio::error::connection_reset}) {
        if (ended.error() == gone) co_return result<void>();
    }
    co_return ended;
}

}  // namespace dragline::net::detail

#endif
