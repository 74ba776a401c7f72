// Included by <dragline/http/detail/upload.hpp> only.
#pragma once

#include <dragline/h1/head_writer.hpp>
#include <dragline/http/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_state.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <asio/this_coro.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL void upload::start(body_source& from) noexcept {
    source_ = &from;
    missing_ = from.size();
    interrupted_ = unwanted_ = false;
}

DRAGLINE_DECL void upload::stop() noexcept {
    source_ = nullptr;
    std::vector<char>().swap(buffer_);
}

DRAGLINE_DECL asio::awaitable<result<asio::const_buffer>> upload::next(stage_limit limit,
                                                                       upload_watch* watch) {
    watch_ = watch;
    if (!buffer_.empty()) {
        auto resting = rest(limit);
        const auto rested = co_await std::move(resting);
        if (!rested) co_return rested.error();
    }
    buffer_.resize(size_line + piece_size + h1::line_end.size());
    const auto room = asio::buffer(buffer_.data() + size_line, piece_size);
    auto pulling = pull(room, limit);
    const auto got = co_await std::move(pulling);
    if (!got) co_return got.error();
    if (!missing_) {
        if (*got > 0) co_return framed(*got);
        source_ = nullptr;
        co_return asio::buffer(h1::last_chunk.data(), h1::last_chunk.size());
    }
    if (*got > *missing_ || (*got == 0 && *missing_ > 0)) co_return errc::body_size_differs;
    *missing_ -= *got;
    if (*missing_ == 0) {
        if (*got > 0) {
            char surplus = 0;
            auto probing = pull(asio::buffer(&surplus, 1), limit);
            const auto more = co_await std::move(probing);
            if (!more) co_return more.error();
            if (*more > 0) co_return errc::body_size_differs;
        }
        source_ = nullptr;
    }
    co_return asio::const_buffer(room.data(), *got);
}

// While the peer takes all at once and the source has more, nothing else would make the loop turn.
DRAGLINE_DECL asio::awaitable<result<void>> upload::rest(stage_limit limit) {
    auto turn = asio::post(loop_.executor(), asio::use_awaitable);
    co_await std::move(turn);
    const auto caller = co_await asio::this_coro::cancellation_state;
    if (interrupted_ || caller.cancelled() != asio::cancellation_type::none)
        co_return asio::error::make_error_code(asio::error::operation_aborted);
    if (limit.until <= loop_.now()) co_return make_timeout(limit.where);
    co_return result<void>();
}

DRAGLINE_DECL asio::const_buffer upload::framed(std::size_t size) {
    std::string line;
    h1::append_chunk_size(line, size);
    const auto begin = size_line - line.size();
    std::copy(line.begin(), line.end(), buffer_.data() + begin);
    std::copy(h1::line_end.begin(), h1::line_end.end(), buffer_.data() + size_line + size);
    return asio::buffer(buffer_.data() + begin, line.size() + size + h1::line_end.size());
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> upload::pull(asio::mutable_buffer into,
                                                                stage_limit limit) {
    return source_->may_wait() ? pull_waiting(into, limit) : source_->read(into);
}

DRAGLINE_DECL asio::awaitable<upload::pulled> upload::pull_there(body_source* from,
                                                                 asio::mutable_buffer into) {
    pulled outcome;
    try {
        auto reading = from->read(into);
        outcome.size = co_await std::move(reading);
    } catch (...) {
        outcome.thrown = std::current_exception();
    }
    co_return outcome;
}

DRAGLINE_DECL asio::awaitable<void> upload::look_out(upload* self) {
    for (;;) {
        auto waiting = self->watch_->wait_input();
        const auto waited = co_await std::move(waiting);
        if (!waited) co_return;
        switch (self->watch_->look()) {
            case upload_watch::verdict::wanted: continue;
            case upload_watch::verdict::settled: co_return;
            case upload_watch::verdict::unwanted: break;
        }
        self->unwanted_ = true;
        self->ending_.emit(asio::cancellation_type::terminal);
        co_return;
    }
}

// Both have ended before the handler is called.
template <class Handler>
void upload::pull_and_look_out(Handler&& handler, asio::mutable_buffer into, pulled& outcome) {
    struct waiter {
        explicit waiter(Handler&& from) : handler(std::forward<Handler>(from)) {}
        std::decay_t<Handler> handler;
        int left = 1;
    };
    const auto shared = std::make_shared<waiter>(std::forward<Handler>(handler));
    const auto over = [shared] {
        if (--shared->left == 0) std::move(shared->handler)();
    };
    if (watch_) {
        ++shared->left;
        asio::co_spawn(
            loop_.executor(), look_out(this),
            asio::bind_cancellation_slot(watch_ends_.slot(), [over](std::exception_ptr) { over(); }));
    }
    auto ended = [this, over, &outcome](std::exception_ptr thrown, pulled got) {
        outcome = std::move(got);
        if (thrown) outcome.thrown = thrown;
        watch_ends_.emit(asio::cancellation_type::terminal);
        over();
    };
    asio::co_spawn(loop_.executor(), pull_there(source_, into),
                   asio::bind_cancellation_slot(ending_.slot(), std::move(ended)));
}

// The user's coroutine may be ended by time, by the end of the session and by the caller's cancellation; it
// is awaited in each case, since it refers to what is its maker's.
DRAGLINE_DECL asio::awaitable<result<std::size_t>> upload::pull_waiting(asio::mutable_buffer into,
                                                                        stage_limit limit) {
    auto caller = co_await asio::this_coro::cancellation_state;
    if (interrupted_) co_return asio::error::make_error_code(asio::error::operation_aborted);
    auto slot = caller.slot();
    if (slot.is_connected()) {  // of whatever type: a spawned coroutine listens to this one
        slot.assign([this](asio::cancellation_type) { ending_.emit(asio::cancellation_type::terminal); });
    }
    expired_ = false;
    loop_.deadlines().arm(limit_, limit.until);
    pulled outcome;
    asio::use_awaitable_t<> token;
    auto pulling = asio::async_initiate<asio::use_awaitable_t<>, void()>(
        [this, into, &outcome](auto&& handler) {
            pull_and_look_out(std::forward<decltype(handler)>(handler), into, outcome);
        },
        token);
    co_await std::move(pulling);
    limit_.disarm();
    if (slot.is_connected()) slot.clear();
    if (interrupted_ || unwanted_ || caller.cancelled() != asio::cancellation_type::none) {
        co_return asio::error::make_error_code(asio::error::operation_aborted);
    }
    if (expired_) co_return make_timeout(limit.where);
    if (outcome.thrown) std::rethrow_exception(outcome.thrown);
    co_return outcome.size;
}

DRAGLINE_DECL void upload::expired(void* self) noexcept {
    auto& late = *static_cast<upload*>(self);
    late.expired_ = true;
    late.ending_.emit(asio::cancellation_type::terminal);
}

DRAGLINE_DECL void upload::interrupt() noexcept {
    interrupted_ = true;
    ending_.emit(asio::cancellation_type::terminal);
}

}  // namespace dragline::http::detail

#endif
