// How a connection is made.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/tls/options.hpp>

#include <asio/ip/address.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

    /// The address of this machine to connect from; only targets of its family are dialled.
    connect_options& bind_address(asio::ip::address value) { return bind_address_ = value, *this; }
    const std::optional<asio::ip::address>& bind_address() const noexcept { return bind_address_; }

    /// The network interface to connect through, such as "eth0", whatever the routes say. Where the system
    /// has no such thing (only Linux does here): asio::error::operation_not_supported.
    connect_options& bind_interface(std::string_view name) { return bind_interface_ = name, *this; }
    const std::string& bind_interface() const noexcept { return bind_interface_; }

    /// The addresses of the target's name, which is then not looked up; it remains what TLS verifies. Empty,
    /// as at first: look it up.
    connect_options& addresses(std::vector<asio::ip::address> value) {
        return addresses_ = std::move(value), *this;
    }
    const std::vector<asio::ip::address>& addresses() const noexcept { return addresses_; }

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
    std::optional<asio::ip::address> bind_address_;
    std::string bind_interface_;
    std::vector<asio::ip::address> addresses_;
    std::optional<dragline::tls::client_options> tls_;
    connect_trace* trace_ = nullptr;
};

}  // namespace dragline::net

namespace dragline::inline v1 {
using net::connect_options;
}
