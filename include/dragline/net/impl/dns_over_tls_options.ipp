// Included by <dragline/net/dns_over_tls_options.hpp> only.
#pragma once

#include <dragline/core/error.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::net {

DRAGLINE_DECL std::error_code dns_over_tls_options::problem() const noexcept {
    const bool times = async::valid_timeout(connect_timeout_) && async::valid_timeout(answer_timeout_) &&
                       async::valid_timeout(idle_timeout_);
    const bool counts = connections_ >= 1 && connections_ <= 64 && max_pipelined_ >= 1 &&
                        max_pipelined_ <= 10'000 && padding_ <= 16'384;
    return times && counts ? std::error_code() : make_error_code(dragline::errc::invalid_option);
}

}  // namespace dragline::net

#endif
