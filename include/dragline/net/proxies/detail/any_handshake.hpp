// The handshake with a proxy of any scheme: proxy::handshake() makes one.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/net/proxies/wire/http_connect.hpp>
#include <dragline/net/proxies/wire/socks.hpp>

#include <variant>

namespace dragline::inline v1::net::detail {

using any_handshake = std::variant<socks5_client, socks4a_client, http_connect>;

inline proxy_handshake& common(any_handshake& any) noexcept {
    return std::visit([](auto& each) -> proxy_handshake& { return each; }, any);
}
inline const proxy_handshake& common(const any_handshake& any) noexcept {
    return std::visit([](const auto& each) -> const proxy_handshake& { return each; }, any);
}

/// What the proxy answered: an HTTP status, or a reply of SOCKS.
inline int status_of(const any_handshake& any) noexcept {
    return std::visit([](const auto& each) { return each.status(); }, any);
}

}  // namespace dragline::net::detail
