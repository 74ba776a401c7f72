// Endpoints, connecting, and one stream type over TCP, TLS and Unix sockets. Start with open_connection().
#pragma once

#include <dragline/net/connect.hpp>
#include <dragline/net/connect_request.hpp>
#include <dragline/net/connect_trace.hpp>
#include <dragline/net/connector.hpp>
#include <dragline/net/dns_over_tls.hpp>
#include <dragline/net/dns_over_tls_options.hpp>
#include <dragline/net/endpoint.hpp>
#include <dragline/net/error.hpp>
#include <dragline/net/options.hpp>
#include <dragline/net/stream.hpp>
#include <dragline/net/stream_options.hpp>
#include <dragline/net/upstreams/transport_failure.hpp>
#include <dragline/net/upstreams/upstream_list.hpp>
#include <dragline/net/upstreams/upstream_options.hpp>
