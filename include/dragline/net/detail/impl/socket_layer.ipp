// Included by <dragline/net/detail/socket_layer.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <asio/cancellation_state.hpp>
#include <asio/error.hpp>
#include <asio/redirect_error.hpp>
#include <asio/this_coro.hpp>

#include <system_error>
#include <utility>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL socket_layer::socket_layer(stream_socket socket)
    : loop_(async::loop_state::of(socket.get_executor())), socket_(std::move(socket)) {
    std::error_code ignored;  // a socket that refuses only makes write() wait in the kernel
    socket_.non_blocking(true, ignored);
}

// Asio cannot cancel one direction of a socket; the other one sees that it was not meant, and goes on.
DRAGLINE_DECL void socket_layer::direction::expire(void* self) noexcept {
    auto& expired = *static_cast<direction*>(self);
    expired.expired = true;
    std::error_code ignored;
    expired.layer.socket_.cancel(ignored);
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> socket_layer::read_some(asio::mutable_buffer into,
                                                                           async::time_point until,
                                                                           phase where) {
    reading_.expired = false;
    loop_.deadlines().arm(reading_.limit, until);
    for (;;) {
        std::error_code ec;
        auto token = asio::redirect_error(asio::use_awaitable, ec);
        const auto size = co_await socket_.async_read_some(into, token);
        if (ec == asio::error::operation_aborted && socket_.is_open() && !reading_.expired) {
            const auto state = co_await asio::this_coro::cancellation_state;
            if (state.cancelled() == asio::cancellation_type::none) continue;
        }
        reading_.limit.disarm();
        if (!ec) co_return size;
        if (ec == asio::error::operation_aborted && reading_.expired) co_return make_timeout(where);
        co_return ec;
    }
}

DRAGLINE_DECL asio::awaitable<result<void>> socket_layer::write(gather pieces, async::time_point until,
                                                                phase where) {
    writing_.expired = false;
    for (;;) {
        // Mostly the kernel takes everything at once: then no operation is needed at all.
        std::error_code ec;
        // One piece costs less than a list of one.
        auto written =
            pieces[1].size() == 0 ? socket_.write_some(pieces[0], ec) : socket_.write_some(pieces, ec);
        if (ec == asio::error::would_block || ec == asio::error::try_again) {
            ec.clear();
            written = 0;
            if (!writing_.limit.armed()) loop_.deadlines().arm(writing_.limit, until);
            auto token = asio::redirect_error(asio::use_awaitable, ec);
            co_await socket_.async_wait(stream_socket::wait_write, token);
            if (ec == asio::error::operation_aborted && socket_.is_open() && !writing_.expired) {
                const auto state = co_await asio::this_coro::cancellation_state;
                if (state.cancelled() == asio::cancellation_type::none) ec.clear();
            }
        }
        if (ec) {
            writing_.limit.disarm();
            if (ec == asio::error::operation_aborted && writing_.expired) co_return make_timeout(where);
            co_return ec;
        }
        for (auto& piece : pieces) {
            const auto taken = std::min(written, piece.size());
            piece += taken;
            written -= taken;
        }
        if (asio::buffer_size(pieces) == 0) {
            writing_.limit.disarm();
            co_return result<void>();
        }
    }
}

DRAGLINE_DECL asio::awaitable<result<void>> socket_layer::shutdown(async::time_point) {
    std::error_code ec;
    socket_.shutdown(stream_socket::shutdown_send, ec);
    co_return result<void>(ec);
}

DRAGLINE_DECL result<std::size_t> socket_layer::try_read(asio::mutable_buffer into) noexcept {
    std::error_code ec;
    const auto size = socket_.read_some(into, ec);
    if (ec == asio::error::try_again) ec = asio::error::would_block;
    if (ec) return ec;
    return size;
}

DRAGLINE_DECL void socket_layer::close() noexcept {
    std::error_code ignored;
    socket_.close(ignored);
}

}  // namespace dragline::net::detail

#endif
