// What connecting needs to know, whoever asks for it.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/dns/resolver.hpp>
#include <dragline/net/address_policy.hpp>
#include <dragline/net/endpoint.hpp>
#include <dragline/net/proxies/proxy.hpp>
#include <dragline/net/socket_options.hpp>
#include <dragline/tls/context.hpp>
#include <dragline/tls/engine.hpp>

#include <asio/ip/address.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dragline::inline v1::net {

/// What connecting needs, resolved from the options of whoever asks.
class connect_request {
public:
    connect_request() {}

    endpoint target;
    std::vector<asio::ip::address> addresses;  ///< Those of a target that is a name, where they are known.
    std::optional<asio::ip::address> bind_address;
    std::string bind_interface;
    socket_options socket;
    std::optional<dns::resolver> resolver;  ///< Needed for a target that is a name.
    net::address_policy address_policy;     ///< Judges each address that is dialled.
    proxy_chain proxies;                    ///< To be gone through, in order.
    /// The connection ends at the last proxy, which forwards requests: it is not asked for a tunnel to the
    /// target. That is judged nevertheless.
    bool forward = false;
    /// Where TLS contexts for https proxies come from; made anew when empty.
    std::function<result<tls::context>(const tls::client_options&)> proxy_context;
    std::optional<tls::context> tls;  ///< Speaks TLS when set.
    tls::engine_options tls_options;
    /// The caller writes at once: what ends the TLS handshake goes out with that, as one packet instead of
    /// two. Until it writes or waits for input, a peer may not know that the handshake is over.
    bool writes_first = false;
    async::time_point until = async::no_deadline;
    async::duration resolve_timeout = no_limit;
    async::duration connect_timeout = no_limit;
    async::duration tls_timeout = no_limit;
    async::duration proxy_timeout = no_limit;  ///< Each proxy, until it says that the next connection stands.
    async::duration attempt_delay = std::chrono::milliseconds(250);
    async::duration resolution_delay = std::chrono::milliseconds(50);
};

}  // namespace dragline::net
