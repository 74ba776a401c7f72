// Runs one coroutine handler: in a coroutine of its own, so that a deadline can cancel it and not its caller.
#pragma once

#include <dragline/async/deadline.hpp>
#include <dragline/async/detail/dispatcher_core.hpp>
#include <dragline/async/detail/handler_call.hpp>
#include <dragline/async/detail/join_wait.hpp>
#include <dragline/async/detail/kept_result.hpp>
#include <dragline/async/detail/spawn.hpp>
#include <dragline/async/loop_state.hpp>

#include <asio/cancellation_signal.hpp>
#include <asio/cancellation_state.hpp>
#include <asio/this_coro.hpp>

#include <functional>
#include <memory>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace dragline::inline v1::async::detail {

// Shared by the caller's side and the handler's, since a loop that ends destroys them in any order.
template <class T>
struct coroutine_run : spawn_owner {
    kept_result<T> kept;
    bool timed_out = false;
    asio::cancellation_type emitted = asio::cancellation_type::none;
    asio::cancellation_signal signal;
    join_wait over;
    deadline limit{&expired, this};

    explicit coroutine_run(loop_state& loop) : over(loop, &cancelled, this) {}

    void ended(std::exception_ptr thrown) override {
        limit.disarm();
        if (thrown) kept.error = std::move(thrown);
        over.finish();
    }

    static void expired(void* self) noexcept {
        auto& run = *static_cast<coroutine_run*>(self);
        run.timed_out = true;
        run.emit(asio::cancellation_type::terminal);
    }
    static void cancelled(void* self, asio::cancellation_type type) {
        static_cast<coroutine_run*>(self)->emit(type);
    }
    void emit(asio::cancellation_type type) {
        emitted = type;
        signal.emit(type);
    }
};

// The loop's executor as the type that a handler's awaitable wants; nullptr when it is of another type.
template <class Executor>
const Executor* executor_as(const asio::any_io_executor& loop) {
    if constexpr (std::is_same_v<Executor, asio::any_io_executor>) {
        return &loop;
    } else {
        // target() does not check.
        return loop.target_type() == typeid(Executor) ? loop.target<Executor>() : nullptr;
    }
}

// The handler is called here as an lvalue, and it and its arguments live here as long as its coroutine.
template <class T, class Executor, class Handler, class... Args>
asio::awaitable<void, Executor> call_coroutine(coroutine_run<T>& run, Handler handler,
                                               std::tuple<Args...> args) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    if (run.emitted != asio::cancellation_type::none) run.signal.emit(run.emitted);  // it came too early
    auto calling =
        std::apply([&handler](auto&... arg) { return std::invoke(handler, std::move(arg)...); }, args);
    using outcome = typename decltype(calling)::value_type;
    if constexpr (std::is_void_v<outcome>) {
        co_await std::move(calling);
        run.kept.value.emplace();
    } else if constexpr (is_result<outcome>) {
        auto ended = co_await std::move(calling);
        if (!ended) {
            run.kept.error = std::make_exception_ptr(std::system_error(ended.error()));
        } else if constexpr (std::is_void_v<T>) {
            run.kept.value.emplace();
        } else {
            run.kept.value.emplace(*std::move(ended));
        }
    } else {
        run.kept.value.emplace(co_await std::move(calling));
    }
}

template <class T, class Handler, class... Args>
asio::awaitable<T> run_coroutine(std::shared_ptr<dispatcher_core> core, duration limit, Handler handler,
                                 Args... args) {
    using executor_type = typename returned_by<Handler, Args...>::executor_type;
    const auto taken = take_place(*core->coroutines, limit);
    const auto* executor = executor_as<executor_type>(core->loop);
    if (!executor) throw std::system_error(make_error_code(errc::invalid_option));
    auto& loop = loop_state::of(core->loop);
    auto run = std::make_shared<coroutine_run<T>>(loop);
    loop.deadlines().arm(run->limit, deadline_after(loop.now(), limit));
    auto calling = call_coroutine<T, executor_type, Handler, Args...>(
        *run, std::move(handler), std::tuple<Args...>(std::move(args)...));
    if constexpr (std::is_same_v<executor_type, asio::any_io_executor>) {
        spawn(*executor, std::move(calling), run, run->signal.slot());
    } else {
        spawn_on(*executor, std::move(calling), run, run->signal.slot());
    }
    auto joining = run->over.wait();
    co_await std::move(joining);
    if (run->timed_out) throw std::system_error(make_timeout(phase::total));
    co_return run->kept.take();
}

}  // namespace dragline::async::detail
