// Keys from secrets: HKDF with SHA-256 (RFC 5869), and X25519 (RFC 7748) for secrets that nobody keeps.
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/error.hpp>
#include <dragline/net/secure_channel/detail/secret.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

struct evp_pkey_st;  // EVP_PKEY

namespace dragline::inline v1::net::detail {

using hash_value = std::array<std::uint8_t, 32>;

inline byte_view bytes_of(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view text_of(byte_view bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// All of these fail with errc::channel_failure only, when OpenSSL does.
result<hash_value> sha256(byte_view text);
result<void> hmac_sha256(byte_view key, byte_view text, std::span<std::uint8_t, 32> code);
result<void> extract_key(byte_view salt, byte_view input, secret& key);
result<void> expand_key(byte_view key, std::string_view info, std::span<std::uint8_t> out);
result<void> fill_random(std::span<std::uint8_t> out);

/// In the same time wherever they differ.
bool same_bytes(byte_view a, byte_view b) noexcept;

class agreement_key {
public:
    static constexpr std::size_t public_size = 32;

    result<void> generate();
    result<void> assign(byte_view private_key);
    result<hash_value> public_key() const;

    /// Fails also for a public key of a small group, which would leave nothing secret: with
    /// errc::packet_not_authentic.
    result<void> agree(byte_view peer, secret& shared) const;

    void forget() noexcept { key_.reset(); }

private:
    struct freed {
        void operator()(evp_pkey_st* key) const noexcept;
    };

    std::unique_ptr<evp_pkey_st, freed> key_;
};

}  // namespace dragline::net::detail

#include <dragline/net/secure_channel/detail/impl/key_derivation.ipp>
