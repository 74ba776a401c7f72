// Included by <dragline/tls/error.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <string>

namespace dragline::inline v1::tls {

DRAGLINE_DECL const std::error_category& error_category() noexcept {
    struct tls_category final : category {
        const char* name() const noexcept override { return "dragline.tls"; }

        std::string message(int code) const override {
            switch (static_cast<errc>(code)) {
                case errc::certificate_expired: return "certificate has expired";
                case errc::certificate_not_yet_valid: return "certificate is not yet valid";
                case errc::unknown_issuer: return "certificate is from an unknown issuer";
                case errc::self_signed: return "certificate is self-signed";
                case errc::host_mismatch: return "certificate is for another host name";
                case errc::address_mismatch: return "certificate is for another IP address";
                case errc::certificate_revoked: return "certificate was revoked";
                case errc::certificate_invalid: return "certificate is not valid";
                case errc::pin_mismatch: return "no pinned key in the certificate chain";
                case errc::staple_missing: return "required OCSP response was not stapled";
                case errc::staple_expired: return "stapled OCSP response is out of date";
                case errc::staple_invalid: return "stapled OCSP response is not valid";
                case errc::status_unknown: return "certificate is not known to its OCSP responder";
                case errc::certificate_refused: return "peer refused our certificate or requires one";
                case errc::empty_trust_store: return "no trusted CA certificates found (empty trust store)";
                case errc::handshake_failed: return "TLS handshake failed";
                case errc::handshake_closed: return "connection closed during the TLS handshake";
                case errc::not_tls: return "peer does not speak TLS";
                case errc::protocol_version: return "no TLS version in common";
                case errc::no_shared_cipher: return "no TLS cipher or group in common";
                case errc::no_application_protocol: return "no application protocol in common (ALPN)";
                case errc::unrecognized_name: return "server does not know the requested name";
                case errc::truncated: return "connection ended without close_notify (truncated)";
                case errc::closed: return "TLS session was closed on this side";
                case errc::bad_record: return "bad TLS record";
                case errc::alert_received: return "peer ended the TLS session with an alert";
                case errc::output_limit: return "TLS output limit exceeded";
                case errc::invalid_host: return "not a host name or address to verify";
                case errc::invalid_trust: return "CA certificates cannot be read";
                case errc::invalid_certificate: return "own certificate cannot be used";
                case errc::invalid_private_key: return "own private key cannot be used";
                case errc::private_key_mismatch: return "own private key is not that of the certificate";
                case errc::bad_passphrase: return "wrong or missing passphrase of own private key";
                case errc::invalid_pin: return "malformed public key pin";
                case errc::invalid_ciphers: return "no known cipher, suite or group in a list";
                case errc::key_log_failed: return "key log cannot be opened or written";
                case errc::library_failure: return "OpenSSL failed";
            }
            return "unknown TLS error";
        }

        std::error_condition default_error_condition(int) const noexcept override {
            return condition::tls_failed;
        }

        phase phase_of(int code) const noexcept override {
            return static_cast<errc>(code) == errc::truncated ? phase::read : phase::tls;
        }
    };
    static const tls_category instance;
    return instance;
}

}  // namespace dragline::inline v1::tls

#endif
