// Included by <dragline/dns/wildcards/probe_wildcard.hpp> only.
#pragma once

#include <dragline/dns/detail/wildcard_op.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL asio::awaitable<result<wildcard_evidence>> probe_wildcard_body(resolver with,
                                                                             std::string domain,
                                                                             wildcard_options options) {
    options.query(options.query().over(with.defaults()));
    auto core = with.core(options.query());
    auto collecting = collect_evidence(std::move(core), std::move(domain), std::move(options));
    co_return co_await std::move(collecting);
}

}  // namespace dragline::dns::detail

#endif
