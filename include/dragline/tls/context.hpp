// The settings of many TLS connections, made once and then shared. Start with `context::make_client`.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/tls/error.hpp>
#include <dragline/tls/options.hpp>

#include <memory>
#include <utility>

struct ssl_ctx_st;

namespace dragline::inline v1::tls {

namespace detail {
struct context_state;
}

/// A cheap handle to an OpenSSL context that is never changed after it was made.
///
/// Make one for each set of equal options and keep it: loading a trust store reads files, blocks, and takes
/// up to 20 ms; the system store is loaded once, while any context uses it. Copies share the context, and may
/// be used by several loops.
class context {
public:
    /// An empty handle: an engine on it fails with errc::invalid_option of core.
    context() noexcept {}

    /// The context of clients. The system store is that of OpenSSL, which heeds SSL_CERT_FILE and
    /// SSL_CERT_DIR; where that is empty and neither is set, the usual places of the system are tried.
    /// Errors: invalid_trust, empty_trust_store, invalid_certificate, invalid_private_key,
    /// private_key_mismatch, bad_passphrase, invalid_pin, invalid_ciphers, invalid_host, key_log_failed,
    /// library_failure; core's invalid_option for versions, ALPN names and checks that cannot work.
    static result<context> make_client(const client_options& options = client_options());

    /// The context of servers.
    /// Errors: as make_client().
    static result<context> make_server(const server_options& options);

    explicit operator bool() const noexcept { return state_ != nullptr; }
    bool is_client() const noexcept;

    /// OpenSSL's SSL_CTX, for what has no option here. Change nothing once an engine has used it.
    ssl_ctx_st* native_handle() const noexcept;

    /// Handles are equal when they share one context.
    bool operator==(const context&) const noexcept = default;

private:
    friend class engine;
    explicit context(std::shared_ptr<const detail::context_state> state) : state_(std::move(state)) {}

    std::shared_ptr<const detail::context_state> state_;
};

}  // namespace dragline::inline v1::tls

#include <dragline/tls/impl/context.ipp>
