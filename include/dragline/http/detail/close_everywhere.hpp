// Closes sessions on every loop of the process, from any thread.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/http/detail/session_state.hpp>

#include <asio/associated_executor.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <asio/system_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace dragline::inline v1::http::detail {

// How long a loop may take before it counts as not running.
inline constexpr async::duration close_limit = std::chrono::seconds(5);

/// Closes the sessions of `key`, or all, everywhere; calls `done` once, on any thread.
void close_everywhere(std::optional<std::string> key, std::function<void(std::error_code)> done);

struct start_closing {
    template <class Handler>
    void operator()(Handler handler, std::optional<std::string> key) const {
        auto executor = asio::get_associated_executor(handler, asio::system_executor());
        auto work = asio::executor_work_guard<decltype(executor)>(executor);
        auto kept = std::make_shared<Handler>(std::move(handler));  // std::function wants to copy
        close_everywhere(std::move(key), [kept, work = std::move(work)](std::error_code ec) {
            asio::post(work.get_executor(), [kept, ec] { std::move (*kept)(ec); });
        });
    }
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/close_everywhere.ipp>
