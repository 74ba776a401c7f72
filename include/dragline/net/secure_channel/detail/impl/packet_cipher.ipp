// Included by <dragline/net/secure_channel/detail/packet_cipher.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <openssl/err.h>
#include <openssl/evp.h>

namespace dragline::inline v1::net::detail {

// Freeing it wipes the key (EVP_CIPHER_CTX_reset).
DRAGLINE_DECL void packet_cipher::freed::operator()(evp_cipher_ctx_st* context) const noexcept {
    EVP_CIPHER_CTX_free(context);
}

DRAGLINE_DECL result<void> packet_cipher::start(use what, channel_cipher cipher, byte_view key,
                                                const nonce& base) {
    base_ = base;
    context_.reset(EVP_CIPHER_CTX_new());
    const auto* algorithm =
        cipher == channel_cipher::aes_256_gcm ? EVP_aes_256_gcm() : EVP_chacha20_poly1305();
    const int sealing = what == use::sealing ? 1 : 0;
    const bool started =
        context_ && EVP_CipherInit_ex(context_.get(), algorithm, nullptr, key.data(), nullptr, sealing) == 1;
    if (started) return {};
    ERR_clear_error();
    context_.reset();
    return errc::channel_failure;
}

DRAGLINE_DECL packet_cipher::nonce packet_cipher::nonce_of(std::uint64_t number) const noexcept {
    auto made = base_;
    for (std::size_t i = 0; i < 8; ++i) {
        made[nonce_size - 1 - i] ^= static_cast<std::uint8_t>(number >> (8 * i));
    }
    return made;
}

// Sizes were checked against max_message, which an int can hold.
DRAGLINE_DECL result<void> packet_cipher::seal(std::uint64_t number, std::string_view header,
                                               std::string_view text, std::string& out) {
    const auto input = [](std::string_view from) {
        return reinterpret_cast<const unsigned char*>(from.data());
    };
    const auto begin = out.size();
    out.resize(begin + text.size() + tag_size);
    auto* sealed = reinterpret_cast<unsigned char*>(out.data() + begin);
    auto* context = context_.get();
    const auto at = nonce_of(number);
    int size = 0, ignored = 0;
    const bool worked =
        context && EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, at.data()) == 1 &&
        EVP_EncryptUpdate(context, nullptr, &ignored, input(header), static_cast<int>(header.size())) == 1 &&
        (text.empty() ||
         EVP_EncryptUpdate(context, sealed, &size, input(text), static_cast<int>(text.size())) == 1) &&
        EVP_EncryptFinal_ex(context, sealed + size, &ignored) == 1 &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, tag_size, sealed + text.size()) == 1;
    if (worked) return {};
    ERR_clear_error();
    out.resize(begin);
    return errc::channel_failure;
}

DRAGLINE_DECL result<void> packet_cipher::open(std::uint64_t number, std::string_view header,
                                               std::string& text) {
    auto* context = context_.get();
    bool worked = context && text.size() >= tag_size;
    if (worked) {
        const auto size = text.size() - tag_size;
        auto* bytes = reinterpret_cast<unsigned char*>(text.data());
        const auto* above = reinterpret_cast<const unsigned char*>(header.data());
        const auto at = nonce_of(number);
        int done = 0, ignored = 0;
        worked =
            EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, at.data()) == 1 &&
            EVP_DecryptUpdate(context, nullptr, &ignored, above, static_cast<int>(header.size())) == 1 &&
            (size == 0 || EVP_DecryptUpdate(context, bytes, &done, bytes, static_cast<int>(size)) == 1) &&
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tag_size, bytes + size) == 1 &&
            EVP_DecryptFinal_ex(context, bytes + done, &ignored) == 1;
        if (worked) return text.resize(size), result<void>();
    }
    ERR_clear_error();
    text.clear();  // what was made of it is not to be seen
    return errc::packet_not_authentic;
}

}  // namespace dragline::net::detail

#endif
