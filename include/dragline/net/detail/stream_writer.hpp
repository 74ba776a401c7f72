// The sending side of a stream: whole writes, and a queue between two water marks.
#pragma once

#include <dragline/async/event.hpp>
#include <dragline/net/detail/byte_queue.hpp>
#include <dragline/net/detail/stream_core.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::net::detail {

class stream_writer {
public:
    using pointer = std::shared_ptr<stream_writer>;

    explicit stream_writer(stream_core& core) noexcept : core_(core) {}

    // One at a time, else errc::busy. What was queued before a write goes before it.
    // The text, or else the pieces.
    static asio::awaitable<result<std::size_t>> write(pointer self, std::string text, gather pieces,
                                                      stream_limit limit);
    static asio::awaitable<result<void>> drain(pointer self, stream_limit limit);
    static asio::awaitable<result<void>> shutdown(pointer self, stream_limit limit);
    static asio::awaitable<result<void>> close(pointer self, stream_limit limit);

    /// At any time.
    static result<void> queue(const pointer& self, std::string_view text);

    stream_limit write_limit(const write_options& given) const noexcept;

    std::size_t queued() const noexcept { return queue_.size() + core_.layer->unsent(); }
    bool& writing() noexcept { return writing_; }
    /// For an operation that has the turn: until nothing is queued; and between the other two, whatever is
    /// queued waits.
    asio::awaitable<result<void>> flush(stream_core::bound limit);
    void hold() noexcept { held_ = true; }
    void release(const pointer& self);

private:
    using bound = stream_core::bound;
    std::error_code refusal() noexcept;
    asio::awaitable<result<void>> wait_for_progress(bound limit);
    void tell_progress() {
        if (progress_) progress_->notify();
    }
    std::error_code failed(std::error_code ec, bool told) noexcept;
    asio::awaitable<result<void>> write_on(const pointer& self, gather pieces, std::size_t size, bound limit);
    void start_sending(const pointer& self);
    static asio::awaitable<void> send_queue(pointer self);

    stream_core& core_;
    byte_queue queue_;
    std::size_t ahead_ = 0;                   // of what is queued: before the write that waits for its turn
    std::unique_ptr<async::event> progress_;  // of the queue; made at the first wait for it
    std::error_code failure_;
    bool told_ = true;       // the failure
    bool writing_ = false;   // an operation
    bool sending_ = false;   // the queue, be it only what the layer has not sent yet
    bool held_ = false;      // the queue
    bool give_way_ = false;  // to a write, as soon as what is ahead of it has gone
    bool shut_ = false;
    bool ended_ = false;  // the peer has been told, or will be
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/stream_writer.ipp>
