// What can go wrong between an endpoint and a stream, beside the codes of sockets, dns and tls, which pass as
// they are.
#pragma once

#include <dragline/core/error.hpp>

#include <system_error>

namespace dragline::inline v1::net {

enum class errc {
    invalid_endpoint = 1,  ///< The text names no endpoint, or the endpoint cannot be dialled.
    no_address,            ///< The name has no address of a family that may be used.

    // Of streams.
    incomplete_read,       ///< The peer ended in the middle of what was to be read; the part stays readable.
    read_limit_exceeded,   ///< What was to be read is longer than its limit; the bytes stay readable.
    queue_limit_exceeded,  ///< The write queue cannot take that much more.
    incomplete_write,      ///< An earlier write went out only in part, so nothing can follow it.
    busy,                  ///< Another operation of this kind is under way on the stream.
    plaintext_left_over,   ///< Bytes from before the TLS handshake wait to be read: they must not follow it.

    // Of upstream lists.
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
