// Included by <dragline/net/secure_channel/detail/key_derivation.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace dragline::inline v1::net::detail {

// OpenSSL's queue of errors belongs to the thread; what we leave in it, others would take for theirs.
inline result<void> outcome_of(bool worked) noexcept {
    if (worked) return {};
    ERR_clear_error();
    return errc::channel_failure;
}

DRAGLINE_DECL result<hash_value> sha256(byte_view text) {
    hash_value hash;
    const bool worked =
        EVP_Digest(text.data(), text.size(), hash.data(), nullptr, EVP_sha256(), nullptr) == 1;
    const auto outcome = outcome_of(worked);
    return outcome ? result<hash_value>(hash) : outcome.error();
}

DRAGLINE_DECL result<void> hmac_sha256(byte_view key, byte_view text, std::span<std::uint8_t, 32> code) {
    const std::uint8_t none = 0;  // a null key would mean: that of the call before
    const auto* begin = key.empty() ? &none : key.data();
    return outcome_of(HMAC(EVP_sha256(), begin, static_cast<int>(key.size()), text.data(), text.size(),
                           code.data(), nullptr) != nullptr);
}

DRAGLINE_DECL result<void> extract_key(byte_view salt, byte_view input, secret& key) {
    return hmac_sha256(salt, input, key.bytes());
}

DRAGLINE_DECL result<void> expand_key(byte_view key, std::string_view info, std::span<std::uint8_t> out) {
    const auto label = bytes_of(info);
    secret code;
    std::vector<std::uint8_t> text;
    text.reserve(secret::size + label.size() + 1);
    for (std::uint8_t block = 1; !out.empty(); ++block) {
        text.insert(text.end(), label.begin(), label.end());
        text.push_back(block);
        const auto made = hmac_sha256(key, text, code.bytes());
        wipe(text);
        if (!made) return made;
        const auto size = std::min(out.size(), secret::size);
        std::copy_n(code.view().begin(), size, out.begin());
        out = out.subspan(size);
        text.assign(code.view().begin(), code.view().end());
    }
    wipe(text);
    return {};
}

DRAGLINE_DECL result<void> fill_random(std::span<std::uint8_t> out) {
    return outcome_of(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
}

DRAGLINE_DECL bool same_bytes(byte_view a, byte_view b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

DRAGLINE_DECL void agreement_key::freed::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }

DRAGLINE_DECL result<void> agreement_key::generate() {
    secret bytes;
    const auto filled = fill_random(bytes.bytes());
    return filled ? assign(bytes.view()) : filled;
}

DRAGLINE_DECL result<void> agreement_key::assign(byte_view private_key) {
    key_.reset(
        EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, private_key.data(), private_key.size()));
    return outcome_of(key_ != nullptr);
}

DRAGLINE_DECL result<hash_value> agreement_key::public_key() const {
    hash_value bytes;
    auto size = bytes.size();
    const bool worked = EVP_PKEY_get_raw_public_key(key_.get(), bytes.data(), &size) == 1;
    const auto outcome = outcome_of(worked);
    return outcome ? result<hash_value>(bytes) : outcome.error();
}

DRAGLINE_DECL result<void> agreement_key::agree(byte_view peer, secret& shared) const {
    struct context_freed {
        void operator()(EVP_PKEY_CTX* context) const noexcept { EVP_PKEY_CTX_free(context); }
    };
    const std::unique_ptr<evp_pkey_st, freed> other(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, peer.data(), peer.size()));
    const std::unique_ptr<EVP_PKEY_CTX, context_freed> context(EVP_PKEY_CTX_new(key_.get(), nullptr));
    const bool ready = other && context && EVP_PKEY_derive_init(context.get()) == 1 &&
                       EVP_PKEY_derive_set_peer(context.get(), other.get()) == 1;
    auto outcome = outcome_of(ready);
    if (!outcome) return outcome;
    auto size = secret::size;
    if (outcome_of(EVP_PKEY_derive(context.get(), shared.bytes().data(), &size) == 1)) return {};
    return errc::packet_not_authentic;
}

}  // namespace dragline::net::detail

#endif
