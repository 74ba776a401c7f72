// OCSP responses for certificates of a test authority, good ones and bad ones, to be stapled by a server.
// Start with `make_ocsp_response`.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/testing/certificate_authority.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace dragline::inline v1::testing {

/// What a response shall say: by default "good", from an hour ago until tomorrow, signed by the issuer.
class ocsp_answer {
public:
    using time_point = std::chrono::system_clock::time_point;
    enum class verdict { good, revoked, unknown };

    ocsp_answer() {}
    explicit ocsp_answer(verdict says) : says_(says) {}
    verdict says() const noexcept { return says_; }

    ocsp_answer& this_update(time_point value) { return this_update_ = value, *this; }
    time_point this_update() const noexcept { return this_update_; }
    /// None: the response names no end.
    ocsp_answer& next_update(std::optional<time_point> value) { return next_update_ = value, *this; }
    const std::optional<time_point>& next_update() const noexcept { return next_update_; }

    /// Was good until an hour ago.
    ocsp_answer& expired();

    /// Signed with this certificate, which is sent along, not by the issuer: to be good, it needs
    /// certificate_request::ocsp_signing() and the same issuer.
    ocsp_answer& responder(issued_certificate certificate) {
        return responder_ = std::move(certificate), *this;
    }
    const std::optional<issued_certificate>& responder() const noexcept { return responder_; }

private:
    verdict says_ = verdict::good;
    time_point this_update_ = std::chrono::system_clock::now() - std::chrono::hours(1);
    std::optional<time_point> next_update_ = std::chrono::system_clock::now() + std::chrono::hours(24);
    std::optional<issued_certificate> responder_;
};

/// A response about this certificate in DER, for server_options::ocsp_response(). What fails throws
/// std::runtime_error.
DRAGLINE_DECL std::string make_ocsp_response(const issued_certificate& about,
                                             const ocsp_answer& answer = ocsp_answer());

/// A response in which the responder says that it is too busy.
DRAGLINE_DECL std::string make_ocsp_failure();

}  // namespace dragline::inline v1::testing

#include <dragline/testing/impl/ocsp_response.ipp>
