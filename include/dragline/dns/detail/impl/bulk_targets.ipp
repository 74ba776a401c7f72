// Included by <dragline/dns/detail/bulk_targets.hpp> only.
#pragma once

#include <dragline/dns/detail/ares_transport.hpp>
#include <dragline/dns/detail/transport_carrier.hpp>
#include <dragline/dns/detail/udp_carrier.hpp>

#if DRAGLINE_HEADER_BODIES

#include <utility>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL std::vector<std::string> bulk_targets::names() const {
    std::vector<std::string> all;
    for (const auto& each : transports) all.push_back(each->description());
    for (const auto& each : servers) all.push_back(each.to_string());
    return all;
}

DRAGLINE_DECL std::shared_ptr<bulk_carrier> bulk_targets::carrier(
    async::loop_state& loop, const bulk_options& options, std::weak_ptr<bulk_listener> listener) const {
    if (options.engine() == bulk_engine::udp)
        return std::make_shared<udp_carrier>(loop, servers, options.form(), std::move(listener));
    auto all = transports;
    for (const auto& each : servers) all.push_back(std::make_shared<ares_transport>(loop, each));
    return std::make_shared<transport_carrier>(loop, std::move(all), transports.size(), options.form(),
                                               std::move(listener));
}

DRAGLINE_DECL result<bulk_targets> find_bulk_targets(const bulk_options& options, const resolver& with,
                                                     async::time_point now) {
    if (const auto ec = options.problem()) return ec;
    bulk_targets found;
    found.servers = options.servers();
    if (found.servers.empty()) {
        if (const auto ec = with.defaults().problem()) return ec;
        const auto core = with.core(with.defaults());
        found.servers = core->servers(now);
        if (found.servers.empty()) found.transports = *core->transports(now);
    }
    // A transport is asked as it is; the own engine needs an address.
    const bool usable = options.engine() == bulk_engine::udp
                            ? !found.servers.empty()
                            : !found.servers.empty() || !found.transports.empty();
    if (!usable) return errc::no_servers;
    found.servers.insert(found.servers.end(), options.trusted().begin(), options.trusted().end());
    return found;
}

}  // namespace dragline::dns::detail

#endif
