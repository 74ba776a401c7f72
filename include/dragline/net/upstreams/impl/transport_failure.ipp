// Included by <dragline/net/upstreams/transport_failure.hpp> only.
#pragma once

#include <dragline/net/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>

namespace dragline::inline v1::net {

DRAGLINE_DECL bool is_transport_failure(std::error_code ec) noexcept {
    if (ec == errc::no_upstream || ec == asio::error::operation_aborted) return false;
    if (ec == condition::timeout) {
        const auto where = phase_of(ec);
        return where != phase::queue && where != phase::proxy && where != phase::file;
    }
    const asio::error::basic_errors broken[] = {
        asio::error::connection_refused, asio::error::connection_reset,    asio::error::connection_aborted,
        asio::error::broken_pipe,        asio::error::network_unreachable, asio::error::host_unreachable,
        asio::error::network_down,       asio::error::timed_out,           asio::error::network_reset,
    };
    return std::find(std::begin(broken), std::end(broken), ec) != std::end(broken) ||
           ec == asio::error::eof || ec == std::errc::no_such_file_or_directory ||
           ec == condition::resolve_failed || ec == condition::tls_failed;
}

}  // namespace dragline::net

#endif
