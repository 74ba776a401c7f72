// Included by <dragline/net/datagram.hpp> only.
#pragma once

#include <dragline/core/platform/sockets.hpp>
#include <dragline/net/detail/datagram_socket.hpp>
#include <dragline/net/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>
#include <asio/ip/v6_only.hpp>

#include <algorithm>
#include <climits>

namespace dragline::inline v1::net {

DRAGLINE_DECL datagram& datagram::operator=(datagram&& other) noexcept {
    if (this != &other) close();
    socket_ = std::move(other.socket_);
    return *this;
}

DRAGLINE_DECL asio::any_io_executor datagram::get_executor() const { return socket_->socket.get_executor(); }
DRAGLINE_DECL bool datagram::is_open() const noexcept { return socket_ && socket_->socket.is_open(); }
DRAGLINE_DECL async::duration datagram::default_timeout() const { return socket_->timeout; }
DRAGLINE_DECL datagram::place datagram::local_endpoint() const { return socket_->socket.local_endpoint(); }
DRAGLINE_DECL std::optional<datagram::place> datagram::remote_endpoint() const { return socket_->remote; }

DRAGLINE_DECL void datagram::close() noexcept {
    if (!socket_) return;
    std::error_code ignored;
    socket_->socket.close(ignored);
}

DRAGLINE_DECL asio::awaitable<result<received_datagram>> datagram::receive_from_body(socket_pointer socket,
                                                                                     duration timeout) {
    if (!async::valid_timeout(timeout)) co_return dragline::errc::invalid_option;
    received_datagram got;
    auto& room = socket->loop.get<detail::datagram_room>().bytes;
    auto receiving = socket->receive(asio::buffer(room, socket->max_size), got.sender,
                                     async::deadline_after(socket->loop.now(), timeout));
    const auto size = co_await std::move(receiving);
    if (!size) co_return size.error();
    got.bytes.assign(room.data(), *size);  // nobody else has run since it arrived
    co_return got;
}

DRAGLINE_DECL asio::awaitable<result<std::string>> datagram::receive_body(socket_pointer socket,
                                                                          duration timeout) {
    auto receiving = receive_from_body(std::move(socket), timeout);
    auto got = co_await std::move(receiving);
    if (!got) co_return got.error();
    co_return std::move(got->bytes);
}

DRAGLINE_DECL asio::awaitable<result<std::size_t>> datagram::receive_into_body(socket_pointer socket,
                                                                               asio::mutable_buffer buffer,
                                                                               place* sender,
                                                                               duration timeout) {
    if (!async::valid_timeout(timeout)) co_return dragline::errc::invalid_option;
    place unused;
    auto receiving = socket->receive(buffer, sender ? *sender : unused,
                                     async::deadline_after(socket->loop.now(), timeout));
    co_return co_await std::move(receiving);
}

DRAGLINE_DECL asio::awaitable<result<void>> datagram::send_body(socket_pointer socket, std::string bytes,
                                                                place to) {
    // A system may let a connected socket send elsewhere; and without a destination there is none.
    if (socket->remote && to.port() != 0 && to != *socket->remote) co_return asio::error::already_connected;
    if (!socket->remote && to.port() == 0) co_return asio::error::not_connected;
    auto sending = socket->send(asio::buffer(bytes), socket->remote ? place() : to,
                                async::deadline_after(socket->loop.now(), socket->timeout));
    co_return co_await std::move(sending);
}

namespace detail {

inline asio::awaitable<result<asio::ip::address>> address_of(dns::resolver resolver, endpoint at,
                                                             std::optional<bool> v6) {
    if (at.address()) co_return *at.address();
    std::error_code failed = errc::no_address;
    for (const bool six : {false, true}) {
        if (v6 && *v6 != six) continue;
        auto looking = resolver.lookup(at.host(), six ? dns::address_family::v6 : dns::address_family::v4);
        const auto found = co_await std::move(looking);
        if (found) co_return found->addresses.front();
        failed = found.error();
    }
    co_return failed;
}

inline result<void> set_up(datagram_socket& made, const datagram::place& at,
                           const datagram_options& options) {
    auto& socket = made.socket;
    std::error_code ec;
    const auto set = [&](const auto& option) {
        if (!ec) socket.set_option(option, ec);
    };
    const auto kernel_size = [](std::size_t bytes) {
        return static_cast<int>(std::min<std::size_t>(bytes, INT_MAX));
    };
    socket.open(at.protocol(), ec);
    if (!ec) platform::close_in_children(socket.native_handle());
    if (at.address().is_v6()) set(asio::ip::v6_only(options.v6_only()));
    if (options.reuse_address()) set(asio::socket_base::reuse_address(true));
    if (options.broadcast()) set(asio::socket_base::broadcast(true));
    if (const auto size = options.receive_buffer())
        set(asio::socket_base::receive_buffer_size(kernel_size(*size)));
    if (const auto size = options.send_buffer()) set(asio::socket_base::send_buffer_size(kernel_size(*size)));
    if (!ec) socket.bind(at, ec);
    if (!ec && made.remote) socket.connect(*made.remote, ec);
    if (!ec) socket.non_blocking(true, ec);
    return ec;
}

DRAGLINE_DECL asio::awaitable<result<datagram>> open_datagram_body(asio::any_io_executor loop,
                                                                   dns::resolver resolver, endpoint local,
                                                                   datagram_options options) {
    if (!async::valid_timeout(options.timeout()) || options.max_size() == 0)
        co_return dragline::errc::invalid_option;
    const auto& remote = options.remote();
    if (local.is_local_socket() ||
        (remote && (remote->is_local_socket() || remote->host().empty() || remote->port() == 0)))
        co_return errc::invalid_endpoint;
    const bool anywhere = local.host().empty();
    std::optional<bool> v6;
    if (local.address()) v6 = local.address()->is_v6();
    auto made = std::make_shared<datagram_socket>(loop);
    if (remote) {
        auto looking = address_of(resolver, *remote, v6);
        const auto address = co_await std::move(looking);
        if (!address) co_return address.error();
        made->remote = datagram::place(*address, remote->port());
        v6 = address->is_v6();
    }
    asio::ip::address from = asio::ip::address_v6::any();
    if (!anywhere) {
        auto looking = address_of(resolver, local, v6);
        const auto address = co_await std::move(looking);
        if (!address) co_return address.error();
        from = *address;
    } else if (v6 && !*v6) {
        from = asio::ip::address_v4::any();
    }
    made->timeout = options.timeout();
    made->max_size = std::min<std::size_t>(options.max_size(), 65'535);
    auto ready = set_up(*made, datagram::place(from, local.port()), options);
    if (ready.error() == asio::error::address_family_not_supported && anywhere && !remote) {
        ready = set_up(*made, datagram::place(asio::ip::udp::v4(), local.port()), options);
    }
    if (!ready) co_return ready.error();
    co_return datagram(std::move(made));
}

}  // namespace detail
}  // namespace dragline::net

#endif
