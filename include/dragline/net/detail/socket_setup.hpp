// Tells the system the options of a socket.
#pragma once

#include <dragline/net/detail/stream_layer.hpp>
#include <dragline/net/socket_options.hpp>

#include <system_error>

namespace dragline::inline v1::net::detail {

/// `family` is that of the socket's protocol. fast_open counts before it connects only.
DRAGLINE_DECL std::error_code set_up_socket(stream_socket& socket, int family, const socket_options& options,
                                            bool connects);

/// The same for a socket that is connected.
DRAGLINE_DECL std::error_code set_up_socket(stream_socket& socket, const socket_options& options);

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/socket_setup.ipp>
