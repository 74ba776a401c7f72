// Included by <dragline/net/upstreams/transport_failure.hpp> only.
#pragma once

#include <dragline/net/error.hpp>
#include <dragline/tls/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <cerrno>

namespace dragline::inline v1::net {
namespace detail {

// Of TLS, what our own options are to blame for: every server would fail alike.
DRAGLINE_DECL bool is_our_own_tls_failure(std::error_code ec) noexcept {
    if (ec.category() != tls::error_category()) return false;
    return ec.value() >= static_cast<int>(tls::errc::invalid_host) || ec == tls::errc::empty_trust_store ||
           ec == tls::errc::closed;
}

}  // namespace detail

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
           ec == asio::error::eof || ec == errc::incomplete_read ||
           ec == std::error_code(ENOENT, asio::error::get_system_category()) ||
           ec == condition::resolve_failed ||
           (ec == condition::tls_failed && !detail::is_our_own_tls_failure(ec));
}

}  // namespace dragline::net

#endif
