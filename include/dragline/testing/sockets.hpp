// Places on loopback where a connection fails in a known way. Start with dead_port and black_hole.
#pragma once

#include <dragline/core/features.hpp>

#include <asio/ip/address.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>

namespace dragline::inline v1::testing {

/// A TCP port where nobody listens, and nobody else can: connections are refused while this object lives.
class dead_port {
public:
    /// Takes a free port of `where`, which is 127.0.0.1, another address of 127/8, or ::1.
    explicit dead_port(const asio::ip::address& where = asio::ip::address_v4::loopback());
    ~dead_port();
    dead_port(const dead_port&) = delete;
    dead_port& operator=(const dead_port&) = delete;

    const asio::ip::tcp::endpoint& endpoint() const noexcept { return endpoint_; }
    std::uint16_t port() const noexcept { return endpoint_.port(); }

private:
    struct sockets;
    std::unique_ptr<sockets> sockets_;
    asio::ip::tcp::endpoint endpoint_;
};

/// A TCP port whose queue of connections is full: on Linux a connection attempt hangs, unanswered.
///
/// A listener that never accepts, and as many connections as its queue takes. Constructing one takes 0.1 s,
/// the wait that proves the queue full; throws std::system_error when it does not fill.
class black_hole {
public:
    explicit black_hole(const asio::ip::address& where = asio::ip::address_v4::loopback());
    ~black_hole();
    black_hole(const black_hole&) = delete;
    black_hole& operator=(const black_hole&) = delete;

    const asio::ip::tcp::endpoint& endpoint() const noexcept { return endpoint_; }
    std::uint16_t port() const noexcept { return endpoint_.port(); }

private:
    struct sockets;
    std::unique_ptr<sockets> sockets_;
    asio::ip::tcp::endpoint endpoint_;
};

}  // namespace dragline::testing

#include <dragline/testing/impl/sockets.ipp>
