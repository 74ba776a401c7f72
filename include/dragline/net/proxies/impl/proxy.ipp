// Included by <dragline/net/proxies/proxy.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/net/error.hpp>
#include <dragline/url/parse.hpp>
#include <dragline/url/percent.hpp>

#if DRAGLINE_HEADER_BODIES

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <tuple>

namespace dragline::inline v1::net {
namespace detail {

inline constexpr std::array<std::string_view, 5> proxy_scheme_names = {"http", "https", "socks4a", "socks5",
                                                                       "socks5h"};

inline std::uint16_t default_proxy_port(proxy_scheme scheme) noexcept {
    if (scheme == proxy_scheme::http) return 80;
    return scheme == proxy_scheme::https ? 443 : 1080;
}

// RFC 7617.
inline std::string basic_authorization(const std::string& user, const std::string& password) {
    const auto plain = user + ':' + password;
    std::string value = "Basic ";
    const auto begin = value.size();
    value.resize(begin + (plain.size() + 2) / 3 * 4 + 1);  // and a NUL
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(value.data() + begin),
                    reinterpret_cast<const unsigned char*>(plain.data()), static_cast<int>(plain.size()));
    value.pop_back();
    return value;
}

}  // namespace detail

DRAGLINE_DECL std::string_view to_string(proxy_scheme scheme) noexcept {
    return detail::proxy_scheme_names[static_cast<std::size_t>(scheme)];
}

DRAGLINE_DECL proxy::proxy(proxy_scheme scheme, std::string_view host, std::uint16_t port)
    : scheme_(scheme), where_(host, port == 0 ? detail::default_proxy_port(scheme) : port) {}

DRAGLINE_DECL proxy::proxy(std::string_view url) {
    if (auto parsed = parse(url)) *this = *std::move(parsed);
}

DRAGLINE_DECL result<proxy> proxy::parse(std::string_view text) {
    // The parser of URLs forgives more than a setting should.
    const auto is_odd = [](char c) { return c == ' ' || c == '\\' || ascii::is_control(c); };
    const auto colon = text.find("://");
    if (colon == text.npos || std::any_of(text.begin(), text.end(), is_odd)) return errc::invalid_proxy;
    const auto name = ascii::to_lower(text.substr(0, colon));
    const auto& names = detail::proxy_scheme_names;
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return errc::invalid_proxy;
    const auto scheme = static_cast<proxy_scheme>(found - names.begin());

    const auto parsed = url::parse(text);
    if (!parsed || parsed->query() || parsed->fragment() ||
        (!parsed->path().empty() && parsed->path() != "/"))
        return errc::invalid_proxy;
    const auto host = url::parse_host(parsed->hostname());
    if (!host || parsed->port() == 0) return errc::invalid_proxy;
    proxy made(scheme, host->text(), parsed->port().value_or(0));
    if (parsed->has_credentials()) {
        made.credentials(url::percent_decode(parsed->username()), url::percent_decode(parsed->password()));
    }
    if (const auto ec = made.error()) return ec;
    return made;
}

DRAGLINE_DECL proxy& proxy::credentials(std::string user, std::string password) {
    user_ = std::move(user);
    password_ = std::move(password);
    has_credentials_ = true;
    return *this;
}

DRAGLINE_DECL std::error_code proxy::error() const {
    if (where_.host().empty() || where_.is_local_socket()) return errc::invalid_proxy;
    if (speaks_http() && user_.find(':') != user_.npos) return errc::invalid_proxy;
    if (scheme_ == proxy_scheme::socks4a && !password_.empty()) return errc::invalid_proxy;
    const bool socks = scheme_ != proxy_scheme::http && scheme_ != proxy_scheme::https;
    if (socks && !authorization_.empty()) return errc::invalid_proxy;
    // Any target will do to see whether the handshake can begin.
    const auto target = proxy_target::make("a.invalid", 1);
    return detail::common(handshake(*target)).error();
}

DRAGLINE_DECL std::string proxy::authorization_value() const {
    if (!authorization_.empty() || !has_credentials_) return authorization_;
    return detail::basic_authorization(user_, password_);
}

DRAGLINE_DECL detail::any_handshake proxy::handshake(const proxy_target& target) const {
    switch (scheme_) {
        case proxy_scheme::http:
        case proxy_scheme::https: return http_connect(target, authorization_value());
        case proxy_scheme::socks4a: return socks4a_client(target, user_);
        case proxy_scheme::socks5:
        case proxy_scheme::socks5h: break;
    }
    if (has_credentials_) return socks5_client(target, user_, password_);
    return socks5_client(target);
}

DRAGLINE_DECL std::string proxy::to_string() const {
    return std::string(net::to_string(scheme_)) + "://" + where_.to_string();
}

DRAGLINE_DECL std::strong_ordering operator<=>(const proxy& a, const proxy& b) noexcept {
    const auto parts = [](const proxy& each) {
        return std::tuple(each.scheme_, each.where_.is_local_socket(), each.where_.port(),
                          each.has_credentials_, each.policed_);
    };
    if (const auto order = parts(a) <=> parts(b); order != 0) return order;
    const auto texts = [](const proxy& each) {
        return std::tie(each.where_.host(), each.user_, each.password_, each.authorization_, each.tls_);
    };
    return texts(a) <=> texts(b);
}

}  // namespace dragline::net

#endif
