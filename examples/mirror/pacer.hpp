// Lets requests begin one after the other, with a pause between them, however many are under way.
#pragma once

#include <dragline/dragline.hpp>

#include <asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace mirror {

class pacer {
public:
    explicit pacer(asio::any_io_executor loop) : loop_(std::move(loop)) {}

    void every(std::chrono::milliseconds pause) { pause_ = pause; }

    asio::awaitable<void> turn() {
        const auto mine = std::max(std::chrono::steady_clock::now(), next_);
        next_ = mine + pause_;
        if (pause_.count() == 0) co_return;
        asio::steady_timer timer(loop_, mine);
        co_await timer.async_wait(asio::use_awaitable);
    }

private:
    asio::any_io_executor loop_;
    std::chrono::milliseconds pause_{0};
    std::chrono::steady_clock::time_point next_{};
};

}  // namespace mirror
