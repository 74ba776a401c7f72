// Included by <dragline/dns/detail/ares_system_servers.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <ares.h>

#include <cstdint>
#include <cstring>

// From 1.28 on c-ares calls deprecated what 1.18 has as its only way: ares_get_servers_ports().
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL std::vector<server> ares_system_servers() {
    std::vector<server> servers;
    ares_channeldata* channel = nullptr;
    ares_options options;
    std::memset(&options, 0, sizeof options);
    if (ares_init_options(&channel, &options, 0) != ARES_SUCCESS) return servers;
    ares_addr_port_node* nodes = nullptr;
    if (ares_get_servers_ports(channel, &nodes) == ARES_SUCCESS) {
        for (auto* node = nodes; node && servers.size() < max_system_servers; node = node->next) {
            const auto port =
                static_cast<std::uint16_t>(node->udp_port > 0 ? node->udp_port : server::default_port);
            if (node->family == AF_INET) {
                asio::ip::address_v4::bytes_type bytes;
                std::memcpy(bytes.data(), &node->addr.addr4, bytes.size());
                servers.emplace_back(asio::ip::address_v4(bytes), port);
            } else if (node->family == AF_INET6) {
                asio::ip::address_v6::bytes_type bytes;
                std::memcpy(bytes.data(), &node->addr.addr6, bytes.size());
                servers.emplace_back(asio::ip::address_v6(bytes), port);
            }
        }
        ares_free_data(nodes);
    }
    ares_destroy(channel);
    return servers;
}

}  // namespace dragline::dns::detail

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#endif
