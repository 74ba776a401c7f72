// Included by <dragline/async/detail/spawn.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::async::detail {

DRAGLINE_DECL void spawn(const asio::any_io_executor& loop, asio::awaitable<void> body,
                         std::shared_ptr<spawn_owner> owner, asio::cancellation_slot slot) {
    spawn_on(loop, std::move(body), std::move(owner), slot);
}

}  // namespace dragline::async::detail

#endif
