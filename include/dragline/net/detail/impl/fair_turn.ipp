// Included by <dragline/net/detail/fair_turn.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <asio/cancellation_state.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <utility>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL asio::awaitable<result<void>> others_first(asio::any_io_executor loop) {
    auto turn = asio::post(loop, asio::use_awaitable);
    co_await std::move(turn);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none)
        co_return asio::error::make_error_code(asio::error::operation_aborted);
    co_return result<void>();
}

}  // namespace dragline::net::detail

#endif
