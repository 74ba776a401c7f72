// Included by <dragline/net/detail/race_wait.hpp> only.
#pragma once

#include <dragline/async/event.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL asio::awaitable<result<void>> await_race(connecting& race, async::loop_state& loop,
                                                       async::interrupter& ending) {
    struct waiter final : connecting_owner {
        explicit waiter(async::loop_state& of) : over(of) {}
        void connected(std::error_code result) override {
            ec = result;
            over.notify_at_once();
        }
        async::event over;
        std::error_code ec;
    } here(loop);
    const async::interrupter::scope scope(
        ending, [](void* self) noexcept { static_cast<connecting*>(self)->interrupt(); }, &race);
    if (ending.interrupted()) co_return asio::error::make_error_code(asio::error::operation_aborted);
    race.start(std::shared_ptr<connecting_owner>(std::shared_ptr<void>(), &here));
    auto waiting = here.over.wait();
    const auto woken = co_await std::move(waiting);
    if (!woken) co_return woken;
    // It may have been ended since it stood.
    if (ending.interrupted()) co_return asio::error::make_error_code(asio::error::operation_aborted);
    co_return result<void>(here.ec);
}

}  // namespace dragline::net::detail

#endif
