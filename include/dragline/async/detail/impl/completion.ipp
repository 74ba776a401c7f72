// Included by <dragline/async/detail/completion.hpp> only.
#pragma once

#include <dragline/async/callback_failure.hpp>
#include <dragline/async/loop_state.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/cancellation_state.hpp>
#include <asio/this_coro.hpp>

#include <new>

namespace dragline::inline v1::async::detail {

DRAGLINE_DECL std::error_code code_of(const std::exception_ptr& error) noexcept {
    try {
        std::rethrow_exception(error);
    } catch (const std::system_error& e) {
        return e.code();
    } catch (const std::bad_alloc&) {
        return std::make_error_code(std::errc::not_enough_memory);
    } catch (const callback_failure& failed) {
        const auto code = code_of(failed.original());
        return code == std::errc::not_enough_memory ? code : errc::callback_failed;
    } catch (...) {
        return errc::unexpected_exception;
    }
}

DRAGLINE_DECL std::exception_ptr original_of(std::exception_ptr error) noexcept {
    try {
        std::rethrow_exception(error);
    } catch (const callback_failure& failed) {
        return failed.original();
    } catch (...) {
        return error;
    }
}

DRAGLINE_DECL std::shared_ptr<cancel_relay> operation_owner::make_relay() {
    relay_ = std::make_shared<cancel_relay>(loop_, loop_state::of(loop_).gate());
    return relay_;
}

DRAGLINE_DECL asio::awaitable<void> run_cancellable(cancel_relay& relay, asio::awaitable<void> running) {
    // A spawned coroutine listens to terminal only, unless told otherwise.
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    relay.repeat();
    co_await std::move(running);
}

DRAGLINE_DECL void operation_owner::start(std::shared_ptr<operation_owner> self, asio::awaitable<void> body) {
    starting_scope starting;
    const auto loop = self->loop_;
    if (auto* relay = self->relay_.get()) {
        spawn(loop, run_cancellable(*relay, std::move(body)), std::move(self), relay->slot());
    } else {
        spawn(loop, std::move(body), std::move(self));
    }
}

DRAGLINE_DECL asio::awaitable<void> await_spawned(asio::any_io_executor loop, asio::awaitable<void> body) {
    default_token token;
    auto begin = [&loop](auto&& handler, asio::awaitable<void> running) {
        begin_operation<std::exception_ptr>(loop, std::forward<decltype(handler)>(handler),
                                            std::move(running));
    };
    auto spawned =
        asio::async_initiate<default_token, void(std::exception_ptr)>(begin, token, std::move(body));
    co_await std::move(spawned);
}

}  // namespace dragline::async::detail

#endif
