// Our own certificate and key, from PEM or PKCS#12 into a context. Bodies only.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/tls/client_certificate.hpp>
#include <dragline/tls/detail/file_bytes.hpp>
#include <dragline/tls/detail/openssl.hpp>
#include <dragline/tls/detail/secret_text.hpp>
#include <dragline/tls/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <openssl/pkcs12.h>

#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::tls::detail {

using pkcs12_pointer = std::unique_ptr<PKCS12, freed_by<PKCS12_free>>;

struct own_certificate {
    x509_pointer leaf;
    chain_pointer intermediates;
    key_pointer key;
};

// What OpenSSL asks for the passphrase of an encrypted block.
struct passphrase_source {
    std::string_view text;
    bool asked = false;

    static int give(char* to, int size, int, void* self) noexcept {
        auto& source = *static_cast<passphrase_source*>(self);
        source.asked = true;
        if (source.text.empty() || source.text.size() > static_cast<std::size_t>(size)) return -1;
        std::memcpy(to, source.text.data(), source.text.size());
        return static_cast<int>(source.text.size());
    }
};

DRAGLINE_DECL result<void> read_chain(std::string_view pem, own_certificate& into) {
    const bio_pointer source = bio_over(pem);
    into.leaf.reset(PEM_read_bio_X509(source.get(), nullptr, refuse_password, nullptr));
    into.intermediates.reset(sk_X509_new_null());
    if (!into.leaf || !into.intermediates) return clear_errors(), errc::invalid_certificate;
    while (x509_pointer next{PEM_read_bio_X509(source.get(), nullptr, refuse_password, nullptr)}) {
        if (sk_X509_push(into.intermediates.get(), next.get()) <= 0) return errc::library_failure;
        static_cast<void>(next.release());
    }
    if (!take_end_of_pem()) return errc::invalid_certificate;
    return {};
}

DRAGLINE_DECL result<void> read_key(std::string_view pem, std::string_view passphrase,
                                    own_certificate& into) {
    const bio_pointer source = bio_over(pem);
    passphrase_source secret{passphrase};
    into.key.reset(PEM_read_bio_PrivateKey(source.get(), nullptr, passphrase_source::give, &secret));
    clear_errors();
    if (into.key) return {};
    return secret.asked ? errc::bad_passphrase : errc::invalid_private_key;
}

// Files hold their certificates in any order, often with the root, which nobody needs.
DRAGLINE_DECL chain_pointer chain_above(X509* leaf, const STACK_OF(X509) * certificates) {
    chain_pointer chain(sk_X509_new_null());
    const int count = chain && certificates ? sk_X509_num(certificates) : 0;
    for (X509* top = leaf; sk_X509_num(chain.get()) < count;) {
        X509* issuer = nullptr;
        for (int i = 0; i < count && !issuer; ++i) {
            X509* const each = sk_X509_value(certificates, i);
            const bool root = X509_check_issued(each, each) == X509_V_OK;
            if (!root && X509_check_issued(each, top) == X509_V_OK) issuer = each;
        }
        if (!issuer || X509_up_ref(issuer) != 1) break;
        sk_X509_push(chain.get(), issuer);
        top = issuer;
    }
    return chain;
}

DRAGLINE_DECL result<void> read_pkcs12(std::string_view bytes, std::string_view passphrase,
                                       own_certificate& into) {
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    const pkcs12_pointer file(d2i_PKCS12(nullptr, &at, static_cast<long>(bytes.size())));
    if (!file) return clear_errors(), errc::invalid_certificate;
    EVP_PKEY* key = nullptr;
    X509* leaf = nullptr;
    STACK_OF(X509)* others = nullptr;
    std::string secret(passphrase);  // with a zero at its end
    const bool parsed = PKCS12_parse(file.get(), secret.c_str(), &key, &leaf, &others) == 1;
    wipe(secret);
    const unsigned long reason = ERR_peek_last_error();
    clear_errors();
    into.key.reset(key);
    into.leaf.reset(leaf);
    const chain_pointer rest(others);
    if (!parsed) {
        const bool refused =
            ERR_GET_LIB(reason) == ERR_LIB_PKCS12 && ERR_GET_REASON(reason) == PKCS12_R_MAC_VERIFY_FAILURE;
        return refused ? errc::bad_passphrase : errc::invalid_certificate;
    }
    if (!leaf) return errc::invalid_certificate;
    if (!key) return errc::invalid_private_key;
    into.intermediates = chain_above(leaf, others);
    clear_errors();
    return {};
}

DRAGLINE_DECL result<void> read_key_file(const std::string& path, std::string_view passphrase,
                                         own_certificate& into) {
    auto pem = read_file(path);
    if (!pem) return errc::invalid_private_key;
    const auto read = read_key(*pem, passphrase, into);
    wipe(*pem);
    return read;
}

DRAGLINE_DECL result<void> read_certificate(const client_certificate& from, own_certificate& into) {
    switch (from.from()) {
        case client_certificate::source::none: break;
        case client_certificate::source::pem: {
            const auto read = read_chain(from.chain(), into);
            return read ? read_key(from.private_key(), from.passphrase(), into) : read;
        }
        case client_certificate::source::pem_files: {
            auto chain = read_file(std::string(from.chain()));
            if (!chain) return errc::invalid_certificate;
            const auto read = read_chain(*chain, into);
            wipe(*chain);  // the key may be in it
            // The path of the key is kept as the key would be.
            return read ? read_key_file(std::string(from.private_key()), from.passphrase(), into) : read;
        }
        case client_certificate::source::pkcs12:
            return read_pkcs12(from.private_key(), from.passphrase(), into);
        case client_certificate::source::pkcs12_file: {
            auto bytes = read_file(std::string(from.chain()));
            if (!bytes) return errc::invalid_certificate;
            const auto read = read_pkcs12(*bytes, from.passphrase(), into);
            wipe(*bytes);
            return read;
        }
    }
    return {};
}

DRAGLINE_DECL result<void> use_certificate(SSL_CTX* context, const own_certificate& own) {
    const bool fits = X509_check_private_key(own.leaf.get(), own.key.get()) == 1;
    const bool used = fits && SSL_CTX_use_cert_and_key(context, own.leaf.get(), own.key.get(),
                                                       own.intermediates.get(), 1) == 1;
    clear_errors();
    if (!fits) return errc::private_key_mismatch;
    if (!used) return errc::invalid_certificate;
    return {};
}

}  // namespace dragline::inline v1::tls::detail

#endif
