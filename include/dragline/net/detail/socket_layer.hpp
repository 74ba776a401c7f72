// The bottom of a stream: a TCP or Unix socket.
#pragma once

#include <dragline/async/deadline.hpp>
#include <dragline/async/event.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/spare_memory.hpp>
#include <dragline/net/detail/fair_turn.hpp>
#include <dragline/net/detail/stream_layer.hpp>

#include <asio/cancellation_type.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <system_error>

namespace dragline::inline v1::net::detail {

class socket_layer final : public stream_layer {
public:
    explicit socket_layer(stream_socket socket);
    /// Of a socket that is still to be opened, and is to be made non-blocking then.
    explicit socket_layer(async::loop_state& loop) : loop_(loop), socket_(loop.executor()) {}

    asio::any_io_executor get_executor() noexcept override { return socket_.get_executor(); }
    asio::awaitable<result<std::size_t>> read_some(asio::mutable_buffer into, async::time_point until,
                                                   phase where) override;
    bool has_pending_reads() const noexcept override { return true; }
    void start_read(std::unique_ptr<pending_read> operation) override;
    void begin_read(std::unique_ptr<pending_read> operation) override;
    void cancel_read() noexcept override;
    asio::awaitable<result<void>> write(gather pieces, async::time_point until, phase where,
                                        input_watch* watch = nullptr) override;
    asio::awaitable<result<void>> shutdown(async::time_point until) override;
    result<std::size_t> try_read(asio::mutable_buffer into) noexcept override;
    result<bool> try_write(gather& pieces) override;
    asio::awaitable<result<void>> wait_input(async::time_point until, phase where) override;
    asio::awaitable<result<void>> wait_output(async::time_point until, phase where) override;
    bool may_have_input() const noexcept override { return !drained_; }
    std::size_t unsent() const noexcept override { return 0; }
    stream_socket* socket() noexcept override {
        if (no_delay_due_) tell_no_delay();
        return &socket_;
    }
    /// For who connects it.
    stream_socket& dialled_socket() noexcept { return socket_; }
    /// TCP's no_delay, which the system is told before the second write, or a long first one: what is written
    /// first has nothing to wait for.
    void no_delay() noexcept { no_delay_due_ = true; }
    void close() noexcept override;
    bool is_open() const noexcept override { return socket_.is_open(); }
    const async::loop_state& loop() const noexcept { return loop_; }

private:
    // What the socket's handlers share with a write that waits for either; they may outlive the layer.
    struct readiness {
        struct side {
            bool watched = false;
            bool ready = false;
        };
        side input;
        side output;
        async::event* waiting = nullptr;
    };

    struct output_wait {
        explicit output_wait(socket_layer& layer) : limit(&write_expired, &layer) {}
        async::deadline limit;
        bool expired = false;
        const std::shared_ptr<readiness> either = std::make_shared<readiness>();
    };

    // Many are under way at once, more than Asio keeps memory for.
    struct receive_handler {
        using allocator_type = spare_allocator<char>;
        allocator_type get_allocator() const noexcept { return {}; }
        void operator()(std::error_code ec, std::size_t size) {
            const async::deadline_wheel::turn turn(layer.loop_.deadlines());
            layer.load_for_reader();
            layer.end_read(std::move(operation), ec, size);
        }
        socket_layer& layer;
        std::unique_ptr<pending_read> operation;
    };

    output_wait& writing();
    static void read_expired(void* self) noexcept;
    static void write_expired(void* self) noexcept;
    bool goes_on(std::error_code ec, bool cancelled) const noexcept;
    void receive(std::unique_ptr<pending_read> operation);
    void end_read(std::unique_ptr<pending_read> operation, std::error_code ec, std::size_t size);
    std::size_t write_now(gather& pieces, std::error_code& ec);
    void tell_no_delay() noexcept;
    void look_out(stream_socket::wait_type what, readiness::side& side);
    void stop_looking_out() noexcept;
    void end_wait() noexcept;
    asio::awaitable<result<void>> wait_for_output(async::time_point until, phase where);
    asio::awaitable<result<bool>> wait_for_either(async::time_point until, phase where);

    static constexpr std::uint32_t most_unbroken = 1024 * 1024;
    static constexpr std::size_t least_segment = 536;  // that any peer of TCP takes (RFC 9293, 3.7.1)

    // There may be many: keep it small.
    async::loop_state& loop_;
    stream_socket socket_;
    std::unique_ptr<output_wait> writing_;  // made at the first wait
    async::deadline read_limit_{&read_expired, this};
    std::uint32_t unbroken_ = 0;  // bytes written since the loop had a turn
    bool read_expired_ = false;
    bool drained_ = false;  // the last read left nothing in the kernel
    bool wrote_ = false;    // since the last read
    bool wrote_first_ = false;
    bool no_delay_due_ = false;
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/socket_layer.ipp>
