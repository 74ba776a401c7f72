// What the handles of one context share.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct ssl_ctx_st;
struct ssl_st;
struct ssl_session_st;
struct x509_store_st;

namespace dragline::inline v1::tls::detail {

inline std::atomic<std::uint64_t> last_context_id = 0;

struct context_state {
    context_state(ssl_ctx_st* owned_handle, bool client) : handle(owned_handle), is_client(client) {}
    context_state(const context_state&) = delete;
    context_state& operator=(const context_state&) = delete;
    ~context_state();

    ssl_ctx_st* handle;
    bool is_client;
    std::shared_ptr<x509_store_st> trust;  // keeps the system's for other contexts to share
    bool verify = false;
    std::vector<std::string> alpn;
    std::string server_name;
    // Tickets are never used across contexts: one may trust what the other refuses.
    std::uint64_t id = ++last_context_id;
};

/// The list as ALPN carries it: each name behind its length (RFC 7301, 3.1).
DRAGLINE_DECL result<std::string> alpn_wire_format(const std::vector<std::string>& names);

/// OpenSSL's hook for new tickets; defined beside the engine, which it finds in the connection.
DRAGLINE_DECL int on_new_session(ssl_st* connection, ssl_session_st* session) noexcept;

}  // namespace dragline::inline v1::tls::detail
