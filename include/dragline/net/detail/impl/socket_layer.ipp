// Included by <dragline/net/detail/socket_layer.hpp> only.
#pragma once

#include <dragline/net/detail/later_reads.hpp>
#include <dragline/net/detail/layer_read.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/async_result.hpp>
#include <asio/cancellation_state.hpp>
#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/redirect_error.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>
#include <system_error>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::net::detail {

// Asio itself tells the end of a socket only where it was opened as a bare stream.
inline std::error_code end_of(std::error_code ec, std::size_t size, asio::mutable_buffer into) noexcept {
    if (!ec && size == 0 && into.size() > 0) [[unlikely]]
        return asio::error::eof;
    return ec;
}

DRAGLINE_DECL socket_layer::socket_layer(stream_socket socket)
    : loop_(async::loop_state::of(socket.get_executor())), socket_(std::move(socket)) {
    std::error_code ignored;  // a socket that refuses only makes write() wait in the kernel
    if (!socket_.non_blocking()) socket_.non_blocking(true, ignored);
}

// Asio cannot cancel one direction of a socket; the other one sees that it was not meant, and goes on.
DRAGLINE_DECL void socket_layer::read_expired(void* self) noexcept {
    auto& layer = *static_cast<socket_layer*>(self);
    layer.read_expired_ = true;
    layer.cancel_read();
}

DRAGLINE_DECL void socket_layer::write_expired(void* self) noexcept {
    auto& layer = *static_cast<socket_layer*>(self);
    layer.writing_->expired = true;
    layer.cancel_read();
}

// Whether a wait to read ended only because the other direction's deadline passed.
DRAGLINE_DECL bool socket_layer::goes_on(std::error_code ec, bool cancelled) const noexcept {
    return ec == asio::error::operation_aborted && socket_.is_open() && !read_expired_ && !cancelled;
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> socket_layer::read_some(asio::mutable_buffer into,
                                                                           async::time_point until,
                                                                           phase where) {
    asio::use_awaitable_t<> token;
    return asio::async_initiate<asio::use_awaitable_t<>, void(result<std::size_t>)>(
        [this](auto&& handler, asio::mutable_buffer space, async::time_point when, phase in) {
            using handler_type = std::decay_t<decltype(handler)>;
            auto operation =
                std::make_unique<layer_read<handler_type>>(std::forward<decltype(handler)>(handler));
            operation->rest = space;
            operation->until = when;
            operation->where = in;
            operation->listen(*this);
            start_read(std::move(operation));
        },
        token, into, until, where);
}

DRAGLINE_DECL void socket_layer::start_read(std::unique_ptr<pending_read> operation) {
    read_expired_ = false;
    loop_.deadlines().arm(read_limit_, operation->until);
    // What answers the bytes that have just gone is not there yet, but may be after the others' turn: then
    // there is no need to ask twice. Deadlines tell that others wait; who has none is not worth counting.
    const bool others_wait = loop_.deadlines().armed() > (read_limit_.armed() ? 1 : 0);
    if (std::exchange(wrote_, false) && others_wait)
        return loop_.get<later_reads>().add(*this, std::move(operation));
    receive(std::move(operation));
}

DRAGLINE_DECL void socket_layer::begin_read(std::unique_ptr<pending_read> operation) {
    const bool over = !socket_.is_open() || read_expired_ || operation->cancelled;
    over ? end_read(std::move(operation), asio::error::operation_aborted, 0) : receive(std::move(operation));
}

DRAGLINE_DECL void socket_layer::receive(std::unique_ptr<pending_read> operation) {
    const auto space = operation->rest;
    socket_.async_read_some(space, receive_handler{*this, std::move(operation)});
}

DRAGLINE_DECL void socket_layer::end_read(std::unique_ptr<pending_read> operation, std::error_code ec,
                                          std::size_t size) {
    if (goes_on(ec, operation->cancelled)) return receive(std::move(operation));
    read_limit_.disarm();
    ec = end_of(ec, size, operation->rest);
    drained_ = !ec && size < operation->rest.size();
    auto& ended = *operation;
    if (!ec) return ended.received(std::move(operation), size);
    if (ec == asio::error::operation_aborted && read_expired_) ec = make_timeout(operation->where);
    ended.received(std::move(operation), ec);
}

DRAGLINE_DECL void socket_layer::cancel_read() noexcept {
    std::error_code ignored;
    socket_.cancel(ignored);
}

DRAGLINE_DECL asio::awaitable<result<void>> socket_layer::write(gather pieces, async::time_point until,
                                                                phase where, input_watch* watch) {
    for (;;) {
        // While the peer takes all at once, nothing else would make the loop turn.
        if (unbroken_ >= most_unbroken) {
            unbroken_ = 0;
            auto turn = others_first(loop_.executor());
            const auto passed = co_await std::move(turn);
            if (!passed) co_return end_wait(), passed;
            if (!socket_.is_open()) co_return asio::error::make_error_code(asio::error::operation_aborted);
            if (until <= loop_.now()) co_return end_wait(), make_timeout(where);
        }
        // Mostly the kernel takes everything at once: then no operation is needed at all.
        std::error_code ec;
        const auto written = write_now(pieces, ec);
        if (ec == asio::error::would_block || ec == asio::error::try_again) {
            if (watch) {
                auto waiting = wait_for_either(until, where);
                const auto input = co_await std::move(waiting);
                if (!input) co_return input.error();
                if (*input) co_return watch->input = true, result<void>();
            } else {
                auto waiting = wait_for_output(until, where);
                const auto waited = co_await std::move(waiting);
                if (!waited) co_return end_wait(), waited;
            }
            continue;
        }
        if (ec) co_return end_wait(), ec;
        if (watch) watch->written += written;
        unbroken_ += static_cast<std::uint32_t>(written);
        if (asio::buffer_size(pieces) > 0) continue;
        end_wait();
        stop_looking_out();
        co_return result<void>();
    }
}

DRAGLINE_DECL std::size_t socket_layer::write_now(gather& pieces, std::error_code& ec) {
    // The kernel goes on for as long as the peer reads meanwhile, so it is never given more at once.
    const auto first = asio::buffer(pieces[0], most_unbroken);
    const auto second = asio::buffer(pieces[1], most_unbroken - first.size());
    if (no_delay_due_ && (std::exchange(wrote_first_, true) || first.size() + second.size() > least_segment))
        tell_no_delay();
    // One piece costs less than a list of one.
    std::size_t written = 0;
    if (second.size() == 0) [[likely]] {
        written = socket_.write_some(first, ec);
    } else {
        written = socket_.write_some(gather{first, second}, ec);
    }
    advance(pieces, written);
    wrote_ = true;
    return written;
}

DRAGLINE_DECL void socket_layer::tell_no_delay() noexcept {
    no_delay_due_ = false;
    std::error_code ignored;  // one that refuses is only slower
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

DRAGLINE_DECL result<bool> socket_layer::try_write(gather& pieces) {
    // After so much it is said to have to wait, so that the loop has a turn.
    for (std::size_t written = 0; asio::buffer_size(pieces) > 0;) {
        if (written >= most_unbroken) return false;
        std::error_code ec;
        written += write_now(pieces, ec);
        if (ec == asio::error::would_block || ec == asio::error::try_again) return false;
        if (ec) return ec;
    }
    return true;
}

DRAGLINE_DECL asio::awaitable<result<void>> socket_layer::wait_input(async::time_point until, phase where) {
    read_expired_ = false;
    loop_.deadlines().arm(read_limit_, until);
    for (;;) {
        std::error_code ec;
        auto token = asio::redirect_error(asio::use_awaitable, ec);
        co_await socket_.async_wait(stream_socket::wait_read, token);
        if (ec == asio::error::operation_aborted) {
            const auto state = co_await asio::this_coro::cancellation_state;
            if (goes_on(ec, state.cancelled() != asio::cancellation_type::none)) continue;
        }
        read_limit_.disarm();
        drained_ = static_cast<bool>(ec);
        if (ec == asio::error::operation_aborted && read_expired_) co_return make_timeout(where);
        co_return ec;
    }
}

DRAGLINE_DECL socket_layer::output_wait& socket_layer::writing() {
    if (!writing_) writing_ = std::make_unique<output_wait>(*this);
    return *writing_;
}

DRAGLINE_DECL void socket_layer::end_wait() noexcept {
    if (writing_) writing_->limit.disarm();
}

DRAGLINE_DECL asio::awaitable<result<void>> socket_layer::wait_output(async::time_point until, phase where) {
    auto waiting = wait_for_output(until, where);
    auto waited = co_await std::move(waiting);
    end_wait();
    co_return waited;
}

// The deadline is for the whole write: it stays armed when this has ended.
DRAGLINE_DECL asio::awaitable<result<void>> socket_layer::wait_for_output(async::time_point until,
                                                                          phase where) {
    auto& waiting = writing();
    if (!waiting.limit.armed()) {
        waiting.expired = false;
        loop_.deadlines().arm(waiting.limit, until);
    }
    std::error_code ec;
    auto token = asio::redirect_error(asio::use_awaitable, ec);
    co_await socket_.async_wait(stream_socket::wait_write, token);
    if (ec != asio::error::operation_aborted) co_return ec;
    if (waiting.expired) co_return make_timeout(where);
    if (!socket_.is_open()) co_return ec;
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() == asio::cancellation_type::none) ec.clear();
    co_return ec;
}

// A watch that has nothing to tell yet stays in place for the next wait.
DRAGLINE_DECL void socket_layer::look_out(stream_socket::wait_type what, readiness::side& side) {
    if (std::exchange(side.watched, true)) return;
    side.ready = false;
    socket_.async_wait(what, [shared = writing().either, &side](std::error_code ec) {
        side.watched = false;
        side.ready = !ec;
        if (shared->waiting) shared->waiting->notify();
    });
}

// Else an idle connection would keep its loop from returning.
DRAGLINE_DECL void socket_layer::stop_looking_out() noexcept {
    if (!writing_ || !(writing_->either->input.watched || writing_->either->output.watched)) return;
    std::error_code ignored;
    socket_.cancel(ignored);
}

// Whether it is input that has come.
DRAGLINE_DECL asio::awaitable<result<bool>> socket_layer::wait_for_either(async::time_point until,
                                                                          phase where) {
    struct waiter {
        waiter(std::shared_ptr<readiness> of, async::loop_state& loop) : shared(std::move(of)), ready(loop) {
            shared->waiting = &ready;
        }
        ~waiter() { shared->waiting = nullptr; }
        std::shared_ptr<readiness> shared;
        async::event ready;
    } waiting(writing().either, loop_);
    look_out(stream_socket::wait_read, waiting.shared->input);
    look_out(stream_socket::wait_write, waiting.shared->output);
    auto either = waiting.ready.wait(until, where);
    const auto woken = co_await std::move(either);
    if (!woken) co_return woken.error();
    if (!socket_.is_open()) co_return asio::error::make_error_code(asio::error::operation_aborted);
    co_return waiting.shared->input.ready;
}

DRAGLINE_DECL asio::awaitable<result<void>> socket_layer::shutdown(async::time_point) {
    std::error_code ec;
    socket_.shutdown(stream_socket::shutdown_send, ec);
    co_return result<void>(ec);
}

DRAGLINE_DECL result<std::size_t> socket_layer::try_read(asio::mutable_buffer into) noexcept {
    std::error_code ec;
    const auto size = socket_.read_some(into, ec);
    ec = end_of(ec, size, into);
    if (ec == asio::error::try_again) ec = asio::error::would_block;
    drained_ = size < into.size() && (!ec || ec == asio::error::would_block);
    if (ec) return ec;
    return size;
}

DRAGLINE_DECL void socket_layer::close() noexcept {
    std::error_code ignored;
    socket_.close(ignored);
}

}  // namespace dragline::net::detail

#endif
