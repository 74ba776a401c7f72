// Keeps a fast peer from holding the loop: what goes without waiting ends its turn after a while.
#pragma once

#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include <utility>

namespace dragline::inline v1::net::detail {

/// Whatever else is ready runs. Errors: operation_aborted, when cancelled.
DRAGLINE_DECL asio::awaitable<result<void>> others_first(asio::any_io_executor loop);

class fair_turn {
public:
    /// Counts a step that did not wait. True: pass() is due.
    bool step() noexcept { return ++steps_ >= most_steps; }
    bool is_over() const noexcept { return steps_ >= most_steps; }
    void begin() noexcept { steps_ = 0; }
    asio::awaitable<result<void>> pass(asio::any_io_executor loop) {
        begin();
        return others_first(std::move(loop));
    }

private:
    static constexpr int most_steps = 64;
    int steps_ = 0;
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/fair_turn.ipp>
