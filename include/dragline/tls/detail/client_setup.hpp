// Turns the options of a client into settings of OpenSSL's context. Bodies only.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/tls/detail/client_checks.hpp>
#include <dragline/tls/detail/context_state.hpp>
#include <dragline/tls/detail/key_log_sink.hpp>
#include <dragline/tls/detail/openssl.hpp>
#include <dragline/tls/detail/own_certificate.hpp>
#include <dragline/tls/error.hpp>
#include <dragline/tls/options.hpp>
#include <dragline/tls/pin.hpp>
#include <dragline/tls/verify.hpp>

#if DRAGLINE_HEADER_BODIES

#include <string>

namespace dragline::inline v1::tls::detail {

// The suites of TLS 1.3, as OpenSSL lists them; with `first` at their head where it is one of them.
DRAGLINE_DECL std::string suites_of(SSL_CTX* context, unsigned long first = 0) {
    std::string head;
    std::string rest;
    const auto* ciphers = SSL_CTX_get_ciphers(context);
    for (int i = 0; ciphers && i < sk_SSL_CIPHER_num(ciphers); ++i) {
        const auto* const each = sk_SSL_CIPHER_value(ciphers, i);
        if (SSL_CIPHER_get_kx_nid(each) != NID_kx_any) continue;
        (SSL_CIPHER_get_id(each) == first ? head : rest).append(SSL_CIPHER_get_name(each)).append(":");
    }
    return head + rest;
}

// OpenSSL asks for AES-256 with SHA-384 first. Processors have instructions for SHA-256: a resumed handshake
// takes a twelfth less. A suite that the system's settings leave out is not brought back.
DRAGLINE_DECL bool set_default_suites(SSL_CTX* context) {
    const auto suites = suites_of(context, TLS1_3_CK_AES_128_GCM_SHA256);
    return suites.empty() || SSL_CTX_set_ciphersuites(context, suites.c_str()) == 1;
}

DRAGLINE_DECL bool set_suites(SSL_CTX* context, const std::string& list) {
    return SSL_CTX_set_ciphersuites(context, list.c_str()) == 1 && !suites_of(context).empty();
}

DRAGLINE_DECL result<void> set_ciphers(SSL_CTX* context, const client_options& options) {
    // OpenSSL reads up to the first zero byte.
    bool known =
        (options.ciphers() + options.cipher_suites() + options.groups()).find('\0') == std::string::npos;
    if (known && !options.ciphers().empty()) {
        // OpenSSL accepts a server that shows no certificate at all when such a cipher was agreed on.
        const std::string list = options.ciphers() + ":!aNULL:!eNULL:!PSK:!SRP";
        known = SSL_CTX_set_cipher_list(context, list.c_str()) == 1;
    }
    if (known) {
        const auto& suites = options.cipher_suites();
        known = suites.empty() ? set_default_suites(context) : set_suites(context, suites);
    }
    if (known && !options.groups().empty()) {
        known = SSL_CTX_set1_groups_list(context, options.groups().c_str()) == 1;
    }
    clear_errors();
    if (!known) return errc::invalid_ciphers;
    return {};
}

DRAGLINE_DECL result<void> set_names(context_state& state, const client_options& options) {
    state.server_name = options.server_name();
    state.verify_name = options.verify_name();
    if (!state.verify_name.empty() && !server_identity::parse(state.verify_name)) return errc::invalid_host;
    if (!options.sni()) return {};
    state.sni.emplace();
    if (options.sni()->empty()) return {};
    // An address cannot be asked for (RFC 6066, 3).
    const auto name = server_identity::parse(*options.sni());
    if (!name || name->is_address()) return errc::invalid_host;
    state.sni = name->text();
    return {};
}

DRAGLINE_DECL result<void> set_pins(context_state& state, const client_options& options) {
    for (const std::string& text : options.pins()) {
        const auto pin = public_key_pin::parse(text);
        if (!pin) return pin.error();
        state.pins.push_back(pin->digest());
    }
    return {};
}

DRAGLINE_DECL result<void> set_own_certificate(SSL_CTX* context, const client_options& options) {
    if (!options.certificate())
        return SSL_CTX_set_client_cert_cb(context, on_certificate_request), result<void>();
    own_certificate own;
    if (auto read = read_certificate(options.certificate(), own); !read) return read;
    if (auto used = use_certificate(context, own); !used) return used;
    // What was given is sent, and nothing from the trust store. Some servers ask behind the handshake.
    SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_post_handshake_auth(context, 1);
    return {};
}

DRAGLINE_DECL result<void> set_key_log(SSL_CTX* context, context_state& state,
                                       const client_options& options) {
    if (!options.key_log()) return {};
    auto sink = key_log_sink::open(options.key_log());
    if (!sink) return sink.error();
    state.key_log = *std::move(sink);
    SSL_CTX_set_keylog_callback(context, on_key_log);
    return {};
}

// How the server is verified, but for the trust store.
DRAGLINE_DECL result<void> set_checks(SSL_CTX* context, context_state& state, const client_options& options) {
    if (options.ocsp() == ocsp_check::required && !options.verify()) return dragline::errc::invalid_option;
    if (auto set = set_pins(state, options); !set) return set;
    state.verify = options.verify();
    // Without verification OpenSSL would still build and check the chain, then ignore the result.
    if (!state.verify || !state.pins.empty()) {
        SSL_CTX_set_cert_verify_callback(context, verify_server, &state);
    }
    if (state.verify && options.ocsp() != ocsp_check::off) {
        state.ocsp = options.ocsp();
        SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
        SSL_CTX_set_tlsext_status_cb(context, on_staple);
    }
    return {};
}

}  // namespace dragline::inline v1::tls::detail

#endif
