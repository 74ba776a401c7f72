// Included by <dragline/testing/ocsp_response.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <openssl/bio.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>

#include <memory>

namespace dragline::inline v1::testing {
namespace detail {

DRAGLINE_DECL std::shared_ptr<X509> read_certificate_pem(const std::string& pem) {
    const std::unique_ptr<BIO, int (*)(BIO*)> source(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    std::shared_ptr<X509> read(PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr), X509_free);
    require_made(read != nullptr, "a certificate of PEM");
    return read;
}

DRAGLINE_DECL std::shared_ptr<EVP_PKEY> read_key_pem(const std::string& pem) {
    const std::unique_ptr<BIO, int (*)(BIO*)> source(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    std::shared_ptr<EVP_PKEY> read(PEM_read_bio_PrivateKey(source.get(), nullptr, nullptr, nullptr),
                                   EVP_PKEY_free);
    require_made(read != nullptr, "a key of PEM");
    return read;
}

using asn1_time_pointer = std::unique_ptr<ASN1_TIME, void (*)(ASN1_TIME*)>;

DRAGLINE_DECL asn1_time_pointer ocsp_time(ocsp_answer::time_point when) {
    return {ASN1_GENERALIZEDTIME_set(nullptr, std::chrono::system_clock::to_time_t(when)),
            ASN1_GENERALIZEDTIME_free};
}

DRAGLINE_DECL std::string encode_ocsp(int status, OCSP_BASICRESP* basic) {
    const std::unique_ptr<OCSP_RESPONSE, void (*)(OCSP_RESPONSE*)> response(
        OCSP_response_create(status, basic), OCSP_RESPONSE_free);
    unsigned char* der = nullptr;
    const int size = response ? i2d_OCSP_RESPONSE(response.get(), &der) : -1;
    require_made(size > 0, "an OCSP response");
    std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return bytes;
}

}  // namespace detail

DRAGLINE_DECL ocsp_answer& ocsp_answer::expired() {
    const auto now = std::chrono::system_clock::now();
    return this_update(now - std::chrono::hours(48)).next_update(now - std::chrono::hours(1));
}

DRAGLINE_DECL std::string make_ocsp_response(const issued_certificate& about, const ocsp_answer& answer) {
    const auto subject = detail::read_certificate_pem(about.chain_pem);
    auto key = about.issuer_key;
    auto signer = about.issuer;
    if (!signer) key = detail::read_key_pem(about.private_key_pem), signer = subject;  // self-signed
    const std::unique_ptr<OCSP_BASICRESP, void (*)(OCSP_BASICRESP*)> basic(OCSP_BASICRESP_new(),
                                                                           OCSP_BASICRESP_free);
    const std::unique_ptr<OCSP_CERTID, void (*)(OCSP_CERTID*)> id(
        OCSP_cert_to_id(nullptr, subject.get(), signer.get()), OCSP_CERTID_free);
    const auto begins = detail::ocsp_time(answer.this_update());
    detail::asn1_time_pointer ends(nullptr, ASN1_GENERALIZEDTIME_free);
    if (answer.next_update()) ends = detail::ocsp_time(*answer.next_update());
    const int status = answer.says() == ocsp_answer::verdict::good      ? V_OCSP_CERTSTATUS_GOOD
                       : answer.says() == ocsp_answer::verdict::revoked ? V_OCSP_CERTSTATUS_REVOKED
                                                                        : V_OCSP_CERTSTATUS_UNKNOWN;
    const bool revoked = status == V_OCSP_CERTSTATUS_REVOKED;
    detail::require_made(
        basic && id &&
            OCSP_basic_add1_status(basic.get(), id.get(), status, OCSP_REVOKED_STATUS_KEYCOMPROMISE,
                                   revoked ? begins.get() : nullptr, begins.get(), ends.get()) != nullptr,
        "an OCSP answer");
    unsigned long flags = OCSP_NOCERTS;
    if (answer.responder()) {
        signer = detail::read_certificate_pem(answer.responder()->chain_pem);
        key = detail::read_key_pem(answer.responder()->private_key_pem);
        flags = 0;
    }
    detail::require_made(
        OCSP_basic_sign(basic.get(), signer.get(), key.get(), EVP_sha256(), nullptr, flags) == 1,
        "an OCSP signature");
    return detail::encode_ocsp(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get());
}

DRAGLINE_DECL std::string make_ocsp_failure() {
    return detail::encode_ocsp(OCSP_RESPONSE_STATUS_TRYLATER, nullptr);
}

}  // namespace dragline::inline v1::testing

#endif
