// The knobs of one fetch. Every one has a default, and every duration may be no_limit.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/h1/limits.hpp>
#include <dragline/http/authentication/credentials.hpp>
#include <dragline/http/body.hpp>
#include <dragline/http/cookies/cookie.hpp>
#include <dragline/http/cookies/cookie_policy.hpp>
#include <dragline/http/fields.hpp>
#include <dragline/http/insight/observer.hpp>
#include <dragline/http/insight/recording.hpp>
#include <dragline/http/policy/url_policy.hpp>
#include <dragline/http/proxies/proxy_policy.hpp>
#include <dragline/http/redirect_policy.hpp>
#include <dragline/http/resilience/retry_policy.hpp>
#include <dragline/http/trace.hpp>
#include <dragline/net/address_policy.hpp>
#include <dragline/net/endpoint.hpp>
#include <dragline/tls/options.hpp>

#include <asio/ip/address.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragline::inline v1::http {

/// What happens when a body is larger than max_body.
enum class on_limit {
    error,     ///< The fetch fails with errc::body_too_large.
    truncate,  ///< The body ends exactly at the limit, and response::truncated is set.
};

/// How fetch_url() makes its request. A value that cannot work is kept and fails the operation.
class fetch_options {
public:
    using duration = async::duration;

    fetch_options() {}

    /// A token such as "PUT", sent as given. Default: GET, or POST with a body.
    fetch_options& method(std::string_view value) { return method_ = value, *this; }
    const std::string& method() const noexcept { return method_; }

    /// Appends a field. One that the library would send itself (Host, User-Agent, Accept, ...) replaces it.
    fetch_options& header(std::string_view name, std::string_view value) {
        return headers_.add(name, value), *this;
    }
    /// As header(), for a key or token: a redirect to another origin does not take it along, as it does not
    /// take Authorization and Cookie.
    fetch_options& secret_header(std::string_view name, std::string_view value) {
        return secret_names_.emplace_back(name), header(name, value);
    }
    const std::vector<std::string>& secret_names() const noexcept { return secret_names_; }

    /// These options for a URL of another origin: without credentials, cookies and fields that are secret,
    /// and without Host and connect_to(), which were said of that origin.
    fetch_options without_secrets() const {
        auto made = *this;
        made.credentials_.reset();
        made.own_cookies_.clear();
        made.connect_to_.reset();
        for (const auto* name : {"Authorization", "Cookie", "Proxy-Authorization", "Host"})
            made.headers_.remove(name);
        for (const auto& name : secret_names_) made.headers_.remove(name);
        return made;
    }

    fetch_options& headers(http::fields value) { return headers_ = std::move(value), *this; }
    const http::fields& headers() const noexcept { return headers_; }

    /// Appends a cookie to those of this request. It goes to the origin of the URL alone, takes the place of
    /// the jar's cookies of its name, and is not put into the jar. errc::invalid_cookie by
    /// check_cookie_pair().
    fetch_options& cookie(std::string_view name, std::string_view value) {
        return own_cookies_.emplace_back(std::string(name), std::string(value)), *this;
    }
    const std::vector<cookie_pair>& own_cookies() const noexcept { return own_cookies_; }

    /// What becomes of Set-Cookie fields, those of redirects included. Default: the session's policy.
    ///
    /// A Cookie field by header() is sent as it is and shares its request with nothing else: together with
    /// cookie() or a jar it is dragline::errc::invalid_option, so use cookie_policy::none() beside it.
    fetch_options& cookies(cookie_policy value) { return cookies_ = std::move(value), *this; }
    const std::optional<cookie_policy>& cookies() const noexcept { return cookies_; }

    fetch_options& body(http::body value) { return body_ = std::move(value), *this; }
    fetch_options& body(std::string bytes) { return body_ = http::body(std::move(bytes)), *this; }
    const http::body& body() const noexcept { return body_; }

    /// For the origin of the URL, not for those that redirects lead to. Default: the user that the URL names,
    /// else the session's netrc. A header("Authorization") of one's own replaces all of it.
    fetch_options& credentials(http::credentials value) { return credentials_ = std::move(value), *this; }
    const std::optional<http::credentials>& credentials() const noexcept { return credentials_; }

    /// The User-Agent; none is sent when empty. Default: the session's.
    fetch_options& user_agent(std::string_view value) { return user_agent_ = value, *this; }
    const std::optional<std::string>& user_agent() const noexcept { return user_agent_; }

    /// The whole fetch, redirects and waiting for a connection included.
    fetch_options& timeout(duration value) { return timeout_ = value, *this; }
    duration timeout() const noexcept { return timeout_; }

    /// Looking up the name, per hop; the resolver's own total (5 s) stands beside it.
    fetch_options& resolve_timeout(duration value) { return resolve_timeout_ = value, *this; }
    duration resolve_timeout() const noexcept { return resolve_timeout_; }

    /// Opening the transport connection, per hop.
    fetch_options& connect_timeout(duration value) { return connect_timeout_ = value, *this; }
    duration connect_timeout() const noexcept { return connect_timeout_; }

    /// The TLS handshake, per hop.
    fetch_options& tls_timeout(duration value) { return tls_timeout_ = value, *this; }
    duration tls_timeout() const noexcept { return tls_timeout_; }

    /// Sending the request, head and body, with what a source takes to give it and expect_continue() waits.
    fetch_options& write_timeout(duration value) { return write_timeout_ = value, *this; }
    duration write_timeout() const noexcept { return write_timeout_; }

    /// From the request sent to the end of the response head.
    fetch_options& first_byte_timeout(duration value) { return first_byte_timeout_ = value, *this; }
    duration first_byte_timeout() const noexcept { return first_byte_timeout_; }

    /// Each wait for more of the body.
    fetch_options& read_timeout(duration value) { return read_timeout_ = value, *this; }
    duration read_timeout() const noexcept { return read_timeout_; }

    /// The body in bytes, decoded; exact to the byte. 0 refuses the first one.
    fetch_options& max_body(std::uint64_t value) { return max_body_ = value, *this; }
    std::uint64_t max_body() const noexcept { return max_body_; }

    fetch_options& on_limit(http::on_limit value) { return on_limit_ = value, *this; }
    http::on_limit on_limit() const noexcept { return on_limit_; }

    /// Of the body of a redirect, say, which nobody wants: so many bytes are read, within that time, to use
    /// the connection again. What is larger or slower costs the connection; so does every body, with 0.
    fetch_options& max_discard(std::uint64_t value) { return max_discard_ = value, *this; }
    std::uint64_t max_discard() const noexcept { return max_discard_; }
    fetch_options& discard_timeout(duration value) { return discard_timeout_ = value, *this; }
    duration discard_timeout() const noexcept { return discard_timeout_; }

    fetch_options& redirects(redirect_policy value) { return redirects_ = value, *this; }
    const redirect_policy& redirects() const noexcept { return redirects_; }

    /// Asks for the codings that are built in, and decodes them; off: the body as it was sent.
    fetch_options& decompress(bool value) { return decompress_ = value, *this; }
    bool decompress() const noexcept { return decompress_; }

    /// TLS of this fetch. Default: the session's.
    fetch_options& tls(dragline::tls::client_options value) {
        return tls_ = std::make_shared<const dragline::tls::client_options>(std::move(value)), *this;
    }
    const std::shared_ptr<const dragline::tls::client_options>& tls() const noexcept { return tls_; }

    /// Dials this instead of the URL's host; Host, SNI and the certificate check stay those of the URL.
    fetch_options& connect_to(net::endpoint value) { return connect_to_ = std::move(value), *this; }
    const std::optional<net::endpoint>& connect_to() const noexcept { return connect_to_; }

    /// Judges every address that is dialled, literal or looked up, at each redirect, of connect_to() and of
    /// proxies, besides the session's policy: a fetch can only tighten that. errc::address_blocked of net.
    /// Connections are shared by fetches with equal policies alone, and not judged again.
    fetch_options& address_policy(net::address_policy value) {
        return address_policy_ = std::move(value), *this;
    }
    const net::address_policy& address_policy() const noexcept { return address_policy_; }

    /// Judges the URL and those of redirects, before anything is looked up and besides the session's policy:
    /// errc::url_blocked.
    fetch_options& url_policy(http::url_policy value) { return url_policy_ = std::move(value), *this; }
    const http::url_policy& url_policy() const noexcept { return url_policy_; }

    /// Off: the session's hsts() is left out of this fetch. It neither obeys nor notes anything.
    fetch_options& hsts(bool value) { return hsts_ = value, *this; }
    bool hsts() const noexcept { return hsts_; }

    /// The address of this machine to connect from; only hosts of its family are reached.
    fetch_options& bind_address(asio::ip::address value) { return bind_address_ = value, *this; }
    const std::optional<asio::ip::address>& bind_address() const noexcept { return bind_address_; }

    /// The network interface to connect through, such as "eth0"; see connect_options.
    fetch_options& bind_interface(std::string_view name) { return bind_interface_ = name, *this; }
    const std::string& bind_interface() const noexcept { return bind_interface_; }

    /// Through which proxies to go. Default: what the session says; with proxy_policy::none() directly.
    ///
    /// http URLs are told to an HTTP proxy, all else goes through a tunnel: with connect_to(), which then
    /// names what the last proxy connects to, and with another Host, these too. bind_address() and
    /// bind_interface() are for the connection to the first proxy. What a proxy answers to CONNECT is never a
    /// response. Credentials are those of the net::proxy: a header("Proxy-Authorization") is
    /// dragline::errc::invalid_option.
    fetch_options& proxy(proxy_policy value) { return proxy_ = std::move(value), *this; }
    fetch_options& proxy(std::string_view url) { return proxy(proxy_policy::through(url)); }
    const std::optional<proxy_policy>& proxy() const noexcept { return proxy_; }

    /// Each proxy alone: to reach it, TLS with it, and its answer to CONNECT, which waits for the target.
    fetch_options& proxy_timeout(duration value) { return proxy_timeout_ = value, *this; }
    duration proxy_timeout() const noexcept { return proxy_timeout_; }

    /// Neither takes an idle connection nor leaves one.
    fetch_options& fresh_connection(bool value) { return fresh_connection_ = value, *this; }
    bool fresh_connection() const noexcept { return fresh_connection_; }

    /// Repeats an exchange that met a stale idle connection, when nothing was answered and repeating is safe.
    fetch_options& stale_retry(bool value) { return stale_retry_ = value, *this; }
    bool stale_retry() const noexcept { return stale_retry_; }

    /// Which failures have the request made again. Default: the session's policy. For fetch_url() a body that
    /// breaks off is a failure, too; for open_url(), open_events() and download() the head is the end of it.
    fetch_options& retry(retry_policy value) {
        return retry_ = std::make_shared<const retry_policy>(std::move(value)), *this;
    }
    const std::shared_ptr<const retry_policy>& retry() const noexcept { return retry_; }

    /// Sends the head first, and a body only when the peer asks for it with 100 (Continue), or has kept
    /// silent for so long, 1 s being usual; no_limit waits for ever. What it answers instead is the response,
    /// but a 417 has the request sent once more, without asking. Default, and with nullopt: does not ask.
    fetch_options& expect_continue(std::optional<duration> wait) { return expect_continue_ = wait, *this; }
    std::optional<duration> expect_continue() const noexcept { return expect_continue_; }

    fetch_options& head_limits(h1::head_limits value) { return head_limits_ = value, *this; }
    const h1::head_limits& head_limits() const noexcept { return head_limits_; }

    /// Interim (1xx) responses that may come before the final one.
    fetch_options& max_interim(int value) { return max_interim_ = value, *this; }
    int max_interim() const noexcept { return max_interim_; }

    /// Where to record what happens; must outlive the operation. After open_url(), see trace.
    fetch_options& trace(http::trace* value) { return trace_ = value, *this; }
    http::trace* trace() const noexcept { return trace_; }

    /// Is told what happens, besides that of the session.
    fetch_options& observer(std::shared_ptr<http::observer> value) {
        return observer_ = std::move(value), *this;
    }
    const std::shared_ptr<http::observer>& observer() const noexcept { return observer_; }

    /// How much of it trace and observers get. Default: the session's.
    fetch_options& recording(http::recording value) {
        return recording_ = std::make_shared<const http::recording>(std::move(value)), *this;
    }
    const std::shared_ptr<const http::recording>& recording() const noexcept { return recording_; }

private:
    std::string method_;
    http::fields headers_;
    std::vector<std::string> secret_names_;
    http::body body_;
    std::vector<cookie_pair> own_cookies_;
    std::optional<cookie_policy> cookies_;
    std::optional<http::credentials> credentials_;
    std::optional<std::string> user_agent_;
    std::optional<net::endpoint> connect_to_;
    std::optional<asio::ip::address> bind_address_;
    std::string bind_interface_;
    net::address_policy address_policy_;
    http::url_policy url_policy_;
    std::shared_ptr<const dragline::tls::client_options> tls_;
    std::optional<proxy_policy> proxy_;
    std::shared_ptr<const retry_policy> retry_;
    duration timeout_ = std::chrono::seconds(30);
    duration resolve_timeout_ = no_limit;
    duration connect_timeout_ = std::chrono::seconds(10);
    duration tls_timeout_ = std::chrono::seconds(10);
    duration proxy_timeout_ = std::chrono::seconds(10);
    duration write_timeout_ = no_limit;
    duration first_byte_timeout_ = no_limit;
    duration read_timeout_ = no_limit;
    duration discard_timeout_ = std::chrono::milliseconds(250);  // a new connection is there before
    std::optional<duration> expect_continue_;
    std::uint64_t max_discard_ = 64 * 1024;
    std::uint64_t max_body_ = std::uint64_t{64} * 1024 * 1024;
    h1::head_limits head_limits_;
    http::trace* trace_ = nullptr;
    std::shared_ptr<http::observer> observer_;
    std::shared_ptr<const http::recording> recording_;
    redirect_policy redirects_;
    int max_interim_ = 32;
    http::on_limit on_limit_ = on_limit::error;
    bool decompress_ = true;
    bool fresh_connection_ = false;
    bool stale_retry_ = true;
    bool hsts_ = true;
};

}  // namespace dragline::http

namespace dragline::inline v1 {
using http::fetch_options;
}
