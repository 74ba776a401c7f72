// Included by <dragline/net/dns_over_tls.hpp> only.
#pragma once

#include <dragline/core/error.hpp>
#include <dragline/net/detail/dns_over_tls_transport.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::net {

DRAGLINE_DECL std::error_code dns_over_tls_options::problem() const noexcept {
    const bool times = async::valid_timeout(connect_timeout_) && async::valid_timeout(answer_timeout_) &&
                       async::valid_timeout(idle_timeout_);
    const bool counts = connections_ >= 1 && connections_ <= 64 && max_pipelined_ >= 1 &&
                        max_pipelined_ <= 10'000 && padding_ <= 16'384;
    return times && counts ? std::error_code() : make_error_code(dragline::errc::invalid_option);
}

namespace detail {

DRAGLINE_DECL std::shared_ptr<dns::transport> make_dns_over_tls(async::loop_state& loop, dns::server where,
                                                                dns_over_tls_options options) {
    return std::make_shared<dns_over_tls_transport>(loop, std::move(where), std::move(options));
}

}  // namespace detail
}  // namespace dragline::net

#endif
