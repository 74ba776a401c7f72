// One hop of a fetch: the attempts at one request, up to a head, and the connection that has its body.
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/http/detail/connection_pool.hpp>
#include <dragline/http/detail/fetch_exchange.hpp>
#include <dragline/net/connect_request.hpp>

#include <memory>
#include <system_error>

namespace dragline::inline v1::http::detail {

class fetch_hop : protected fetch_exchange {
protected:
    using fetch_exchange::fetch_exchange;

    /// How url_ is reached, when it has become another one.
    std::error_code choose_proxies();

    /// A hop: begin_hop(), then attempts as long as another one follows, and end_hop() with what the last
    /// one came to. Up to a head, or again_ says that the same request is to be made once more.
    void begin_hop() {
        if (cookies_) [[unlikely]]
            cookies_->set_field(fields_.own(), url_, !pinned_, session_->loop().time());
    }
    /// An attempt: begin_attempt(), get_connection() if that has found none at once, exchange_on() it, and
    /// end_attempt() with what failed first.
    std::error_code begin_attempt();
    bool has_connection() const noexcept { return place_ && place_.connection(); }
    asio::awaitable<result<void>> get_connection() {
        return place_ ? open_connection() : wait_for_connection();
    }
    result<void> end_attempt(result<void> done);
    bool another_follows(const result<void>& done) noexcept;
    result<void> end_hop(result<void> done) noexcept;

    /// After a hop or the body, when there is a retry_policy: decides whether what failed is made again_, and
    /// waits before what follows.
    asio::awaitable<result<void>> pause(std::error_code failed, bool in_body);
    bool retries() const noexcept { return retry_ != nullptr; }

    /// The exchange with the host is over.
    void leave_host(std::error_code ec) noexcept;

    /// Its head has come, and its body may take for ever: a circuit that it decides does not wait for that.
    void leave_probe() noexcept;

    connection_pool::place place_;  // of the attempt, and after a hop that is the answer

private:
    bool has_to_enter() const noexcept { return session_->guard() && !admission_; }
    asio::awaitable<result<void>> enter_host();
    bool fresh() const noexcept { return repeats_ || options_.fresh_connection(); }
    void find_place();
    void take_place(connection_pool::place&& granted);
    asio::awaitable<result<void>> wait_for_connection();
    asio::awaitable<result<void>> open_connection();
    void tell_host(std::error_code ec) noexcept;
    bool may_repeat(const h1_connection& connection, std::error_code ec) const noexcept;
    std::error_code choose_tls();
    std::error_code set_up(net::connect_request& request);

    std::shared_ptr<tls_setup> tls_;
    bool stale_ = false;    // the attempt met a connection that its peer had closed, and may be repeated
    bool repeats_ = false;  // it repeats such a one
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/fetch_hop.ipp>
