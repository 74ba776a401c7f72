// One accepted connection, plain or TLS, as the script's interpreter sees it: bytes in, bytes out, an ending.
#pragma once

#include <dragline/core/asio.hpp>
#include <dragline/testing/http_message.hpp>
#include <dragline/tls/context.hpp>
#include <dragline/tls/engine.hpp>

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragline::inline v1::testing::detail {

// Once the peer is gone every operation is over at once. Always held by shared_ptr: a timer may fire late.
class http_channel : public std::enable_shared_from_this<http_channel> {
public:
    using duration = std::chrono::milliseconds;
    enum class event { input, closed, timed_out };

    // With an empty context, plain.
    http_channel(asio::ip::tcp::socket socket, const tls::context& context)
        : socket_(std::move(socket)), timer_(socket_.get_executor()) {
        if (context) engine_.emplace(context, tls::engine_options());
    }

    bool gone() const noexcept { return gone_; }
    bool secure() const noexcept { return engine_.has_value(); }
    bool resumed() const noexcept { return engine_ && engine_->resumed(); }
    std::string server_name() const { return engine_ ? engine_->server_name() : std::string(); }
    const asio::ip::tcp::socket& socket() const noexcept { return socket_; }

    // Must come first. False when TLS could not be agreed on; true at once without TLS.
    asio::awaitable<bool> handshake();

    // Received and not yet used.
    std::string& input() noexcept { return input_; }

    // Waits for more input.
    asio::awaitable<event> receive(std::optional<duration> limit = {});
    asio::awaitable<void> send(std::string_view bytes);
    asio::awaitable<void> pause(duration time);

    // With `unread`, a closing in good order takes in what the peer is still sending: a reset would
    // destroy the answer that the peer has not read yet.
    asio::awaitable<void> finish(ending how, bool unread = false);

private:
    using time_point = std::chrono::steady_clock::time_point;

    void expire_at(time_point deadline);
    asio::awaitable<event> read(asio::mutable_buffer into, std::size_t& size,
                                std::optional<time_point> deadline);
    asio::awaitable<event> receive_until(std::optional<time_point> deadline);
    asio::awaitable<event> receive_secure(std::optional<time_point> deadline);
    asio::awaitable<void> write(std::string_view bytes);
    asio::awaitable<void> flush_engine();
    asio::awaitable<void> discard_input(std::optional<time_point> deadline);
    asio::awaitable<void> close_in_order(bool unread);
    void reset() noexcept;
    void close() noexcept;

    asio::ip::tcp::socket socket_;
    asio::steady_timer timer_;
    std::optional<tls::engine> engine_;
    std::uint64_t wait_ = 0;  // a timer that fires late belongs to an earlier wait
    std::string input_;
    std::array<char, 16 * 1024> buffer_;
    bool gone_ = false;
};

}  // namespace dragline::testing::detail

#include <dragline/testing/detail/impl/http_channel.ipp>
