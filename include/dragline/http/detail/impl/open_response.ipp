// Included by <dragline/http/detail/open_response.hpp> only.
#pragma once

#include <dragline/async/callback_failure.hpp>
#include <dragline/async/operation.hpp>
#include <dragline/core/error.hpp>
#include <dragline/http/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_state.hpp>
#include <asio/error.hpp>
#include <asio/this_coro.hpp>

#include <exception>
#include <utility>
#include <vector>

namespace dragline::inline v1::http::detail {

// While it lives, the connection stays, though it may be closed. Also destroyed when a coroutine dies with
// its loop.
class open_response::reading {
public:
    explicit reading(open_response& owner) noexcept : owner_(owner) { owner_.reading_ = true; }
    ~reading() {
        owner_.reading_ = false;
        if (owner_.end_) owner_.release();
    }
    reading(const reading&) = delete;

private:
    open_response& owner_;
};

DRAGLINE_DECL open_response::open_response(const std::shared_ptr<session_state>& session,
                                           fetch_options options)
    : executor_(session->loop().executor()), gate_(session->loop().gate()), options_(std::move(options)) {
    operation_.emplace(session, *options_);
}

DRAGLINE_DECL asio::awaitable<result<void>> open_response::open(pointer self, std::string url,
                                                                response_record& record) {
    auto& operation = *self->operation_;
    try {
        auto opening = operation.open(std::move(url));
        auto opened = co_await std::move(opening);
        if (opened && operation.ending().interrupted()) {
            opened = asio::error::make_error_code(asio::error::operation_aborted);
            operation.close_body(opened.error());
        }
        if (!opened) co_return operation.give_up(opened.error());
        operation.leave_open();
    } catch (...) {
        operation.give_up_throwing();
        throw;
    }
    operation.take_record(record);
    operation.body().unbind();
    self->self_ = self;
    self->scope_.emplace(
        operation.ending(), [](void* owner) noexcept { static_cast<open_response*>(owner)->close(); },
        self.get());
    if (operation.body().complete() && !operation.connection().sending()) self->end(asio::error::eof);
    co_return result<void>();
}

DRAGLINE_DECL void open_response::end(std::error_code ec) noexcept {
    if (end_ || !self_) return;
    end_ = ec;
    if (in_sink_) sink_ends_.emit(asio::cancellation_type::terminal);
    if (reading_) {
        operation_->connection().close();  // the read ends, then it releases
    } else {
        release();
    }
}

DRAGLINE_DECL void open_response::release() noexcept {
    const auto last = std::move(self_);  // may be all that keeps this object
    if (!last) return;
    const auto ec = end_ == asio::error::eof ? std::error_code() : end_;
    operation_->close_body(ec);
    operation_->finish(ec);
    scope_.reset();
    operation_.reset();
    options_.reset();
    released_ = true;
}

DRAGLINE_DECL void open_response::abandon(pointer self) noexcept {
    if (!self || self->released_) return;
    auto& gate = *self->gate_;
    try {
        gate.post([self] { self->close(); });
    } catch (...) {
        // No memory to say so: the connection stays until its session or its loop ends.
    }
}

// A cancelled read may be repeated; every other end is for good.
DRAGLINE_DECL std::error_code open_response::after_read(std::error_code ec, bool at_end) noexcept {
    if (end_) return end_;
    if (!ec && !at_end) {
        // Free for the next fetch already, though its reader has yet to hear of the end.
        if (operation_->body().complete() && !operation_->connection().sending()) end_ = asio::error::eof;
        return {};
    }
    truncated_ = operation_->body().truncated();
    if (ec != asio::error::operation_aborted) end_ = ec ? ec : asio::error::make_error_code(asio::error::eof);
    return ec ? ec : end_;
}

// The source of a request that is still sent threw: it is not to be asked for the rest as if nothing were
// missing.
DRAGLINE_DECL void open_response::fail() noexcept {
    if (end_) return;
    end_ = dragline::errc::callback_failed;
    operation_->give_up_throwing();
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> open_response::read_some(pointer self,
                                                                            asio::mutable_buffer into) {
    if (!self) co_return asio::error::make_error_code(asio::error::not_connected);
    if (self->end_) co_return self->end_;
    if (self->reading_) co_return errc::read_under_way;
    if (into.size() == 0) co_return std::size_t{0};
    const reading under_way(*self);
    auto& operation = *self->operation_;
    result<std::size_t> got;
    try {
        auto running = operation.body().read_some(operation.connection(), into);
        got = co_await std::move(running);
        if (got && *got == 0 && operation.connection().sending()) {
            auto finishing = operation.finish_request();
            const auto finished = co_await std::move(finishing);
            if (!finished) got = finished.error();
        }
    } catch (const async::callback_failure&) {
        self->fail();
        throw;
    }
    if (auto ec = self->after_read(got.error(), *got == 0)) co_return ec;
    co_return got;
}

DRAGLINE_DECL asio::awaitable<result<std::string>> open_response::read_all(pointer self,
                                                                           std::uint64_t limit) {
    if (!self) co_return asio::error::make_error_code(asio::error::not_connected);
    if (self->end_ == asio::error::eof) co_return std::string();
    if (self->end_) co_return self->end_;
    if (self->reading_) co_return errc::read_under_way;
    const reading under_way(*self);
    auto& operation = *self->operation_;
    operation.body().lower_limit(limit);
    std::string text;
    result<void> read;
    try {
        auto running = operation.body().read_all(operation.connection(), text);
        read = co_await std::move(running);
        if (read && operation.connection().sending()) {
            auto finishing = operation.finish_request();
            read = co_await std::move(finishing);
        }
    } catch (const async::callback_failure&) {
        self->fail();
        throw;
    }
    if (!read && !self->end_) self->end_ = read.error();  // what it has read is lost, also when cancelled
    if (auto ec = self->after_read(read.error(), true); ec != asio::error::eof) co_return ec;
    co_return std::move(text);
}

DRAGLINE_DECL asio::awaitable<result<std::uint64_t>> open_response::read_to(pointer self, body_sink sink) {
    std::vector<char> piece(16 * 1024);
    for (std::uint64_t total = 0;;) {
        auto running = read_some(self, asio::buffer(piece));
        auto got = co_await std::move(running);
        if (got.error() == asio::error::eof) co_return total;
        if (!got) co_return got.error();
        total += *got;
        const std::string_view given(piece.data(), *got);
        auto giving = sink.may_wait() ? give_waiting(self, sink, given) : sink.give(given);
        const bool more = co_await std::move(giving);
        if (self->end_ && self->end_ != asio::error::eof) co_return self->end_;
        if (!more) co_return total;
    }
}

DRAGLINE_DECL asio::awaitable<open_response::taken> open_response::give_there(body_sink* sink,
                                                                              std::string_view piece) {
    taken outcome;
    try {
        auto giving = sink->give(piece);
        outcome.more = co_await std::move(giving);
    } catch (...) {
        outcome.thrown = std::current_exception();
    }
    co_return outcome;
}

// The user's coroutine ends with the response and with the caller, and is awaited either way.
DRAGLINE_DECL asio::awaitable<bool> open_response::give_waiting(pointer self, body_sink& sink,
                                                                std::string_view piece) {
    auto caller = co_await asio::this_coro::cancellation_state;
    auto slot = caller.slot();
    if (slot.is_connected())
        slot.assign([ends = &self->sink_ends_](asio::cancellation_type type) { ends->emit(type); });
    self->in_sink_ = true;
    auto token = asio::bind_cancellation_slot(self->sink_ends_.slot(), asio::use_awaitable);
    auto giving =
        async::initiate<taken>(self->executor_, &open_response::give_there, std::move(token), &sink, piece);
    const auto outcome = co_await std::move(giving);
    self->in_sink_ = false;
    if (slot.is_connected()) slot.clear();
    const bool ended = self->end_ && self->end_ != asio::error::eof;
    if (outcome.thrown && !ended) std::rethrow_exception(outcome.thrown);
    co_return outcome.more;
}

}  // namespace dragline::http::detail

#endif
