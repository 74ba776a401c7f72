// Runs one blocking handler on the pool; its caller waits on the loop, and may leave before the handler
// returns.
#pragma once

#include <dragline/async/detail/dispatcher_core.hpp>
#include <dragline/async/detail/handler_call.hpp>
#include <dragline/async/detail/kept_result.hpp>
#include <dragline/async/event.hpp>
#include <dragline/async/loop_gate.hpp>
#include <dragline/async/loop_state.hpp>

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <tuple>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::async::detail {

// What the caller waits for. Everything but `wanted` belongs to the loop's thread.
template <class T>
struct blocking_outcome {
    kept_result<T> kept;
    event* caller = nullptr;  // none when it has left
    std::atomic<bool> wanted = true;
};

template <class T, class Handler, class... Args>
class blocking_run final : public pool_job {
public:
    blocking_run(std::shared_ptr<blocking_outcome<T>> outcome, std::shared_ptr<loop_gate> loop, place taken,
                 Handler handler, std::tuple<Args...> args)
        : outcome_(std::move(outcome)),
          loop_(std::move(loop)),
          taken_(std::move(taken)),
          call_(std::in_place, std::move(handler), std::move(args)) {}

private:
    struct call {
        Handler handler;
        std::tuple<Args...> args;
        call(Handler h, std::tuple<Args...> a) : handler(std::move(h)), args(std::move(a)) {}
    };

    void run(const std::stop_token& stop) override {
        try {
            invoke(stop);
        } catch (...) {
            kept_.error = std::current_exception();
        }
        call_.reset();  // before the caller goes on: they may refer to what is the caller's
    }

    void invoke(const std::stop_token& stop) {
        auto calling = [&](auto&... arg) -> decltype(auto) {
            if constexpr (called_plainly<Handler, Args...>) {
                return std::invoke(call_->handler, std::move(arg)...);
            } else {
                return std::invoke(call_->handler, std::move(arg)..., stop);
            }
        };
        using outcome = std::remove_cvref_t<returned_by<Handler, Args...>>;
        if constexpr (std::is_void_v<outcome>) {
            std::apply(calling, call_->args);
            kept_.value.emplace();
        } else if constexpr (is_result<outcome>) {
            outcome ended = std::apply(calling, call_->args);
            if (!ended) throw std::system_error(ended.error());
            if constexpr (std::is_void_v<T>) {
                kept_.value.emplace();
            } else {
                kept_.value.emplace(*std::move(ended));
            }
        } else {
            kept_.value.emplace(std::apply(calling, call_->args));
        }
    }

    void ended() noexcept override {
        taken_.release();
        deliver();
    }

    void drop() noexcept override {
        call_.reset();
        taken_.release();
        kept_.error = std::make_exception_ptr(std::system_error(make_error_code(errc::pool_stopped)));
        deliver();
    }

    void deliver() noexcept {
        if (!outcome_->wanted) return;
        try {
            loop_->post([outcome = std::move(outcome_), kept = std::move(kept_)]() mutable {
                outcome->kept = std::move(kept);
                if (outcome->caller) outcome->caller->notify();
            });
        } catch (...) {
            // No memory to say so: the caller has its deadline.
        }
    }

    std::shared_ptr<blocking_outcome<T>> outcome_;
    std::shared_ptr<loop_gate> loop_;
    place taken_;
    std::optional<call> call_;
    kept_result<T> kept_;
};

// On the caller's side, destroyed when it leaves for whatever reason.
template <class T>
struct blocking_caller {
    event ended;
    std::shared_ptr<blocking_outcome<T>> outcome = std::make_shared<blocking_outcome<T>>();
    std::shared_ptr<pool_core> pool;
    std::shared_ptr<pool_job> job;

    explicit blocking_caller(loop_state& loop) : ended(loop) { outcome->caller = &ended; }
    ~blocking_caller() {
        outcome->caller = nullptr;
        outcome->wanted = false;
        if (job && !outcome->kept.has_ended()) pool->cancel(*job);
    }
};

template <class T, class Handler, class... Args>
asio::awaitable<T> run_blocking(std::shared_ptr<dispatcher_core> core, duration limit, Handler handler,
                                Args... args) {
    auto taken = take_place(*core->blocking, limit);
    auto& loop = loop_state::of(core->loop);
    const auto until = deadline_after(loop.now(), limit);
    blocking_caller<T> caller(loop);
    auto job = std::make_shared<blocking_run<T, Handler, Args...>>(caller.outcome, loop.gate(),
                                                                   std::move(taken), std::move(handler),
                                                                   std::tuple<Args...>(std::move(args)...));
    if (const auto ec = core->pool->submit(job)) throw std::system_error(ec);
    caller.pool = core->pool;
    caller.job = std::move(job);
    auto waiting = caller.ended.wait(until);
    const auto waited = co_await std::move(waiting);
    if (!caller.outcome->kept.has_ended()) throw std::system_error(waited.error());
    co_return caller.outcome->kept.take();
}

}  // namespace dragline::async::detail
