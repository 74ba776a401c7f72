// Included by <dragline/dns/detail/ares_error.hpp> only.
#pragma once

#include <dragline/core/error.hpp>
#include <dragline/dns/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <ares.h>

#include <asio/error.hpp>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL std::error_code error_of_ares(int status) noexcept {
    switch (status) {
        case ARES_ETIMEOUT: return make_timeout(phase::resolve);
        case ARES_ECONNREFUSED: return errc::servers_unreachable;
        case ARES_EBADNAME: return errc::invalid_name;
        case ARES_ENOMEM: return std::make_error_code(std::errc::not_enough_memory);
        case ARES_EDESTRUCTION:
        case ARES_ECANCELLED: return asio::error::operation_aborted;
        default: return errc::malformed_message;
    }
}

}  // namespace dragline::dns::detail

#endif
