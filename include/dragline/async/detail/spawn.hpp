// Begins a coroutine that nobody awaits. What is particular to who began it stands behind a virtual function:
// asio::co_spawn is compiled anew for each type that it sees, which costs a program seconds.
#pragma once

#include <dragline/core/asio.hpp>
#include <dragline/core/features.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace dragline::inline v1::async::detail {

// Who began the coroutine. It stands in the coroutine's outermost frame: so whatever the coroutine refers to,
// and the signal that holds its cancellation state, outlive it when they are here. Destroyed without ended()
// when the coroutine dies with its loop.
class spawn_owner {
public:
    virtual ~spawn_owner() = default;

    /// On the loop, when the coroutine has returned or thrown.
    virtual void ended(std::exception_ptr thrown) = 0;
};

template <class Executor>
void spawn_on(const Executor& loop, asio::awaitable<void, Executor> body, std::shared_ptr<spawn_owner> owner,
              asio::cancellation_slot slot) {
    auto start = [owner, body = std::move(body)]() mutable { return std::move(body); };
    auto ended = [owner = std::move(owner)](std::exception_ptr thrown) { owner->ended(std::move(thrown)); };
    asio::co_spawn(loop, std::move(start), asio::bind_cancellation_slot(slot, std::move(ended)));
}

/// A coroutine that wants to be cancelled in another way than by terminal says so itself.
DRAGLINE_DECL void spawn(const asio::any_io_executor& loop, asio::awaitable<void> body,
                         std::shared_ptr<spawn_owner> owner, asio::cancellation_slot slot = {});

}  // namespace dragline::async::detail

#include <dragline/async/detail/impl/spawn.ipp>
