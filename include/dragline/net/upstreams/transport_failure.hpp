// Which errors tell that a server cannot be reached or does not answer.
#pragma once

#include <dragline/core/error.hpp>

#include <system_error>

namespace dragline::inline v1::net {

/// Whether `ec` speaks against the server: no address, no connection, no TLS, no answer in time, or a
/// connection that broke. Not what the user ended, what this machine lacks (descriptors, memory, a proxy,
/// a place in a queue), what a policy refused, nor a bad or an unwelcome answer.
DRAGLINE_DECL bool is_transport_failure(std::error_code ec) noexcept;

}  // namespace dragline::net

#include <dragline/net/upstreams/impl/transport_failure.ipp>
