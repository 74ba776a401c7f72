// Included by <dragline/testing/certificate_authority.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace dragline::inline v1::testing {
namespace detail {

DRAGLINE_DECL void require_made(bool made, const char* what) {
    if (made) return;
    ERR_clear_error();
    throw std::runtime_error(std::string("certificate_authority: cannot make ") + what);
}

DRAGLINE_DECL std::shared_ptr<EVP_PKEY> make_key() {
    std::shared_ptr<EVP_PKEY> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    require_made(key != nullptr, "a key");
    return key;
}

// Who signs: with no certificate, the subject signs itself.
struct signer {
    EVP_PKEY* key;
    X509* certificate;
};

class certificate_builder {
public:
    certificate_builder(EVP_PKEY* key, const std::string& common_name, signer by)
        : made_(X509_new(), X509_free), by_(by) {
        require_made(made_ != nullptr, "a certificate");
        unsigned char serial[15];
        require_made(RAND_bytes(serial, sizeof serial) == 1, "a serial number");
        serial[0] = static_cast<unsigned char>((serial[0] & 0x3f) | 0x40);
        const std::unique_ptr<BIGNUM, void (*)(BIGNUM*)> number(BN_bin2bn(serial, sizeof serial, nullptr),
                                                                BN_free);
        require_made(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(made_.get())),
                     "a serial number");
        X509_set_version(made_.get(), X509_VERSION_3);
        X509_set_pubkey(made_.get(), key);
        X509_NAME* subject = X509_get_subject_name(made_.get());
        add_to_name(subject, "O", "dragline");
        add_to_name(subject, "CN", common_name);
        X509_set_issuer_name(made_.get(), by.certificate ? X509_get_subject_name(by.certificate) : subject);
    }

    void set_validity(certificate_request::time_point from, certificate_request::time_point until) {
        using clock = std::chrono::system_clock;
        ASN1_TIME* const end = X509_getm_notAfter(made_.get());
        const bool ends = until == clock::time_point::max()
                              ? ASN1_TIME_set_string(end, "99991231235959Z") == 1
                              : ASN1_TIME_set(end, clock::to_time_t(until)) != nullptr;
        require_made(ends && ASN1_TIME_set(X509_getm_notBefore(made_.get()), clock::to_time_t(from)),
                     "a validity");
    }

    void add_extension(int id, const char* value) {
        X509V3_CTX context;
        X509V3_set_ctx(&context, by_.certificate ? by_.certificate : made_.get(), made_.get(), nullptr,
                       nullptr, 0);
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
        const bool added = extension && X509_add_ext(made_.get(), extension, -1) == 1;
        X509_EXTENSION_free(extension);
        require_made(added, "an extension");
    }

    void add_alternative_names(const certificate_request& request) {
        if (request.names().empty() && request.addresses().empty()) return;
        const std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)> all(GENERAL_NAMES_new(),
                                                                           GENERAL_NAMES_free);
        for (const std::string& text : request.names()) {
            ASN1_IA5STRING* value = ASN1_IA5STRING_new();
            ASN1_STRING_set(value, text.data(), static_cast<int>(text.size()));
            push(all.get(), GEN_DNS, value);
        }
        for (const std::string& text : request.addresses()) {
            ASN1_OCTET_STRING* value = a2i_IPADDRESS(text.c_str());
            require_made(value != nullptr, "an address");
            push(all.get(), GEN_IPADD, value);
        }
        require_made(X509_add1_ext_i2d(made_.get(), NID_subject_alt_name, all.get(), 0, 0) == 1, "names");
    }

    std::shared_ptr<X509> sign() {
        require_made(X509_sign(made_.get(), by_.key, EVP_sha256()) > 0, "a signature");
        return made_;
    }

private:
    static void add_to_name(X509_NAME* name, const char* field, const std::string& value) {
        const auto* bytes = reinterpret_cast<const unsigned char*>(value.data());
        require_made(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, bytes,
                                                static_cast<int>(value.size()), -1, 0) == 1,
                     "a subject");
    }

    static void push(GENERAL_NAMES* all, int type, void* value) {
        GENERAL_NAME* name = GENERAL_NAME_new();
        GENERAL_NAME_set0_value(name, type, value);
        sk_GENERAL_NAME_push(all, name);
    }

    std::shared_ptr<X509> made_;
    signer by_;
};

DRAGLINE_DECL std::shared_ptr<X509> make_authority(EVP_PKEY* key, const std::string& common_name, signer by) {
    certificate_builder builder(key, common_name, by);
    const auto now = std::chrono::system_clock::now();
    builder.set_validity(now - std::chrono::hours(24 * 365), now + std::chrono::hours(24 * 365));
    builder.add_extension(NID_basic_constraints, "critical,CA:TRUE");
    builder.add_extension(NID_key_usage, "critical,keyCertSign,cRLSign");
    builder.add_extension(NID_subject_key_identifier, "hash");
    return builder.sign();
}

DRAGLINE_DECL std::string take_text(BIO* memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(memory);
    return text;
}

DRAGLINE_DECL std::string to_pem(X509* certificate) {
    BIO* memory = BIO_new(BIO_s_mem());
    require_made(memory && PEM_write_bio_X509(memory, certificate) == 1, "PEM");
    return take_text(memory);
}

DRAGLINE_DECL std::string to_pem(EVP_PKEY* key) {
    BIO* memory = BIO_new(BIO_s_mem());
    require_made(memory && PEM_write_bio_PrivateKey(memory, key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
                 "PEM");
    return take_text(memory);
}

}  // namespace detail

DRAGLINE_DECL certificate_request& certificate_request::expired() {
    const auto now = std::chrono::system_clock::now();
    return not_before(now - std::chrono::hours(48)).not_after(now - std::chrono::hours(1));
}

DRAGLINE_DECL certificate_request& certificate_request::not_yet_valid() {
    const auto now = std::chrono::system_clock::now();
    return not_before(now + std::chrono::hours(24)).not_after(now + std::chrono::hours(48));
}

DRAGLINE_DECL certificate_authority::certificate_authority(const std::string& common_name)
    : key_(detail::make_key()),
      certificate_(detail::make_authority(key_.get(), common_name, {key_.get(), nullptr})) {}

DRAGLINE_DECL std::string certificate_authority::certificate_pem() const {
    return detail::to_pem(certificate_.get());
}

DRAGLINE_DECL issued_certificate certificate_authority::issue(const certificate_request& request) const {
    const auto key = detail::make_key();
    detail::signer by{key_.get(), certificate_.get()};
    std::shared_ptr<EVP_PKEY> intermediate_key;
    std::shared_ptr<X509> intermediate;
    if (request.self_signed()) {
        by = {key.get(), nullptr};
    } else if (request.intermediate()) {
        intermediate_key = detail::make_key();
        intermediate = detail::make_authority(intermediate_key.get(), "dragline test intermediate", by);
        by = {intermediate_key.get(), intermediate.get()};
    }

    std::string common_name = request.common_name();
    if (common_name.empty() && !request.names().empty()) common_name = request.names().front();
    if (common_name.empty() && !request.addresses().empty()) common_name = request.addresses().front();
    if (common_name.empty()) common_name = "nobody";
    detail::certificate_builder builder(key.get(), common_name, by);
    builder.set_validity(request.not_before(), request.not_after());
    builder.add_extension(NID_basic_constraints, "critical,CA:FALSE");
    builder.add_extension(NID_key_usage, "critical,digitalSignature");
    builder.add_extension(NID_ext_key_usage,
                          request.ocsp_signing() ? "OCSPSigning" : "serverAuth,clientAuth");
    if (request.must_staple()) builder.add_extension(NID_tlsfeature, "status_request");
    // Tells authorities of the same name apart.
    if (by.certificate) builder.add_extension(NID_authority_key_identifier, "keyid:always");
    builder.add_alternative_names(request);

    issued_certificate issued;
    issued.chain_pem = detail::to_pem(builder.sign().get());
    if (intermediate) issued.chain_pem += detail::to_pem(intermediate.get());
    issued.private_key_pem = detail::to_pem(key.get());
    if (by.certificate) {
        issued.issuer = intermediate ? intermediate : certificate_;
        issued.issuer_key = intermediate ? intermediate_key : key_;
    }
    return issued;
}

}  // namespace dragline::inline v1::testing

#endif
