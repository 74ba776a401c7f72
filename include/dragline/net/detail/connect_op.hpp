// Connects: looks up, dials as connect_machine says, shakes hands.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/event.hpp>
#include <dragline/async/interrupter.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/resolver.hpp>
#include <dragline/dns/trace.hpp>
#include <dragline/net/connect_trace.hpp>
#include <dragline/net/detail/connect_machine.hpp>
#include <dragline/net/detail/socket_layer.hpp>
#include <dragline/net/endpoint.hpp>
#include <dragline/net/stream.hpp>
#include <dragline/tls/context.hpp>
#include <dragline/tls/engine.hpp>
#include <dragline/tls/peer_info.hpp>

#include <asio/cancellation_signal.hpp>
#include <asio/ip/address.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace dragline::inline v1::net {

/// What connecting needs, resolved from the options of whoever asks.
class connect_request {
public:
    connect_request() {}

    endpoint target;
    std::optional<dns::resolver> resolver;  ///< Needed for a target that is a name.
    std::optional<tls::context> tls;        ///< Speaks TLS when set.
    tls::engine_options tls_options;
    async::time_point until = async::no_deadline;
    async::duration resolve_timeout = no_limit;
    async::duration connect_timeout = no_limit;
    async::duration tls_timeout = no_limit;
    async::duration attempt_delay = std::chrono::milliseconds(250);
    async::duration resolution_delay = std::chrono::milliseconds(50);
};

/// A connection that stands.
class connected {
public:
    connected() {}

    net::stream stream;
    asio::ip::address address;  ///< The one that was dialled; none for a Unix socket.
    tls::peer_info peer;        ///< Empty without TLS.
};

/// Connects on the caller's loop. `trace` is filled as far as it gets; `ending` ends it from outside.
///
/// Errors: those of the resolver, of the first address that failed, of tls, and the timeout of the stage.
asio::awaitable<result<connected>> connect(async::loop_state& loop, connect_request request,
                                           connect_trace& trace, async::interrupter& ending);

namespace detail {

// The race of look-ups and dials. Their completions hold it, so it may outlive the coroutine that waits for
// it.
class connecting : public std::enable_shared_from_this<connecting> {
public:
    connecting(async::loop_state& loop, const connect_request& request, connect_trace& trace);

    void start();
    asio::awaitable<result<void>> run(async::interrupter& ending);
    void end() noexcept;

    stream_socket take_socket() noexcept;
    const asio::ip::address& address() const noexcept { return address_; }

private:
    struct dial {
        explicit dial(const asio::any_io_executor& executor) : socket(executor) {}
        stream_socket socket;
        std::size_t record = 0;
        bool open = true;
    };

    static asio::awaitable<void> look_up(std::shared_ptr<connecting> self, bool v6);
    void on_resolved(bool v6, const std::vector<asio::ip::address>& addresses, std::error_code ec);
    void dial_endpoint(const asio::generic::stream_protocol::endpoint& target);
    void dial_address(const asio::ip::address& address);
    void on_dialled(const std::shared_ptr<dial>& ended, std::error_code ec);
    async::time_point stage_deadline() const noexcept;
    phase stage() const noexcept { return resolved_ ? phase::connect : phase::resolve; }
    async::duration elapsed() const noexcept { return loop_.now() - started_; }

    async::loop_state& loop_;
    const connect_request& request_;  // valid until end()
    connect_trace& trace_;            // the same
    connect_machine machine_;
    async::event changed_;
    async::time_point started_;
    async::time_point resolved_at_{};
    std::vector<std::shared_ptr<dial>> dials_;
    std::shared_ptr<dial> winner_;
    asio::ip::address address_;
    asio::cancellation_signal look_up_ends_[2];  // IPv4, IPv6
    dns::lookup_trace look_ups_[2];
    bool resolved_ = false;  // an address is known
    bool ended_ = false;
};

}  // namespace detail
}  // namespace dragline::net

#include <dragline/net/detail/impl/connect_op.ipp>
