// Included by <dragline/net/dns_over_tls.hpp> only.
#pragma once

#include <dragline/net/detail/dns_over_tls_transport.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL std::shared_ptr<dns::transport> make_dns_over_tls(async::loop_state& loop, dns::server where,
                                                                dns_over_tls_options options) {
    return std::make_shared<dns_over_tls_transport>(loop, std::move(where), std::move(options));
}

}  // namespace dragline::net::detail

#endif
