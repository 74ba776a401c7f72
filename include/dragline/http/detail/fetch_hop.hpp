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

    /// A hop: begin_hop(), then attempt() as long as another one follows, and end_hop() with what the last
    /// one came to. Up to a head, or again_ says that the same request is to be made once more.
    void begin_hop() {
        if (cookies_.any()) cookies_.set_field(fields_.own(), url_, !pinned_, session_->loop().time());
    }
    asio::awaitable<result<void>> attempt();
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

    connection_pool::place place_;  // after a hop that is the answer

private:
    void begin_attempt(bool repeats);
    asio::awaitable<result<void>> enter_host();
    bool find_place(connection_pool::place& into, bool fresh);
    asio::awaitable<result<void>> open_connection(connection_pool::place& place, bool fresh);
    void tell_host(std::error_code ec) noexcept;
    bool may_repeat(const h1_connection& connection, std::error_code ec) const noexcept;
    std::error_code choose_tls();
    std::error_code set_up(net::connect_request& request);

    std::shared_ptr<tls_setup> tls_;
    bool stale_ = false;  // the attempt met a connection that its peer had closed, and may be repeated
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/fetch_hop.ipp>
