// Included by <dragline/async/for_each.hpp> only.
#pragma once

#include <dragline/core/error.hpp>

#include <concepts>
#include <memory>
#include <type_traits>

namespace dragline::inline v1::async {
namespace detail {

template <class Source, class Function>
using item_results = std::vector<item_result<item_value<Source, Function>>>;

template <class Source, class Function>
asio::awaitable<result<item_results<Source, Function>>> run_for_each(asio::any_io_executor executor,
                                                                     Source source, std::size_t limit,
                                                                     Function function,
                                                                     for_each_options options) {
    if (limit == 0) co_return errc::invalid_option;
    using window_type = item_window<Source, Function, for_each_options, for_each_progress>;
    auto window = std::make_shared<window_type>(std::move(executor), std::move(source), limit,
                                                std::move(function), std::move(options));
    window->start();
    auto ended = window->ended();
    co_await std::move(ended);
    co_return window->take_results();
}

template <class T>
inline constexpr bool is_loop_awaitable = false;
template <class T>
inline constexpr bool is_loop_awaitable<asio::awaitable<T>> = true;

template <class Source, class Function>
consteval bool check_item_function() {
    constexpr bool can_be_called = std::invocable<Function&, typename Source::item_type>;
    static_assert(can_be_called, "dragline: the function cannot be called with an item of this range");
    if constexpr (can_be_called) {
        constexpr bool can_be_awaited = is_loop_awaitable<item_awaitable<Source, Function>>;
        static_assert(
            can_be_awaited,
            "dragline: the function of for_each_limited must return an asio::awaitable of any_io_executor");
        return can_be_awaited;
    }
    return false;
}

inline for_each_options options_among() { return for_each_options(); }
template <class... Token>
for_each_options options_among(const for_each_options& options, Token&&...) {
    return options;
}
template <class Token>
requires(!std::same_as<std::remove_cvref_t<Token>, for_each_options>) for_each_options
    options_among(Token&&) {
    return for_each_options();
}

inline default_token token_among() { return {}; }
inline default_token token_among(const for_each_options&) { return {}; }
template <class Token>
Token&& token_among(const for_each_options&, Token&& token) {
    return std::forward<Token>(token);
}
template <class Token>
requires(!std::same_as<std::remove_cvref_t<Token>, for_each_options>) Token && token_among(Token&& token) {
    return std::forward<Token>(token);
}

}  // namespace detail

template <where Where, detail::item_source Items, class Function, class... Rest>
auto for_each_limited(Where&& place, Items items, std::size_t limit, Function function, Rest&&... rest) {
    using source = detail::source_of<Items>;
    if constexpr (detail::check_item_function<source, Function>()) {
        auto executor = executor_of(place);
        auto options = detail::options_among(rest...);
        return initiate<detail::item_results<source, Function>>(
            executor, &detail::run_for_each<source, Function>,
            detail::token_among(std::forward<Rest>(rest)...), executor, source(std::move(items)), limit,
            std::move(function), std::move(options));
    }
}

template <detail::item_source Items, class Function, class... Rest>
auto for_each_limited(Items items, std::size_t limit, Function function, Rest&&... rest) {
    using source = detail::source_of<Items>;
    using token_type = std::decay_t<decltype(detail::token_among(std::forward<Rest>(rest)...))>;
    constexpr bool with_tuple = std::same_as<token_type, as_tuple_t<default_token>>;
    static_assert(with_tuple || std::same_as<token_type, default_token>,
                  "dragline: without a loop as its first argument this can only be awaited; pass one");
    if constexpr (detail::check_item_function<source, Function>()) {
        using results = detail::item_results<source, Function>;
        auto body = &detail::run_for_each<source, Function>;
        auto options = detail::options_among(rest...);
        if constexpr (with_tuple) {
            return await_here_as_tuple<results>(body, source(std::move(items)), limit, std::move(function),
                                                std::move(options));
        } else {
            return await_here<results>(body, source(std::move(items)), limit, std::move(function),
                                       std::move(options));
        }
    }
}

}  // namespace dragline::async
