// Where results are handed to, one at a time: a function of the user, plain or a coroutine.
#pragma once

#include <dragline/async/callback_failure.hpp>
#include <dragline/core/asio.hpp>

#include <asio/awaitable.hpp>

#include <concepts>
#include <exception>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::http::detail {

template <class Function, class T>
using received = std::invoke_result_t<Function&, T>;

/// Takes a T; returns void or bool, or an awaitable of either, where false means: no more.
template <class Function, class T>
concept receiver_of = std::invocable<Function&, T> &&
    (std::is_void_v<received<Function, T>> || std::same_as<received<Function, T>, bool> ||
     std::same_as<received<Function, T>, asio::awaitable<bool>> ||
     std::same_as<received<Function, T>, asio::awaitable<void>>);

template <class T>
class receiver {
public:
    template <receiver_of<T> Function>
    static receiver of(Function function) {
        using returned = received<Function, T>;
        // std::function wants what can be copied; a function of a user need not be that.
        auto kept = std::make_shared<Function>(std::move(function));
        receiver made;
        if constexpr (std::is_same_v<returned, bool>) {
            made.plain_ = [kept](T value) { return (*kept)(std::move(value)); };
        } else if constexpr (std::is_void_v<returned>) {
            made.plain_ = [kept](T value) { return (*kept)(std::move(value)), true; };
        } else if constexpr (std::is_same_v<returned, asio::awaitable<bool>>) {
            made.awaited_ = [kept](T value) { return (*kept)(std::move(value)); };
        } else {
            made.finished_ = [kept](T value) { return (*kept)(std::move(value)); };
        }
        return made;
    }

    /// Whether more is wanted. What the function throws becomes a callback_failure.
    asio::awaitable<bool> give(T value) {
        try {
            if (plain_) co_return plain_(std::move(value));
            if (awaited_) {
                auto giving = awaited_(std::move(value));
                co_return co_await std::move(giving);
            }
            auto giving = finished_(std::move(value));
            co_await std::move(giving);
            co_return true;
        } catch (...) {
            throw async::callback_failure(std::current_exception());
        }
    }

private:
    std::function<bool(T)> plain_;
    std::function<asio::awaitable<bool>(T)> awaited_;
    std::function<asio::awaitable<void>(T)> finished_;
};

}  // namespace dragline::http::detail
