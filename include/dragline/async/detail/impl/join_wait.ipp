// Included by <dragline/async/detail/join_wait.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <type_traits>
#include <utility>

namespace dragline::inline v1::async::detail {

template <class Handler>
void join_wait::start(Handler&& handler) {
    auto* wait = new pending_wait_of<std::decay_t<Handler>>(std::forward<Handler>(handler), loop_.executor());
    pending_ = wait;
    wait->owner = &pending_;
    loop_.waits().push_back(*wait);
    if (auto slot = asio::get_associated_cancellation_slot(wait->handler); slot.is_connected()) {
        slot.assign([this](asio::cancellation_type type) {
            if (pending_) cancelled_(context_, type);
        });
    }
}

DRAGLINE_DECL void join_wait::finish() {
    finished_ = true;
    if (pending_) loop_.resume_soon(*pending_, {});
}

DRAGLINE_DECL asio::awaitable<void> join_wait::wait() {
    if (finished_) co_return;
    asio::use_awaitable_t<> token;
    auto waiting = asio::async_initiate<asio::use_awaitable_t<>, void(result<void>)>(
        [this](auto&& handler) { start(std::forward<decltype(handler)>(handler)); }, token);
    (void)co_await std::move(waiting);
}

}  // namespace dragline::async::detail

#endif
