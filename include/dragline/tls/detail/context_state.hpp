// What the handles of one context share.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/tls/ocsp.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct ssl_ctx_st;
struct x509_store_st;

namespace dragline::inline v1::tls::detail {

class key_log_sink;
struct own_certificate;

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
    std::string verify_name;         // empty: server_name or the host
    std::optional<std::string> sni;  // without it: server_name or the host
    std::vector<std::array<unsigned char, 32>> pins;
    ocsp_check ocsp = ocsp_check::off;
    std::string ocsp_response;  // of a server
    bool client_may_be_unknown = false;
    std::map<std::string, std::shared_ptr<const own_certificate>, std::less<>> named_certificates;
    std::shared_ptr<const key_log_sink> key_log;
    // Tickets are never used across contexts: one may trust what the other refuses.
    std::uint64_t id = ++last_context_id;
};

/// The list as ALPN carries it: each name behind its length (RFC 7301, 3.1).
DRAGLINE_DECL result<std::string> alpn_wire_format(const std::vector<std::string>& names);

}  // namespace dragline::inline v1::tls::detail
