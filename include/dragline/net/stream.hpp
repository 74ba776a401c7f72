// One stream type over TCP, TLS and Unix sockets. Start with open_connection() in connect.hpp.
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/detail/stream_layer.hpp>
#include <dragline/net/endpoint.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/buffer.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace dragline::inline v1::net {

/// A connected byte stream. Also an Asio AsyncReadStream and AsyncWriteStream, so asio::async_read and its
/// kin work.
///
/// Moveable; an operation keeps what it needs, so a stream may be destroyed or moved while one is under way:
/// destroying it closes the connection. One read and one write at a time. Threads: operations may be started
/// on any thread; every other member belongs to the loop's.
class stream {
public:
    using executor_type = asio::any_io_executor;

    stream() = default;
    explicit stream(std::shared_ptr<detail::stream_layer> layer) noexcept : layer_(std::move(layer)) {}
    stream(stream&&) = default;
    stream& operator=(stream&& other) noexcept;
    ~stream() { close(); }

    executor_type get_executor() const noexcept { return layer_->get_executor(); }
    bool is_open() const noexcept { return layer_ && layer_->is_open(); }

    /// Closes at once: operations under way end with operation_aborted. A closed stream stays closed.
    void close() noexcept {
        if (layer_) layer_->close();
    }

    /// Reads at least one byte into the first buffer of `buffers` that is not empty: void(error_code,
    /// size_t).
    ///
    /// Errors: asio::error::eof at the peer's end; over TLS tls::errc::truncated when it came without
    /// close_notify. Cancel: any type; nothing is consumed.
    template <class MutableBufferSequence, class Token = default_token>
    auto async_read_some(const MutableBufferSequence& buffers, Token&& token = {}) {
        return async::initiate<std::size_t>(get_executor(), &read_body, std::forward<Token>(token), layer_,
                                            first_of<asio::mutable_buffer>(buffers));
    }

    /// Writes the first buffer of `buffers` that is not empty, whole: void(error_code, size_t).
    ///
    /// Cancel: any type; how much went out is then unknown, so close the stream.
    template <class ConstBufferSequence, class Token = default_token>
    auto async_write_some(const ConstBufferSequence& buffers, Token&& token = {}) {
        return async::initiate<std::size_t>(get_executor(), &write_body, std::forward<Token>(token), layer_,
                                            first_of<asio::const_buffer>(buffers));
    }

    /// Ends the sending side: void(error_code). Over TLS sends close_notify first.
    template <class Token = default_token>
    auto async_shutdown(Token&& token = {}) {
        return async::initiate<void>(get_executor(), &shutdown_body, std::forward<Token>(token), layer_);
    }

    /// What the library's own coroutines use: reads and writes under a deadline, without an operation.
    detail::stream_layer& layer() const noexcept { return *layer_; }

private:
    using layer_pointer = std::shared_ptr<detail::stream_layer>;

    template <class Buffer, class Sequence>
    static Buffer first_of(const Sequence& buffers) {
        for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers); ++at) {
            if (Buffer buffer(*at); buffer.size() > 0) return buffer;
        }
        return Buffer();
    }

    static asio::awaitable<result<std::size_t>> read_body(layer_pointer layer, asio::mutable_buffer into);
    static asio::awaitable<result<std::size_t>> write_body(layer_pointer layer, asio::const_buffer from);
    static asio::awaitable<result<void>> shutdown_body(layer_pointer layer);

    layer_pointer layer_;
};

}  // namespace dragline::net

#include <dragline/net/impl/stream.ipp>
