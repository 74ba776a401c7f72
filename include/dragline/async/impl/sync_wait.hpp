// Included by <dragline/async/sync_wait.hpp> only.
#pragma once

#include <dragline/async/detail/kept_result.hpp>
#include <dragline/async/detail/thread_wait.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/cancellation_state.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/this_coro.hpp>

#include <memory>
#include <system_error>
#include <utility>

namespace dragline::inline v1::async {
namespace detail {

template <class T>
struct waited_operation {
    kept_result<T> kept;
    asio::cancellation_signal signal;  // used on the loop, once the operation was started
    bool cancelled = false;            // likewise
    thread_wait ended;
};

// Lives on the loop. Its last act, when all of the operation is gone, ends the wait: also when the loop dies
// first.
template <class T>
struct waited_call {
    std::shared_ptr<waited_operation<T>> waited;
    thread_wait::over over;
    asio::awaitable<T> operation;

    waited_call(std::shared_ptr<waited_operation<T>> shared, asio::awaitable<T> started)
        : waited(std::move(shared)), over(waited->ended), operation(std::move(started)) {}
    waited_call(waited_call&&) = default;
};

template <class T>
asio::awaitable<void> run_waited(waited_call<T> call) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    auto& [waited, over, operation] = call;
    if (waited->cancelled) waited->signal.emit(asio::cancellation_type::terminal);
    try {
        auto keeping = keep_result<T>(std::move(operation), waited->kept);
        co_await std::move(keeping);
    } catch (...) {
        waited->kept.error = std::current_exception();
    }
}

}  // namespace detail

template <class T>
T sync_wait(event_loop& loop, asio::awaitable<T> operation, duration timeout) {
    detail::check_sync_wait(loop, timeout);
    const auto gate = loop_state::of(loop.get_executor()).gate();
    auto waited = std::make_shared<detail::waited_operation<T>>();
    auto body = [call = detail::waited_call<T>(waited, std::move(operation))]() mutable {
        return detail::run_waited<T>(std::move(call));
    };
    auto ended = [waited](std::exception_ptr) {};  // the coroutine's cancellation state stands in the signal
    asio::co_spawn(loop.get_executor(), std::move(body),
                   asio::bind_cancellation_slot(waited->signal.slot(), std::move(ended)));
    const bool in_time = waited->ended.wait_for(timeout);
    if (!in_time) {
        gate->post([waited] {
            waited->cancelled = true;
            waited->signal.emit(asio::cancellation_type::terminal);
        });
        waited->ended.wait_for(no_limit);
    }
    if (!in_time) throw std::system_error(make_timeout(phase::total));
    if (!waited->kept.has_ended()) throw std::system_error(asio::error::operation_aborted);
    return waited->kept.take();
}

}  // namespace dragline::async
