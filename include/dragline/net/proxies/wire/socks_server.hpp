// SOCKS 5 as servers speak it, without I/O (RFC 1928, 1929). Start with socks5_server.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/net/proxies/wire/socks.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::net {

/// The server's side: takes CONNECT to addresses and names, and nothing else.
///
///     while (!server.has_request()) { receive, and send output() }   // at most 513 bytes are ever held
///     connect to server.target(), then server.reply(...), and send output()
///
/// After an error send output() too, then close: it tells the client why. Bytes that receive() did not take
/// are the tunnel's. Errors: errc::proxy_authentication_required (no method in common),
/// proxy_authentication_refused, proxy_command_not_supported (BIND, UDP), proxy_address_not_supported,
/// proxy_protocol_error.
class socks5_server final : public detail::socks_handshake {
public:
    /// True for a user and a password that are good. What it throws leaves receive(); the client is
    /// refused as by false, and error() is dragline::errc::callback_failed.
    using authenticator = std::function<bool(std::string_view user, std::string_view password)>;

    /// Anybody may use it; or, with `asked`, only who gives a user and a password.
    explicit socks5_server(authenticator asked = {});

    bool has_request() const noexcept { return stage_ == stage::answering; }
    const proxy_target& target() const noexcept { return target_; }

    /// Once, when has_request(). `bound` is the local end of the connection to the target.
    void reply(socks_reply answer, const proxy_target& bound = proxy_target());

private:
    enum class stage : std::uint8_t {
        method_count,
        methods,
        user_size,
        password_size,
        password,
        request,
        address,
        answering,
        over
    };

    std::error_code step() override;
    std::error_code on_methods();
    std::error_code on_password();
    std::error_code on_request();
    std::error_code on_address();
    std::error_code refuse(socks_reply answer, errc reason);
    void append_reply(socks_reply answer, const proxy_target& bound);

    authenticator asked_;
    stage stage_ = stage::method_count;
    proxy_target target_;
};

}  // namespace dragline::net

#include <dragline/net/proxies/wire/impl/socks_server.ipp>
