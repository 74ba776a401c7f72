// Included by <dragline/async/sync_wait.hpp> only.
#pragma once

#include <dragline/async/detail/kept_result.hpp>
#include <dragline/async/detail/spawn.hpp>
#include <dragline/async/detail/thread_wait.hpp>

#include <asio/cancellation_signal.hpp>
#include <asio/cancellation_state.hpp>
#include <asio/error.hpp>
#include <asio/this_coro.hpp>

#include <exception>
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
struct waited_call : spawn_owner {
    std::shared_ptr<waited_operation<T>> waited;
    thread_wait::over over;

    explicit waited_call(std::shared_ptr<waited_operation<T>> shared)
        : waited(std::move(shared)), over(waited->ended) {}

    void ended(std::exception_ptr thrown) override { waited->kept.error = std::move(thrown); }
};

template <class T>
asio::awaitable<void> run_waited(waited_operation<T>& waited, asio::awaitable<T> operation) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    if (waited.cancelled) waited.signal.emit(asio::cancellation_type::terminal);
    auto keeping = keep_result<T>(std::move(operation), &waited.kept);
    co_await std::move(keeping);
}

}  // namespace detail

template <class T>
T sync_wait(event_loop& loop, asio::awaitable<T> operation, duration timeout) {
    detail::check_sync_wait(loop, timeout);
    const auto gate = loop_state::of(loop.get_executor()).gate();
    auto waited = std::make_shared<detail::waited_operation<T>>();
    detail::spawn(loop.get_executor(), detail::run_waited<T>(*waited, std::move(operation)),
                  std::make_shared<detail::waited_call<T>>(waited), waited->signal.slot());
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
