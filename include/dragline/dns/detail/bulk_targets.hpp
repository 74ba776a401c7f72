// Whom a bulk run asks, and through what.
#pragma once

#include <dragline/async/loop_state.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/bulk/bulk.hpp>
#include <dragline/dns/detail/bulk_carrier.hpp>
#include <dragline/dns/detail/flight.hpp>
#include <dragline/dns/resolver.hpp>
#include <dragline/dns/server.hpp>

#include <memory>
#include <string>
#include <vector>

namespace dragline::inline v1::dns::detail {

// The given transports first, then the servers; the trusted ones last.
struct bulk_targets {
    transport_list transports;  // of the resolver, where it was given some
    std::vector<server> servers;

    // The names of all, for summaries.
    std::vector<std::string> names() const;
    std::shared_ptr<bulk_carrier> carrier(async::loop_state& loop, const bulk_options& options,
                                          std::weak_ptr<bulk_listener> listener) const;
};

// Errors: those of the options; errc::no_servers.
DRAGLINE_DECL result<bulk_targets> find_bulk_targets(const bulk_options& options, const resolver& with,
                                                     async::time_point now);

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/bulk_targets.ipp>
