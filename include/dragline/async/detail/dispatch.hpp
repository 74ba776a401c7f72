// Tells the token from the arguments of a handler, checks the shapes, and starts what runs the handler.
#pragma once

#include <dragline/async/detail/blocking_op.hpp>
#include <dragline/async/detail/coroutine_op.hpp>
#include <dragline/async/handler.hpp>
#include <dragline/async/operation.hpp>
#include <dragline/core/asio.hpp>

#include <asio/async_result.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::async::detail {

template <class Handler, class... Args>
using dispatch_signature = typename shapes<handler_result_t<Handler, Args...>>::exception_signature;

// Whether Last is a token, when Handler is called with Args, the arguments before it. Nothing is asked that
// need not be, since asking compiles the body of a generic handler.
template <class Last, class Handler, class Arguments>
inline constexpr bool is_token_after = false;
template <class Last, class Handler, class... Args>
requires(std::is_class_v<std::decay_t<Last>> ||
         std::is_function_v<std::remove_pointer_t<
             std::decay_t<Last>>>) inline constexpr bool is_token_after<Last, Handler, std::tuple<Args...>> =
    [] {
        if constexpr (called_plainly<Handler, Args...>) {
            return asio::completion_token_for<Last, dispatch_signature<Handler, Args...>>;
        } else if constexpr (called_plainly<Handler, Args..., Last>) {
            return false;
        } else if constexpr (called_with_stop_token<Handler, Args...>) {
            return asio::completion_token_for<Last, dispatch_signature<Handler, Args...>>;
        } else {
            return false;
        }
    }();

template <class Rest, class Indices>
struct leading;
template <class... Rest, std::size_t... Index>
struct leading<std::tuple<Rest...>, std::index_sequence<Index...>> {
    using type = std::tuple<std::tuple_element_t<Index, std::tuple<Rest...>>...>;
};

template <class Handler, class... Rest>
consteval bool ends_in_token() {
    if constexpr (sizeof...(Rest) == 0) {
        return false;
    } else {
        constexpr std::size_t last = sizeof...(Rest) - 1;
        using all = std::tuple<Rest...>;
        using arguments = typename leading<all, std::make_index_sequence<last>>::type;
        return is_token_after<std::tuple_element_t<last, all>, Handler, arguments>;
    }
}

template <handler_kind Kind, class T, class Handler, class... Args>
consteval auto body_for() {
    if constexpr (Kind == handler_kind::coroutine) {
        return &run_coroutine<T, Handler, Args...>;
    } else {
        return &run_blocking<T, Handler, Args...>;
    }
}

template <class Token, class Handler, class... Args>
auto dispatch_to(const std::shared_ptr<dispatcher_core>& core, duration limit, Token&& token,
                 Handler&& handler, Args&&... args) {
    constexpr auto kind = handler_kind_v<Handler, Args...>;
    using returned = returned_by<Handler, Args...>;
    using value = handler_result_t<Handler, Args...>;
    constexpr bool deliverable =
        std::is_void_v<value> || (std::default_initializable<value> && std::movable<value>);
    static_assert(
        deliverable,
        "dragline: the result of a handler must be default constructible and movable (the caller gets one "
        "beside an error too); wrap it in std::optional or std::unique_ptr");
    constexpr bool foreign = kind == handler_kind::coroutine && !is_asio_awaitable<returned>;
    static_assert(
        !foreign,
        "dragline: this handler returns an awaitable that is not Asio's, which Asio's coroutines cannot "
        "await; wrap it in an asio::awaitable");
    if constexpr (deliverable && !foreign) {
        constexpr auto body = body_for<kind, value, std::decay_t<Handler>, std::decay_t<Args>...>();
        return initiate_throwing<value>(core->loop, body, std::forward<Token>(token), core, limit,
                                        std::decay_t<Handler>(std::forward<Handler>(handler)),
                                        std::decay_t<Args>(std::forward<Args>(args))...);
    }
}

template <class Handler, class... Rest>
auto dispatch(const std::shared_ptr<dispatcher_core>& core, duration limit, Handler&& handler,
              Rest&&... rest) {
    if constexpr (ends_in_token<Handler, Rest...>()) {
        auto all = std::forward_as_tuple(std::forward<Rest>(rest)...);
        constexpr std::size_t last = sizeof...(Rest) - 1;
        return [&]<std::size_t... Index>(std::index_sequence<Index...>) {
            return dispatch_to(core, limit, std::get<last>(std::move(all)), std::forward<Handler>(handler),
                               std::get<Index>(std::move(all))...);
        }
        (std::make_index_sequence<last>());
    } else {
        return dispatch_to(core, limit, default_token(), std::forward<Handler>(handler),
                           std::forward<Rest>(rest)...);
    }
}

}  // namespace dragline::async::detail
