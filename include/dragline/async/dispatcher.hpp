// Runs handlers of both kinds for one loop: coroutines on the loop, all else on a blocking pool, with the
// same deadline, cancellation and errors. Start with `dispatcher::dispatch`.
#pragma once

#include <dragline/async/blocking_pool.hpp>
#include <dragline/async/clock.hpp>
#include <dragline/async/detail/dispatch.hpp>
#include <dragline/async/handler.hpp>
#include <dragline/async/where.hpp>
#include <dragline/core/asio.hpp>

#include <asio/any_io_executor.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::async {

class dispatcher_options {
public:
    dispatcher_options() {}

    /// How long a handler may take, its wait for a thread included; `no_limit` for ever.
    dispatcher_options& deadline(duration limit) { return deadline_ = limit, *this; }
    duration deadline() const noexcept { return deadline_; }

    /// How many coroutine handlers may be under way at once.
    dispatcher_options& max_coroutines(std::size_t count) { return max_coroutines_ = count, *this; }
    std::size_t max_coroutines() const noexcept { return max_coroutines_; }

    /// How many blocking handlers may be queued or running at once, those that nobody waits for included.
    dispatcher_options& max_blocking(std::size_t count) { return max_blocking_ = count, *this; }
    std::size_t max_blocking() const noexcept { return max_blocking_; }

private:
    duration deadline_ = std::chrono::seconds(300);
    std::size_t max_coroutines_ = 10'000;
    std::size_t max_blocking_ = 1000;
};

/// What one call of dispatch() does otherwise than its dispatcher.
class dispatch_options {
public:
    dispatch_options() {}

    dispatch_options& deadline(duration limit) { return deadline_ = limit, *this; }
    std::optional<duration> deadline() const noexcept { return deadline_; }

private:
    std::optional<duration> deadline_;
};

/// Runs handlers for one loop, which is where coroutines run and where results are delivered from.
///
/// May be destroyed while handlers run, and the loop and the pool may end in either order; a caller whose
/// handler the pool drops gets errc::pool_stopped. Threads: any.
class dispatcher {
public:
    template <where Where>
    dispatcher(Where&& loop, blocking_pool& pool, const dispatcher_options& options = dispatcher_options())
        : core_(std::make_shared<detail::dispatcher_core>(executor_of(loop), pool.core(),
                                                          options.max_coroutines(), options.max_blocking())),
          deadline_(options.deadline()) {}

    /// Calls `handler(args...)` as handler_kind_v says, completes with void(std::exception_ptr, R), or
    /// void(std::exception_ptr), where R is handler_result_t. Handler and arguments are kept as copies.
    ///
    /// The last argument is the token if it can complete the dispatch of the arguments before it. R is
    /// default constructible and movable. An awaitable's executor is any_io_executor or of the type that the
    /// loop has. Errors: what the handler throws; make_timeout(phase::total); errc::queue_full past a cap of
    /// this or of
    ///   the pool; errc::pool_stopped; errc::invalid_option for a deadline of zero or less.
    /// Cancel, and deadline: a coroutine is cancelled and awaited. A blocking handler that has not started is
    ///   removed; one that runs is asked to stop by its std::stop_token, its caller completes at once, and it
    ///   keeps its place under the cap until it returns.
    template <class Handler, class... Rest>
    requires(!std::same_as<std::remove_cvref_t<Handler>, dispatch_options>) auto dispatch(Handler&& handler,
                                                                                          Rest&&... rest) {
        return detail::dispatch(core_, deadline_, std::forward<Handler>(handler),
                                std::forward<Rest>(rest)...);
    }

    /// As above, but with options of its own.
    template <class Handler, class... Rest>
    auto dispatch(const dispatch_options& options, Handler&& handler, Rest&&... rest) {
        return detail::dispatch(core_, options.deadline().value_or(deadline_), std::forward<Handler>(handler),
                                std::forward<Rest>(rest)...);
    }

    asio::any_io_executor get_executor() const noexcept { return core_->loop; }

    /// How many places under the caps are taken.
    std::size_t coroutines() const noexcept { return core_->coroutines->taken(); }
    std::size_t blocking() const noexcept { return core_->blocking->taken(); }

private:
    std::shared_ptr<detail::dispatcher_core> core_;
    duration deadline_;
};

}  // namespace dragline::async

namespace dragline::inline v1 {
using async::dispatch_options;
using async::dispatcher;
using async::dispatcher_options;
}
