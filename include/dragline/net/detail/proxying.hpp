// A connection through one proxy or several: never one around them.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/interrupter.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/connect_request.hpp>
#include <dragline/net/connect_trace.hpp>
#include <dragline/net/connected.hpp>
#include <dragline/net/detail/race_wait.hpp>
#include <dragline/net/detail/stream_layer.hpp>
#include <dragline/net/proxies/detail/any_handshake.hpp>

#include <asio/awaitable.hpp>
#include <asio/ip/address.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace dragline::inline v1::net::detail {

/// To the first address that answers: what connect() has without proxies, before TLS.
asio::awaitable<result<connected>> dial(async::loop_state& loop, const connect_request& request,
                                        connect_trace& trace, async::interrupter& ending);

/// Lives in the frame of the coroutine that awaits run().
class proxying {
public:
    proxying(async::loop_state& loop, const connect_request& request, connect_trace& trace,
             async::interrupter& ending)
        : loop_(loop), request_(request), trace_(trace), ending_(ending), started_(loop.now()) {}

    /// Dials nothing before all is known to be usable and allowed.
    asio::awaitable<result<connected>> run();

private:
    // One for each proxy: what it is asked to connect to, the next proxy or the target.
    struct hop {
        std::vector<proxy_target> targets;  // all to be tried
        std::size_t used = 0;
        tls::context tls;
    };

    const endpoint& target_of(std::size_t which) const noexcept;
    bool may_try_next(std::error_code ec) const noexcept;
    asio::awaitable<result<void>> plan(std::size_t which);
    asio::awaitable<result<void>> look_up(std::size_t which, const endpoint& target, bool policed);
    asio::awaitable<result<connected>> attempt();
    asio::awaitable<result<void>> reach(std::size_t which, connected& made, proxy_record& record,
                                        async::time_point until);
    asio::awaitable<result<void>> wrap(std::size_t which, connected& made, proxy_record& record,
                                       async::time_point until);
    asio::awaitable<result<std::string>> shake_hands(std::shared_ptr<stream_layer> with,
                                                     proxy_handshake& handshake, async::time_point until);

    async::loop_state& loop_;
    const connect_request& request_;
    connect_trace& trace_;
    async::interrupter& ending_;
    async::time_point started_;
    std::vector<hop> hops_;
    std::size_t failed_hop_ = 0;
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/proxying.ipp>
