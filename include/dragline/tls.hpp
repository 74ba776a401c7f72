// TLS without I/O: OpenSSL 3 on buffers that you fill and drain; `net` moves the bytes.
// Start with `context::make_client` in context.hpp, then `engine` in engine.hpp.
#pragma once

#include <dragline/tls/client_certificate.hpp>
#include <dragline/tls/context.hpp>
#include <dragline/tls/engine.hpp>
#include <dragline/tls/error.hpp>
#include <dragline/tls/key_log.hpp>
#include <dragline/tls/ocsp.hpp>
#include <dragline/tls/options.hpp>
#include <dragline/tls/peer_info.hpp>
#include <dragline/tls/pin.hpp>
#include <dragline/tls/ticket_cache.hpp>
#include <dragline/tls/verify.hpp>
