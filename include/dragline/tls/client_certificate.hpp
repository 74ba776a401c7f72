// The certificate with which a client or a server proves who it is: client_options().certificate(...). Start
// with `client_certificate::pem`.
#pragma once

#include <dragline/tls/detail/secret_text.hpp>

#include <compare>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::tls {

/// A client's certificate, the intermediates above it, and its key; from text or from files, which are read
/// when a context is made.
///
/// It is shown to every server that asks for one and has proved its own name: give a session that has one
/// only to the hosts that may know it. Keys and passphrases are wiped with the last copy.
class client_certificate {
public:
    enum class source { none, pem, pem_files, pkcs12, pkcs12_file };

    client_certificate() {}

    /// PEM: the client's certificate first, then the intermediates; and its key, encrypted or not. Both may
    /// be the same text.
    static client_certificate pem(std::string chain, std::string private_key) {
        return client_certificate(source::pem, std::move(chain), std::move(private_key));
    }
    static client_certificate pem_files(std::string chain_path, std::string private_key_path) {
        return client_certificate(source::pem_files, std::move(chain_path), std::move(private_key_path));
    }

    /// The bytes of a PKCS#12 file (.p12, .pfx), which holds all of it (RFC 7292).
    static client_certificate pkcs12(std::string bytes) {
        return client_certificate(source::pkcs12, std::string(), std::move(bytes));
    }
    static client_certificate pkcs12_file(std::string path) {
        return client_certificate(source::pkcs12_file, std::move(path), std::string());
    }

    /// Of the encrypted key, or of the PKCS#12 file. Nobody is ever asked for one that is missing.
    client_certificate& passphrase(std::string text) {
        return passphrase_ = detail::secret_text(std::move(text)), *this;
    }

    explicit operator bool() const noexcept { return from_ != source::none; }
    source from() const noexcept { return from_; }
    /// The chain in PEM, or its path, or that of the PKCS#12 file.
    std::string_view chain() const noexcept { return chain_.view(); }
    /// The key in PEM, or its path, or the bytes of PKCS#12.
    std::string_view private_key() const noexcept { return key_.view(); }
    std::string_view passphrase() const noexcept { return passphrase_.view(); }

    bool operator==(const client_certificate&) const = default;
    std::strong_ordering operator<=>(const client_certificate&) const = default;

private:
    client_certificate(source from, std::string chain, std::string key)
        : from_(from), chain_(std::move(chain)), key_(std::move(key)) {}

    source from_ = source::none;
    detail::secret_text chain_;  // may hold the key, too
    detail::secret_text key_;
    detail::secret_text passphrase_;
};

/// That of a server is made in the same ways.
using server_certificate = client_certificate;

}  // namespace dragline::inline v1::tls
