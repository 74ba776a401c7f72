// Endpoints, connecting (also through proxies, under an address policy), servers, datagrams, one stream type
// over TCP, TLS, Unix sockets and memory, frames, secure channels, upstreams. Start with open_connection()
// and start_server().
#pragma once

#include <dragline/net/address_policy.hpp>
#include <dragline/net/connect.hpp>
#include <dragline/net/connect_request.hpp>
#include <dragline/net/connect_trace.hpp>
#include <dragline/net/connected.hpp>
#include <dragline/net/connector.hpp>
#include <dragline/net/datagram.hpp>
#include <dragline/net/dns_over_tls.hpp>
#include <dragline/net/dns_over_tls_options.hpp>
#include <dragline/net/endpoint.hpp>
#include <dragline/net/error.hpp>
#include <dragline/net/framing/codecs.hpp>
#include <dragline/net/framing/frame_codec.hpp>
#include <dragline/net/framing/framed_stream.hpp>
#include <dragline/net/framing/length_prefixed.hpp>
#include <dragline/net/options.hpp>
#include <dragline/net/probe.hpp>
#include <dragline/net/proxies/proxy.hpp>
#include <dragline/net/proxies/wire/http_connect.hpp>
#include <dragline/net/proxies/wire/socks.hpp>
#include <dragline/net/proxies/wire/socks_server.hpp>
#include <dragline/net/secure_channel/packet.hpp>
#include <dragline/net/secure_channel/secure_channel.hpp>
#include <dragline/net/secure_channel/secure_stream.hpp>
#include <dragline/net/server.hpp>
#include <dragline/net/server_options.hpp>
#include <dragline/net/socket_options.hpp>
#include <dragline/net/stream.hpp>
#include <dragline/net/stream_options.hpp>
#include <dragline/net/stream_pair.hpp>
#include <dragline/net/upstreams/transport_failure.hpp>
#include <dragline/net/upstreams/upstream_list.hpp>
#include <dragline/net/upstreams/upstream_options.hpp>
