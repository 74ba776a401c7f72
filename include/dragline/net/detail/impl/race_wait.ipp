// Included by <dragline/net/detail/race_wait.hpp> only.
#pragma once

#include <dragline/net/detail/fair_turn.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <utility>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL asio::awaitable<result<void>> race_wait::run() {
    race_->start();
    const bool at_once = race_->ended.notified();
    if (!at_once || race_->addresses().empty()) {
        // What is over at once gives the others a turn, but for known addresses: callers may try again and
        // again.
        auto waiting = at_once ? others_first(loop_.executor()) : race_->ended.wait();
        const auto woken = co_await std::move(waiting);
        if (!woken) co_return woken;
    }
    // It may have been ended since it stood.
    if (ending_.interrupted()) co_return asio::error::make_error_code(asio::error::operation_aborted);
    co_return result<void>(race_->ec);
}

}  // namespace dragline::net::detail

#endif
