// How a coroutine waits for a race of dials.
#pragma once

#include <dragline/async/interrupter.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/detail/connecting.hpp>

#include <asio/awaitable.hpp>

#include <memory>
#include <utility>

namespace dragline::inline v1::net::detail {

struct connecting_guard {
    std::shared_ptr<connecting> race;
    explicit connecting_guard(std::shared_ptr<connecting> made) : race(std::move(made)) {}
    ~connecting_guard() { race->end(); }
};

/// Starts it and waits for it, until `ending` ends it from outside.
asio::awaitable<result<void>> await_race(connecting& race, async::loop_state& loop,
                                         async::interrupter& ending);

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/race_wait.ipp>
