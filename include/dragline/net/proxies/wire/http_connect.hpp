// HTTP CONNECT as clients speak it, without I/O (RFC 9110, 9.3.6).
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/h1/head_parser.hpp>
#include <dragline/h1/limits.hpp>
#include <dragline/net/proxies/detail/proxy_handshake.hpp>
#include <dragline/net/proxies/wire/socks.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace dragline::inline v1::net {

/// The handshake with an HTTP proxy for a tunnel to `target`. Send output(), then receive until done().
///
/// Any 2xx opens the tunnel, which begins right behind its head: what Content-Length or Transfer-Encoding
/// there say means nothing. Errors: errc::proxy_authentication_required for 407, or _refused when an
/// authorization was sent; proxy_refused, proxy_host_unreachable (502, 503), proxy_target_timeout (504) and
/// proxy_failure (other 5xx); proxy_limit_exceeded, proxy_protocol_error.
class http_connect final : public detail::proxy_handshake {
public:
    /// 64 KiB, 256 fields, 16 KiB in a line; beside it, 32 interim responses.
    static h1::head_limits default_limits();

    /// `authorization` is the value of Proxy-Authorization, "Basic ..." say; empty: none is sent. One that is
    /// no field value is errc::invalid_proxy.
    explicit http_connect(const proxy_target& target, std::string_view authorization = {},
                          h1::head_limits limits = default_limits());

    result<std::size_t> receive(std::string_view input) override;
    std::size_t wanted() const noexcept override { return done_ || error_ ? 0 : 4096; }

    /// Of the final response, 0 before.
    int status() const noexcept { return status_; }

    /// The values of Proxy-Authenticate in a 407.
    const std::vector<std::string>& challenges() const noexcept { return challenges_; }

private:
    std::error_code on_head();
    std::error_code on_status(const h1::response_head& head);

    h1::response_head_parser parser_;
    std::string held_;
    int status_ = 0;
    int interim_ = 0;
    bool authorized_ = false;
    std::vector<std::string> challenges_;
};

}  // namespace dragline::net

#include <dragline/net/proxies/wire/impl/http_connect.ipp>
