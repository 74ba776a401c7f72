// How a coroutine waits for a race of dials.
#pragma once

#include <dragline/async/event.hpp>
#include <dragline/async/interrupter.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/core/spare_memory.hpp>
#include <dragline/net/connect_request.hpp>
#include <dragline/net/connect_trace.hpp>
#include <dragline/net/detail/connecting.hpp>

#include <asio/awaitable.hpp>

#include <memory>
#include <system_error>

namespace dragline::inline v1::net::detail {

/// Stands in the coroutine, and ends the race with it.
class race_wait {
public:
    race_wait(async::loop_state& loop, const connect_request& request, connect_trace& trace,
              async::interrupter& ending, connecting::purpose wanted)
        : loop_(loop),
          ending_(ending),
          race_(std::allocate_shared<awaited>(spare_allocator<awaited>(), loop, request, trace, ending,
                                              wanted)) {}
    ~race_wait() { race_->end(); }
    race_wait(const race_wait&) = delete;
    race_wait& operator=(const race_wait&) = delete;

    /// Call once.
    asio::awaitable<result<void>> run();

    connecting& race() noexcept { return *race_; }

private:
    struct awaited final : connecting {
        awaited(async::loop_state& loop, const connect_request& request, connect_trace& trace,
                async::interrupter& ending, purpose wanted)
            : connecting(loop, request, trace, ending, wanted), ended(loop) {}
        void over(std::error_code result) override {
            ec = result;
            ended.notify_at_once();
        }
        async::event ended;
        std::error_code ec;
    };

    async::loop_state& loop_;
    async::interrupter& ending_;
    std::shared_ptr<awaited> race_;
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/race_wait.ipp>
