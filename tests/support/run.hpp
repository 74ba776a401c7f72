// Drives a loop on the test's own thread, and fails instead of hanging.
#pragma once

#include <dragline/async/event_loop.hpp>
#include <dragline/core/asio.hpp>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>

namespace dragline::test {

/// Far beyond what any test needs, sanitizers and a busy machine included.
inline constexpr auto patience = std::chrono::seconds(20);

/// Runs the loop until `done()`, which may also become true on another thread.
template <class Done>
void run_until(asio::io_context& context, Done done) {
    const auto work = asio::make_work_guard(context);
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!done()) {
        if (context.stopped()) context.restart();
        if (std::chrono::steady_clock::now() >= until) FAIL("the loop did not get there in time");
        context.run_one_for(std::chrono::milliseconds(5));
    }
}

template <class Done>
void run_until(event_loop& loop, Done done) {
    run_until(loop.context(), std::move(done));
}

/// Runs what is ready, and what that makes ready.
inline void settle(event_loop& loop) {
    for (int turn = 0; turn < 3; ++turn) loop.context().restart(), loop.context().poll();
}

/// Runs an awaitable to its end; returns what it returns, throws what it throws.
template <class T>
T run_to_end(event_loop& loop, asio::awaitable<T> main) {
    using value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;
    struct outcome {
        bool ended = false;
        std::exception_ptr thrown;
        std::optional<value> returned;
    };
    auto kept = std::make_shared<outcome>();
    asio::co_spawn(loop.get_executor(), std::move(main), [kept](std::exception_ptr thrown, auto... returned) {
        kept->ended = true;
        kept->thrown = thrown;
        kept->returned.emplace(std::move(returned)...);
    });
    run_until(loop, [&] { return kept->ended; });
    if (kept->thrown) std::rethrow_exception(kept->thrown);
    if constexpr (!std::is_void_v<T>) return *std::move(kept->returned);
}

/// A completion handler for void(error_code, T) that keeps what it got.
template <class T>
class kept_completion {
public:
    void operator()(std::error_code ec, T value) {
        state_->ec = ec;
        state_->value = std::move(value);
        ++state_->calls;
    }

    int calls() const { return state_->calls; }
    bool done() const { return calls() > 0; }
    std::error_code ec() const { return state_->ec; }
    T& value() const { return state_->value; }

private:
    struct state {
        int calls = 0;
        std::error_code ec;
        T value{};
    };
    std::shared_ptr<state> state_ = std::make_shared<state>();
};

/// The same for void(error_code).
template <>
class kept_completion<void> {
public:
    void operator()(std::error_code ec) {
        state_->ec = ec;
        ++state_->calls;
    }

    int calls() const { return state_->calls; }
    bool done() const { return calls() > 0; }
    std::error_code ec() const { return state_->ec; }

private:
    struct state {
        int calls = 0;
        std::error_code ec;
    };
    std::shared_ptr<state> state_ = std::make_shared<state>();
};

}  // namespace dragline::test
