// The knobs of DNS over TLS (RFC 7858). Every one has a default; the operation is in dns_over_tls.hpp.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/features.hpp>
#include <dragline/tls/options.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <system_error>
#include <utility>

namespace dragline::inline v1::net {

/// What is asked of a DNS server before it is trusted with a query (RFC 8310, 5).
enum class dns_privacy {
    strict,         ///< It proves its name or address by a certificate, or gets no query.
    opportunistic,  ///< Encryption alone: no help against somebody who answers in its place.
};

/// How a server is asked over TLS. Never without: there is no way back to plain DNS.
///
/// A value that cannot work is kept, and each look-up gives dragline::errc::invalid_option.
class dns_over_tls_options {
public:
    using duration = async::duration;

    dns_over_tls_options() {}

    /// The name that the server's certificate must be for, which is also asked for (SNI). Empty: the
    /// certificate must be for its address.
    dns_over_tls_options& server_name(std::string value) { return server_name_ = std::move(value), *this; }
    const std::string& server_name() const noexcept { return server_name_; }

    /// Strict by default; decides alone whether there is verification, whatever tls() says about it.
    dns_over_tls_options& privacy(dns_privacy value) { return privacy_ = value, *this; }
    dns_privacy privacy() const noexcept { return privacy_; }

    /// Whom to trust, and the versions of TLS. Without protocols of its own, "dot" is offered (ALPN).
    dns_over_tls_options& tls(dragline::tls::client_options value) { return tls_ = std::move(value), *this; }
    const dragline::tls::client_options& tls() const noexcept { return tls_; }

    /// Connecting and the TLS handshake together; 5 s.
    dns_over_tls_options& connect_timeout(duration value) { return connect_timeout_ = value, *this; }
    duration connect_timeout() const noexcept { return connect_timeout_; }

    /// After that an answer is not waited for, whatever the caller does; 10 s.
    dns_over_tls_options& answer_timeout(duration value) { return answer_timeout_ = value, *this; }
    duration answer_timeout() const noexcept { return answer_timeout_; }

    /// A connection that was idle for so long is not used again; 10 s, or less where the server says so (RFC
    /// 7828).
    dns_over_tls_options& idle_timeout(duration value) { return idle_timeout_ = value, *this; }
    duration idle_timeout() const noexcept { return idle_timeout_; }

    /// Connections to the server at most, 1 to 64; 2. A second one is opened only when the first is full or
    /// stuck.
    dns_over_tls_options& connections(std::size_t value) { return connections_ = value, *this; }
    std::size_t connections() const noexcept { return connections_; }

    /// Queries on their way on one connection at most, 1 to 10,000; 100. Others wait in line.
    dns_over_tls_options& max_pipelined(std::size_t value) { return max_pipelined_ = value, *this; }
    std::size_t max_pipelined() const noexcept { return max_pipelined_; }

    /// Queries are padded to a multiple of so many bytes, at most 16,384; 128 (RFC 8467, 4.1), 0 for none.
    /// One without EDNS cannot be.
    dns_over_tls_options& padding(std::size_t value) { return padding_ = value, *this; }
    std::size_t padding() const noexcept { return padding_; }

    /// Why these options cannot work, or nothing.
    DRAGLINE_DECL std::error_code problem() const noexcept;

private:
    std::string server_name_;
    dns_privacy privacy_ = dns_privacy::strict;
    dragline::tls::client_options tls_;
    duration connect_timeout_ = std::chrono::seconds(5);
    duration answer_timeout_ = std::chrono::seconds(10);
    duration idle_timeout_ = std::chrono::seconds(10);
    std::size_t connections_ = 2;
    std::size_t max_pipelined_ = 100;
    std::size_t padding_ = 128;
};

}  // namespace dragline::net

#include <dragline/net/impl/dns_over_tls_options.ipp>
