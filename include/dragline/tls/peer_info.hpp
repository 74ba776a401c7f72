// Who is at the other end of a TLS connection. Start with `peer_info`, from engine::peer().
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/tls/ocsp.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::tls {

namespace detail {
struct peer_state;
}

/// One certificate in readable form. Bytes that are no printable text arrive escaped (RFC 4514), so every
/// text is safe to print.
struct certificate_info {
    certificate_info() {}

    std::string subject;  ///< Distinguished name in one line, as "CN=example.com,O=Example" (RFC 2253 order).
    std::string issuer;
    std::string subject_common_name;  ///< The last CN of the subject; may be empty.
    std::string issuer_common_name;
    std::string serial;  ///< In upper-case hexadecimal.
    std::chrono::system_clock::time_point not_before;
    std::chrono::system_clock::time_point not_after;  ///< Clamped to the range of the clock.
    std::vector<std::string> names;                   ///< DNS names it is for, wildcards as they stand.
    std::vector<std::string> addresses;               ///< IP addresses it is for.
    std::string pin;  ///< Of its public key, as client_options::pin() takes it.
    std::string der;  ///< The certificate itself.
};

/// Which check failed on which certificate.
struct verify_failure {
    verify_failure() {}

    std::error_code ec;            ///< As the handshake ended with: errc::certificate_expired, say.
    int depth = 0;                 ///< 0 is the peer's own certificate, 1 its issuer.
    certificate_info certificate;  ///< Empty when the chain has none at that depth.
    std::string reason;            ///< In OpenSSL's words, where the check is OpenSSL's.
};

/// What a handshake agreed on, and the peer's certificates. A cheap handle that outlives its engine; empty
/// for a connection without TLS. After a failed verification it still has the chain that was refused.
class peer_info {
public:
    peer_info() noexcept {}

    explicit operator bool() const noexcept { return state_ != nullptr; }

    std::string_view version() const noexcept;  ///< "TLSv1.3"
    std::string_view cipher() const noexcept;   ///< "TLS_AES_256_GCM_SHA384"
    std::string_view alpn() const noexcept;     ///< "h2"; empty when none was agreed.
    bool resumed() const noexcept;              ///< Whether a ticket spared the full handshake.

    /// The certificates as the peer sent them, its own first. Read at each call: keep the result.
    std::vector<certificate_info> chain() const;
    /// The certificates from the peer's own to a trusted one, as they were verified; by the handshake that
    /// the ticket came from, when this one was resumed. Empty without verification and after a refusal.
    std::vector<certificate_info> verified_chain() const;

    /// What the stapled OCSP response said; of a resumed handshake, that of the one before it.
    ocsp_status ocsp() const noexcept;

    /// The check that the peer's certificate failed; nothing when none failed.
    std::optional<verify_failure> failure() const;

private:
    friend class engine;
    explicit peer_info(std::shared_ptr<const detail::peer_state> state) : state_(std::move(state)) {}

    std::shared_ptr<const detail::peer_state> state_;
};

}  // namespace dragline::inline v1::tls

#include <dragline/tls/impl/peer_info.ipp>
