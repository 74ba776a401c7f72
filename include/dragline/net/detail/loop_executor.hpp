// The executor of a loop in eight bytes, for where any_io_executor, which is seven times that, stands in
// frames.
#pragma once

#include <dragline/async/loop_state.hpp>

#include <asio/dispatch.hpp>
#include <asio/execution/blocking.hpp>
#include <asio/post.hpp>

#include <utility>

namespace dragline::inline v1::net::detail {

/// Must not be used after the loop's end. `Never`: nothing runs inside execute().
template <bool Never>
class loop_executor {
public:
    explicit loop_executor(const async::loop_state& loop) noexcept : loop_(&loop) {}

    loop_executor<true> require(asio::execution::blocking_t::never_t) const noexcept {
        return loop_executor<true>(*loop_);
    }
    template <class Function>
    void execute(Function function) const {
        if constexpr (Never) {
            asio::post(loop_->executor(), std::move(function));
        } else {
            asio::dispatch(loop_->executor(), std::move(function));
        }
    }
    friend bool operator==(const loop_executor&, const loop_executor&) = default;

private:
    const async::loop_state* loop_;
};

}  // namespace dragline::net::detail
