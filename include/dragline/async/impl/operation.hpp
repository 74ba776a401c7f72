// Included by <dragline/async/operation.hpp> only.
#pragma once

namespace dragline::inline v1::async {
namespace detail {

template <class R>
inline constexpr bool is_result = false;
template <class T>
inline constexpr bool is_result<result<T>> = true;

// result<T> or T: what awaiting the body gives.
template <class Body, class... Args>
using outcome_of = typename std::invoke_result_t<Body&, Args...>::value_type;

template <class R, class Body, class... Args>
asio::awaitable<R> run_cancellable(cancel_relay& relay, Body body, std::tuple<Args...> args) {
    // A spawned coroutine listens to terminal only, unless told otherwise.
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    relay.repeat();
    auto running = std::apply(body, std::move(args));
    co_return co_await std::move(running);
}

// What co_spawn runs. It stands in co_spawn's own frame: so the relay, whose signal holds the coroutine's
// cancellation state, outlives the coroutine, and is closed when the frame dies unfinished.
template <class Body, class... Args>
struct spawned_body {
    std::shared_ptr<cancel_relay> relay;
    Body body;
    std::tuple<Args...> args;

    spawned_body(std::shared_ptr<cancel_relay> r, Body b, std::tuple<Args...> a)
        : relay(std::move(r)), body(std::move(b)), args(std::move(a)) {}
    spawned_body(spawned_body&&) = default;
    ~spawned_body() {
        if (relay) relay->close();
    }

    asio::awaitable<outcome_of<Body, Args...>> operator()() {
        if (relay)
            return run_cancellable<outcome_of<Body, Args...>>(*relay, std::move(body), std::move(args));
        return std::apply(body, std::move(args));
    }
};

template <class Error>
struct start_operation {
    asio::any_io_executor loop;

    // Token adapters of later Asio releases ask an initiation for its executor.
    using executor_type = asio::any_io_executor;
    executor_type get_executor() const noexcept { return loop; }

    template <class Handler, class Body, class... Args>
    void operator()(Handler&& handler, Body body, std::tuple<Args...> args) const {
        std::shared_ptr<cancel_relay> relay;
        if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected()) {
            relay = std::make_shared<cancel_relay>(loop, loop_state::of(loop).gate());
            slot.assign([relay](asio::cancellation_type type) { relay->emit(type); });
        }
        starting_scope starting;
        asio::co_spawn(loop, spawned_body<Body, Args...>(relay, std::move(body), std::move(args)),
                       completion<std::decay_t<Handler>, Error>(std::forward<Handler>(handler), loop, relay));
    }
};

// The ways to another loop. Coroutines of their own, so that what they take of a frame does not weigh on
// those who stay; `body` and `args` are their caller's.
template <class T, class Body, class... Args>
asio::awaitable<T> hop(const asio::any_io_executor& loop, Body& body, Args&... args) {
    default_token token;
    auto hopping = asio::async_initiate<default_token, typename shapes<T>::exception_signature>(
        start_operation<std::exception_ptr>{loop}, token, std::move(body),
        std::tuple<Args...>(std::move(args)...));
    co_return co_await std::move(hopping);
}

template <class T, class Body, class... Args>
asio::awaitable<typename shapes<T>::tuple> hop_as_tuple(const asio::any_io_executor& loop, Body& body,
                                                        Args&... args) {
    using token_type = as_tuple_t<default_token>;
    token_type token{default_token()};
    auto hopping = asio::async_initiate<token_type, typename shapes<T>::code_signature>(
        start_operation<std::error_code>{loop}, token, std::move(body),
        std::tuple<Args...>(std::move(args)...));
    co_return co_await std::move(hopping);
}

// use_awaitable: on the caller's own loop the body is awaited as it is. Elsewhere it is spawned, with an
// exception_ptr as its error, so that the caller gets the original exception either way.
template <class T, class Body, class... Args>
asio::awaitable<T> await_operation(asio::any_io_executor loop, Body body, Args... args) {
    if (co_await asio::this_coro::executor == loop) {
        try {
            auto running = body(std::move(args)...);
            if constexpr (is_result<outcome_of<Body, Args...>>) {
                auto outcome = co_await std::move(running);
                if (!outcome) throw std::system_error(outcome.error());
                if constexpr (std::is_void_v<T>) {
                    co_return;
                } else {
                    co_return *std::move(outcome);
                }
            } else {
                co_return co_await std::move(running);
            }
        } catch (const callback_failure& failed) {
            std::rethrow_exception(failed.original());
        }
    }
    auto hopping = hop<T>(loop, body, args...);
    co_return co_await std::move(hopping);
}

template <class T>
typename shapes<T>::tuple tuple_of(result<T> outcome) {
    if constexpr (std::is_void_v<T>) {
        return {outcome.error()};
    } else {
        return {outcome.error(), *std::move(outcome)};
    }
}

// as_tuple(use_awaitable): as above, and with a body that returns a result nothing is thrown at all.
template <class T, class Body, class... Args>
asio::awaitable<typename shapes<T>::tuple> await_tuple(asio::any_io_executor loop, Body body, Args... args) {
    if (co_await asio::this_coro::executor == loop) {
        result<T> outcome;
        try {
            auto running = body(std::move(args)...);
            if constexpr (std::is_void_v<outcome_of<Body, Args...>>) {
                co_await std::move(running);
            } else {
                outcome = co_await std::move(running);
            }
        } catch (...) {
            outcome = code_of(std::current_exception());
        }
        co_return tuple_of<T>(std::move(outcome));
    }
    auto hopping = hop_as_tuple<T>(loop, body, args...);
    co_return co_await std::move(hopping);
}

}  // namespace detail

template <class T, class Body, class Token, class... Args>
auto initiate(asio::any_io_executor loop, Body body, Token&& token, Args... args) {
    using token_type = std::decay_t<Token>;
    if constexpr (std::is_same_v<token_type, default_token>) {
        return detail::await_operation<T>(std::move(loop), std::move(body), std::move(args)...);
    } else if constexpr (std::is_same_v<token_type, as_tuple_t<default_token>>) {
        return detail::await_tuple<T>(std::move(loop), std::move(body), std::move(args)...);
    } else {
        return asio::async_initiate<Token, typename detail::shapes<T>::code_signature>(
            detail::start_operation<std::error_code>{std::move(loop)}, token, std::move(body),
            std::tuple<Args...>(std::move(args)...));
    }
}

template <class T, class Body, class Token, class... Args>
auto initiate_throwing(asio::any_io_executor loop, Body body, Token&& token, Args... args) {
    if constexpr (std::is_same_v<std::decay_t<Token>, default_token>) {
        return detail::await_operation<T>(std::move(loop), std::move(body), std::move(args)...);
    } else {
        return asio::async_initiate<Token, typename detail::shapes<T>::exception_signature>(
            detail::start_operation<std::exception_ptr>{std::move(loop)}, token, std::move(body),
            std::tuple<Args...>(std::move(args)...));
    }
}

template <class T, class Body, class... Args>
asio::awaitable<T> await_here(Body body, Args... args) {
    auto here = co_await asio::this_coro::executor;
    try {
        auto running = body(std::move(here), std::move(args)...);
        auto outcome = co_await std::move(running);
        if (!outcome) throw std::system_error(outcome.error());
        if constexpr (!std::is_void_v<T>) co_return *std::move(outcome);
    } catch (const callback_failure& failed) {
        std::rethrow_exception(failed.original());
    }
}

template <class T, class Body, class... Args>
asio::awaitable<typename detail::shapes<T>::tuple> await_here_as_tuple(Body body, Args... args) {
    auto here = co_await asio::this_coro::executor;
    auto running = detail::await_tuple<T>(here, std::move(body), here, std::move(args)...);
    co_return co_await std::move(running);
}

}  // namespace dragline::async
