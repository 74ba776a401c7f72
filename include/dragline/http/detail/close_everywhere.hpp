// Closes sessions on every loop of the process, from any thread.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/operation.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/http/detail/session_state.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <asio/system_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::http::detail {

// How long a loop may take before it counts as not running.
inline constexpr async::duration close_limit = std::chrono::seconds(5);

/// Closes the sessions of `key`, or all, everywhere; calls `done` once, on any thread.
void close_everywhere(std::optional<std::string> key, std::function<void(std::error_code)> done);

/// As above, for a coroutine on `here`, which may die with its loop meanwhile.
asio::awaitable<result<void>> await_closing(asio::any_io_executor here, std::optional<std::string> key);

/// Posts `work` in such a way that the context of `executor` cannot end before this has returned.
void post_and_leave(const asio::any_io_executor& executor, std::function<void()> work);

// For handlers. Their executor has to live until they are called.
struct start_closing {
    template <class Handler>
    void operator()(Handler handler, std::optional<std::string> key) const {
        auto executor = asio::get_associated_executor(handler, asio::system_executor());
        auto work = asio::executor_work_guard<decltype(executor)>(executor);
        auto kept = std::make_shared<Handler>(std::move(handler));  // std::function wants to copy
        // Nothing stays behind on this thread or that: the handler's loop may be gone right after the call.
        close_everywhere(
            std::move(key), [kept = std::move(kept), work = std::move(work)](std::error_code ec) mutable {
                const auto last = work.get_executor();
                auto call = [kept = std::move(kept), work = std::move(work), ec] { std::move (*kept)(ec); };
                if constexpr (std::is_convertible_v<decltype(executor), asio::any_io_executor>) {
                    post_and_leave(last, std::move(call));
                } else {
                    asio::post(last, std::move(call));  // that of use_future
                }
            });
    }
};

template <class Token>
auto close_everywhere_with(Token&& token, std::optional<std::string> key) {
    using token_type = std::decay_t<Token>;
    if constexpr (std::is_same_v<token_type, default_token>) {
        return async::await_here<void>(&await_closing, std::move(key));
    } else if constexpr (std::is_same_v<token_type, as_tuple_t<default_token>>) {
        return async::await_here_as_tuple<void>(&await_closing, std::move(key));
    } else {
        return asio::async_initiate<Token, void(std::error_code)>(start_closing(), token, std::move(key));
    }
}

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/close_everywhere.ipp>
