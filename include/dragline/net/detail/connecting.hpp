// The race of look-ups and dials, as connect_machine decides it.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/deadline.hpp>
#include <dragline/async/interrupter.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/core/spare_memory.hpp>
#include <dragline/dns/trace.hpp>
#include <dragline/net/connect_request.hpp>
#include <dragline/net/connect_trace.hpp>
#include <dragline/net/detail/connect_machine.hpp>
#include <dragline/net/detail/socket_dial.hpp>
#include <dragline/net/detail/stream_layer.hpp>

#include <asio/awaitable.hpp>
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

// The completions of look-ups and dials hold it.
class connecting : public std::enable_shared_from_this<connecting> {
public:
    enum class purpose { dial, resolve };

    /// All four have to live until it is over, ended or gone. `ending` ends it from outside.
    connecting(async::loop_state& loop, const connect_request& request, connect_trace& trace,
               async::interrupter& ending, purpose wanted);
    virtual ~connecting() = default;

    void start();
    /// Nobody wants to hear of it any more.
    void end() noexcept;

    /// The connection that was made first.
    std::shared_ptr<stream_layer> take_layer();
    const asio::ip::address& address() const noexcept { return address_; }
    /// Those that might be dialled, in that order, when nothing else was wanted.
    const std::vector<asio::ip::address>& addresses() const noexcept { return found_; }

protected:
    async::loop_state& loop() const noexcept { return loop_; }
    const connect_request& request() const noexcept { return request_; }
    connect_trace& trace() const noexcept { return trace_; }
    async::interrupter& ending() const noexcept { return ending_; }
    async::time_point started() const noexcept { return started_; }

private:
    /// Once, as the last act of a handler, or inside start(); not after end().
    virtual void over(std::error_code ec) = 0;

    struct dial : socket_dial {
        using socket_dial::socket_dial;
        std::size_t number = 0;             // of the machine, and in dials_
        std::optional<std::size_t> record;  // in the trace; none of a Unix socket
        bool open = true;
    };

    struct look_up : of_spare_memory {
        asio::cancellation_signal ends;
        dns::lookup_trace trace;
        bool waits = false;  // there is somebody to be cancelled
    };

    void resolve();
    void start_look_up(bool v6);
    spare_vector<asio::ip::address> allowed(std::span<const asio::ip::address> addresses);
    static asio::awaitable<void> run(std::shared_ptr<connecting> self, bool v6);
    void on_resolved(bool v6, std::span<const asio::ip::address> addresses, std::error_code ec);

    template <class Step>
    void go_on(Step step);
    static void expired(void* self) noexcept;
    std::error_code over_time() const noexcept;
    void go_on_soon() noexcept;
    std::optional<std::error_code> advance();

    dial_record& add_record(const asio::ip::address& address);
    void dial_address(const asio::ip::address& address);
    void dial_endpoint(const stream_socket::endpoint_type& target, bool is_here);
    void go_on_with(dial& begun, std::error_code ec);
    void on_dialled(dial& ended, std::error_code ec);
    void close_record(dial& of, std::error_code ec) noexcept;
    void drop(dial& late, std::error_code ec) noexcept;

    void stage_ends() noexcept;
    async::time_point limit() const noexcept;
    phase stage() const noexcept { return resolved_ ? phase::connect : phase::resolve; }
    async::duration elapsed() const noexcept { return loop_.now() - started_; }

    async::loop_state& loop_;
    const connect_request& request_;
    connect_trace& trace_;
    async::interrupter& ending_;
    std::optional<async::interrupter::scope> ends_;
    purpose purpose_;
    connect_machine machine_;
    async::deadline limit_;
    async::time_point started_;
    async::time_point resolved_at_{};
    spare_list<dial> dials_;  // those that were begun, for as long as their handlers hold this
    dial* winner_ = nullptr;
    asio::ip::address address_;
    std::vector<asio::ip::address> found_;
    std::error_code blocked_;               // of the first address that may not be dialled
    std::unique_ptr<look_up> look_ups_[2];  // IPv4, IPv6
    bool resolved_ = false;                 // an address is, or will be, dialled
    bool refused_ = false;                  // a forbidden address stands beside the others
    bool expired_ = false;
    bool ended_ = false;
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/connecting.ipp>
