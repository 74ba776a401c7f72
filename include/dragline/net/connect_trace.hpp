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
    std::error_code ec;         ///< operation_aborted when another address was faster.
};

/// The steps of one connection.
class connect_trace {
public:
    connect_trace() {}

    async::duration resolve{};                ///< Until the first address was known.
    async::duration connect{};                ///< From then until a transport connection stood.
    async::duration tls{};                    ///< The handshake.
    bool tls_resumed = false;                 ///< The handshake used a ticket.
    std::vector<dns::lookup_trace> look_ups;  ///< None for a literal address.
    std::vector<dial_record> dials;           ///< In the order in which they were started.
    dragline::tls::peer_info peer;            ///< With chain and failure(), also when that was refused.
    std::string tls_detail;                   ///< As text: which check failed, on which certificate.
};

}  // namespace dragline::net
