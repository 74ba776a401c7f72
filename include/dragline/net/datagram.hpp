// UDP: datagrams to and from anybody, or between two places. Start with open_datagram().
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/operation.hpp>
#include <dragline/async/where.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/resolver.hpp>
#include <dragline/net/endpoint.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/ip/udp.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::net {

namespace detail {
class datagram_socket;
}

/// How a datagram socket is opened, and what its operations do when they do not say.
class datagram_options {
public:
    using duration = async::duration;

    datagram_options() {}

    /// Connects the socket: it sends to `value`, receives from there only, and learns when nobody is there.
    datagram_options& remote(endpoint value) { return remote_ = std::move(value), *this; }
    const std::optional<endpoint>& remote() const noexcept { return remote_; }

    /// How long a receive, and a send to a full queue, may take.
    datagram_options& timeout(duration value) { return timeout_ = value, *this; }
    duration timeout() const noexcept { return timeout_; }

    /// The largest datagram that receive() takes; no UDP datagram is larger than the default.
    datagram_options& max_size(std::size_t bytes) { return max_size_ = bytes, *this; }
    std::size_t max_size() const noexcept { return max_size_; }

    datagram_options& broadcast(bool value) { return broadcast_ = value, *this; }
    bool broadcast() const noexcept { return broadcast_; }
    datagram_options& reuse_address(bool value) { return reuse_address_ = value, *this; }
    bool reuse_address() const noexcept { return reuse_address_; }
    /// Whether a socket on "::" leaves IPv4 to others.
    datagram_options& v6_only(bool value) { return v6_only_ = value, *this; }
    bool v6_only() const noexcept { return v6_only_; }

    /// Sizes of the kernel's queues, in bytes; the kernel may take less.
    datagram_options& receive_buffer(std::size_t bytes) { return receive_buffer_ = bytes, *this; }
    std::optional<std::size_t> receive_buffer() const noexcept { return receive_buffer_; }
    datagram_options& send_buffer(std::size_t bytes) { return send_buffer_ = bytes, *this; }
    std::optional<std::size_t> send_buffer() const noexcept { return send_buffer_; }

private:
    std::optional<endpoint> remote_;
    duration timeout_ = std::chrono::seconds(60);
    std::size_t max_size_ = 65'535;
    bool broadcast_ = false;
    bool reuse_address_ = false;
    bool v6_only_ = false;
    std::optional<std::size_t> receive_buffer_;
    std::optional<std::size_t> send_buffer_;
};

/// A datagram that was received, and from whom.
class received_datagram {
public:
    received_datagram() {}

    std::string bytes;
    asio::ip::udp::endpoint sender;
};

/// A UDP socket. Moveable; destroying it ends what is under way.
///
/// One receive and one send at a time; another that would have to wait gets errc::busy. Every operation
/// takes, before the token, a timeout of its own. All of them are cancelled by any type and then have
/// received, or sent, nothing. Threads: operations may be started on any; every other member belongs to the
/// loop's.
class datagram {
public:
    using duration = async::duration;
    using place = asio::ip::udp::endpoint;

    datagram() = default;
    explicit datagram(std::shared_ptr<detail::datagram_socket> socket) noexcept
        : socket_(std::move(socket)) {}
    datagram(datagram&&) = default;
    datagram& operator=(datagram&& other) noexcept;
    ~datagram() { close(); }

    asio::any_io_executor get_executor() const;
    bool is_open() const noexcept;
    void close() noexcept;
    place local_endpoint() const;
    /// Where a connected one is connected to.
    std::optional<place> remote_endpoint() const;

    /// The next datagram, whole, and its sender: void(error_code, received_datagram).
    ///
    /// Errors: errc::datagram_truncated when it was larger than max_size(), and is lost;
    /// asio::error::connection_refused when nobody listens where a connected one sent to;
    /// make_timeout(phase::read).
    template <class Token = default_token>
    auto receive_from(duration timeout, Token&& token = {}) const {
        return async::initiate<received_datagram>(get_executor(), &receive_from_body,
                                                  std::forward<Token>(token), socket_, timeout);
    }
    template <class Token = default_token>
    requires(!std::convertible_to<Token, duration>) auto receive_from(Token&& token = {}) const {
        return receive_from(default_timeout(), std::forward<Token>(token));
    }

    /// As above, but its bytes alone: void(error_code, std::string).
    template <class Token = default_token>
    auto receive(duration timeout, Token&& token = {}) const {
        return async::initiate<std::string>(get_executor(), &receive_body, std::forward<Token>(token),
                                            socket_, timeout);
    }
    template <class Token = default_token>
    requires(!std::convertible_to<Token, duration>) auto receive(Token&& token = {}) const {
        return receive(default_timeout(), std::forward<Token>(token));
    }

    /// As above, but into `buffer`, with void(error_code, size_t). What does not fit is lost, and an error.
    template <class Token = default_token>
    auto receive_into(asio::mutable_buffer buffer, place* sender, duration timeout,
                      Token&& token = {}) const {
        return async::initiate<std::size_t>(get_executor(), &receive_into_body, std::forward<Token>(token),
                                            socket_, buffer, sender, timeout);
    }
    template <class Token = default_token>
    requires(!std::convertible_to<Token, duration>) auto receive_into(asio::mutable_buffer buffer,
                                                                      place* sender = nullptr,
                                                                      Token&& token = {}) const {
        return receive_into(buffer, sender, default_timeout(), std::forward<Token>(token));
    }

    /// Sends one datagram to where the socket is connected: void(error_code).
    ///
    /// Errors: asio::error::message_size; connection_refused for an earlier one; make_timeout(phase::write).
    template <class Token = default_token>
    auto send(std::string bytes, Token&& token = {}) const {
        return send_to(std::move(bytes), place(), std::forward<Token>(token));
    }

    /// As above, but to `to`; where the socket is connected, nowhere else.
    template <class Token = default_token>
    auto send_to(std::string bytes, const place& to, Token&& token = {}) const {
        return async::initiate<void>(get_executor(), &send_body, std::forward<Token>(token), socket_,
                                     std::move(bytes), to);
    }

private:
    using socket_pointer = std::shared_ptr<detail::datagram_socket>;

    static asio::awaitable<result<received_datagram>> receive_from_body(socket_pointer socket,
                                                                        duration timeout);
    static asio::awaitable<result<std::string>> receive_body(socket_pointer socket, duration timeout);
    static asio::awaitable<result<std::size_t>> receive_into_body(socket_pointer socket,
                                                                  asio::mutable_buffer buffer, place* sender,
                                                                  duration timeout);
    static asio::awaitable<result<void>> send_body(socket_pointer socket, std::string bytes, place to);
    duration default_timeout() const;

    socket_pointer socket_;
};

namespace detail {
DRAGLINE_DECL asio::awaitable<result<datagram>> open_datagram_body(asio::any_io_executor loop,
                                                                   dns::resolver resolver, endpoint local,
                                                                   datagram_options options);
}

/// Opens a UDP socket at `local` and completes with void(error_code, datagram). Port 0 is a free one; an
/// empty host stands for every address, of the remote's family where there is one.
///
/// Errors: of look-ups (names give their first address) and of the socket; errc::invalid_endpoint,
/// dragline::errc::invalid_option. Cancel: any type. Threads: any.
template <async::where Where, class Token = default_token>
auto open_datagram(Where&& where, endpoint local, datagram_options options, Token&& token = {}) {
    auto loop = async::executor_of(where);
    return async::initiate<datagram>(loop, &detail::open_datagram_body, std::forward<Token>(token), loop,
                                     dns::resolver_of(where), std::move(local), std::move(options));
}

/// As above, with default options.
template <async::where Where, class Token = default_token>
requires(!std::same_as<std::remove_cvref_t<Token>, datagram_options>) auto open_datagram(Where&& where,
                                                                                         endpoint local,
                                                                                         Token&& token = {}) {
    return open_datagram(std::forward<Where>(where), std::move(local), datagram_options(),
                         std::forward<Token>(token));
}

/// As above, on any address and a free port.
template <async::where Where, class Token = default_token>
auto open_datagram(Where&& where, datagram_options options, Token&& token = {}) {
    return open_datagram(std::forward<Where>(where), endpoint(), std::move(options),
                         std::forward<Token>(token));
}

}  // namespace dragline::net

namespace dragline::inline v1 {
using net::open_datagram;
}

#include <dragline/net/impl/datagram.ipp>
