// SOCKS as clients speak it, without I/O: version 5 (RFC 1928, 1929) and 4a. Start with socks5_client.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/error.hpp>
#include <dragline/net/proxies/detail/proxy_handshake.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::net {

/// What a proxy is asked to connect to, or says that it is bound to: an address or a name, and a port.
class proxy_target {
public:
    enum class kind : std::uint8_t { ipv4 = 1, name = 3, ipv6 = 4 };  ///< Numbered as in SOCKS 5.

    proxy_target() : bytes_(4, '\0'), host_("0.0.0.0") {}

    /// Takes an address, IPv4 in any spelling of inet_aton() and IPv6 with or without brackets, or a name of
    /// letters, digits, '-', '_' and '.'; at most 255 bytes. Errors: errc::invalid_endpoint.
    static result<proxy_target> make(std::string_view host, std::uint16_t port);

    /// Reads what append_to() wrote: the type, the address, the port, and nothing more.
    /// Errors: errc::proxy_address_not_supported for the type, errc::proxy_protocol_error.
    static result<proxy_target> parse(std::string_view bytes);

    kind type() const noexcept { return type_; }
    /// In its usual spelling, an IPv6 address without brackets.
    const std::string& host() const noexcept { return host_; }
    std::uint16_t port() const noexcept { return port_; }
    /// The address in network byte order, or the name.
    const std::string& bytes() const noexcept { return bytes_; }

    /// "host:port" or "[v6]:port".
    std::string to_string() const;
    /// As SOCKS 5 has it.
    void append_to(std::string& out) const;

    bool operator==(const proxy_target&) const = default;

private:
    kind type_ = kind::ipv4;
    std::string bytes_;
    std::string host_;
    std::uint16_t port_ = 0;
};

/// The answers to a request (RFC 1928, 6).
enum class socks_reply : std::uint8_t {
    succeeded,
    general_failure,
    not_allowed,
    network_unreachable,
    host_unreachable,
    connection_refused,
    ttl_expired,
    command_not_supported,
    address_not_supported,
};

/// What a reply other than `succeeded` means to the client.
DRAGLINE_DECL std::error_code make_socks_error(socks_reply reply) noexcept;

/// What to tell the client when connecting failed like this.
DRAGLINE_DECL socks_reply make_socks_reply(const std::error_code& ec) noexcept;

/// The handshake with a SOCKS 5 proxy for a connection to `target`. Send output() first, then receive, until
/// done().
///
/// Errors: errc::proxy_*; invalid_proxy when user or password have more than 255 bytes, or the user none.
class socks5_client final : public detail::socks_handshake {
public:
    explicit socks5_client(const proxy_target& target);
    /// Offers user and password; a proxy that wants none does not get them.
    socks5_client(const proxy_target& target, std::string_view user, std::string_view password);

    /// What the proxy's end of the connection is bound to; once done().
    const proxy_target& bound() const noexcept { return bound_; }

    /// The reply to the request, 0 before.
    int status() const noexcept { return status_; }

private:
    enum class stage : std::uint8_t { method, authentication, reply, address };

    std::error_code step() override;
    std::error_code on_method();
    std::error_code on_reply();
    void ask();

    stage stage_ = stage::method;
    bool has_credentials_ = false;
    int status_ = 0;
    std::string credentials_;  // as they are sent
    proxy_target target_;
    proxy_target bound_;
};

/// The handshake with a SOCKS 4a proxy: IPv4 addresses and names, and a user without a password.
///
/// Errors: errc::proxy_*; invalid_proxy when the user has a NUL or more than 255 bytes.
class socks4a_client final : public detail::socks_handshake {
public:
    explicit socks4a_client(const proxy_target& target, std::string_view user = {});

    /// The answer's code, 90 when it succeeded; 0 before.
    int status() const noexcept { return status_; }

private:
    std::error_code step() override;

    int status_ = 0;
};

}  // namespace dragline::net

#include <dragline/net/proxies/wire/impl/socks.ipp>
