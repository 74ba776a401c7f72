// Included by <dragline/testing/detail/http_channel.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>
#include <asio/socket_base.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <span>

namespace dragline::inline v1::testing::detail {

inline constexpr std::size_t most_unused_input = 1024 * 1024;

DRAGLINE_DECL void http_channel::expire_at(time_point deadline) {
    timer_.expires_at(deadline);
    timer_.async_wait([weak = weak_from_this(), wait = wait_](std::error_code ec) {
        const auto self = weak.lock();
        if (!self || ec || self->wait_ != wait) return;
        std::error_code ignored;
        self->socket_.cancel(ignored);
    });
}

DRAGLINE_DECL asio::awaitable<http_channel::event> http_channel::read(asio::mutable_buffer into,
                                                                      std::size_t& size,
                                                                      std::optional<time_point> deadline) {
    ++wait_;
    if (deadline) expire_at(*deadline);
    const auto [ec, received] =
        co_await socket_.async_read_some(into, dragline::as_tuple(asio::use_awaitable));
    ++wait_;
    if (deadline) timer_.cancel();
    if (ec == asio::error::operation_aborted) co_return event::timed_out;
    size = received;
    co_return ec ? event::closed : event::input;
}

DRAGLINE_DECL asio::awaitable<http_channel::event> http_channel::receive(std::optional<duration> limit) {
    std::optional<time_point> deadline;
    if (limit) deadline = std::chrono::steady_clock::now() + *limit;
    co_return co_await receive_until(deadline);
}

DRAGLINE_DECL asio::awaitable<http_channel::event> http_channel::receive_until(
    std::optional<time_point> deadline) {
    if (gone_) co_return event::closed;
    auto found = event::closed;
    if (engine_) {
        found = co_await receive_secure(deadline);
    } else {
        std::size_t size = 0;
        found = co_await read(asio::buffer(buffer_), size, deadline);
        input_.append(buffer_.data(), size);
    }
    if (found == event::closed) gone_ = true;
    co_return found;
}

DRAGLINE_DECL asio::awaitable<http_channel::event> http_channel::receive_secure(
    std::optional<time_point> deadline) {
    for (;;) {
        const auto step = engine_->read(std::span<char>(buffer_));
        co_await flush_engine();
        if (!step || step->closed) co_return event::closed;
        if (step->size > 0) {
            input_.append(buffer_.data(), step->size);
            co_return event::input;
        }
        const auto space = engine_->input_space();
        std::size_t size = 0;
        const auto found = co_await read(asio::buffer(space.data(), space.size()), size, deadline);
        if (found != event::input) co_return found;
        engine_->input_received(size);
    }
}

DRAGLINE_DECL asio::awaitable<bool> http_channel::handshake() {
    while (engine_ && !engine_->handshake_done()) {
        const auto step = engine_->handshake();
        co_await flush_engine();
        if (!step || gone_) co_return false;
        if (*step == tls::progress::done) break;
        const auto space = engine_->input_space();
        std::size_t size = 0;
        const auto found = co_await read(asio::buffer(space.data(), space.size()), size, std::nullopt);
        if (found != event::input) co_return false;
        engine_->input_received(size);
    }
    co_return true;
}

DRAGLINE_DECL asio::awaitable<void> http_channel::write(std::string_view bytes) {
    if (gone_ || bytes.empty()) co_return;
    const asio::const_buffer buffer(bytes.data(), bytes.size());
    const auto [ec, size] =
        co_await asio::async_write(socket_, buffer, dragline::as_tuple(asio::use_awaitable));
    static_cast<void>(size);
    if (ec) gone_ = true;
}

DRAGLINE_DECL asio::awaitable<void> http_channel::flush_engine() {
    while (!gone_ && engine_->output_size() > 0) {
        const auto bytes = engine_->output();
        co_await write(bytes);
        engine_->output_sent(bytes.size());
    }
}

DRAGLINE_DECL asio::awaitable<void> http_channel::send(std::string_view bytes) {
    if (!engine_) {
        co_await write(bytes);
        co_return;
    }
    while (!gone_ && !bytes.empty()) {
        const auto taken = engine_->write(bytes);
        if (!taken) gone_ = true;
        bytes.remove_prefix(*taken);
        co_await flush_engine();
    }
}

// Keeps reading meanwhile, so that a peer that goes away is noticed.
DRAGLINE_DECL asio::awaitable<void> http_channel::pause(duration time) {
    if (time <= duration(0)) co_return;
    const auto deadline = std::chrono::steady_clock::now() + time;
    auto last = event::input;
    while (last == event::input && input_.size() < most_unused_input) last = co_await receive_until(deadline);
    if (last != event::input) co_return;
    ++wait_;
    timer_.expires_at(deadline);
    co_await timer_.async_wait(dragline::as_tuple(asio::use_awaitable));
}

// As it comes from the socket: TLS may have failed, or never begun.
DRAGLINE_DECL asio::awaitable<void> http_channel::discard_input(std::optional<time_point> deadline) {
    auto last = event::input;
    std::size_t size = 0;
    while (!gone_ && last == event::input) last = co_await read(asio::buffer(buffer_), size, deadline);
}

DRAGLINE_DECL asio::awaitable<void> http_channel::close_in_order(bool unread) {
    constexpr auto longest_linger = std::chrono::seconds(2);
    if (unread && !gone_) {
        std::error_code ignored;
        socket_.shutdown(asio::socket_base::shutdown_send, ignored);
        co_await discard_input(std::chrono::steady_clock::now() + longest_linger);
    }
    close();
}

DRAGLINE_DECL asio::awaitable<void> http_channel::finish(ending how, bool unread) {
    switch (how) {
        case ending::keep: break;
        case ending::close:
            if (engine_ && !gone_) {
                engine_->close();
                co_await flush_engine();
            }
            co_await close_in_order(unread);
            break;
        case ending::truncate: co_await close_in_order(unread); break;
        case ending::reset: reset(); break;
        case ending::stall:
            co_await discard_input(std::nullopt);
            close();
            break;
    }
}

DRAGLINE_DECL void http_channel::reset() noexcept {
    std::error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    close();
}

DRAGLINE_DECL void http_channel::close() noexcept {
    gone_ = true;
    std::error_code ignored;
    socket_.close(ignored);
}

}  // namespace dragline::testing::detail

#endif
