// How a connection is made.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/tls/options.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace dragline::inline v1::net {

class connect_trace;

/// How open_connection() turns an endpoint into a stream. A value that cannot work is kept and fails the
/// operation.
class connect_options {
public:
    using duration = async::duration;

    connect_options() {}

    /// The whole call: look-up, connecting and the TLS handshake.
    connect_options& timeout(duration value) { return timeout_ = value, *this; }
    duration timeout() const noexcept { return timeout_; }

    /// The handshake alone.
    connect_options& tls_timeout(duration value) { return tls_timeout_ = value, *this; }
    duration tls_timeout() const noexcept { return tls_timeout_; }

    /// Speaks TLS, verifying the endpoint's host unless the options name another.
    connect_options& tls(dragline::tls::client_options value) { return tls_ = std::move(value), *this; }
    const std::optional<dragline::tls::client_options>& tls() const noexcept { return tls_; }

    /// Head start of each address over the next one (RFC 8305).
    connect_options& attempt_delay(duration value) { return attempt_delay_ = value, *this; }
    duration attempt_delay() const noexcept { return attempt_delay_; }

    /// How long addresses of IPv4 wait for those of IPv6 (RFC 8305).
    connect_options& resolution_delay(duration value) { return resolution_delay_ = value, *this; }
    duration resolution_delay() const noexcept { return resolution_delay_; }

    /// Where to record what happens; must outlive the operation.
    connect_options& trace(connect_trace* value) { return trace_ = value, *this; }
    connect_trace* trace() const noexcept { return trace_; }

private:
    duration timeout_ = std::chrono::seconds(10);
    duration tls_timeout_ = std::chrono::seconds(10);
    duration attempt_delay_ = std::chrono::milliseconds(250);
    duration resolution_delay_ = std::chrono::milliseconds(50);
    std::optional<dragline::tls::client_options> tls_;
    connect_trace* trace_ = nullptr;
};

}  // namespace dragline::net

namespace dragline::inline v1 {
using net::connect_options;
}
