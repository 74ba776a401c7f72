// What a client checks of a server beside OpenSSL: pins and the stapled OCSP response. Bodies only.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/tls/detail/context_state.hpp>
#include <dragline/tls/detail/engine_state.hpp>
#include <dragline/tls/detail/key_log_sink.hpp>
#include <dragline/tls/detail/pin_check.hpp>
#include <dragline/tls/detail/staple.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::tls::detail {

// In place of OpenSSL's verification, which it calls. Refusals come before the client's certificate is sent.
DRAGLINE_DECL int verify_server(X509_STORE_CTX* verification, void* owner) noexcept {
    const auto& common = *static_cast<const context_state*>(owner);
    if (common.verify && X509_verify_cert(verification) <= 0) return 0;
    X509* const leaf = X509_STORE_CTX_get0_cert(verification);
    const auto* verified = common.verify ? X509_STORE_CTX_get0_chain(verification) : nullptr;
    if (common.pins.empty() || has_pinned_key(common.pins, leaf, verified)) return 1;
    if (engine_state* const state = engine_of(verification)) {
        state->note_failure(errc::pin_mismatch, pin_refusal, 0, leaf,
                            X509_STORE_CTX_get0_untrusted(verification));
    }
    X509_STORE_CTX_set_error(verification, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
}

// OpenSSL's hook behind the server's last certificate message, with a response or without.
DRAGLINE_DECL int on_staple(SSL* connection, void*) noexcept {
    auto* const state = static_cast<engine_state*>(SSL_get_app_data(connection));
    // A resumed handshake has none: the one before it was checked.
    if (!state || SSL_session_reused(connection) == 1) return 1;
    auto* const chain = SSL_get0_verified_chain(connection);
    X509* const leaf = chain ? sk_X509_value(chain, 0) : nullptr;
    if (!leaf) return state->note_failure(errc::certificate_invalid, no_certificate, 0, nullptr, nullptr), 0;
    unsigned char* der = nullptr;
    const long size = SSL_get_tlsext_status_ocsp_resp(connection, &der);
    state->staple.status = ocsp_status::missing;
    if (der && size > 0) {
        const std::string_view bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
        state->staple = judge_staple(bytes, chain, state->common->trust.get());
    }
    clear_errors();
    const bool required = state->common->ocsp == ocsp_check::required || is_must_staple(leaf);
    const auto refusal = refusal_of(state->staple.status, required);
    clear_errors();
    if (!refusal) return 1;
    state->note_failure(refusal->code, refusal->reason, 0, leaf, SSL_get_peer_cert_chain(connection));
    return 0;
}

// OpenSSL's hook for a server that asks for a certificate where there is none to show.
DRAGLINE_DECL int on_certificate_request(SSL* connection, X509**, EVP_PKEY**) noexcept {
    if (auto* const state = static_cast<engine_state*>(SSL_get_app_data(connection))) {
        state->lacks_certificate = true;
    }
    return 0;
}

DRAGLINE_DECL void on_key_log(const SSL* connection, const char* line) noexcept {
    auto* const state = static_cast<engine_state*>(SSL_get_app_data(connection));
    if (!state || !state->common->key_log) return;
    try {
        if (!state->common->key_log->write(line)) {
            state->fail(errc::key_log_failed, "a line of the key log could not be written");
        }
    } catch (...) {
        state->fail(dragline::errc::callback_failed, "the function of the key log threw");
    }
}

}  // namespace dragline::inline v1::tls::detail

#endif
