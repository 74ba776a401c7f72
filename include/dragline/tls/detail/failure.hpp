// Turns OpenSSL's queue of errors into one of ours. Bodies only.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/tls/detail/openssl.hpp>
#include <dragline/tls/detail/peer_state.hpp>
#include <dragline/tls/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <string>
#include <system_error>

namespace dragline::inline v1::tls::detail {

struct failure {
    std::error_code code = errc::library_failure;
    std::string detail = {};
};

DRAGLINE_DECL errc error_of_alert(int alert, bool established) noexcept {
    switch (alert) {
        case SSL_AD_PROTOCOL_VERSION: return errc::protocol_version;
        case SSL_AD_INSUFFICIENT_SECURITY: return errc::no_shared_cipher;
        case SSL_AD_UNRECOGNIZED_NAME: return errc::unrecognized_name;
        case SSL_AD_NO_APPLICATION_PROTOCOL: return errc::no_application_protocol;
        case SSL_AD_BAD_CERTIFICATE:
        case SSL_AD_UNSUPPORTED_CERTIFICATE:
        case SSL_AD_CERTIFICATE_REVOKED:
        case SSL_AD_CERTIFICATE_EXPIRED:
        case SSL_AD_CERTIFICATE_UNKNOWN:
        case SSL_AD_UNKNOWN_CA:
        case SSL_AD_ACCESS_DENIED:
        case SSL_AD_CERTIFICATE_REQUIRED: return errc::certificate_refused;
        default: return established ? errc::alert_received : errc::handshake_failed;
    }
}

DRAGLINE_DECL errc error_of_reason(int reason, bool established) noexcept {
    if (established) return errc::bad_record;
    switch (reason) {
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_WRONG_SSL_VERSION:
        case SSL_R_WRONG_VERSION_NUMBER:
        case SSL_R_VERSION_TOO_LOW:
        case SSL_R_VERSION_TOO_HIGH:
        case SSL_R_UNKNOWN_PROTOCOL:
        case SSL_R_INAPPROPRIATE_FALLBACK:
        case SSL_R_NO_PROTOCOLS_AVAILABLE: return errc::protocol_version;
        case SSL_R_NO_SHARED_CIPHER:
        case SSL_R_NO_CIPHERS_AVAILABLE:
        case SSL_R_NO_SUITABLE_KEY_SHARE:
        case SSL_R_NO_SUITABLE_GROUPS: return errc::no_shared_cipher;
        case SSL_R_NO_APPLICATION_PROTOCOL: return errc::no_application_protocol;
        case SSL_R_CERTIFICATE_VERIFY_FAILED:
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return errc::certificate_invalid;
        default: return errc::handshake_failed;
    }
}

// The first entry of the TLS library is the cause; those before it are of the libraries below.
DRAGLINE_DECL failure take_failure(bool established) {
    failure found;
    while (const unsigned long entry = ERR_get_error()) {
        const int reason = ERR_GET_REASON(entry);
        if (reason == ERR_R_MALLOC_FAILURE) {
            found.code = make_error_code(std::errc::not_enough_memory);
            break;
        }
        if (ERR_GET_LIB(entry) != ERR_LIB_SSL) continue;
        if (reason > SSL_AD_REASON_OFFSET && reason <= SSL_AD_REASON_OFFSET + 255) {
            const int alert = reason - SSL_AD_REASON_OFFSET;
            found.code = error_of_alert(alert, established);
            found.detail = std::string("alert received: ") + SSL_alert_desc_string_long(alert);
            break;
        }
        found.code = error_of_reason(reason, established);
        const char* text = ERR_reason_error_string(entry);
        found.detail = text ? text : "no reason given";
        break;
    }
    clear_errors();
    return found;
}

// "certificate has expired (depth 0, subject CN=example.com)"
DRAGLINE_DECL std::string describe_failed_check(const char* reason, int depth, const X509* certificate) {
    return std::string(reason) + " (depth " + std::to_string(depth) + ", subject " + subject_of(certificate) +
           ")";
}

}  // namespace dragline::inline v1::tls::detail

#endif
