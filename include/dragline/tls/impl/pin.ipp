// Included by <dragline/tls/pin.hpp> only.
#pragma once

#include <dragline/tls/detail/openssl.hpp>
#include <dragline/tls/detail/pin_check.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::tls {
namespace detail {

inline constexpr std::size_t base64_digest_size = 44;

inline std::string base64_of(const public_key_pin::digest_bytes& digest) {
    unsigned char text[base64_digest_size + 1];
    const int size = EVP_EncodeBlock(text, digest.data(), static_cast<int>(digest.size()));
    return std::string(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
}

}  // namespace detail

DRAGLINE_DECL result<public_key_pin> public_key_pin::parse(std::string_view text) {
    constexpr std::string_view kind = "sha256/";
    if (!text.starts_with(kind)) return errc::invalid_pin;
    text.remove_prefix(kind.size());
    // Base64 may begin with a slash, too: the length tells.
    if (text.size() == detail::base64_digest_size + 1 && text.front() == '/') text.remove_prefix(1);
    if (text.size() != detail::base64_digest_size) return errc::invalid_pin;
    unsigned char bytes[33];
    const int size = EVP_DecodeBlock(bytes, reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
    detail::clear_errors();
    if (size != static_cast<int>(sizeof bytes)) return errc::invalid_pin;
    digest_bytes digest;
    std::copy_n(bytes, digest.size(), digest.begin());
    // Padding and unused bits, which the decoder does not look at.
    if (detail::base64_of(digest) != text) return errc::invalid_pin;
    return public_key_pin(digest);
}

DRAGLINE_DECL result<public_key_pin> public_key_pin::of_certificate(std::string_view certificate) {
    detail::clear_errors();
    const auto* at = reinterpret_cast<const unsigned char*>(certificate.data());
    detail::x509_pointer read(d2i_X509(nullptr, &at, static_cast<long>(certificate.size())));
    if (!read) {
        const auto source = detail::bio_over(certificate);
        read.reset(PEM_read_bio_X509(source.get(), nullptr, detail::refuse_password, nullptr));
    }
    const auto digest = read ? detail::public_key_digest(read.get()) : std::nullopt;
    detail::clear_errors();
    if (!digest) return errc::invalid_certificate;
    return public_key_pin(*digest);
}

DRAGLINE_DECL std::string public_key_pin::text() const { return "sha256/" + detail::base64_of(digest_); }

}  // namespace dragline::inline v1::tls

#endif
