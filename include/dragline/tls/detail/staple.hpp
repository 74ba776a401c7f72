// Judges a stapled OCSP response (RFC 6960, 3.2). Bodies only.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/tls/detail/openssl.hpp>
#include <dragline/tls/detail/peer_state.hpp>
#include <dragline/tls/error.hpp>
#include <dragline/tls/ocsp.hpp>

#if DRAGLINE_HEADER_BODIES

#include <openssl/ocsp.h>

#include <chrono>
#include <optional>
#include <string_view>

namespace dragline::inline v1::tls::detail {

using ocsp_response_pointer = std::unique_ptr<OCSP_RESPONSE, freed_by<OCSP_RESPONSE_free>>;
using ocsp_basic_pointer = std::unique_ptr<OCSP_BASICRESP, freed_by<OCSP_BASICRESP_free>>;
using ocsp_id_pointer = std::unique_ptr<OCSP_CERTID, freed_by<OCSP_CERTID_free>>;
using tls_feature_pointer = std::unique_ptr<TLS_FEATURE, freed_by<TLS_FEATURE_free>>;

struct staple_verdict {
    ocsp_status status = ocsp_status::unchecked;
    std::chrono::system_clock::time_point good_until = std::chrono::system_clock::time_point::max();
};

// Clocks differ; and a response that names no end is not good for ever (CA/B Baseline Requirements, 4.9.10).
inline constexpr long staple_leeway = 5 * 60;
inline constexpr long longest_staple = 10 * 24 * 60 * 60;

DRAGLINE_DECL bool is_about(const OCSP_SINGLERESP* one, const X509* leaf, const X509* issuer) noexcept {
    auto* const id = const_cast<OCSP_CERTID*>(OCSP_SINGLERESP_get0_id(one));
    ASN1_OBJECT* digest = nullptr;
    ASN1_INTEGER* serial = nullptr;
    if (OCSP_id_get0_info(nullptr, &digest, nullptr, &serial, id) != 1) return false;
    if (ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(leaf)) != 0) return false;
    const EVP_MD* method = EVP_get_digestbyobj(digest);
    const ocsp_id_pointer own(method ? OCSP_cert_to_id(method, leaf, issuer) : nullptr);
    return own && OCSP_id_cmp(own.get(), id) == 0;
}

DRAGLINE_DECL staple_verdict verdict_of(OCSP_SINGLERESP* one) noexcept {
    ASN1_GENERALIZEDTIME *begins = nullptr, *ends = nullptr;
    const int status = OCSP_single_get0_status(one, nullptr, nullptr, &begins, &ends);
    // A revocation does not run out.
    if (status == V_OCSP_CERTSTATUS_REVOKED) return {ocsp_status::revoked};
    if (OCSP_check_validity(begins, ends, staple_leeway, ends ? -1 : longest_staple) != 1)
        return {ocsp_status::expired};
    if (status != V_OCSP_CERTSTATUS_GOOD) return {ocsp_status::unknown};
    return {ocsp_status::good, ends ? time_of(ends) : time_of(begins) + std::chrono::seconds(longest_staple)};
}

// OpenSSL verifies the signature over its own encoding of what it read, and reads more than DER, so bytes
// that the responder never signed would pass. RFC 6960, 4.2.1 asks for DER, which has one encoding.
DRAGLINE_DECL bool is_signed_as_sent(OCSP_BASICRESP* basic, std::string_view der) noexcept {
    unsigned char* encoded = nullptr;
    const int size = i2d_OCSP_RESPDATA(const_cast<OCSP_RESPDATA*>(OCSP_resp_get0_respdata(basic)), &encoded);
    const encoding_pointer owner(encoded);
    if (size <= 0) return false;
    const std::string_view verified(reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(size));
    return der.find(verified) != der.npos;
}

DRAGLINE_DECL staple_verdict judge_staple(std::string_view der, STACK_OF(X509) * chain,
                                          X509_STORE* trust) noexcept {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const auto* const end = at + der.size();
    const ocsp_response_pointer response(d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(der.size())));
    if (!response || at != end) return {ocsp_status::invalid};
    if (OCSP_response_status(response.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
        return {ocsp_status::unusable};
    const ocsp_basic_pointer basic(OCSP_response_get1_basic(response.get()));
    if (!basic) return {ocsp_status::invalid};
    X509* const leaf = sk_X509_value(chain, 0);
    X509* issuer = sk_X509_value(chain, 1);
    if (!issuer && X509_check_issued(leaf, leaf) == X509_V_OK) issuer = leaf;
    if (!issuer) return {ocsp_status::unusable};
    staple_verdict verdict{ocsp_status::unusable};
    for (int i = 0; i < OCSP_resp_count(basic.get()) && verdict.status != ocsp_status::revoked; ++i) {
        OCSP_SINGLERESP* const one = OCSP_resp_get0(basic.get(), i);
        if (!is_about(one, leaf, issuer)) continue;
        const auto next = verdict_of(one);
        if (verdict.status != ocsp_status::good || next.status == ocsp_status::revoked) verdict = next;
    }
    // These count as none, so it does not matter who says them: with an old response, the certificate of the
    // responder has often run out, too.
    if (verdict.status == ocsp_status::expired || verdict.status == ocsp_status::unusable) return verdict;
    if (OCSP_basic_verify(basic.get(), chain, trust, 0) != 1) return {ocsp_status::invalid};
    if (!is_signed_as_sent(basic.get(), der)) return {ocsp_status::invalid};
    return verdict;
}

// The certificate promises that a response is stapled (RFC 7633).
DRAGLINE_DECL bool is_must_staple(const X509* leaf) noexcept {
    const tls_feature_pointer features(
        static_cast<TLS_FEATURE*>(X509_get_ext_d2i(leaf, NID_tlsfeature, nullptr, nullptr)));
    for (int i = 0; features && i < sk_ASN1_INTEGER_num(features.get()); ++i) {
        if (ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features.get(), i)) == TLSEXT_TYPE_status_request) {
            return true;
        }
    }
    return false;
}

struct staple_refusal {
    errc code;
    const char* reason;
};

DRAGLINE_DECL std::optional<staple_refusal> refusal_of(ocsp_status status, bool is_required) noexcept {
    switch (status) {
        case ocsp_status::unchecked:
        case ocsp_status::good: break;
        case ocsp_status::revoked: return {{errc::certificate_revoked, "OCSP response: revoked"}};
        case ocsp_status::unknown: return {{errc::status_unknown, "OCSP response: unknown"}};
        case ocsp_status::invalid:
            return {{errc::staple_invalid, "OCSP response is malformed or not signed for the issuer"}};
        case ocsp_status::missing:
            if (is_required) return {{errc::staple_missing, "no OCSP response was stapled"}};
            break;
        case ocsp_status::expired:
            if (is_required) return {{errc::staple_expired, "OCSP response is out of date"}};
            break;
        case ocsp_status::unusable:
            if (is_required)
                return {{errc::staple_invalid, "OCSP response says nothing about the certificate"}};
            break;
    }
    return std::nullopt;
}

}  // namespace dragline::inline v1::tls::detail

#endif
