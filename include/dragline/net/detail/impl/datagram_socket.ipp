// Included by <dragline/net/detail/datagram_socket.hpp> only.
#pragma once

#include <dragline/net/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/cancellation_state.hpp>
#include <asio/error.hpp>
#include <asio/redirect_error.hpp>
#include <asio/this_coro.hpp>

#include <array>
#include <system_error>
#include <utility>

namespace dragline::inline v1::net::detail {

// Asio cannot cancel one direction of a socket; the other one sees that it was not meant, and goes on.
DRAGLINE_DECL void datagram_socket::direction::expire(void* self) noexcept {
    auto& late = *static_cast<direction*>(self);
    late.expired = true;
    std::error_code ignored;
    late.owner.socket.cancel(ignored);
}

// To the end of the wait, or of one that was ended for the other direction's sake.
DRAGLINE_DECL asio::awaitable<result<void>> datagram_socket::wait(direction& side,
                                                                  asio::ip::udp::socket::wait_type what,
                                                                  async::time_point until, phase where) {
    if (side.waiting) co_return errc::busy;
    struct presence {  // over with this frame, however that ends
        direction& of;
        explicit presence(direction& waited_in) noexcept : of(waited_in) {
            of.waiting = true;
            of.expired = false;
        }
        ~presence() {
            of.waiting = false;
            of.limit.disarm();
        }
    } const present(side);
    loop.deadlines().arm(side.limit, until);
    std::error_code ec;
    auto token = asio::redirect_error(asio::use_awaitable, ec);
    co_await socket.async_wait(what, token);
    if (ec != asio::error::operation_aborted) co_return ec;
    if (side.expired) co_return make_timeout(where);
    if (!socket.is_open()) co_return ec;
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() == asio::cancellation_type::none) ec.clear();
    co_return ec;
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> datagram_socket::receive(asio::mutable_buffer into,
                                                                            place& sender,
                                                                            async::time_point until) {
    if (turn_.step()) {  // before, since the caller's buffer may be everybody's
        auto passing = turn_.pass(loop.executor());
        const auto passed = co_await std::move(passing);
        if (!passed) co_return passed.error();
    }
    char beyond = 0;  // what is written here did not fit
    const std::array<asio::mutable_buffer, 2> room{into, asio::buffer(&beyond, 1)};
    for (;;) {
        std::error_code ec;
        const auto size = socket.receive_from(room, sender, 0, ec);
        if (!ec && remote && sender != *remote) continue;  // came before the socket was connected
        if (!ec && size <= into.size()) co_return size;
        if (!ec || ec == asio::error::message_size) co_return errc::datagram_truncated;
        if (ec != asio::error::would_block && ec != asio::error::try_again) co_return ec;
        auto waiting = wait(receiving_, asio::ip::udp::socket::wait_read, until, phase::read);
        const auto waited = co_await std::move(waiting);
        if (!waited) co_return waited.error();
    }
}

DRAGLINE_DECL asio::awaitable<result<void>> datagram_socket::send(asio::const_buffer from, place to,
                                                                  async::time_point until) {
    for (;;) {
        std::error_code ec;
        if (to.port() == 0) {
            socket.send(from, 0, ec);
        } else {
            socket.send_to(from, to, 0, ec);
        }
        if (ec != asio::error::would_block && ec != asio::error::try_again) co_return ec;
        auto waiting = wait(sending_, asio::ip::udp::socket::wait_write, until, phase::write);
        const auto waited = co_await std::move(waiting);
        if (!waited) co_return waited;
    }
}

}  // namespace dragline::net::detail

#endif
