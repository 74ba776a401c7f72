// Included by <dragline/async/operation.hpp> only.
#pragma once

namespace dragline::inline v1::async {
namespace detail {

// result<T> or T: what awaiting the body gives.
template <class Body, class... Args>
using outcome_of = typename std::invoke_result_t<Body&, Args...>::value_type;

template <class Body, class... Args>
auto run_kept(Body body, std::tuple<Args...> args) -> asio::awaitable<outcome_of<Body, Args...>> {
    auto running = std::apply(body, std::move(args));
    co_return co_await std::move(running);
}

// The body's coroutine, not begun. From here on neither body nor arguments have a type of their own, which
// keeps what is compiled for each operation small. A closure is kept as long as its coroutine, which uses it.
template <class Body, class... Args>
auto prepare(Body body, Args&&... args) -> asio::awaitable<outcome_of<Body, std::decay_t<Args>...>> {
    if constexpr (std::is_pointer_v<Body> || std::is_empty_v<Body>) {
        return body(std::forward<Args>(args)...);
    } else {
        return run_kept(std::move(body), std::tuple<std::decay_t<Args>...>(std::forward<Args>(args)...));
    }
}

template <class Error>
struct start_operation {
    asio::any_io_executor loop;

    // Token adapters of later Asio releases ask an initiation for its executor.
    using executor_type = asio::any_io_executor;
    executor_type get_executor() const noexcept { return loop; }

    // A token may begin the operation later, or more than once: until then body and arguments are kept.
    template <class Handler, class Body, class... Args>
    void operator()(Handler&& handler, Body body, std::tuple<Args...> args) const {
        auto running =
            std::apply([&](Args&... each) { return prepare(std::move(body), std::move(each)...); }, args);
        begin_operation<Error>(loop, std::forward<Handler>(handler), std::move(running));
    }
};

// To another loop and back. The operation may outlive who awaits it there, when his loop ends first.
template <class R>
asio::awaitable<R> hop(const loop_state& loop, asio::awaitable<R> running) {
    auto kept = std::make_shared<kept_result<R>>();
    auto there = await_spawned(loop.executor(), keep_result<R>(std::move(running), kept));
    co_await std::move(there);
    co_return kept->take();
}

// use_awaitable: on the caller's own loop the body is awaited as it is, without a spawn. The caller gets the
// original exception either way. The loop comes by reference, since an executor is large and frames are many.
template <class T, class R>
asio::awaitable<T> await_operation(const loop_state& loop, asio::awaitable<R> body) {
    if (co_await asio::this_coro::executor != loop.executor()) [[unlikely]]
        body = hop(loop, std::move(body));
    try {
        if constexpr (is_result<R>) {
            auto outcome = co_await std::move(body);
            if (!outcome) [[unlikely]]
                throw std::system_error(outcome.error());
            if constexpr (std::is_void_v<T>) {
                co_return;
            } else {
                co_return *std::move(outcome);
            }
        } else {
            co_return co_await std::move(body);
        }
    } catch (const callback_failure& failed) {
        std::rethrow_exception(failed.original());
    }
}

template <class T, class R>
typename shapes<T>::tuple tuple_of(R outcome) {
    if constexpr (std::is_void_v<T>) {
        return {outcome.error()};
    } else {
        return {outcome.error(), take_value(outcome)};
    }
}

// as_tuple(use_awaitable): as above, and with a body that returns a result nothing is thrown at all.
template <class T, class R>
asio::awaitable<typename shapes<T>::tuple> await_tuple(const loop_state& loop, asio::awaitable<R> body) {
    if (co_await asio::this_coro::executor != loop.executor()) [[unlikely]]
        body = hop(loop, std::move(body));
    try {
        if constexpr (std::is_void_v<R>) {
            co_await std::move(body);
            co_return typename shapes<T>::tuple();
        } else {
            std::conditional_t<is_result<R>, R, result<T>> outcome = co_await std::move(body);
            co_return tuple_of<T>(std::move(outcome));
        }
    } catch (...) {
        co_return tuple_of<T>(result<T>(code_of(std::current_exception())));
    }
}

}  // namespace detail

template <class T, class Body, class Token, class... Args>
auto initiate(asio::any_io_executor loop, Body body, Token&& token, Args&&... args) {
    using token_type = std::decay_t<Token>;
    if constexpr (std::is_same_v<token_type, default_token> ||
                  std::is_same_v<token_type, as_tuple_t<default_token>>) {
        return initiate<T>(loop_state::of(loop), std::move(body), std::forward<Token>(token),
                           std::forward<Args>(args)...);
    } else {
        return asio::async_initiate<Token, typename detail::shapes<T>::code_signature>(
            detail::start_operation<std::error_code>{std::move(loop)}, token, std::move(body),
            std::tuple<std::decay_t<Args>...>(std::forward<Args>(args)...));
    }
}

template <class T, class Body, class Token, class... Args>
auto initiate(const loop_state& loop, Body body, Token&& token, Args&&... args) {
    using token_type = std::decay_t<Token>;
    if constexpr (std::is_same_v<token_type, default_token>) {
        return detail::await_operation<T>(loop,
                                          detail::prepare(std::move(body), std::forward<Args>(args)...));
    } else if constexpr (std::is_same_v<token_type, as_tuple_t<default_token>>) {
        return detail::await_tuple<T>(loop, detail::prepare(std::move(body), std::forward<Args>(args)...));
    } else {
        return initiate<T>(loop.executor(), std::move(body), std::forward<Token>(token),
                           std::forward<Args>(args)...);
    }
}

template <class T, class Body, class Token, class... Args>
auto initiate_throwing(asio::any_io_executor loop, Body body, Token&& token, Args&&... args) {
    if constexpr (std::is_same_v<std::decay_t<Token>, default_token>) {
        return detail::await_operation<T>(loop_state::of(loop),
                                          detail::prepare(std::move(body), std::forward<Args>(args)...));
    } else {
        return asio::async_initiate<Token, typename detail::shapes<T>::exception_signature>(
            detail::start_operation<std::exception_ptr>{std::move(loop)}, token, std::move(body),
            std::tuple<std::decay_t<Args>...>(std::forward<Args>(args)...));
    }
}

template <class T, class Body, class... Args>
asio::awaitable<T> await_here(Body body, Args... args) {
    auto here = co_await asio::this_coro::executor;
    try {
        auto running = body(std::move(here), std::move(args)...);
        auto outcome = co_await std::move(running);
        if (!outcome) [[unlikely]]
            throw std::system_error(outcome.error());
        if constexpr (!std::is_void_v<T>) co_return *std::move(outcome);
    } catch (const callback_failure& failed) {
        std::rethrow_exception(failed.original());
    }
}

template <class T, class Body, class... Args>
asio::awaitable<typename detail::shapes<T>::tuple> await_here_as_tuple(Body body, Args... args) {
    auto here = co_await asio::this_coro::executor;
    auto running = body(here, std::move(args)...);
    auto tupled = detail::await_tuple<T>(loop_state::of(here), std::move(running));
    co_return co_await std::move(tupled);
}

}  // namespace dragline::async
