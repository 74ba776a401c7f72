// The race of look-ups and dials, as connect_machine decides it.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/event.hpp>
#include <dragline/async/interrupter.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/result.hpp>
#include <dragline/core/spare_memory.hpp>
#include <dragline/dns/trace.hpp>
#include <dragline/net/connect_request.hpp>
#include <dragline/net/connect_trace.hpp>
#include <dragline/net/detail/connect_machine.hpp>
#include <dragline/net/detail/socket_layer.hpp>

#include <asio/cancellation_signal.hpp>
#include <asio/ip/address.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::net::detail {

// The completions of look-ups and dials hold it, so it may outlive the coroutine that waits for
// it.
class connecting : public std::enable_shared_from_this<connecting> {
public:
    connecting(async::loop_state& loop, const connect_request& request, connect_trace& trace);

    void start();
    asio::awaitable<result<void>> run(async::interrupter& ending);
    /// Dials nothing: the addresses that might be dialled, in that order.
    asio::awaitable<result<std::vector<asio::ip::address>>> resolve(async::interrupter& ending);
    void end() noexcept;

    stream_socket take_socket() noexcept;
    const asio::ip::address& address() const noexcept { return address_; }

private:
    struct dial {
        explicit dial(const asio::any_io_executor& executor) : socket(executor) {}
        stream_socket socket;
        std::size_t number = 0;             // of the machine, and in dials_
        std::optional<std::size_t> record;  // in the trace; none of a Unix socket
        bool open = true;
    };

    std::vector<asio::ip::address> allowed(std::span<const asio::ip::address> addresses);
    static asio::awaitable<void> look_up(std::shared_ptr<connecting> self, bool v6);
    void on_resolved(bool v6, std::span<const asio::ip::address> addresses, std::error_code ec);
    std::error_code prepare(stream_socket& socket, const asio::generic::stream_protocol& protocol) const;
    void dial_endpoint(const asio::generic::stream_protocol::endpoint& target);
    void dial_address(const asio::ip::address& address);
    void drop(std::size_t which);
    void on_dialled(const std::shared_ptr<dial>& ended, std::error_code ec);
    void stage_ends() noexcept;
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
    std::error_code blocked_;                    // of the first address that may not be dialled
    asio::cancellation_signal look_up_ends_[2];  // IPv4, IPv6
    bool looking_[2] = {};                       // whether there is somebody to be cancelled
    dns::lookup_trace look_ups_[2];
    bool resolved_ = false;  // an address is, or will be, dialled
    bool refused_ = false;   // a forbidden address stands beside the others
    bool ended_ = false;
};

struct connecting_guard {
    std::shared_ptr<connecting> race;
    explicit connecting_guard(std::shared_ptr<connecting> made) : race(std::move(made)) {}
    ~connecting_guard() { race->end(); }
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/connecting.ipp>
