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
#include <dragline/tls/options.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::http {

/// The settings of a session, fixed when get_session() makes it.
class session_options {
public:
    session_options() {}

    /// Connections to one origin, idle ones included; further fetches wait in turn.
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
