// TLS on top of another layer: moves the bytes of an engine.
#pragma once

#include <dragline/async/event.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/net/detail/fair_turn.hpp>
#include <dragline/net/detail/stream_layer.hpp>
#include <dragline/tls/engine.hpp>

#include <cstddef>
#include <memory>

namespace dragline::inline v1::net::detail {

class tls_layer final : public stream_layer {
public:
    tls_layer(std::shared_ptr<stream_layer> lower, const tls::context& context,
              const tls::engine_options& options);

    /// Before anything else, once. What is sent last may be `kept` for the first write, or wait for input.
    enum class last_flight { sent, kept };
    asio::awaitable<result<void>> handshake(async::time_point until, last_flight last = last_flight::sent);

    /// As much of it as goes without waiting. After wants_output also a failure is still to be told.
    enum class handshake_step { done, wants_input, wants_output };
    result<handshake_step> try_handshake(last_flight last);
    /// What it wants: the layer below reads into the space, and `size` is what that came to.
    stream_layer& lower() noexcept { return *lower_; }
    asio::mutable_buffer input_space();
    result<void> received(const result<std::size_t>& size, std::size_t space);

    asio::any_io_executor get_executor() noexcept override { return lower_->get_executor(); }
    asio::awaitable<result<std::size_t>> read_some(asio::mutable_buffer into, async::time_point until,
                                                   phase where) override;
    asio::awaitable<result<void>> write(gather pieces, async::time_point until, phase where,
                                        input_watch* watch = nullptr) override;
    asio::awaitable<result<void>> shutdown(async::time_point until) override;
    result<std::size_t> try_read(asio::mutable_buffer into) noexcept override;
    result<bool> try_write(gather& pieces) override;
    asio::awaitable<result<void>> wait_input(async::time_point until, phase where) override;
    asio::awaitable<result<void>> wait_output(async::time_point until, phase where) override;
    bool may_have_input() const noexcept override {
        return ready_ || engine_.has_pending_input() || lower_->may_have_input();
    }
    std::size_t unsent() const noexcept override { return engine_.output_size() + lower_->unsent(); }
    stream_socket* socket() noexcept override { return lower_->socket(); }
    tls::peer_info peer() const override { return engine_.peer(); }
    void release_buffers() noexcept override {
        engine_.release_buffers();
        lower_->release_buffers();
    }
    void close() noexcept override { lower_->close(); }
    bool is_open() const noexcept override { return lower_->is_open(); }

    const tls::engine& engine() const noexcept { return engine_; }

private:
    // The right to send, while it lives.
    class sending_turn {
    public:
        explicit sending_turn(tls_layer& layer) noexcept : layer_(layer) { layer_.sending_ = true; }
        ~sending_turn() {
            layer_.sending_ = false;
            layer_.sent_.notify();
        }
        sending_turn(const sending_turn&) = delete;

    private:
        tls_layer& layer_;
    };

    result<std::size_t> encrypt(const gather& pieces);
    result<bool> try_flush();
    asio::awaitable<result<void>> flush(async::time_point until, phase where, input_watch* watch = nullptr);

    std::shared_ptr<stream_layer> lower_;
    tls::engine engine_;
    async::event sent_;  // a reader may have to send too (KeyUpdate) while a writer does
    bool sending_ = false;
    bool ready_ = false;  // a wait for input has ended

    // A peer that fills what it is given has more: fewer and larger reads.
    static constexpr std::size_t least_received = 16 * 1024, most_received = 64 * 1024;
    std::size_t receive_size_ = least_received;
    static constexpr std::size_t most_unbroken = 1024 * 1024;
    std::size_t unbroken_ = 0;             // bytes written since the loop had a turn
    static constexpr int most_barren = 4;  // reads of the layer below by one that must not wait
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/tls_layer.ipp>
