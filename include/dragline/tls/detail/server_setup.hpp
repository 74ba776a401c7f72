// Turns the options of a server into settings of OpenSSL's context. Bodies only.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/tls/detail/context_state.hpp>
#include <dragline/tls/detail/openssl.hpp>
#include <dragline/tls/detail/own_certificate.hpp>
#include <dragline/tls/error.hpp>
#include <dragline/tls/options.hpp>
#include <dragline/tls/verify.hpp>

#if DRAGLINE_HEADER_BODIES

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::tls::detail {

DRAGLINE_DECL result<void> read_server_certificate(const server_options& options, own_certificate& into) {
    if (options.certificate()) return read_certificate(options.certificate(), into);
    if (auto read = read_chain(options.certificate_chain_pem(), into); !read) return read;
    return read_key(options.private_key_pem(), {}, into);
}

// Staples the response that the options gave, which is about the first certificate only.
DRAGLINE_DECL int staple_response(SSL* connection, void* state) noexcept {
    const auto& shared = *static_cast<const context_state*>(state);
    if (SSL_get_certificate(connection) != SSL_CTX_get0_certificate(shared.handle))
        return SSL_TLSEXT_ERR_NOACK;
    const std::string& der = shared.ocsp_response;
    void* const copy = OPENSSL_memdup(der.data(), der.size());
    if (!copy) return SSL_TLSEXT_ERR_NOACK;
    SSL_set_tlsext_status_ocsp_resp(connection, copy, static_cast<long>(der.size()));
    return SSL_TLSEXT_ERR_OK;
}

// A name that nobody knows is no failure: the first certificate may still do.
DRAGLINE_DECL int certificate_for_name(SSL* connection, const context_state& state) {
    const auto& named = state.named_certificates;
    const char* asked = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
    const auto name = asked ? server_identity::parse(asked) : result<server_identity>(errc::invalid_host);
    if (!name || name->is_address()) return SSL_TLSEXT_ERR_NOACK;
    auto found = named.find(name->text());
    if (const auto dot = name->text().find('.'); found == named.end() && dot != std::string::npos)
        found = named.find('*' + name->text().substr(dot));
    if (found == named.end()) return SSL_TLSEXT_ERR_NOACK;
    const own_certificate& own = *found->second;
    SSL_certs_clear(connection);  // else one with a key of another kind stays beside it
    const bool used =
        SSL_use_cert_and_key(connection, own.leaf.get(), own.key.get(), own.intermediates.get(), 1) == 1;
    return used ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

DRAGLINE_DECL int select_certificate(SSL* connection, int* alert, void* state) noexcept {
    try {
        return certificate_for_name(connection, *static_cast<const context_state*>(state));
    } catch (...) {  // no memory: this handshake fails, and no other
        *alert = SSL_AD_INTERNAL_ERROR;
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
}

DRAGLINE_DECL result<void> set_named_certificates(SSL_CTX* context, context_state& state,
                                                  const server_options& options) {
    for (const auto& [name, certificate] : options.named_certificates()) {
        const bool wildcard = std::string_view(name).substr(0, 2) == "*.";
        const auto parsed = server_identity::parse(std::string_view(name).substr(wildcard ? 2 : 0));
        if (!parsed || parsed->is_address() || parsed->text().empty()) return errc::invalid_host;
        if (!certificate) return errc::invalid_certificate;
        auto own = std::make_shared<own_certificate>();
        if (auto read = read_certificate(certificate, *own); !read) return read;
        // Into a context that goes again: what cannot be used is to fail here, not at a client's handshake.
        const ssl_context_pointer trial(SSL_CTX_new(TLS_server_method()));
        if (!trial) return clear_errors(), errc::library_failure;
        if (auto used = use_certificate(trial.get(), *own); !used) return used;
        state.named_certificates[(wildcard ? "*." : "") + parsed->text()] = std::move(own);
    }
    if (state.named_certificates.empty()) return {};
    SSL_CTX_set_tlsext_servername_callback(context, select_certificate);
    SSL_CTX_set_tlsext_servername_arg(context, &state);
    return {};
}

}  // namespace dragline::inline v1::tls::detail

#endif
