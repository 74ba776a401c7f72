// The servers that connections go through. Start with proxy::parse(), or connect_options::proxy().
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/endpoint.hpp>
#include <dragline/net/proxies/detail/any_handshake.hpp>
#include <dragline/tls/options.hpp>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::net {

namespace detail {
class proxying;
}

enum class proxy_scheme : std::uint8_t {
    http,     ///< CONNECT (RFC 9110, 9.3.6); looks names up itself.
    https,    ///< The same over TLS.
    socks4a,  ///< IPv4 and names, which it looks up itself; a user, but no password.
    socks5,   ///< RFC 1928; names are looked up here, and every address is tried.
    socks5h,  ///< The same, but it looks names up itself.
};

/// "socks5h"
DRAGLINE_DECL std::string_view to_string(proxy_scheme scheme) noexcept;

/// A proxy, with what it needs to know of us. User, password and authorization are secrets: they are sent to
/// this proxy, compared, and stand in no text that the library makes.
///
/// What cannot work is kept and fails the connection: errc::invalid_proxy. Values order, so they serve as map
/// keys.
class proxy {
public:
    proxy() {}  ///< None: errc::invalid_proxy.

    /// At port 0, at the usual port: 80, 443, or 1080 for SOCKS.
    proxy(proxy_scheme scheme, std::string_view host, std::uint16_t port = 0);

    /// As parse(), but keeps the error.
    explicit proxy(std::string_view url);

    /// Reads "scheme://user:password@host:port", of which scheme and host are needed; user and password are
    /// percent-decoded, and a path of "/" is allowed. Errors: errc::invalid_proxy.
    static result<proxy> parse(std::string_view url);

    proxy_scheme scheme() const noexcept { return scheme_; }
    const endpoint& where() const noexcept { return where_; }

    /// SOCKS: at most 255 bytes each. HTTP: Basic, so no colon in the user. SOCKS 4a: no password.
    proxy& credentials(std::string user, std::string password);
    bool has_credentials() const noexcept { return has_credentials_; }
    const std::string& user() const noexcept { return user_; }
    const std::string& password() const noexcept { return password_; }

    /// HTTP: the whole value of Proxy-Authorization instead, to answer the challenges of a proxy_record.
    /// SOCKS has no such thing.
    proxy& authorization(std::string value) { return authorization_ = std::move(value), *this; }
    const std::string& authorization() const noexcept { return authorization_; }

    /// What Proxy-Authorization says to an HTTP proxy: authorization(), else the credentials in Basic; empty
    /// without either. A secret.
    std::string authorization_value() const;

    /// https: how to speak TLS with the proxy itself, whose name is verified by default.
    proxy& tls(tls::client_options value) { return tls_ = std::move(value), *this; }
    const dragline::tls::client_options& tls() const noexcept { return tls_; }

    /// Whether the address policy judges the proxy's own address too. Turn it off only for a proxy that the
    /// program has chosen itself, on 127.0.0.1 say.
    proxy& policed(bool value) { return policed_ = value, *this; }
    bool policed() const noexcept { return policed_; }

    /// Whether it looks up the names of its targets, so that nobody does here.
    bool resolves() const noexcept { return scheme_ != proxy_scheme::socks5; }

    /// Whether it is an HTTP proxy, plain or in TLS.
    bool speaks_http() const noexcept {
        return scheme_ == proxy_scheme::http || scheme_ == proxy_scheme::https;
    }

    /// What makes it unusable, whatever the target.
    std::error_code error() const;

    /// "socks5h://host:1080": without secrets.
    std::string to_string() const;

    friend bool operator==(const proxy& a, const proxy& b) noexcept { return (a <=> b) == 0; }
    friend DRAGLINE_DECL std::strong_ordering operator<=>(const proxy& a, const proxy& b) noexcept;

private:
    friend class detail::proxying;

    // For a connection to `target`; its error() says so when it cannot begin.
    detail::any_handshake handshake(const proxy_target& target) const;

    proxy_scheme scheme_ = proxy_scheme::http;
    endpoint where_;
    std::string user_;
    std::string password_;
    std::string authorization_;
    dragline::tls::client_options tls_;
    bool has_credentials_ = false;
    bool policed_ = true;
};

/// Each is dialled through the one before it; the last one connects to the target.
using proxy_chain = std::vector<proxy>;

}  // namespace dragline::net

#include <dragline/net/proxies/impl/proxy.ipp>
