// The call that a dispatcher makes, and what comes of it.
#pragma once

#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>

#include <asio/awaitable.hpp>

#include <concepts>
#include <coroutine>
#include <functional>
#include <stop_token>
#include <type_traits>

namespace dragline::inline v1::async::detail {

template <class T>
inline constexpr bool is_asio_awaitable = false;
template <class T, class Executor>
inline constexpr bool is_asio_awaitable<asio::awaitable<T, Executor>> = true;

template <class T>
concept awaiter = requires(T& t, std::coroutine_handle<> waiting) {
    { t.await_ready() } -> std::convertible_to<bool>;
    t.await_suspend(waiting);
    t.await_resume();
};

// A type that somebody can co_await: Asio's, whose awaiter is private, or one that follows the language
// rules.
template <class T>
concept awaitable_like = is_asio_awaitable<T> || awaiter<T> || requires(T&& t) {
    { static_cast<T&&>(t).operator co_await() } -> awaiter;
} || requires(T&& t) {
    { operator co_await(static_cast<T&&>(t)) } -> awaiter;
};

template <class T>
concept leads_to_awaitable = awaitable_like<std::remove_cvref_t<T>> ||
    awaitable_like<std::remove_cv_t<std::remove_pointer_t<std::remove_cvref_t<T>>>>;

// Without the token is asked first: a generic handler takes any argument, and its body is compiled by asking.
template <class Handler, class... Args>
concept called_plainly = std::invocable < std::decay_t<Handler>
&, std::decay_t<Args>... > ;
template <class Handler, class... Args>
concept called_with_stop_token =
    !called_plainly<Handler, Args...> &&
    std::invocable<std::decay_t<Handler>&, std::decay_t<Args>..., std::stop_token>;
template <class Handler, class... Args>
concept called = called_plainly<Handler, Args...> || called_with_stop_token<Handler, Args...>;

template <class Handler, class... Args>
struct returned {};
template <class Handler, class... Args>
requires called_plainly<Handler, Args...>
struct returned<Handler, Args...> : std::invoke_result<std::decay_t<Handler>&, std::decay_t<Args>...> {
};
template <class Handler, class... Args>
requires called_with_stop_token<Handler, Args...>
struct returned<Handler, Args...>
    : std::invoke_result<std::decay_t<Handler>&, std::decay_t<Args>..., std::stop_token> {
};
template <class Handler, class... Args>
using returned_by = typename returned<Handler, Args...>::type;

template <class T>
struct value_of {
    using type = T;
};
template <class T>
struct value_of<result<T>> {
    using type = T;
};
template <class T, class Executor>
struct value_of<asio::awaitable<T, Executor>> : value_of<T> {};
template <class T>
using value_of_t = typename value_of<std::remove_cvref_t<T>>::type;

}  // namespace dragline::async::detail
