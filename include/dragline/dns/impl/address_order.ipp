// Included by <dragline/dns/address_order.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <asio/ip/address_v4.hpp>
#include <asio/ip/address_v6.hpp>
#include <asio/ip/udp.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <system_error>

namespace dragline::inline v1::dns {
namespace detail {

/// The form that the policy table knows: IPv4 addresses are mapped.
DRAGLINE_DECL asio::ip::address_v6 table_form(const asio::ip::address& address) {
    return address.is_v6() ? address.to_v6()
                           : asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4());
}

/// Bits that both have in common from the left.
DRAGLINE_DECL int common_prefix(const asio::ip::address_v6& a, const asio::ip::address_v6& b) {
    const auto left = a.to_bytes();
    const auto right = b.to_bytes();
    int bits = 0;
    for (std::size_t at = 0; at < left.size(); ++at) {
        const auto differing = static_cast<unsigned char>(left[at] ^ right[at]);
        bits += std::countl_zero(differing);
        if (differing != 0) break;
    }
    return bits;
}

/// As the numbers of multicast scopes (RFC 6724, 3.1 and 3.2); private IPv4 addresses are global here.
DRAGLINE_DECL int scope_of(const asio::ip::address_v6& address) {
    constexpr int link_local = 2, site_local = 5, global = 14;
    const auto bytes = address.to_bytes();
    if (address.is_v4_mapped()) {
        return bytes[12] == 127 || (bytes[12] == 169 && bytes[13] == 254) ? link_local : global;
    }
    if (address.is_multicast()) return bytes[1] & 0xf;
    if (address.is_loopback() || address.is_link_local()) return link_local;
    return address.is_site_local() ? site_local : global;
}

struct precedence_and_label {
    int precedence = 0;
    int label = 0;
};

DRAGLINE_DECL precedence_and_label find_policy(std::span<const prefix_policy> policies,
                                               const asio::ip::address_v6& address) {
    precedence_and_label found;
    int longest = -1;
    for (const prefix_policy& policy : policies) {
        const int length = policy.prefix.prefix_length();
        if (length <= longest || common_prefix(policy.prefix.address(), address) < length) continue;
        longest = length;
        found = {policy.precedence, policy.label};
    }
    return found;
}

/// A destination with all that the rules compare.
struct ranked_destination {
    destination value;
    std::array<int, 5> rank{};  // rules 1, 2, 5, 6 and 8: the smaller the better
    bool is_ipv4 = false;
    int common_bits = 0;  // rule 9: more is better
};

DRAGLINE_DECL ranked_destination rank_destination(const destination& value,
                                                  std::span<const prefix_policy> policies) {
    ranked_destination out{value};
    if (!value.source) {
        out.rank[0] = 1;
        return out;
    }
    const auto to = table_form(value.address);
    const auto from = table_form(*value.source);
    const auto policy = find_policy(policies, to);
    const int scope = scope_of(to);
    out.rank = {0, scope != scope_of(from), policy.label != find_policy(policies, from).label,
                -policy.precedence, scope};
    out.is_ipv4 = to.is_v4_mapped();
    out.common_bits = std::min(common_prefix(to, from), 64);
    return out;
}

/// Rule 9 among destinations that are equal so far. IPv4 addresses keep their places between the others: in
/// one sort with them no order would follow from the rule.
DRAGLINE_DECL void prefer_long_prefixes(std::span<ranked_destination> equals) {
    std::vector<ranked_destination> sorted;
    for (const auto& each : equals) {
        if (!each.is_ipv4) sorted.push_back(each);
    }
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.common_bits > b.common_bits; });
    auto next = sorted.begin();
    for (auto& each : equals) {
        if (!each.is_ipv4) each = *next++;
    }
}

}  // namespace detail

DRAGLINE_DECL std::span<const prefix_policy> default_prefix_policies() {
    using asio::ip::make_network_v6;
    static const std::array<prefix_policy, 9> table{{
        {make_network_v6("::1/128"), 50, 0},
        {make_network_v6("::/0"), 40, 1},
        {make_network_v6("::ffff:0:0/96"), 35, 4},
        {make_network_v6("2002::/16"), 30, 2},  // 6to4
        {make_network_v6("2001::/32"), 5, 5},   // Teredo
        {make_network_v6("fc00::/7"), 3, 13},   // unique local
        {make_network_v6("::/96"), 1, 3},       // IPv4-compatible
        {make_network_v6("fec0::/10"), 1, 11},  // site-local
        {make_network_v6("3ffe::/16"), 1, 12},  // 6bone
    }};
    return table;
}

DRAGLINE_DECL void order_destinations(std::vector<destination>& destinations,
                                      std::span<const prefix_policy> policies) {
    if (destinations.size() < 2) return;
    std::vector<detail::ranked_destination> ranked;
    ranked.reserve(destinations.size());
    for (const auto& each : destinations) ranked.push_back(detail::rank_destination(each, policies));
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& a, const auto& b) { return a.rank < b.rank; });
    for (auto begin = ranked.begin(); begin != ranked.end();) {
        const auto is_worse = [&](const auto& other) { return other.rank != begin->rank; };
        const auto end = std::find_if(begin, ranked.end(), is_worse);
        detail::prefer_long_prefixes({begin, end});
        begin = end;
    }
    std::transform(ranked.begin(), ranked.end(), destinations.begin(),
                   [](const auto& each) { return each.value; });
}

DRAGLINE_DECL std::optional<asio::ip::address> find_source_address(const asio::any_io_executor& loop,
                                                                   const asio::ip::address& to) {
    const bool is_mapped = to.is_v6() && to.to_v6().is_v4_mapped();
    const asio::ip::address target =
        is_mapped ? asio::ip::make_address_v4(asio::ip::v4_mapped, to.to_v6()) : to;
    // Any port but 0, which some systems refuse.
    constexpr std::uint16_t discard = 9;
    asio::ip::udp::socket probe(loop);
    std::error_code ec;
    probe.connect(asio::ip::udp::endpoint(target, discard), ec);
    if (ec) return std::nullopt;
    const auto from = probe.local_endpoint(ec).address();
    if (ec || from.is_unspecified()) return std::nullopt;
    return from;
}

DRAGLINE_DECL std::vector<asio::ip::address> order_addresses(const asio::any_io_executor& loop,
                                                             std::vector<asio::ip::address> addresses,
                                                             std::span<const prefix_policy> policies) {
    if (addresses.size() < 2) return addresses;
    std::vector<destination> destinations;
    for (const auto& each : std::span(addresses).first(std::min(addresses.size(), max_ordered_addresses))) {
        destinations.emplace_back(each, find_source_address(loop, each));
    }
    order_destinations(destinations, policies);
    std::transform(destinations.begin(), destinations.end(), addresses.begin(),
                   [](const destination& each) { return each.address; });
    return addresses;
}

}  // namespace dragline::dns

#endif
