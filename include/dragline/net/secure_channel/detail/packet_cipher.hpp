// One key of one direction: seals and opens packets with an AEAD cipher of OpenSSL.
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/error.hpp>
#include <dragline/net/secure_channel/detail/secret.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_cipher_ctx_st;  // EVP_CIPHER_CTX

namespace dragline::inline v1::net {

/// What packets are sealed with; both ends must choose the same.
enum class channel_cipher : std::uint8_t {
    chacha20_poly1305 = 1,  ///< RFC 8439: fast on every machine.
    aes_256_gcm = 2,        ///< Faster where the processor has AES instructions.
};

}  // namespace dragline::net

namespace dragline::inline v1::net::detail {

class packet_cipher {
public:
    static constexpr std::size_t tag_size = 16;
    static constexpr std::size_t nonce_size = 12;
    using nonce = std::array<std::uint8_t, nonce_size>;

    enum class use { sealing, opening };

    /// The nonce of packet n is `base` with n xored into its last eight bytes (as in RFC 8446, 5.3).
    result<void> start(use what, channel_cipher cipher, byte_view key, const nonce& base);

    /// Appends the ciphertext and its tag.
    result<void> seal(std::uint64_t number, std::string_view header, std::string_view text, std::string& out);

    /// Makes the plaintext of `text`, in place. Errors: errc::packet_not_authentic, and `text` is empty.
    result<void> open(std::uint64_t number, std::string_view header, std::string& text);

private:
    struct freed {
        void operator()(evp_cipher_ctx_st* context) const noexcept;
    };

    nonce nonce_of(std::uint64_t number) const noexcept;

    std::unique_ptr<evp_cipher_ctx_st, freed> context_;
    nonce base_{};
};

}  // namespace dragline::net::detail

#include <dragline/net/secure_channel/detail/impl/packet_cipher.ipp>
