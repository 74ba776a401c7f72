// How a connection is made.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/net/address_policy.hpp>
#include <dragline/net/proxies/proxy.hpp>
#include <dragline/net/socket_options.hpp>
#include <dragline/net/stream_options.hpp>
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

    /// Looking up the name; no limit but the whole by default.
    connect_options& resolve_timeout(duration value) { return resolve_timeout_ = value, *this; }
    duration resolve_timeout() const noexcept { return resolve_timeout_; }

    /// From the first address until one of all is connected; no limit but the whole by default.
    connect_options& connect_timeout(duration value) { return connect_timeout_ = value, *this; }
    duration connect_timeout() const noexcept { return connect_timeout_; }

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
    /// as at first: look it up. Means nothing through a proxy.
    connect_options& addresses(std::vector<asio::ip::address> value) {
        return addresses_ = std::move(value), *this;
    }
    const std::vector<asio::ip::address>& addresses() const noexcept { return addresses_; }

    /// Which addresses may be dialled: each one is judged, whoever named it. Of an answer with several, those
    /// that are blocked are left out, and are in the trace as errc::address_blocked. Where a proxy looks the
    /// target up, only the proxy's own address, and a target that is a literal, can be judged here.
    connect_options& address_policy(net::address_policy value) {
        return address_policy_ = std::move(value), *this;
    }
    const net::address_policy& address_policy() const noexcept { return address_policy_; }

    /// The proxy, or the proxies, each dialled through the one before; the TLS of tls() is with the endpoint,
    /// through all of them. What fails there fails the call: there is never a connection around them. Names
    /// that a proxy looks up are not looked up here.
    connect_options& proxy(net::proxy value) { return proxies({std::move(value)}); }
    connect_options& proxy(std::string_view url) { return proxy(net::proxy(url)); }
    connect_options& proxies(proxy_chain values) { return proxies_ = std::move(values), *this; }
    const proxy_chain& proxies() const noexcept { return proxies_; }

    /// Each proxy alone: to reach it, TLS with it, and its answer, which waits for what it connects to.
    connect_options& proxy_timeout(duration value) { return proxy_timeout_ = value, *this; }
    duration proxy_timeout() const noexcept { return proxy_timeout_; }

    /// What the system is told about the socket, before it connects.
    connect_options& socket(const socket_options& value) { return socket_ = value, *this; }
    const socket_options& socket() const noexcept { return socket_; }

    /// The budgets and limits of the stream; its total_timeout() counts from when opening begins.
    connect_options& stream(const stream_options& value) { return stream_ = value, *this; }
    const stream_options& stream() const noexcept { return stream_; }

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
    duration resolve_timeout_ = async::no_limit;
    duration connect_timeout_ = async::no_limit;
    duration tls_timeout_ = std::chrono::seconds(10);
    duration attempt_delay_ = std::chrono::milliseconds(250);
    duration resolution_delay_ = std::chrono::milliseconds(50);
    std::optional<asio::ip::address> bind_address_;
    std::string bind_interface_;
    std::vector<asio::ip::address> addresses_;
    net::address_policy address_policy_;
    proxy_chain proxies_;
    duration proxy_timeout_ = std::chrono::seconds(10);
    socket_options socket_;
    stream_options stream_;
    std::optional<dragline::tls::client_options> tls_;
    connect_trace* trace_ = nullptr;
};

}  // namespace dragline::net

namespace dragline::inline v1 {
using net::connect_options;
}
