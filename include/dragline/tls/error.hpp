// What can go wrong in TLS. Every code equals condition::tls_failed; the text of the failed check is
// engine::error_detail().
#pragma once

#include <dragline/core/error.hpp>

#include <system_error>

namespace dragline::inline v1::tls {

enum class errc {
    certificate_expired = 1,    ///< A certificate of the chain is past its end.
    certificate_not_yet_valid,  ///< A certificate of the chain has not begun.
    unknown_issuer,             ///< The chain ends at nobody in the trust store.
    self_signed,                ///< The peer's certificate is signed by itself and not in the trust store.
    host_mismatch,              ///< The certificate is for other names.
    address_mismatch,           ///< The certificate is for other IP addresses.
    certificate_revoked,        ///< A certificate of the chain was revoked.
    certificate_invalid,        ///< Any other failed check: signature, usage, weak key, none sent.
    pin_mismatch,               ///< None of the pinned keys is in the chain.
    staple_missing,             ///< No OCSP response was stapled, and one is required.
    staple_expired,             ///< The stapled OCSP response is out of date, and a good one is required.
    staple_invalid,           ///< The stapled OCSP response is forged, malformed, or not of this certificate.
    status_unknown,           ///< The stapled OCSP response says that the certificate is not known.
    certificate_refused,      ///< An alert: the peer refuses our certificate, or wants one.
    empty_trust_store,        ///< Verification is on, and there is no certificate to trust.
    handshake_failed,         ///< An alert, or a broken handshake message.
    handshake_closed,         ///< The peer ended the connection inside the handshake.
    not_tls,                  ///< The first bytes of the peer are no TLS: plain HTTP, say.
    protocol_version,         ///< No TLS version in common.
    no_shared_cipher,         ///< No cipher suite or group in common.
    no_application_protocol,  ///< ALPN: nothing in common, or an answer that was not offered.
    unrecognized_name,        ///< An alert: the server does not know the name that was asked for.
    truncated,                ///< The transport ended without close_notify: data may be missing.
    closed,                   ///< A write after close().
    bad_record,               ///< A record that is malformed or fails its integrity check.
    alert_received,           ///< The peer ended an established session with an alert.
    output_limit,             ///< The peer made us queue more than the output limit.
    invalid_host,             ///< The host is no name and no address to check a certificate against.
    invalid_trust,            ///< A CA file, directory or PEM text cannot be read.
    invalid_certificate,      ///< Our own certificate chain cannot be used.
    invalid_private_key,      ///< Our own key cannot be used.
    private_key_mismatch,     ///< Our own key is not that of our certificate.
    bad_passphrase,           ///< The passphrase of our key or PKCS#12 file is wrong, or missing.
    invalid_pin,              ///< A pin is not "sha256/" and 32 bytes in base64.
    invalid_ciphers,          ///< OpenSSL knows none of the ciphers, suites or groups that are listed.
    key_log_failed,           ///< The key log cannot be opened.
    library_failure,          ///< OpenSSL failed for no reason of the peer.
};

/// Category "dragline.tls". The phase is phase::tls; phase::read for truncated.
DRAGLINE_DECL const std::error_category& error_category() noexcept;

inline std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

}  // namespace dragline::inline v1::tls

template <>
struct std::is_error_code_enum<dragline::tls::errc> : std::true_type {};

#include <dragline/tls/impl/error.ipp>
