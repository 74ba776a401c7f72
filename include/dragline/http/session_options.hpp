// What the fetches of one session share.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/features.hpp>
#include <dragline/dns/options.hpp>
#include <dragline/http/authentication/netrc.hpp>
#include <dragline/http/cookies/cookie_policy.hpp>
#include <dragline/http/insight/metrics.hpp>
#include <dragline/http/insight/observer.hpp>
#include <dragline/http/insight/recording.hpp>
#include <dragline/http/policy/hsts_store.hpp>
#include <dragline/http/policy/url_policy.hpp>
#include <dragline/http/proxies/proxy_policy.hpp>
#include <dragline/http/resilience/circuit_breaker.hpp>
#include <dragline/http/resilience/host_limits.hpp>
#include <dragline/http/resilience/retry_policy.hpp>
#include <dragline/net/address_policy.hpp>
#include <dragline/tls/options.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::http {

/// The settings of a session, fixed when get_session() makes it.
class session_options {
public:
    session_options() {}

    /// Connections to one origin, or to one proxy that forwards for all, idle ones included; further fetches
    /// wait in turn.
    session_options& connections_per_host(std::size_t value) { return per_host_ = value, *this; }
    std::size_t connections_per_host() const noexcept { return per_host_; }

    /// Connections of the whole session.
    session_options& connections(std::size_t value) { return total_ = value, *this; }
    std::size_t connections() const noexcept { return total_; }

    /// Fetches that may wait for a connection; one more fails with dragline::errc::queue_full.
    session_options& max_waiters(std::size_t value) { return waiters_ = value, *this; }
    std::size_t max_waiters() const noexcept { return waiters_; }

    /// How long an idle connection is kept, unless the peer says how long it does. Then it is closed, but it
    /// does not keep run() from returning: when nothing else waits on the loop, it stays until something
    /// does.
    session_options& idle_timeout(async::duration value) { return idle_ = value, *this; }
    async::duration idle_timeout() const noexcept { return idle_; }

    /// How long a connection is used at most, from when it was opened; an exchange under way is finished.
    session_options& connection_lifetime(async::duration value) { return lifetime_ = value, *this; }
    async::duration connection_lifetime() const noexcept { return lifetime_; }

    /// The User-Agent of fetches that name none; none is sent when empty.
    session_options& user_agent(std::string_view value) { return user_agent_ = value, *this; }
    const std::string& user_agent() const noexcept { return user_agent_; }

    /// What becomes of Set-Cookie fields. Default: none is kept. With cookie_policy::own_jar() each session
    /// that is made has a jar of its own; session::cookie_jar() is it.
    session_options& cookies(cookie_policy value) { return cookies_ = std::move(value), *this; }
    const cookie_policy& cookies() const noexcept { return cookies_; }

    /// Credentials by host, for fetches that have none: `netrc::load_default()`. They are sent when a server
    /// asks for them. A redirect to another machine of it gets what is its own, but not the default, and none
    /// after a step from https to http.
    session_options& netrc(http::netrc value) { return netrc_ = std::move(value), *this; }
    const http::netrc& netrc() const noexcept { return netrc_; }

    /// Origins whose challenge is remembered, so that the next fetch is not refused first; 0 for none.
    session_options& known_challenges(std::size_t value) { return known_challenges_ = value, *this; }
    std::size_t known_challenges() const noexcept { return known_challenges_; }

    /// A floor under the address_policy() of every fetch: what it forbids is dialled for none.
    session_options& address_policy(net::address_policy value) {
        return address_policy_ = std::move(value), *this;
    }
    const net::address_policy& address_policy() const noexcept { return address_policy_; }

    /// A floor under the url_policy() of every fetch.
    session_options& url_policy(http::url_policy value) { return url_policy_ = std::move(value), *this; }
    const http::url_policy& url_policy() const noexcept { return url_policy_; }

    /// Strict-Transport-Security (RFC 6797): http URLs of hosts that have said so over TLS, or that the store
    /// was given, are fetched over https, at redirects too. Default: not obeyed. With
    /// hsts_policy::own_store() each session that is made has a store of its own; session::hsts_store() is
    /// it.
    session_options& hsts(hsts_policy value) { return hsts_ = std::move(value), *this; }
    const hsts_policy& hsts() const noexcept { return hsts_; }
    /// Through which proxies fetches go that say nothing of it. Default: none, whatever the environment says;
    /// see proxy_policy::from_environment().
    session_options& proxy(proxy_policy value) { return proxy_ = std::move(value), *this; }
    session_options& proxy(std::string_view url) { return proxy(proxy_policy::through(url)); }
    const proxy_policy& proxy() const noexcept { return proxy_; }
    /// Which failures of fetches that say nothing about it are retried. Default: none.
    session_options& retry(retry_policy value) { return retry_ = std::move(value), *this; }
    const std::optional<retry_policy>& retry() const noexcept { return retry_; }

    /// How much may go to one host, beside connections_per_host(), which is for an origin. Default: no limit.
    session_options& host_limits(http::host_limits value) { return host_limits_ = std::move(value), *this; }
    const std::optional<http::host_limits>& host_limits() const noexcept { return host_limits_; }

    /// Leaves origins alone that fail. Default: never.
    session_options& circuit_breaker(http::circuit_breaker value) { return breaker_ = value, *this; }
    const std::optional<http::circuit_breaker>& circuit_breaker() const noexcept { return breaker_; }

    session_options& tls(dragline::tls::client_options value) { return tls_ = std::move(value), *this; }
    const dragline::tls::client_options& tls() const noexcept { return tls_; }

    /// How names are looked up.
    session_options& dns(dragline::dns::query_options value) { return dns_ = std::move(value), *this; }
    const dragline::dns::query_options& dns() const noexcept { return dns_; }

    /// Is told what happens in each fetch.
    session_options& observer(std::shared_ptr<http::observer> value) {
        return observer_ = std::move(value), *this;
    }
    const std::shared_ptr<http::observer>& observer() const noexcept { return observer_; }

    /// What traces and observers get of fetches that say nothing else.
    session_options& recording(http::recording value) { return recording_ = std::move(value), *this; }
    const http::recording& recording() const noexcept { return recording_; }

    /// Counts what fetches come to; session::metrics() has it.
    session_options& metrics(bool value) { return own_metrics_ = value, metrics_ = nullptr, *this; }
    /// As above, together with the other sessions of the loop that are given this.
    session_options& metrics(std::shared_ptr<http::metrics> value) {
        return own_metrics_ = false, metrics_ = std::move(value), *this;
    }
    /// What to count in: a new one each time, the shared one, or nullptr.
    std::shared_ptr<http::metrics> make_metrics() const {
        return own_metrics_ ? std::make_shared<http::metrics>() : metrics_;
    }

    bool operator==(const session_options&) const = default;

private:
    std::size_t per_host_ = 10;
    std::size_t total_ = 256;
    std::size_t waiters_ = 100'000;
    async::duration idle_ = std::chrono::seconds(15);
    async::duration lifetime_ = no_limit;
    std::string user_agent_ = "dragline/0.1";
    cookie_policy cookies_;
    http::netrc netrc_;
    std::size_t known_challenges_ = 1000;
    net::address_policy address_policy_;
    http::url_policy url_policy_;
    hsts_policy hsts_;
    proxy_policy proxy_;
    std::optional<retry_policy> retry_;
    std::optional<http::host_limits> host_limits_;
    std::optional<http::circuit_breaker> breaker_;
    dragline::tls::client_options tls_;
    dragline::dns::query_options dns_;
    std::shared_ptr<http::observer> observer_;
    http::recording recording_;
    std::shared_ptr<http::metrics> metrics_;
    bool own_metrics_ = false;
};

}  // namespace dragline::http

namespace dragline::inline v1 {
using http::session_options;
}
