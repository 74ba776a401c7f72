// A connection that stands, as connecting gives it to the protocols above.
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/net/detail/stream_layer.hpp>
#include <dragline/net/endpoint.hpp>
#include <dragline/tls/peer_info.hpp>

#include <asio/ip/address.hpp>

#include <memory>
#include <system_error>

namespace dragline::inline v1::net {

class connected {
public:
    connected() {}

    std::shared_ptr<detail::stream_layer> layer;  ///< None in one that was not filled.
    asio::ip::address address;  ///< The one that was dialled, the first proxy's say; none for a Unix socket.
    tls::peer_info peer;        ///< Empty without TLS.

    /// Of this machine, once there is a layer. Errors: as stream::local_endpoint().
    result<endpoint> local_endpoint() const;
};

/// Who hears what became of connect_directly().
class connect_owner {
public:
    virtual ~connect_owner() = default;

    /// Once, inside the call or on the loop, as the last act of a handler; never when the loop ends first.
    /// `made` is to be moved from unless there is an error.
    virtual void connected(std::error_code ec, net::connected& made) = 0;
};

}  // namespace dragline::net

#include <dragline/net/impl/connected.ipp>
