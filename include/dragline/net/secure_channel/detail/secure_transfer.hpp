// The packets of a secure channel on their way through a stream.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/event.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/detail/stream_core.hpp>
#include <dragline/net/detail/stream_reader.hpp>
#include <dragline/net/detail/stream_state.hpp>
#include <dragline/net/detail/stream_writer.hpp>
#include <dragline/net/framing/detail/frame_transfer.hpp>
#include <dragline/net/secure_channel/secure_channel.hpp>

#include <asio/awaitable.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragline::inline v1::net::detail {

// Shared by the handle of a secure stream and its operations.
class secure_transfer {
public:
    using pointer = std::shared_ptr<secure_transfer>;

    secure_transfer(stream_state::pointer below, channel_role role, secure_channel_options options)
        : channel(role, std::move(options)), stream_(std::move(below)) {}

    static asio::awaitable<result<void>> handshake(pointer self);
    static asio::awaitable<result<std::string>> receive(pointer self, stream_limit limit);
    static asio::awaitable<result<void>> send(pointer self, std::string message, stream_limit limit);
    static asio::awaitable<result<void>> shutdown(pointer self, stream_limit limit);
    static asio::awaitable<result<void>> close(pointer self, stream_limit limit);
    result<void> queue(std::string_view message);

    secure_channel channel;

private:
    using packet_reader = frame_reader<packet_codec>;

    stream_reader::pointer reading() const noexcept { return {stream_, &stream_->reader}; }
    stream_writer::pointer writing() const noexcept { return {stream_, &stream_->writer}; }
    asio::awaitable<result<void>> shake_hands(stream_limit limit);
    bool has_room(std::size_t message_size) const noexcept;
    static asio::awaitable<result<void>> queue_end(pointer self, stream_limit limit);

    asio::awaitable<result<void>> wait_for_turn(async::time_point until);

    // The stream's turn to write, or what may be it; then the next sender's.
    struct turn {
        secure_transfer& owner;
        bool had = true;
        ~turn() {
            if (had && !owner.waiting_.empty()) owner.waiting_.front()->notify();
        }
    };

    stream_state::pointer stream_;
    std::deque<async::event*> waiting_;  // senders, while another one waits for the queue
    std::error_code read_end_;           // what every receive() gives from now on
    bool begun_ = false;
};

}  // namespace dragline::net::detail

#include <dragline/net/secure_channel/detail/impl/secure_transfer.ipp>
