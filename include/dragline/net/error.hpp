// What can go wrong between an endpoint and a stream, beside the codes of sockets, dns and tls, which pass as
// they are.
#pragma once

#include <dragline/core/error.hpp>

#include <system_error>

namespace dragline::inline v1::net {

enum class errc {
    invalid_endpoint = 1,  ///< The text names no endpoint, or the endpoint cannot be dialled.
    no_address,            ///< The name has no address of a family that may be used.
    invalid_upstreams,     ///< No list of servers: empty, malformed, a server twice, a weight out of range.
    no_upstream,           ///< All servers of a list are dead, and it is not this caller's turn to try one.
};

DRAGLINE_DECL const std::error_category& error_category() noexcept;

inline std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

}  // namespace dragline::net

template <>
struct std::is_error_code_enum<dragline::net::errc> : std::true_type {};

#include <dragline/net/impl/error.ipp>
