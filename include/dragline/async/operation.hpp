// One coroutine body, any completion token: how every operation of this library is made.
#pragma once

#include <dragline/async/callback_failure.hpp>
#include <dragline/async/detail/cancel_relay.hpp>
#include <dragline/async/detail/completion.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/boxed.hpp>
#include <dragline/core/result.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/this_coro.hpp>

#include <exception>
#include <memory>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::async {

// An operation as its developer writes it:
//
//     asio::awaitable<result<page>> fetch_body(std::string url);             // the body: by value, no token
//
//     template <async::where Where, class Token = default_token>             // the face: copies, forwards
//     auto fetch(Where&& place, std::string_view url, Token&& token = {}) {
//         return async::initiate<page>(async::executor_of(place), &fetch_body, std::forward<Token>(token),
//                                      std::string(url));
//     }

/// Runs `body(args...)` on `loop` and completes `token` with void(std::error_code, T); T void: only the code.
///
/// `body` is a coroutine function that takes its arguments by value and returns asio::awaitable<result<T>>;
/// result<boxed<T>> when T is_large; awaitable<T> when its failures are exceptional. T is default
/// constructible. An awaiting caller on the same loop runs the body in its own coroutine, without a spawn.
/// Errors: those of the body. An exception reaches a use_awaitable caller as it is, also over loops; others
///   get its code: of system_error, not_enough_memory, errc::unexpected_exception; see callback_failure.
/// Cancel: every type that the caller's slot delivers, from any thread. The body must not reset its
///   cancellation state, which may be its caller's.
/// Threads: any. Never completes inside this call; completes on the token's associated executor.
template <class T, class Body, class Token, class... Args>
auto initiate(asio::any_io_executor loop, Body body, Token&& token, Args&&... args);

/// As above, where the loop is known already.
template <class T, class Body, class Token, class... Args>
auto initiate(const loop_state& loop, Body body, Token&& token, Args&&... args);

/// As initiate(), but completes with void(std::exception_ptr, T), for bodies that run the code of users.
template <class T, class Body, class Token, class... Args>
auto initiate_throwing(asio::any_io_executor loop, Body body, Token&& token, Args&&... args);

/// Awaits `body(executor, args...)` on the loop of the coroutine that awaits this: an operation with no
/// WHERE.
template <class T, class Body, class... Args>
asio::awaitable<T> await_here(Body body, Args... args);

/// As await_here(), for the token as_tuple(use_awaitable).
template <class T, class Body, class... Args>
asio::awaitable<typename detail::shapes<T>::tuple> await_here_as_tuple(Body body, Args... args);

}  // namespace dragline::async

#include <dragline/async/impl/operation.hpp>
