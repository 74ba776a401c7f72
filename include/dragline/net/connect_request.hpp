// What connecting needs to know, whoever asks for it.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/dns/resolver.hpp>
#include <dragline/net/endpoint.hpp>
#include <dragline/tls/context.hpp>
#include <dragline/tls/engine.hpp>

#include <asio/ip/address.hpp>

#include <chrono>
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
    std::optional<dns::resolver> resolver;  ///< Needed for a target that is a name.
    std::optional<tls::context> tls;        ///< Speaks TLS when set.
    tls::engine_options tls_options;
    async::time_point until = async::no_deadline;
    async::duration resolve_timeout = no_limit;
    async::duration connect_timeout = no_limit;
    async::duration tls_timeout = no_limit;
    async::duration attempt_delay = std::chrono::milliseconds(250);
    async::duration resolution_delay = std::chrono::milliseconds(50);
};

}  // namespace dragline::net
