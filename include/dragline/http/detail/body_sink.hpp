// Where the pieces of a body are pushed to: a function of the user, plain or a coroutine.
#pragma once

#include <dragline/async/callback_failure.hpp>
#include <dragline/core/asio.hpp>

#include <asio/awaitable.hpp>

#include <concepts>
#include <exception>
#include <functional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::http::detail {

template <class Sink>
using sink_result = std::invoke_result_t<Sink&, std::string_view>;

/// Takes a std::string_view; returns void or bool, or an awaitable of either, where false means: no more.
template <class Sink>
concept body_sink_like = std::copy_constructible<std::decay_t<Sink>> && std::invocable < std::decay_t<Sink>
&, std::string_view > &&(std::is_void_v<sink_result<std::decay_t<Sink>>> ||
                         std::same_as<sink_result<std::decay_t<Sink>>, bool> ||
                         std::same_as<sink_result<std::decay_t<Sink>>, asio::awaitable<bool>> ||
                         std::same_as<sink_result<std::decay_t<Sink>>, asio::awaitable<void>>);

class body_sink {
public:
    // Not a constructor, which would ask whether a body_sink is a sink while it is being copied.
    template <body_sink_like Sink>
    static body_sink of(Sink&& sink) {
        using returned = sink_result<std::decay_t<Sink>>;
        body_sink made;
        if constexpr (std::is_same_v<returned, bool>) {
            made.plain_ = std::forward<Sink>(sink);
        } else if constexpr (std::is_void_v<returned>) {
            made.plain_ = [sink = std::forward<Sink>(sink)](std::string_view piece) mutable {
                return sink(piece), true;
            };
        } else if constexpr (std::is_same_v<returned, asio::awaitable<bool>>) {
            made.awaited_ = std::forward<Sink>(sink);
        } else {
            made.finished_ = std::forward<Sink>(sink);
        }
        return made;
    }

    /// Whether give() runs a coroutine of the user, which has to be ended when the response is.
    bool may_wait() const noexcept { return !plain_; }

    /// Whether more is wanted. What the function throws becomes a callback_failure.
    asio::awaitable<bool> give(std::string_view piece);

private:
    std::function<bool(std::string_view)> plain_;
    std::function<asio::awaitable<bool>(std::string_view)> awaited_;
    std::function<asio::awaitable<void>(std::string_view)> finished_;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/body_sink.ipp>
