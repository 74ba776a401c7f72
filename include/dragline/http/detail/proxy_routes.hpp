// The chains of proxies that the fetches of a session go through, each under a number.
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/http/detail/challenge_cache.hpp>
#include <dragline/net/proxies/proxy.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace dragline::inline v1::http::detail {

/// A chain that can be used.
struct proxy_route {
    std::uint64_t number = 0;  // of the session: stands for the secrets in a key, and none is used twice
    net::proxy_chain chain;
    std::string text;  // "http://a:80 socks5h://b:1080": without secrets
};

class proxy_routes {
public:
    /// The same number for the same chain, secrets and TLS options included, while it is in use.
    /// Errors: net::errc::invalid_proxy.
    DRAGLINE_DECL result<std::shared_ptr<const proxy_route>> of(const net::proxy_chain& chain);

    /// What the proxies asked for.
    challenge_cache& challenges() noexcept { return challenges_; }

    std::size_t size() const noexcept { return routes_.size(); }
    static constexpr std::size_t most_unused = 1000;

private:
    std::map<net::proxy_chain, std::shared_ptr<const proxy_route>> routes_;
    std::uint64_t made_ = 0;
    challenge_cache challenges_{1000};
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/proxy_routes.ipp>
