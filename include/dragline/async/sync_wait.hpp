// For a thread that is no loop's: does a piece of work on a loop and waits for it.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/event_loop.hpp>
#include <dragline/core/asio.hpp>

#include <asio/awaitable.hpp>

namespace dragline::inline v1::async {

/// Runs `operation` on `loop`, which another thread runs, and blocks this one until it has ended.
///
/// Returns what it returns or throws what it throws. Past `timeout` the operation is cancelled, awaited, and
/// std::system_error of make_timeout(phase::total) thrown, so that nothing of it runs any more: an operation
/// that ignores its cancellation holds this up. `no_limit` waits for ever. Errors, as std::system_error:
/// errc::wrong_thread on the loop's own thread; errc::invalid_option for a timeout
///   of zero or less; operation_aborted when the loop ends first.
template <class T>
T sync_wait(event_loop& loop, asio::awaitable<T> operation, duration timeout);

}  // namespace dragline::async

namespace dragline::inline v1 {
using async::sync_wait;
}

#include <dragline/async/impl/sync_wait.hpp>
