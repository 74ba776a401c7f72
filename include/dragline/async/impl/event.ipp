// Included by <dragline/async/event.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::async {

template <class Handler>
void event::start(Handler&& handler, time_point until) {
    using wait_type = detail::pending_wait_of<std::decay_t<Handler>>;
    auto* wait = new wait_type(std::forward<Handler>(handler), loop_.executor());
    pending_ = wait;
    wait->owner = &pending_;
    loop_.waits().push_back(*wait);
    if (auto slot = asio::get_associated_cancellation_slot(wait->handler); slot.is_connected()) {
        slot.assign([this](asio::cancellation_type) {
            if (pending_) finish(asio::error::operation_aborted);
        });
    }
    loop_.deadlines().arm(limit_, until);
}

DRAGLINE_DECL void event::finish(std::error_code ec) {
    limit_.disarm();
    loop_.resume_soon(*pending_, ec);
}

DRAGLINE_DECL void event::expired(void* self) noexcept {
    auto& waiting = *static_cast<event*>(self);
    waiting.finish(make_timeout(waiting.where_));
}

DRAGLINE_DECL asio::awaitable<result<void>> event::wait(time_point until, phase where) {
    if (!notified_) {
        where_ = where;
        asio::use_awaitable_t<> token;
        auto waiting = asio::async_initiate<asio::use_awaitable_t<>, void(result<void>)>(
            [this](auto&& handler, time_point when) {
                start(std::forward<decltype(handler)>(handler), when);
            },
            token, until);
        auto ended = co_await std::move(waiting);
        if (!notified_) co_return ended;
    }
    notified_ = false;
    co_return result<void>();
}

DRAGLINE_DECL asio::awaitable<result<void>> pause(loop_state& loop, time_point until, interrupter& ending) {
    if (!ending.interrupted()) {
        event woken(loop);
        const interrupter::scope scope(
            ending, [](void* self) noexcept { static_cast<event*>(self)->notify(); }, &woken);
        auto waiting = woken.wait(until, phase::total);
        const auto waited = co_await std::move(waiting);
        if (!waited && waited.error() == condition::timeout) co_return result<void>();
    }
    co_return asio::error::make_error_code(asio::error::operation_aborted);
}

}  // namespace dragline::async

#endif
