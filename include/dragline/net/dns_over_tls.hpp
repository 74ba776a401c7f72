// DNS over TLS (RFC 7858): look-ups that nobody on the way can read or change. Start with
// make_dns_over_tls().
#pragma once

#include <dragline/async/loop_state.hpp>
#include <dragline/async/where.hpp>
#include <dragline/dns/server.hpp>
#include <dragline/dns/transport.hpp>
#include <dragline/net/dns_over_tls_options.hpp>

#include <asio/ip/address.hpp>

#include <cstdint>
#include <memory>
#include <utility>

namespace dragline::inline v1::net {

inline constexpr std::uint16_t dns_over_tls_port = 853;

namespace detail {
DRAGLINE_DECL std::shared_ptr<dns::transport> make_dns_over_tls(async::loop_state& loop, dns::server where,
                                                                dns_over_tls_options options);
}

/// The server at `where`, for dns::resolver(loop, {transport}). Connects at the first question, keeps the
/// connection, and sends on it what is asked meanwhile; answers may come in any order.
///
/// A connection that was of use before and then breaks is replaced, and what it left unanswered is asked once
/// more.
/// Errors of look-ups: those of tls; dns::errc::servers_unreachable when the server refuses, cannot be
///   reached or hangs up; make_timeout(connect or tls); dns::errc::malformed_message, id_mismatch.
/// Threads: any; what it returns belongs to the loop of `place`.
template <async::where Where>
std::shared_ptr<dns::transport> make_dns_over_tls(Where&& place, dns::server where,
                                                  dns_over_tls_options options = dns_over_tls_options()) {
    return detail::make_dns_over_tls(async::loop_state::of(async::executor_of(place)), std::move(where),
                                     std::move(options));
}

/// As above, at the port that DNS over TLS has.
template <async::where Where>
std::shared_ptr<dns::transport> make_dns_over_tls(Where&& place, const asio::ip::address& where,
                                                  dns_over_tls_options options = dns_over_tls_options()) {
    return make_dns_over_tls(std::forward<Where>(place), dns::server(where, dns_over_tls_port),
                             std::move(options));
}

}  // namespace dragline::net

#include <dragline/net/impl/dns_over_tls.ipp>
