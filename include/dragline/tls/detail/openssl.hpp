// Owners of OpenSSL's objects, for bodies. Empty where bodies are compiled elsewhere, so that users of the
// compiled library never read OpenSSL's headers.
#pragma once

#include <dragline/core/features.hpp>

#if DRAGLINE_HEADER_BODIES

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <climits>
#include <cstddef>
#include <memory>
#include <string_view>

namespace dragline::inline v1::tls::detail {

template <auto Free>
struct freed_by {
    template <class Object>
    void operator()(Object* object) const noexcept {
        Free(object);
    }
};

inline void free_chain(STACK_OF(X509) * chain) noexcept { sk_X509_pop_free(chain, X509_free); }
inline void free_names(GENERAL_NAMES* names) noexcept { GENERAL_NAMES_free(names); }
inline void free_big_number_text(char* text) noexcept { OPENSSL_free(text); }
inline void free_encoding(unsigned char* bytes) noexcept { OPENSSL_free(bytes); }

using bio_pointer = std::unique_ptr<BIO, freed_by<BIO_free>>;
using chain_pointer = std::unique_ptr<STACK_OF(X509), freed_by<free_chain>>;
using encoding_pointer = std::unique_ptr<unsigned char, freed_by<free_encoding>>;
using key_pointer = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using octet_string_pointer = std::unique_ptr<ASN1_OCTET_STRING, freed_by<ASN1_OCTET_STRING_free>>;
using ssl_context_pointer = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;
using ssl_pointer = std::unique_ptr<SSL, freed_by<SSL_free>>;
using x509_pointer = std::unique_ptr<X509, freed_by<X509_free>>;

// The queue belongs to the thread: stale entries would be taken for the next failure, by us or by others.
inline void clear_errors() noexcept {
    if (ERR_peek_error() != 0) ERR_clear_error();
}

// Reads the text in place; it must outlive the BIO.
inline bio_pointer bio_over(std::string_view text) noexcept {
    // A negative size would mean "up to the next zero byte".
    const std::size_t size = std::min<std::size_t>(text.size(), INT_MAX);
    return bio_pointer(BIO_new_mem_buf(text.empty() ? "" : text.data(), static_cast<int>(size)));
}

// The end of a PEM text shows as "no start line"; any other reason is a block that cannot be read.
inline bool take_end_of_pem() noexcept {
    const unsigned long last = ERR_peek_last_error();
    const bool at_end = ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
    clear_errors();
    return at_end;
}

// Without it OpenSSL asks for the password of an encrypted PEM block on the terminal.
inline int refuse_password(char*, int, int, void*) noexcept { return -1; }

}  // namespace dragline::inline v1::tls::detail

#endif
