// Included by <dragline/tls/context.hpp> only.
#pragma once

#include <dragline/tls/detail/client_setup.hpp>
#include <dragline/tls/detail/context_state.hpp>
#include <dragline/tls/detail/library_context.hpp>
#include <dragline/tls/detail/openssl.hpp>
#include <dragline/tls/detail/own_certificate.hpp>
#include <dragline/tls/detail/server_setup.hpp>
#include <dragline/tls/detail/trust_store.hpp>

#if DRAGLINE_HEADER_BODIES

#include <string>
#include <string_view>

namespace dragline::inline v1::tls {
namespace detail {

DRAGLINE_DECL context_state::~context_state() { SSL_CTX_free(handle); }

DRAGLINE_DECL result<std::string> alpn_wire_format(const std::vector<std::string>& names) {
    std::string wire;
    for (const std::string& name : names) {
        if (name.empty() || name.size() > 255) return dragline::errc::invalid_option;
        wire += static_cast<char>(name.size());
        wire += name;
    }
    if (wire.size() > 0xffff) return dragline::errc::invalid_option;
    return wire;
}

// What clients and servers have in common.
DRAGLINE_DECL bool set_common_options(SSL_CTX* context, version lowest, version highest) noexcept {
    const auto number = [](version value) {
        return value == version::tls_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
    };
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return SSL_CTX_set_min_proto_version(context, number(lowest)) == 1 &&
           SSL_CTX_set_max_proto_version(context, number(highest)) == 1;
}

// The server's choice, in the server's order; a client that offers nothing we know is told so (RFC
// 7301, 3.2).
DRAGLINE_DECL int select_alpn(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                              const unsigned char* offered, unsigned int offered_size, void* state) noexcept {
    for (const std::string& name : static_cast<const context_state*>(state)->alpn) {
        for (unsigned int at = 0; at + 1 < offered_size; at += offered[at] + 1u) {
            const std::string_view offer(reinterpret_cast<const char*>(offered + at + 1), offered[at]);
            if (offer != name) continue;
            *chosen = offered + at + 1;
            *chosen_size = offered[at];
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace detail

DRAGLINE_DECL result<context> context::make_client(const client_options& options) {
    detail::clear_errors();
    if (options.min_version() > options.max_version()) return dragline::errc::invalid_option;
    const auto alpn = detail::alpn_wire_format(options.alpn());
    if (!alpn) return alpn.error();

    detail::ssl_context_pointer owner(
        SSL_CTX_new_ex(detail::client_library_context(), nullptr, TLS_client_method()));
    SSL_CTX* const handle = owner.get();
    if (!handle || !detail::set_common_options(handle, options.min_version(), options.max_version())) {
        return detail::clear_errors(), errc::library_failure;
    }
    auto state = std::make_shared<detail::context_state>(handle, true);
    static_cast<void>(owner.release());
    if (auto set = detail::set_names(*state, options); !set) return set.error();
    if (auto set = detail::set_ciphers(handle, options); !set) return set.error();
    if (auto set = detail::set_checks(handle, *state, options); !set) return set.error();
    if (options.verify()) {
        auto trust = detail::load_trust(options);
        if (!trust) return trust.error();
        state->trust = *std::move(trust);
        SSL_CTX_set1_cert_store(handle, state->trust.get());
    }
    if (auto set = detail::set_own_certificate(handle, options); !set) return set.error();
    if (auto set = detail::set_key_log(handle, *state, options); !set) return set.error();
    if (!alpn->empty()) {
        const auto* bytes = reinterpret_cast<const unsigned char*>(alpn->data());
        if (SSL_CTX_set_alpn_protos(handle, bytes, static_cast<unsigned int>(alpn->size())) != 0) {
            return detail::clear_errors(), errc::library_failure;
        }
    }
    state->alpn = options.alpn();
    SSL_CTX_set_session_cache_mode(handle, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(handle, detail::on_new_session);
    return context(std::move(state));
}

DRAGLINE_DECL result<context> context::make_server(const server_options& options) {
    detail::clear_errors();
    if (options.min_version() > options.max_version()) return dragline::errc::invalid_option;
    if (const auto alpn = detail::alpn_wire_format(options.alpn()); !alpn) return alpn.error();

    detail::ssl_context_pointer owner(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* const handle = owner.get();
    if (!handle || !detail::set_common_options(handle, options.min_version(), options.max_version())) {
        return detail::clear_errors(), errc::library_failure;
    }
    detail::own_certificate own;
    if (auto read = detail::read_server_certificate(options, own); !read) return read.error();
    if (auto used = detail::use_certificate(handle, own); !used) return used.error();
    detail::trust_store trust;
    if (options.client_ca_pem()) {
        auto loaded = detail::load_trusted_pem(*options.client_ca_pem());
        if (!loaded) return loaded.error();
        trust = *std::move(loaded);
        SSL_CTX_set1_cert_store(handle, trust.get());
    }
    // Tickets carry the whole state of a session, so the server keeps none.
    SSL_CTX_set_session_cache_mode(handle, SSL_SESS_CACHE_OFF);
    constexpr std::string_view session_scope = "dragline";
    SSL_CTX_set_session_id_context(handle, reinterpret_cast<const unsigned char*>(session_scope.data()),
                                   static_cast<unsigned int>(session_scope.size()));

    auto state = std::make_shared<detail::context_state>(handle, false);
    static_cast<void>(owner.release());
    state->trust = std::move(trust);
    state->verify = options.client_ca_pem().has_value();
    state->client_may_be_unknown = options.client_authentication() == client_authentication::optional;
    if (auto set = detail::set_named_certificates(handle, *state, options); !set) return set.error();
    state->alpn = options.alpn();
    if (!state->alpn.empty()) SSL_CTX_set_alpn_select_cb(handle, detail::select_alpn, state.get());
    state->ocsp_response = options.ocsp_response();
    if (!state->ocsp_response.empty()) {
        SSL_CTX_set_tlsext_status_cb(handle, detail::staple_response);
        SSL_CTX_set_tlsext_status_arg(handle, state.get());
    }
    return context(std::move(state));
}

DRAGLINE_DECL bool context::is_client() const noexcept { return state_ && state_->is_client; }

DRAGLINE_DECL ssl_ctx_st* context::native_handle() const noexcept {
    return state_ ? state_->handle : nullptr;
}

}  // namespace dragline::inline v1::tls

#endif
