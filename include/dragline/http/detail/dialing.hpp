// A connection that is being opened for a fetch, beside it: what another fetch has done with meanwhile may
// come first, and then this one is left to the pool.
#pragma once

#include <dragline/async/event.hpp>
#include <dragline/async/interrupter.hpp>
#include <dragline/core/boxed.hpp>
#include <dragline/core/result.hpp>
#include <dragline/core/spare_memory.hpp>
#include <dragline/http/detail/connection_pool.hpp>
#include <dragline/http/detail/session_state.hpp>
#include <dragline/net/connect_request.hpp>
#include <dragline/net/connect_trace.hpp>
#include <dragline/net/connector.hpp>

#include <asio/awaitable.hpp>

#include <exception>
#include <memory>
#include <system_error>
#include <utility>

namespace dragline::inline v1::http::detail {

class dialing final : public net::connect_owner, public std::enable_shared_from_this<dialing> {
public:
    dialing(std::shared_ptr<session_state> session, connection_pool::place place)
        : session_(std::move(session)), dial_(*session_), place_(std::move(place)) {}

    /// To be filled before start().
    net::connect_request& request() noexcept { return request_; }

    /// `over` is notified when the connection stands or cannot be opened, unless leave() comes first.
    void start(async::event& over);

    bool over() const noexcept { return over_; }
    const net::connect_trace& trace() const noexcept { return *trace_; }

    /// The place with its connection, when it is over, and its trace however it ended.
    std::error_code take(connection_pool::place& into, boxed<net::connect_trace>& trace);

    /// Nobody waits any more. What has been opened is left to the next fetch.
    void leave() noexcept;

    /// As leave(), but nobody is to have it: its place is free at once.
    void give_up() noexcept;

    /// Ends it; `over` comes soon.
    void interrupt() noexcept { dial_.ending().interrupt(); }

private:
    void connect();
    void connected(std::error_code ec, net::connected& made) override;
    std::error_code hold(net::connected& made);
    static asio::awaitable<void> run(std::shared_ptr<dialing> self);
    void finish(std::error_code ec);

    std::shared_ptr<session_state> session_;
    session_state::dial dial_;
    connection_pool::place place_;
    net::connect_request request_;
    boxed<net::connect_trace> trace_ = boxed<net::connect_trace>::make();
    async::event* waiter_ = nullptr;
    std::error_code ec_;
    bool over_ = false;
};

/// Gives a place a connection: a new one, or unless `fresh` one that another fetch has done with first.
class opening {
public:
    /// Takes `place` until take(). `ending` ends it from outside, and must outlive this.
    opening(const std::shared_ptr<session_state>& session, connection_pool::place& place, bool fresh,
            async::interrupter& ending);
    ~opening() { dial_->leave(); }
    opening(const opening&) = delete;

    /// To be filled before start().
    net::connect_request& request() noexcept { return dial_->request(); }
    void start() { dial_->start(contender_.wake); }

    bool over() const noexcept { return dial_->over() || contender_.granted; }
    /// One of the waits until it is over.
    asio::awaitable<result<void>> wait() { return contender_.wake.wait(); }

    /// When it is over, or such a wait has failed, which is `woken`: whether it is a connection that another
    /// fetch has done with. `trace` is of any other.
    result<bool> take(result<void> woken, connection_pool::place& into, boxed<net::connect_trace>& trace);

private:
    connection_pool::contender contender_;
    std::shared_ptr<dialing> dial_;
    async::interrupter::scope ends_;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/dialing.ipp>
