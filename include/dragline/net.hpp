// Endpoints, connecting (also through proxies, under an address policy), servers, datagrams, one stream type over
// TCP, TLS, Unix sockets and memory, frames and secure channels. Start with open_connection(), start_server().
#include <dragline/net/server.hpp>
#include <dragline/net/server_options.hpp>
#include <dragline/net/stream.hpp>
#include <dragline/net/stream_options.hpp>
