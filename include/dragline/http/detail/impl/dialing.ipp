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
    if (!request_.proxies.empty()) {
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
    net::connect_directly(session_->loop(), request_, trace_, dial_.ending(), shared_from_this());
} catch (const std::bad_alloc&) {
    if (over_) throw;  // of who goes on
    finish(std::make_error_code(std::errc::not_enough_memory));
}

DRAGLINE_DECL void dialing::connected(result<net::connected> made) {
    if (made) return finish(take(*std::move(made)));
    // What failed at once gives the others a turn all the same: callers may try again and again.
    asio::post(session_->loop().executor(),
               [self = shared_from_this(), ec = made.error()] { self->finish(ec); });
}

DRAGLINE_DECL asio::awaitable<void> dialing::run(std::shared_ptr<dialing> self) {
    auto connecting =
        net::connect(self->session_->loop(), self->request_, self->trace_, self->dial_.ending());
    auto made = co_await std::move(connecting);
    self->ec_ = made ? self->take(*std::move(made)) : made.error();
}

DRAGLINE_DECL std::error_code dialing::take(net::connected made) try {
    const auto& proxies = request_.proxies;
    const auto port = proxies.empty() ? request_.target.port() : proxies.front().where().port();
    auto connection =
        std::make_unique<h1_connection>(std::move(made.stream), made.address, port, std::move(made.peer));
    if (place_) place_.put(std::move(connection), session_->loop().now());
    return {};
} catch (const std::bad_alloc&) {
    return std::make_error_code(std::errc::not_enough_memory);
}

DRAGLINE_DECL void dialing::finish(std::error_code ec) {
    over_ = true;
    ec_ = ec;
    if (ec) place_ = {};
    if (waiter_) return waiter_->notify_at_once();
    leave();
}

DRAGLINE_DECL result<connection_pool::place> dialing::take() {
    waiter_ = nullptr;
    if (ec_) return ec_;
    return std::move(place_);
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

struct dialing_guard {
    std::shared_ptr<dialing> dial;
    explicit dialing_guard(std::shared_ptr<dialing> begun) : dial(std::move(begun)) {}
    ~dialing_guard() { dial->leave(); }
};

DRAGLINE_DECL asio::awaitable<result<bool>> open_or_reuse(std::shared_ptr<session_state> session,
                                                          connection_pool::place& place,
                                                          net::connect_request& request, bool fresh,
                                                          net::connect_trace& trace,
                                                          async::interrupter& ending) {
    connection_pool::contender mine(session->pool(), place, !fresh);
    const dialing_guard guard(std::allocate_shared<dialing>(spare_allocator<dialing>(), session,
                                                            std::move(place), std::move(request)));
    auto& dial = *guard.dial;
    dial.start(mine.wake);
    async::interrupter::scope scope(
        ending, [](void* self) noexcept { static_cast<dialing*>(self)->interrupt(); }, &dial);
    while (!dial.over() && !mine.granted) {
        auto waiting = mine.wake.wait();
        auto woken = co_await std::move(waiting);
        if (woken) continue;
        trace = dial.trace();  // as far as it got
        dial.give_up();
        co_return woken.error();
    }
    if (mine.granted) {
        place = std::move(mine.granted);
        co_return true;
    }
    trace = std::move(dial.trace());
    auto opened = dial.take();
    if (!opened) co_return opened.error();
    place = *std::move(opened);
    co_return false;
}

}  // namespace dragline::http::detail

#endif
