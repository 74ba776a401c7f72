// The order in which to try the addresses of a host (RFC 6724, 6). Start with order_addresses();
// order_destinations() decides the same without I/O.
#pragma once

#include <dragline/core/features.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/ip/address.hpp>
#include <asio/ip/network_v6.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns {

/// An address to connect to, and the one that the system would send from. IPv4-mapped IPv6 addresses count as
/// IPv4 in both places.
struct destination {
    destination() {}
    explicit destination(asio::ip::address to, std::optional<asio::ip::address> from = std::nullopt)
        : address(std::move(to)), source(std::move(from)) {}

    asio::ip::address address;
    std::optional<asio::ip::address> source;  ///< Nothing: no way leads there.

    friend bool operator==(const destination&, const destination&) = default;
};

/// A line of the policy table (RFC 6724, 2.1); of those that hold an address, the longest prefix decides.
struct prefix_policy {
    prefix_policy(asio::ip::network_v6 addresses, std::uint16_t rank, std::uint16_t kind)
        : prefix(addresses), precedence(rank), label(kind) {}

    asio::ip::network_v6 prefix;  ///< That of IPv4 addresses lies in ::ffff:0:0/96.
    std::uint16_t precedence;     ///< More is preferred.
    std::uint16_t label;          ///< A source of the same label is preferred.
};

/// The table of RFC 6724, 2.1. A copy with 100 for ::ffff:0:0/96 prefers IPv4 (10.3).
DRAGLINE_DECL std::span<const prefix_policy> default_prefix_policies();

/// Sorts best first (RFC 6724, 6): 1 has a source, 2 of the same scope, 5 of the same label; 6 precedence;
/// 8 smaller scope; 9 longest prefix in common with the source; 10 else as received.
///
/// Rules 3, 4 and 7 (deprecated, home and tunnel addresses) ask for what the system does not tell programs.
/// Rule 9 is for IPv6: a prefix in common says nothing where sources are private and translated, and the
/// order in which servers rotate IPv4 addresses to spread load would be lost. It compares 64 bits at most:
/// behind them is the interface. An address that no policy holds has precedence and label 0.
DRAGLINE_DECL void order_destinations(std::vector<destination>& destinations,
                                      std::span<const prefix_policy> policies = default_prefix_policies());

/// The address that the system sends from on the way to `to`; nothing when there is no way.
///
/// Connects a UDP socket, which sends nothing and does not wait. Threads: that of the loop.
DRAGLINE_DECL std::optional<asio::ip::address> find_source_address(const asio::any_io_executor& loop,
                                                                   const asio::ip::address& to);

/// Addresses that order_addresses() looks at; a host with more is no reason to open more sockets.
inline constexpr std::size_t max_ordered_addresses = 64;

/// The addresses in the order of order_destinations(), with the sources that the system would choose now.
///
/// What exceeds max_ordered_addresses follows as received. Does not fail and does not wait: some system calls
/// for each address. Threads: that of the loop.
DRAGLINE_DECL std::vector<asio::ip::address> order_addresses(
    const asio::any_io_executor& loop, std::vector<asio::ip::address> addresses,
    std::span<const prefix_policy> policies = default_prefix_policies());

}  // namespace dragline::dns

#include <dragline/dns/impl/address_order.ipp>
