// Where a connection goes to or a server listens: a name or an address with a port, or a Unix socket.
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/net/error.hpp>

#include <asio/ip/address.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dragline::inline v1::net {

/// A place to connect to. Holds text that was given, not what it resolves to.
class endpoint {
public:
    endpoint() {}

    /// A host name or an address literal (IPv6 with or without brackets, a scope id allowed) and a port.
    endpoint(std::string_view host, std::uint16_t port);
    endpoint(const asio::ip::address& address, std::uint16_t port);

    /// The Unix socket at `path`.
    static endpoint local_socket(std::string_view path);

    /// Reads "host:port", "address:port" or "[v6 address]:port". Errors: errc::invalid_endpoint.
    static result<endpoint> parse(std::string_view text);

    bool is_local_socket() const noexcept { return local_; }

    /// The name as given, an address in its usual spelling without brackets, or the path of the socket.
    const std::string& host() const noexcept { return host_; }
    std::uint16_t port() const noexcept { return port_; }

    /// The address, where the host is a literal.
    const std::optional<asio::ip::address>& address() const noexcept { return address_; }

    /// "host:port", "[v6]:port" or the path.
    std::string to_string() const;

    friend bool operator==(const endpoint& a, const endpoint& b) noexcept {
        return a.local_ == b.local_ && a.port_ == b.port_ && a.host_ == b.host_;
    }

private:
    std::string host_;
    std::optional<asio::ip::address> address_;
    std::uint16_t port_ = 0;
    bool local_ = false;
};

}  // namespace dragline::net

#include <dragline/net/impl/endpoint.ipp>
