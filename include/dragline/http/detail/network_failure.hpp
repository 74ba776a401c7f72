// Tells the errors of a network apart from those of this machine and of the protocols.
#pragma once

#include <dragline/core/asio.hpp>

#include <asio/error.hpp>

#include <algorithm>
#include <array>
#include <system_error>

namespace dragline::inline v1::http::detail {

/// Whether a socket could not be connected, or lost its peer.
inline bool is_network_failure(std::error_code ec) noexcept {
    using asio::error::basic_errors;
    constexpr std::array failures{
        basic_errors::connection_refused, basic_errors::connection_reset, basic_errors::connection_aborted,
        basic_errors::broken_pipe,        basic_errors::host_unreachable, basic_errors::network_unreachable,
        basic_errors::network_down,       basic_errors::network_reset,    basic_errors::timed_out,
    };
    return std::any_of(failures.begin(), failures.end(), [ec](basic_errors each) { return ec == each; });
}

}  // namespace dragline::http::detail
