// What peer_info shares: taken from a connection in a few reference counts, read when asked.
#pragma once

#include <dragline/core/features.hpp>

#include <dragline/tls/error.hpp>
#include <dragline/tls/ocsp.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <system_error>

struct asn1_string_st;
struct stack_st_X509;
struct x509_st;

namespace dragline::inline v1::tls {

struct certificate_info;

namespace detail {

struct peer_state {
    peer_state() = default;
    peer_state(const peer_state&) = delete;
    peer_state& operator=(const peer_state&) = delete;
    ~peer_state();

    std::string_view version;  // OpenSSL's own constants
    std::string_view cipher;
    std::string alpn;
    bool resumed = false;
    stack_st_X509* chain = nullptr;     // owned; may be null
    stack_st_X509* verified = nullptr;  // owned; may be null
    ocsp_status ocsp = ocsp_status::unchecked;

    const char* failed_reason = nullptr;  // a constant; null when no check failed
    std::error_code failed_code;
    int failed_depth = 0;
    x509_st* failed_certificate = nullptr;  // owned; may be null
};

DRAGLINE_DECL certificate_info describe_certificate(x509_st* certificate);

/// Clamped to the range of the clock.
DRAGLINE_DECL std::chrono::system_clock::time_point time_of(const asn1_string_st* time) noexcept;

/// The subject in one line, for messages.
DRAGLINE_DECL std::string subject_of(const x509_st* certificate);

}  // namespace detail
}  // namespace dragline::inline v1::tls
