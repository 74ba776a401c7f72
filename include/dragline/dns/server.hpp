// Where a DNS server listens. Start with server::parse().
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/dns/error.hpp>

#include <asio/ip/address.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace dragline::inline v1::dns {

/// The address and port of a DNS server. Never a name: that would need a DNS server.
class server {
public:
    static constexpr std::uint16_t default_port = 53;

    server() {}
    explicit server(asio::ip::address address, std::uint16_t port = default_port)
        : address_(std::move(address)), port_(port) {}

    /// Reads "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]" or "[2001:db8::1]:5353".
    ///
    /// Errors: errc::invalid_server, also for a name, port 0 and a scope id.
    DRAGLINE_DECL static result<server> parse(std::string_view text);

    const asio::ip::address& address() const noexcept { return address_; }
    std::uint16_t port() const noexcept { return port_; }

    /// "192.0.2.1:53", "[2001:db8::1]:53".
    DRAGLINE_DECL std::string to_string() const;

    bool operator==(const server&) const = default;
    bool operator<(const server& other) const noexcept {
        return address_ != other.address_ ? address_ < other.address_ : port_ < other.port_;
    }

private:
    asio::ip::address address_;
    std::uint16_t port_ = default_port;
};

}  // namespace dragline::dns

#include <dragline/dns/impl/server.ipp>
