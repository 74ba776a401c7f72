// A throw-away certificate authority, made in memory at run time, for servers under test.
// Start with `certificate_authority::issue`.
#pragma once

#include <dragline/core/features.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace dragline::inline v1::testing {

/// What a certificate shall say: by default valid from an hour ago until tomorrow, and for nobody.
class certificate_request {
public:
    using time_point = std::chrono::system_clock::time_point;

    certificate_request() {}

    /// Adds a DNS name, "*.example.com" too.
    certificate_request& name(std::string value) { return names_.push_back(std::move(value)), *this; }
    const std::vector<std::string>& names() const noexcept { return names_; }

    /// Adds an IP address, v4 or v6 without brackets.
    certificate_request& address(std::string value) { return addresses_.push_back(std::move(value)), *this; }
    const std::vector<std::string>& addresses() const noexcept { return addresses_; }

    /// The CN of the subject; by default the first name or address.
    certificate_request& common_name(std::string value) { return common_name_ = std::move(value), *this; }
    const std::string& common_name() const noexcept { return common_name_; }

    certificate_request& not_before(time_point value) { return not_before_ = value, *this; }
    time_point not_before() const noexcept { return not_before_; }
    /// time_point::max() stands for "without end", the year 9999 (RFC 5280, 4.1.2.5).
    certificate_request& not_after(time_point value) { return not_after_ = value, *this; }
    time_point not_after() const noexcept { return not_after_; }

    /// Was valid until an hour ago.
    certificate_request& expired();
    /// Will be valid tomorrow.
    certificate_request& not_yet_valid();

    /// Signed by its own key, not by the authority.
    certificate_request& self_signed(bool value = true) { return self_signed_ = value, *this; }
    bool self_signed() const noexcept { return self_signed_; }

    /// Signed by an intermediate authority, whose certificate is part of the chain.
    certificate_request& intermediate(bool value = true) { return intermediate_ = value, *this; }
    bool intermediate() const noexcept { return intermediate_; }

    /// Promises that an OCSP response is stapled (RFC 7633).
    certificate_request& must_staple(bool value = true) { return must_staple_ = value, *this; }
    bool must_staple() const noexcept { return must_staple_; }

    /// May sign OCSP responses for its issuer.
    certificate_request& ocsp_signing(bool value = true) { return ocsp_signing_ = value, *this; }
    bool ocsp_signing() const noexcept { return ocsp_signing_; }

private:
    std::vector<std::string> names_;
    std::vector<std::string> addresses_;
    std::string common_name_;
    time_point not_before_ = std::chrono::system_clock::now() - std::chrono::hours(1);
    time_point not_after_ = std::chrono::system_clock::now() + std::chrono::hours(24);
    bool self_signed_ = false;
    bool intermediate_ = false;
    bool must_staple_ = false;
    bool ocsp_signing_ = false;
};

/// A certificate with its key, as servers want them.
struct issued_certificate {
    issued_certificate() {}

    std::string chain_pem;  ///< The certificate, then the intermediate when there is one.
    std::string private_key_pem;
    std::shared_ptr<x509_st> issuer;  ///< Null when it is signed by itself.
    std::shared_ptr<evp_pkey_st> issuer_key;
};

/// A root with a P-256 key of its own, below a millisecond to make. What fails throws std::runtime_error.
class certificate_authority {
public:
    explicit certificate_authority(const std::string& common_name = "dragline test CA");

    /// The root, for client_options::ca_pem() or a CA file.
    std::string certificate_pem() const;

    issued_certificate issue(const certificate_request& request) const;

private:
    std::shared_ptr<evp_pkey_st> key_;
    std::shared_ptr<x509_st> certificate_;
};

}  // namespace dragline::inline v1::testing

#include <dragline/testing/impl/certificate_authority.ipp>
