// What a stapled OCSP response is asked for and what it said: client_options().ocsp(...), peer_info::ocsp().
#pragma once

namespace dragline::inline v1::tls {

/// What becomes of the OCSP response that a server may staple to its certificate (RFC 6066, 8; RFC 6960).
/// Only the stapled response for the server's own certificate is looked at; nobody is asked over the network.
enum class ocsp_check {
    off,  ///< None is asked for. A certificate that promises one (must-staple) is as good as any.
    /// A response that says revoked or unknown, or is forged, refuses the certificate. One that is out of
    /// date or says nothing of it counts as none, and none is needed: unless the certificate itself promises
    /// one (must-staple, RFC 7633), which is then required.
    if_stapled,
    required,  ///< Without a response that is good now, the certificate is refused.
};

/// What the stapled response said of the certificate.
enum class ocsp_status {
    unchecked,  ///< Not asked for, or the chain is not verified.
    missing,    ///< None was stapled.
    good,
    revoked,
    unknown,   ///< The responder does not know the certificate.
    expired,   ///< Out of date, or of the future.
    unusable,  ///< An error of the responder, or it is about other certificates.
    invalid,   ///< Malformed, or not signed by the issuer or by whom he named for it.
};

}  // namespace dragline::inline v1::tls
