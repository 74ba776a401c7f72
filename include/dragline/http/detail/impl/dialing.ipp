// Included by <dragline/http/detail/dialing.hpp> only.
#pragma once

#include <dragline/http/detail/h1_connection.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>

#include <new>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL void dialing::start(async::event& over) {
    waiter_ = &over;
    if (!request_.proxies.empty()) [[unlikely]] {
        auto ended = [self = shared_from_this()](std::exception_ptr thrown) {
            self->finish(thrown ? std::make_error_code(std::errc::not_enough_memory) : self->ec_);
        };
        asio::co_spawn(session_->loop().executor(), run(shared_from_this()), std::move(ended));
    } else if (session_->calls() == 1) {
        connect();
    } else {
        // The other fetches that have just ended come first: so the next requests go out in a row, and wake a
        // server nearby once instead of one by one, which is most of what a request to it costs.
        asio::post(session_->loop().executor(), [self = shared_from_this()] {
            const bool wanted = self->waiter_ && !self->waiter_->notified();  // and no other one granted
            wanted ? self->connect() : self->finish(asio::error::operation_aborted);
        });
    }
}

DRAGLINE_DECL void dialing::connect() try {
    net::connect_directly(session_->loop(), request_, *trace_, dial_.ending(), shared_from_this());
} catch (const std::bad_alloc&) {
    if (over_) throw;  // of who goes on
    finish(std::make_error_code(std::errc::not_enough_memory));
}

DRAGLINE_DECL void dialing::connected(std::error_code ec, net::connected& made) {
    if (!ec) [[likely]]
        return finish(hold(made));
    // What failed at once gives the others a turn all the same: callers may try again and again.
    asio::post(session_->loop().executor(), [self = shared_from_this(), ec] { self->finish(ec); });
}

DRAGLINE_DECL asio::awaitable<void> dialing::run(std::shared_ptr<dialing> self) {
    auto connecting =
        net::connect(self->session_->loop(), self->request_, *self->trace_, self->dial_.ending());
    auto made = co_await std::move(connecting);
    self->ec_ = made ? self->hold(*made) : made.error();
}

DRAGLINE_DECL std::error_code dialing::hold(net::connected& made) try {
    const auto& proxies = request_.proxies;
    auto port = request_.target.port();
    if (!proxies.empty()) [[unlikely]]
        port = proxies.front().where().port();
    auto& loop = session_->loop();
    auto connection = std::make_unique<h1_connection>(loop, std::move(made), port);
    if (place_) [[likely]]
        place_.put(std::move(connection), loop.now());
    return {};
} catch (const std::bad_alloc&) {
    return std::make_error_code(std::errc::not_enough_memory);
}

DRAGLINE_DECL void dialing::finish(std::error_code ec) {
    over_ = true;
    ec_ = ec;
    if (ec) [[unlikely]]
        place_ = {};
    if (waiter_) [[likely]]
        return waiter_->notify_at_once();
    leave();
}

DRAGLINE_DECL std::error_code dialing::take(connection_pool::place& into, boxed<net::connect_trace>& trace) {
    waiter_ = nullptr;
    trace = std::move(trace_);
    if (!ec_) [[likely]]
        into = std::move(place_);
    return ec_;
}

DRAGLINE_DECL void dialing::give_up() noexcept {
    waiter_ = nullptr;
    place_ = {};
    dial_.ending().interrupt();
}

DRAGLINE_DECL void dialing::leave() noexcept {
    waiter_ = nullptr;
    if (!over_) return;
    if (auto place = std::move(place_)) {
        place.connection()->end_handshake();
        place.park(session_->loop().now());
    }
}

DRAGLINE_DECL opening::opening(const std::shared_ptr<session_state>& session, connection_pool::place& place,
                               bool fresh, async::interrupter& ending)
    : contender_(session->pool(), place, !fresh),
      dial_(std::allocate_shared<dialing>(spare_allocator<dialing>(), session, std::move(place))),
      ends_(
          ending, [](void* self) noexcept { static_cast<dialing*>(self)->interrupt(); }, dial_.get()) {}

DRAGLINE_DECL result<bool> opening::take(result<void> woken, connection_pool::place& into,
                                         boxed<net::connect_trace>& trace) {
    if (!woken) {
        trace = boxed<net::connect_trace>::make(dial_->trace());  // as far as it got
        dial_->give_up();
        return woken.error();
    }
    if (contender_.granted) {
        into = std::move(contender_.granted);
        return true;
    }
    if (const auto ec = dial_->take(into, trace)) return ec;
    return false;
}

}  // namespace dragline::http::detail

#endif
