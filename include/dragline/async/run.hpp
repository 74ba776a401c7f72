// A main() in one line: `int main() { return dragline::run(program()); }`.
#pragma once

#include <dragline/async/event_loop.hpp>
#include <dragline/core/asio.hpp>

#include <asio/awaitable.hpp>

namespace dragline::inline v1::async {

/// Runs `main` on `loop`, on this thread, until it has ended; returns what it returns or throws what it
/// throws.
///
/// Other work of the loop runs meanwhile; what is left of it stays pending. An exception of another handler
/// leaves this function too, and `main` then dies with the loop.
/// Errors: std::system_error of operation_aborted when somebody stops the loop first.
template <class T>
T run(event_loop& loop, asio::awaitable<T> main);

/// As above, on a loop of its own. What `main` has left running when it ends dies with that loop; so it must
/// not leave anything that waits for another loop.
template <class T>
T run(asio::awaitable<T> main);

}  // namespace dragline::async

namespace dragline::inline v1 {
using async::run;
}

#include <dragline/async/impl/run.hpp>
