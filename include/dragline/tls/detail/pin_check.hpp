// Whether a chain has one of the pinned keys. Bodies only.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/tls/detail/openssl.hpp>

#if DRAGLINE_HEADER_BODIES

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace dragline::inline v1::tls::detail {

using key_digest = std::array<unsigned char, 32>;

DRAGLINE_DECL std::optional<key_digest> public_key_digest(const X509* certificate) noexcept {
    unsigned char* encoded = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &encoded);
    const encoding_pointer owner(encoded);
    key_digest digest;
    if (size <= 0 || EVP_Digest(encoded, static_cast<std::size_t>(size), digest.data(), nullptr, EVP_sha256(),
                                nullptr) != 1) {
        return std::nullopt;
    }
    return digest;
}

DRAGLINE_DECL bool is_pinned(const std::vector<key_digest>& pins, const X509* certificate) noexcept {
    const auto digest = certificate ? public_key_digest(certificate) : std::nullopt;
    return digest && std::find(pins.begin(), pins.end(), *digest) != pins.end();
}

// Without a verified chain only the leaf counts: anybody can send the certificate of a pinned CA along.
DRAGLINE_DECL bool has_pinned_key(const std::vector<key_digest>& pins, const X509* leaf,
                                  const STACK_OF(X509) * verified) noexcept {
    if (is_pinned(pins, leaf)) return true;
    for (int i = 1; verified && i < sk_X509_num(verified); ++i) {
        if (is_pinned(pins, sk_X509_value(verified, i))) return true;
    }
    return false;
}

}  // namespace dragline::inline v1::tls::detail

#endif
