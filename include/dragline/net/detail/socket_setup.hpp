// Tells the system the options of a socket.
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/net/detail/stream_layer.hpp>
#include <dragline/net/endpoint.hpp>
#include <dragline/net/socket_options.hpp>

#include <system_error>

namespace dragline::inline v1::net::detail {

/// `family` is that of the socket's protocol. fast_open counts before it connects only, and no_delay after
/// it: until then, socket_layer::no_delay().
DRAGLINE_DECL std::error_code set_up_socket(stream_socket& socket, int family, const socket_options& options,
                                            bool connects);

/// The same for a socket that is connected: to an IPv4 peer perhaps, though it is one of IPv6.
DRAGLINE_DECL std::error_code set_up_socket(stream_socket& socket, const socket_options& options);

/// As our users write it. Errors: address_family_not_supported, errc::invalid_endpoint.
DRAGLINE_DECL result<endpoint> endpoint_of(const stream_socket::endpoint_type& from);

/// The same of this machine's side. Errors: those of the socket, too, and operation_not_supported of a layer
/// that has none.
DRAGLINE_DECL result<endpoint> local_endpoint_of(stream_layer& layer);

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/socket_setup.ipp>
