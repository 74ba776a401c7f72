// Whom a certificate must be for, and what a failed check means. The checks themselves are OpenSSL's, set on
// each connection, so that no callback can undo them.
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/tls/error.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::tls {

/// The DNS name or IP address that a certificate must be for (RFC 9525).
class server_identity {
public:
    server_identity() {}

    /// Takes a host as it stands in a URL: a name in ASCII, IPv4, or IPv6 with or without brackets. Letters
    /// become lower case; one trailing dot and a zone id are removed.
    /// Errors: errc::invalid_host.
    static result<server_identity> parse(std::string_view host);

    bool is_address() const noexcept { return is_address_; }
    const std::string& text() const noexcept { return text_; }

    bool operator==(const server_identity&) const = default;

private:
    server_identity(std::string text, bool is_address) : text_(std::move(text)), is_address_(is_address) {}

    std::string text_;
    bool is_address_ = false;
};

/// The error for a result of OpenSSL's certificate verification (X509_V_ERR_...), which is not X509_V_OK.
DRAGLINE_DECL errc verify_error(int openssl_result) noexcept;

}  // namespace dragline::inline v1::tls

#include <dragline/tls/impl/verify.ipp>
