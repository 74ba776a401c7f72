// TCP and Unix sockets of any family, as Asio's protocols are, but kept out of the programs that this one
// starts.
#pragma once

#include <dragline/core/platform/sockets.hpp>

#include <asio/basic_socket_acceptor.hpp>
#include <asio/basic_stream_socket.hpp>
#include <asio/generic/basic_endpoint.hpp>
#include <asio/generic/stream_protocol.hpp>

#include <system_error>

namespace dragline::inline v1::net::detail {

/// Asio knows a stream by its bare type: of one with a flag, it reports the end as a read of nothing.
class stream_protocol {
public:
    using endpoint = asio::generic::basic_endpoint<stream_protocol>;
    using socket = asio::basic_stream_socket<stream_protocol>;

    stream_protocol(int family, int protocol) noexcept : generic_(family, protocol) {}
    template <class Protocol>
    stream_protocol(const Protocol& same) : generic_(same) {}

    int type() const noexcept { return generic_.type() | platform::closed_in_children; }
    int protocol() const noexcept { return generic_.protocol(); }
    int family() const noexcept { return generic_.family(); }

    friend bool operator==(const stream_protocol& a, const stream_protocol& b) noexcept {
        return a.generic_ == b.generic_;
    }

private:
    asio::generic::stream_protocol generic_;
};

using stream_socket = stream_protocol::socket;
using stream_acceptor = asio::basic_socket_acceptor<stream_protocol>;

/// One that is still to be connected or bound.
template <class Socket>
std::error_code open_socket(Socket& made, const stream_protocol& protocol) {
    std::error_code ec;
    made.open(protocol, ec);
    if (!ec && platform::closed_in_children == 0) platform::close_in_children(made.native_handle());
    return ec;
}

}  // namespace dragline::net::detail
