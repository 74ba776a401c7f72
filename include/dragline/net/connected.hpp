// A connection that stands, as connecting gives it to the protocols above.
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/net/stream.hpp>
#include <dragline/tls/peer_info.hpp>

#include <asio/ip/address.hpp>

namespace dragline::inline v1::net {

class connected {
public:
    connected() {}

    net::stream stream;
    asio::ip::address address;  ///< The one that was dialled, the first proxy's say; none for a Unix socket.
    tls::peer_info peer;        ///< Empty without TLS.
};

/// Who hears what became of connect_directly().
class connect_owner {
public:
    virtual ~connect_owner() = default;

    /// Once, inside the call or on the loop, as the last act of a handler; never when the loop ends first.
    virtual void connected(result<net::connected> made) = 0;
};

}  // namespace dragline::net
