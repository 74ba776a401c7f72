// The proxies that the environment of a program names: http_proxy and its like.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/http/proxies/no_proxy.hpp>
#include <dragline/net/proxies/proxy.hpp>

#include <functional>
#include <optional>
#include <string_view>
#include <utility>

namespace dragline::inline v1::http {

/// What the variables say. Each names one proxy, as net::proxy::parse() reads it, or only "host:port" for an
/// HTTP proxy; one that is empty says nothing. What cannot be read is kept, and fails what it is used for
/// with net::errc::invalid_proxy.
class proxy_environment {
public:
    /// The value of a variable; nullptr where there is none.
    using lookup_function = std::function<const char*(const char* name)>;

    /// Nothing is set.
    proxy_environment() {}

    /// Reads http_proxy, https_proxy, all_proxy and no_proxy, and but for the first one also their names in
    /// capitals, where those in small letters say nothing. HTTP_PROXY is not read: where a web server starts
    /// programs, it is what a request has in its field "Proxy".
    ///
    /// Threads: none may change the environment meanwhile.
    DRAGLINE_DECL static proxy_environment read();
    DRAGLINE_DECL static proxy_environment read(const lookup_function& lookup);

    /// For http URLs, in place of all_proxy.
    proxy_environment& http_proxy(std::string_view text) { return http_ = parse(text), *this; }
    const std::optional<net::proxy>& http_proxy() const noexcept { return http_; }

    /// For https URLs, in place of all_proxy.
    proxy_environment& https_proxy(std::string_view text) { return https_ = parse(text), *this; }
    const std::optional<net::proxy>& https_proxy() const noexcept { return https_; }

    proxy_environment& all_proxy(std::string_view text) { return all_ = parse(text), *this; }
    const std::optional<net::proxy>& all_proxy() const noexcept { return all_; }

    /// What goes to none of them.
    proxy_environment& no_proxy(http::no_proxy value) { return none_ = std::move(value), *this; }
    const http::no_proxy& no_proxy() const noexcept { return none_; }

    friend bool operator==(const proxy_environment&, const proxy_environment&) = default;

private:
    DRAGLINE_DECL static std::optional<net::proxy> parse(std::string_view text);

    std::optional<net::proxy> http_;
    std::optional<net::proxy> https_;
    std::optional<net::proxy> all_;
    http::no_proxy none_;
};

}  // namespace dragline::http

#include <dragline/http/proxies/impl/proxy_environment.ipp>
