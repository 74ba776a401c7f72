// The last steps of a spawned operation: from the loop, over the handler's executor, to the handler.
#pragma once

#include <dragline/async/detail/cancel_relay.hpp>
#include <dragline/async/detail/kept_result.hpp>
#include <dragline/async/detail/spawn.hpp>
#include <dragline/core/boxed.hpp>
#include <dragline/core/error.hpp>
#include <dragline/core/result.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/associated_allocator.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/dispatch.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>

#include <exception>
#include <memory>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::async::detail {

// Above zero while an operation is being started on this thread. A body that never really suspends finishes
// inside the initiating call; its handler must be posted then.
inline int& starting_operations() noexcept {
    thread_local int count = 0;
    return count;
}

struct starting_scope {
    starting_scope() noexcept { ++starting_operations(); }
    ~starting_scope() { --starting_operations(); }
};

// The code of an exception that left an operation's body.
DRAGLINE_DECL std::error_code code_of(const std::exception_ptr& error) noexcept;

// What an awaiting caller gets of such an exception: what a callback threw comes out as it was.
DRAGLINE_DECL std::exception_ptr original_of(std::exception_ptr error) noexcept;

template <class T>
struct shapes {
    using code_signature = void(std::error_code, T);
    using exception_signature = void(std::exception_ptr, T);
    using tuple = std::tuple<std::error_code, T>;
};
template <>
struct shapes<void> {
    using code_signature = void(std::error_code);
    using exception_signature = void(std::exception_ptr);
    using tuple = std::tuple<std::error_code>;
};

// The handler's call with its arguments; carries the handler's allocator over the last hop, and the work
// guard of its executor, which keeps that running until the call: the loop may be gone right after it.
template <class Handler, class Executor, class Error, class... Values>
struct delivery {
    asio::executor_work_guard<Executor> work;
    Handler handler;
    Error error;
    std::tuple<Values...> values;

    using allocator_type = asio::associated_allocator_t<Handler>;
    allocator_type get_allocator() const noexcept { return asio::get_associated_allocator(handler); }

    void operator()() {
        std::apply([this](auto&... value) { std::move(handler)(std::move(error), std::move(value)...); },
                   values);
    }
};

// What a spawned operation is, whatever the types of its value and its handler.
class operation_owner : public spawn_owner {
public:
    explicit operation_owner(asio::any_io_executor loop) : loop_(std::move(loop)) {}
    ~operation_owner() override { stop_listening(); }

    /// For the caller's slot.
    std::shared_ptr<cancel_relay> make_relay();

    /// Begins `body`, which belongs to `self`.
    static void start(std::shared_ptr<operation_owner> self, asio::awaitable<void> body);

protected:
    void stop_listening() noexcept {
        if (relay_) relay_->close();
    }

private:
    asio::any_io_executor loop_;
    std::shared_ptr<cancel_relay> relay_;
};

// The end of an operation whose body gives an R, and its handler.
template <class Handler, class Error, class R>
class completion : public operation_owner {
public:
    kept_result<R> kept;

    completion(Handler handler, const asio::any_io_executor& loop)
        : operation_owner(loop),
          handler_(std::move(handler)),
          work_(asio::get_associated_executor(handler_, loop)) {}

    void ended(std::exception_ptr thrown) override {
        // The caller's slot is not cleared: that would race with an emit by the thread that started the
        // operation. What stays in it is a closed relay.
        stop_listening();
        if constexpr (std::is_void_v<R>) {
            deliver(error_of(std::move(thrown), {}));
        } else {
            R outcome{};
            if (kept.value) outcome = *std::move(kept.value);
            if constexpr (std::is_same_v<R, result<void>>) {
                deliver(error_of(std::move(thrown), outcome.error()));
            } else if constexpr (is_result<R>) {
                auto error = error_of(std::move(thrown), outcome.error());
                deliver(std::move(error), take_value(outcome));
            } else {
                deliver(error_of(std::move(thrown), {}), std::move(outcome));
            }
        }
    }

private:
    using handler_executor = asio::associated_executor_t<Handler, asio::any_io_executor>;

    static Error error_of(std::exception_ptr thrown, std::error_code ec) {
        if constexpr (std::is_same_v<Error, std::error_code>) {
            return thrown ? code_of(thrown) : ec;
        } else {
            if (thrown) return original_of(std::move(thrown));
            return ec ? std::make_exception_ptr(std::system_error(ec)) : nullptr;
        }
    }

    template <class... Values>
    void deliver(Error error, Values... values) {
        const auto executor = work_.get_executor();
        delivery<Handler, handler_executor, Error, Values...> last{
            std::move(work_), std::move(handler_), std::move(error), {std::move(values)...}};
        if (starting_operations() > 0) {
            asio::post(executor, std::move(last));
        } else {
            asio::dispatch(executor, std::move(last));
        }
    }

    Handler handler_;
    asio::executor_work_guard<handler_executor> work_;
};

/// Begins an operation, whose coroutine has not begun yet.
template <class Error, class Handler, class R>
void begin_operation(const asio::any_io_executor& loop, Handler&& handler, asio::awaitable<R> running) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    auto owner =
        std::make_shared<completion<std::decay_t<Handler>, Error, R>>(std::forward<Handler>(handler), loop);
    if (slot.is_connected()) {
        slot.assign([relay = owner->make_relay()](asio::cancellation_type type) { relay->emit(type); });
    }
    auto body = keep_result<R>(std::move(running), &owner->kept);
    operation_owner::start(std::move(owner), std::move(body));
}

/// Runs `body` on `loop` for the coroutine that awaits this, on another. What it throws comes as it was.
DRAGLINE_DECL asio::awaitable<void> await_spawned(asio::any_io_executor loop, asio::awaitable<void> body);

}  // namespace dragline::async::detail

#include <dragline/async/detail/impl/completion.ipp>
