// What connecting did, as plain data: filled also when it fails.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/dns/trace.hpp>
#include <dragline/tls/peer_info.hpp>

#include <asio/ip/address.hpp>

#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace dragline::inline v1::net {

/// One address that was dialled.
class dial_record {
public:
    dial_record() {}

    asio::ip::address address;
    std::uint16_t port = 0;
    async::duration started{};  ///< Since connecting began.
    async::duration took{};     ///< Until it was connected, failed, or was given up.
    std::error_code ec;         ///< operation_aborted when another address was faster; a timeout when it
                                ///< had to make room for the next; errc::address_blocked.
};

/// One proxy that was used, or tried. None of its secrets.
class proxy_record {
public:
    proxy_record() {}

    std::string proxy;                    ///< "socks5h://host:port"
    std::string target;                   ///< What it was asked to connect to: "host:port".
    async::duration started{};            ///< Since connecting began.
    async::duration took{};               ///< To reach it, TLS with it, and its answer.
    int status = 0;                       ///< What it answered: an HTTP status, a SOCKS reply.
    std::vector<std::string> challenges;  ///< Its Proxy-Authenticate fields.
    dragline::tls::peer_info peer;        ///< Of an https proxy.
    std::string tls_detail;               ///< As text: which check of its certificate failed.
    std::error_code ec;
};

/// The steps of one connection.
class connect_trace {
public:
    connect_trace() {}

    async::duration resolve{};                ///< Until the first address was known.
    async::duration connect{};                ///< From then until a transport connection stood.
    async::duration proxy{};                  ///< With the proxies, the connection to the first included.
    async::duration tls{};                    ///< The handshake.
    bool tls_resumed = false;                 ///< The handshake used a ticket.
    std::vector<dns::lookup_trace> look_ups;  ///< None for a literal address.
    std::vector<dial_record> dials;           ///< In the order in which they were started.
    std::vector<proxy_record> proxies;        ///< In the order in which they were used.
    dragline::tls::peer_info peer;            ///< With chain and failure(), also when that was refused.
    std::string tls_detail;                   ///< As text: which check failed, on which certificate.
};

}  // namespace dragline::net
