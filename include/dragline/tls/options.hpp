// The TLS settings of clients and servers, as plain values. Start with `client_options`.
#pragma once

#include <dragline/tls/client_certificate.hpp>
#include <dragline/tls/key_log.hpp>
#include <dragline/tls/ocsp.hpp>

#include <compare>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dragline::inline v1::tls {

enum class version { tls_1_2, tls_1_3 };

/// How a client speaks TLS and whom it trusts: by default TLS 1.2 or newer, verified against the system
/// store.
///
/// Values compare and order, so they serve as map keys: engines of equal options share one context and its
/// tickets. A bad value is kept and makes context::make_client() fail.
class client_options {
public:
    client_options() {}

    /// Whether the peer must prove its name. Off also means that no trust store is loaded; pins still count.
    client_options& verify(bool value) { return verify_ = value, *this; }
    bool verify() const noexcept { return verify_; }

    /// CA certificates to trust: a PEM file, a directory of OpenSSL's hashed names, PEM text.
    /// Those that are given add up, and replace the system store. One that is given but empty is an error.
    client_options& ca_file(std::string path) { return ca_file_ = std::move(path), *this; }
    client_options& ca_directory(std::string path) { return ca_directory_ = std::move(path), *this; }
    client_options& ca_pem(std::string text) { return ca_pem_ = std::move(text), *this; }
    const std::optional<std::string>& ca_file() const noexcept { return ca_file_; }
    const std::optional<std::string>& ca_directory() const noexcept { return ca_directory_; }
    const std::optional<std::string>& ca_pem() const noexcept { return ca_pem_; }

    client_options& min_version(version value) { return min_version_ = value, *this; }
    version min_version() const noexcept { return min_version_; }
    client_options& max_version(version value) { return max_version_ = value, *this; }
    version max_version() const noexcept { return max_version_; }

    /// Application protocols to offer, best first (RFC 7301). None: the extension is not sent.
    client_options& alpn(std::vector<std::string> names) { return alpn_ = std::move(names), *this; }
    const std::vector<std::string>& alpn() const noexcept { return alpn_; }

    /// The name to ask for and to verify, instead of the host that is connected to. Empty: that host.
    client_options& server_name(std::string name) { return server_name_ = std::move(name), *this; }
    const std::string& server_name() const noexcept { return server_name_; }

    /// The name to ask for (SNI), when it differs from server_name() and the host. Empty: none is asked for.
    client_options& sni(std::string name) { return sni_ = std::move(name), *this; }
    const std::optional<std::string>& sni() const noexcept { return sni_; }

    /// The name or address to verify, when it differs from server_name() and the host. Empty: those.
    client_options& verify_name(std::string name) { return verify_name_ = std::move(name), *this; }
    const std::string& verify_name() const noexcept { return verify_name_; }

    /// What to show to servers that ask for a certificate.
    client_options& certificate(client_certificate value) { return certificate_ = std::move(value), *this; }
    const client_certificate& certificate() const noexcept { return certificate_; }

    /// Adds a public key that the server may have, as public_key_pin::text(): "sha256/" and base64. With
    /// pins, one must be in the chain as it was verified (RFC 7469, 2.6), so that of a CA will do. Without
    /// verification, it must be that of the server's own certificate. Another key: errc::pin_mismatch, before
    /// anything is sent but the beginning of the handshake.
    client_options& pin(std::string text) { return pins_.push_back(std::move(text)), *this; }
    const std::vector<std::string>& pins() const noexcept { return pins_; }

    /// What becomes of a stapled OCSP response; required and no verification cannot go together.
    client_options& ocsp(ocsp_check value) { return ocsp_ = value, *this; }
    ocsp_check ocsp() const noexcept { return ocsp_; }

    /// Ciphers up to TLS 1.2, suites of TLS 1.3 and groups for the key exchange, best first, in the syntax of
    /// OpenSSL: "ECDHE+AESGCM:ECDHE+CHACHA20", "TLS_AES_256_GCM_SHA384", "X25519:P-256". Empty: its defaults,
    /// but TLS_AES_128_GCM_SHA256 before the other suites, as browsers ask for it: it takes less time. A list
    /// that it refuses, or of which it knows nothing: errc::invalid_ciphers. Ciphers without authentication
    /// or encryption are never offered.
    client_options& ciphers(std::string list) { return ciphers_ = std::move(list), *this; }
    client_options& cipher_suites(std::string list) { return cipher_suites_ = std::move(list), *this; }
    client_options& groups(std::string list) { return groups_ = std::move(list), *this; }
    const std::string& ciphers() const noexcept { return ciphers_; }
    const std::string& cipher_suites() const noexcept { return cipher_suites_; }
    const std::string& groups() const noexcept { return groups_; }

    /// Where the secrets of connections go: nowhere by default.
    client_options& key_log(tls::key_log where) { return key_log_ = std::move(where), *this; }
    const tls::key_log& key_log() const noexcept { return key_log_; }

    bool operator==(const client_options&) const = default;
    std::strong_ordering operator<=>(const client_options&) const = default;

private:
    bool verify_ = true;
    version min_version_ = version::tls_1_2;
    version max_version_ = version::tls_1_3;
    std::optional<std::string> ca_file_;
    std::optional<std::string> ca_directory_;
    std::optional<std::string> ca_pem_;
    std::vector<std::string> alpn_;
    std::string server_name_;
    std::optional<std::string> sni_;
    std::string verify_name_;
    client_certificate certificate_;
    std::vector<std::string> pins_;
    ocsp_check ocsp_ = ocsp_check::if_stapled;
    std::string ciphers_;
    std::string cipher_suites_;
    std::string groups_;
    tls::key_log key_log_;
};

/// What a server with client CAs does about clients that show no certificate. One that cannot be verified is
/// refused in either case.
enum class client_authentication { required, optional };

/// How a server speaks TLS: its certificate and key are needed, the rest has defaults.
class server_options {
public:
    server_options() {}

    /// The certificate, the intermediates above it and the key: from PEM text, PEM files or PKCS#12. It takes
    /// the place of the two texts below.
    server_options& certificate(server_certificate value) { return certificate_ = std::move(value), *this; }
    const server_certificate& certificate() const noexcept { return certificate_; }

    /// Adds one for clients that ask for `name` (SNI): "www.example.com", or "*.example.com" for every name
    /// one label below. Others, and those that ask for none, get the certificate above. A name that is not
    /// one fails make_server() with errc::invalid_host.
    server_options& certificate_for(std::string name, server_certificate value) {
        return named_certificates_.emplace_back(std::move(name), std::move(value)), *this;
    }
    const std::vector<std::pair<std::string, server_certificate>>& named_certificates() const noexcept {
        return named_certificates_;
    }

    /// The server's certificate, then the intermediates, in PEM.
    server_options& certificate_chain_pem(std::string text) { return chain_pem_ = std::move(text), *this; }
    const std::string& certificate_chain_pem() const noexcept { return chain_pem_; }

    /// The key of the first certificate, in PEM, not encrypted.
    server_options& private_key_pem(std::string text) { return key_pem_ = std::move(text), *this; }
    const std::string& private_key_pem() const noexcept { return key_pem_; }

    /// When given, every client must show a certificate from one of these CAs, in PEM.
    server_options& client_ca_pem(std::string text) { return client_ca_pem_ = std::move(text), *this; }
    const std::optional<std::string>& client_ca_pem() const noexcept { return client_ca_pem_; }

    /// Whether "must" is "may": stream::peer() then tells who showed which.
    server_options& client_authentication(tls::client_authentication value) {
        return client_authentication_ = value, *this;
    }
    tls::client_authentication client_authentication() const noexcept { return client_authentication_; }

    server_options& min_version(version value) { return min_version_ = value, *this; }
    version min_version() const noexcept { return min_version_; }
    server_options& max_version(version value) { return max_version_ = value, *this; }
    version max_version() const noexcept { return max_version_; }

    /// Application protocols to accept, best first. A client that offers only others is refused.
    server_options& alpn(std::vector<std::string> names) { return alpn_ = std::move(names), *this; }
    const std::vector<std::string>& alpn() const noexcept { return alpn_; }

    /// The OCSP response to staple for clients that ask for one, in DER, as it is. Empty: none.
    server_options& ocsp_response(std::string der) { return ocsp_response_ = std::move(der), *this; }
    const std::string& ocsp_response() const noexcept { return ocsp_response_; }

    bool operator==(const server_options&) const = default;

private:
    server_certificate certificate_;
    std::vector<std::pair<std::string, server_certificate>> named_certificates_;
    std::string chain_pem_;
    std::string key_pem_;
    std::optional<std::string> client_ca_pem_;
    tls::client_authentication client_authentication_ = tls::client_authentication::required;
    version min_version_ = version::tls_1_2;
    version max_version_ = version::tls_1_3;
    std::vector<std::string> alpn_;
    std::string ocsp_response_;
};

}  // namespace dragline::inline v1::tls
