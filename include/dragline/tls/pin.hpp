// Pins: the public keys that a server may have, as client_options().pin(...) takes them. Start with
// `public_key_pin::of_certificate`.
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/tls/error.hpp>

#include <array>
#include <compare>
#include <string>
#include <string_view>

namespace dragline::inline v1::tls {

/// The SHA-256 of a public key, that is of the SubjectPublicKeyInfo of its certificates (RFC 7469, 2.4).
class public_key_pin {
public:
    using digest_bytes = std::array<unsigned char, 32>;

    public_key_pin() {}
    explicit public_key_pin(const digest_bytes& digest) : digest_(digest) {}

    /// Takes "sha256/" or, as curl writes it, "sha256//", and 44 characters of base64.
    /// Errors: errc::invalid_pin.
    static result<public_key_pin> parse(std::string_view text);

    /// The pin of a certificate in DER, as certificate_info::der has it, or of the first one of a PEM text.
    /// Errors: errc::invalid_certificate.
    static result<public_key_pin> of_certificate(std::string_view certificate);

    /// "sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    std::string text() const;
    const digest_bytes& digest() const noexcept { return digest_; }

    bool operator==(const public_key_pin&) const = default;
    std::strong_ordering operator<=>(const public_key_pin&) const = default;

private:
    digest_bytes digest_{};
};

}  // namespace dragline::inline v1::tls

#include <dragline/tls/impl/pin.ipp>
