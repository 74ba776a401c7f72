#include <dragline/tls/detail/library_context.hpp>

#include <dragline/tls/context.hpp>

#include <catch2/catch_test_macros.hpp>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

using namespace dragline;
using tls::detail::client_library_context;

namespace {

struct openssl_free {
    void operator()(EVP_PKEY* each) const { EVP_PKEY_free(each); }
    void operator()(EVP_PKEY_CTX* each) const { EVP_PKEY_CTX_free(each); }
    void operator()(SSL* each) const { SSL_free(each); }
    void operator()(SSL_CTX* each) const { SSL_CTX_free(each); }
    void operator()(X509* each) const { X509_free(each); }
    void operator()(unsigned char* each) const { OPENSSL_free(each); }
};

template <class Object>
using owned = std::unique_ptr<Object, openssl_free>;

bool is_needed() { return OpenSSL_version_num() < 0x30200000; }

struct key_kind {
    const char* type;
    const char* option = nullptr;
    const char* value = nullptr;
    const char* digest = "SHA256";
};

owned<EVP_PKEY> generate(const key_kind& kind) {
    const owned<EVP_PKEY_CTX> how(EVP_PKEY_CTX_new_from_name(nullptr, kind.type, nullptr));
    EVP_PKEY* made = nullptr;
    REQUIRE(EVP_PKEY_keygen_init(how.get()) == 1);
    if (kind.option) REQUIRE(EVP_PKEY_CTX_ctrl_str(how.get(), kind.option, kind.value) == 1);
    REQUIRE(EVP_PKEY_generate(how.get(), &made) == 1);
    return owned<EVP_PKEY>(made);
}

// Signed with its own key, in the default context; as a server would send it.
std::string encoded_certificate(const key_kind& kind) {
    const auto key = generate(kind);
    const owned<X509> made(X509_new());
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
    REQUIRE(X509_set_pubkey(made.get(), key.get()) == 1);
    const EVP_MD* const digest = kind.digest ? EVP_get_digestbyname(kind.digest) : nullptr;
    REQUIRE(X509_sign(made.get(), key.get(), digest) > 0);
    unsigned char* bytes = nullptr;
    const int size = i2d_X509(made.get(), &bytes);
    const owned<unsigned char> owner(bytes);
    return std::string(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
}

owned<SSL_CTX> context_in(OSSL_LIB_CTX* library) {
    return owned<SSL_CTX>(SSL_CTX_new_ex(library, nullptr, TLS_client_method()));
}

std::vector<std::string> suites_of(OSSL_LIB_CTX* library) {
    const auto context = context_in(library);
    SSL_CTX_set_security_level(context.get(), 0);
    REQUIRE(SSL_CTX_set_cipher_list(context.get(), "ALL:COMPLEMENTOFALL") == 1);
    REQUIRE(SSL_CTX_set_ciphersuites(context.get(),
                                     "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:"
                                     "TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256:"
                                     "TLS_AES_128_CCM_8_SHA256") == 1);
    std::vector<std::string> names;
    const owned<SSL> connection(SSL_new(context.get()));
    auto* const suites = SSL_get_ciphers(connection.get());
    for (int i = 0; i < sk_SSL_CIPHER_num(suites); ++i) {
        names.emplace_back(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(suites, i)));
    }
    return names;
}

}  // namespace

TEST_CASE("a context of our own where OpenSSL is slow with certificates, one for the process",
          "[tls][library_context]") {
    CHECK((client_library_context() != nullptr) == is_needed());
    CHECK(client_library_context() == client_library_context());
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("certificates of every key that signs can be read, and verified", "[tls][library_context]") {
    const std::vector<key_kind> kinds = {{"RSA", "rsa_keygen_bits", "2048"},
                                         {"RSA-PSS", "rsa_keygen_bits", "2048"},
                                         {"EC", "ec_paramgen_curve", "P-256"},
                                         {"EC", "ec_paramgen_curve", "P-384", "SHA384"},
                                         {"EC", "ec_paramgen_curve", "P-521", "SHA512"},
                                         {"ED25519", nullptr, nullptr, nullptr},
                                         {"ED448", nullptr, nullptr, nullptr}};
    for (const key_kind& kind : kinds) {
        CAPTURE(kind.type, kind.value ? kind.value : "");
        const auto bytes = encoded_certificate(kind);
        X509* into = X509_new_ex(client_library_context(), nullptr);
        const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
        REQUIRE(d2i_X509(&into, &at, static_cast<long>(bytes.size())) != nullptr);
        const owned<X509> read(into);
        REQUIRE(X509_get0_pubkey(read.get()) != nullptr);
        CHECK(X509_verify(read.get(), X509_get0_pubkey(read.get())) == 1);
    }
}

TEST_CASE("all cipher suites and groups of OpenSSL's own context are there", "[tls][library_context]") {
    CHECK(suites_of(client_library_context()) == suites_of(nullptr));
    for (const char* group : {"X25519", "X448", "P-256", "P-384", "P-521", "ffdhe2048", "ffdhe8192"}) {
        CAPTURE(group);
        CHECK(SSL_CTX_set1_groups_list(context_in(client_library_context()).get(), group) == 1);
    }
}

TEST_CASE("what the system has set for all contexts holds for ours", "[tls][library_context]") {
    const auto ours = context_in(client_library_context());
    const auto usual = context_in(nullptr);
    CHECK(SSL_CTX_get_security_level(ours.get()) == SSL_CTX_get_security_level(usual.get()));
    CHECK(SSL_CTX_get_min_proto_version(ours.get()) == SSL_CTX_get_min_proto_version(usual.get()));
    CHECK(SSL_CTX_get_max_proto_version(ours.get()) == SSL_CTX_get_max_proto_version(usual.get()));
    CHECK(SSL_CTX_get_options(ours.get()) == SSL_CTX_get_options(usual.get()));
}

TEST_CASE("who has loaded a provider of his own gets OpenSSL's own context", "[tls][library_context]") {
    REQUIRE((client_library_context() != nullptr) == is_needed());
    OSSL_PROVIDER* const other = OSSL_PROVIDER_load(nullptr, "base");
    REQUIRE(other != nullptr);
    CHECK(client_library_context() == nullptr);
    OSSL_PROVIDER_unload(other);
    CHECK((client_library_context() != nullptr) == is_needed());
}

TEST_CASE("who asks OpenSSL for FIPS gets OpenSSL's own context", "[tls][library_context]") {
    REQUIRE(EVP_default_properties_enable_fips(nullptr, 1) == 1);
    CHECK(client_library_context() == nullptr);
    REQUIRE(EVP_default_properties_enable_fips(nullptr, 0) == 1);
    CHECK((client_library_context() != nullptr) == is_needed());
}

TEST_CASE("a key that is given to the native handle is read", "[tls][library_context]") {
    const auto context = tls::context::make_client().value();
    const auto key = generate({"EC", "ec_paramgen_curve", "P-256"});
    unsigned char* bytes = nullptr;
    const int size = i2d_PrivateKey(key.get(), &bytes);
    const owned<unsigned char> owner(bytes);
    CHECK(SSL_CTX_use_PrivateKey_ASN1(EVP_PKEY_EC, context.native_handle(), bytes, size) == 1);
}
