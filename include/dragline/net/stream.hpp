// One stream type over TCP, TLS, Unix sockets and memory. Start with open_connection() in connect.hpp.
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/detail/buffer_pieces.hpp>
#include <dragline/net/detail/stream_read.hpp>
#include <dragline/net/detail/stream_state.hpp>
#include <dragline/net/endpoint.hpp>
#include <dragline/net/socket_options.hpp>
#include <dragline/net/stream_options.hpp>
#include <dragline/tls/context.hpp>
#include <dragline/tls/options.hpp>
#include <dragline/tls/peer_info.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/buffer.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::net {

/// A connected byte stream, with reads of whole units and a write queue. Also an Asio AsyncReadStream and
/// AsyncWriteStream, so asio::async_read and its kin work; those have no timeout but the total one.
///
/// A read that is cancelled, times out or fails consumes nothing: what it has received serves the next read,
/// of any kind. Moveable; an operation keeps what it needs, so a stream may be destroyed or moved while one
/// is under way: destroying it aborts the connection. One read at a time, and one write, drain, shutdown or
/// close; another gets errc::busy. Threads: operations may be started on any thread; every other member
/// belongs to the loop's.
/// Errors of reads: make_timeout(read), or total for the budget of the connection; asio::error::eof at the
///   peer's end, errc::incomplete_read when that comes in the middle, tls::errc::truncated when it comes
///   without close_notify; errc::read_limit_exceeded; dragline::errc::invalid_option; those of sockets, tls.
class stream {
    template <class T>
    static constexpr bool is_token = !std::same_as<std::remove_cvref_t<T>, read_options> &&
                                     !std::same_as<std::remove_cvref_t<T>, write_options>;

public:
    using executor_type = asio::any_io_executor;

    stream() = default;
    /// `host` is what start_tls() verifies.
    explicit stream(std::shared_ptr<detail::stream_layer> layer,
                    const stream_options& options = stream_options(), std::string host = {});
    explicit stream(detail::stream_state::pointer state) noexcept : state_(std::move(state)) {}
    stream(stream&&) = default;
    stream& operator=(stream&& other) noexcept;
    ~stream() { abort(); }

    executor_type get_executor() const noexcept { return state_->core.loop.executor(); }
    const stream_options& options() const noexcept { return state_->core.options(); }

    /// Reads what there is, at least one byte: size_t.
    template <class Token = default_token>
    auto read_some(asio::mutable_buffer into, const read_options& options, Token&& token = {}) {
        return detail::read_into(reading(), state_->reader.wish(into, options, false),
                                 std::forward<Token>(token));
    }
    template <class Token = default_token>
    requires is_token<Token>
    auto read_some(asio::mutable_buffer into, Token&& token = {}) {
        return read_some(into, read_options(), std::forward<Token>(token));
    }

    /// Fills the buffer: size_t, which is its size. After a failure its content is of no meaning.
    template <class Token = default_token>
    auto read_exactly(asio::mutable_buffer into, const read_options& options, Token&& token = {}) {
        return detail::read_into(reading(), state_->reader.wish(into, options, true),
                                 std::forward<Token>(token));
    }
    template <class Token = default_token>
    requires is_token<Token>
    auto read_exactly(asio::mutable_buffer into, Token&& token = {}) {
        return read_exactly(into, read_options(), std::forward<Token>(token));
    }

    /// Reads so many bytes: string. A number that comes from the peer needs a limit.
    template <class Token = default_token>
    auto read_exactly(std::size_t size, const read_options& options, Token&& token = {}) {
        return start<std::string>(&reader::read_text, std::forward<Token>(token), reading(), size,
                                  state_->reader.exact_limit(options));
    }
    template <class Token = default_token>
    requires is_token<Token>
    auto read_exactly(std::size_t size, Token&& token = {}) {
        return read_exactly(size, read_options(), std::forward<Token>(token));
    }

    /// Reads up to a delimiter, which is dropped unless the options keep it: string.
    template <class Token = default_token>
    auto read_until(std::string delimiter, const read_options& options, Token&& token = {}) {
        return start<std::string>(&reader::read_until, std::forward<Token>(token), reading(),
                                  detail::end_search::delimiter(std::move(delimiter)), open(options));
    }
    template <class Token = default_token>
    requires is_token<Token>
    auto read_until(std::string delimiter, Token&& token = {}) {
        return read_until(std::move(delimiter), read_options(), std::forward<Token>(token));
    }

    /// Reads as many bytes as `end` says: optional<size_t>(string_view), called with all that has arrived and
    /// not been read; nothing means that more is needed. What it throws reaches the caller. To: string.
    template <std::invocable<std::string_view> End, class Token = default_token>
    auto read_until(End end, const read_options& options, Token&& token = {}) {
        return start<std::string>(&reader::read_until, std::forward<Token>(token), reading(),
                                  detail::end_search::predicate(std::move(end)), open(options));
    }
    template <std::invocable<std::string_view> End, class Token = default_token>
    requires is_token<Token>
    auto read_until(End end, Token&& token = {}) {
        return read_until(std::move(end), read_options(), std::forward<Token>(token));
    }

    /// Reads a line, without the LF or CR LF that ends it: string.
    template <class Token = default_token>
    auto read_line(const read_options& options, Token&& token = {}) {
        return start<std::string>(&reader::read_until, std::forward<Token>(token), reading(),
                                  detail::end_search::line(), open(options));
    }
    template <class Token = default_token>
    requires is_token<Token>
    auto read_line(Token&& token = {}) { return read_line(read_options(), std::forward<Token>(token)); }

    /// Reads until the peer ends: string. Over its limit: errc::read_limit_exceeded.
    template <class Token = default_token>
    auto read_to_end(const read_options& options, Token&& token = {}) {
        return start<std::string>(&reader::read_to_end, std::forward<Token>(token), reading(), open(options));
    }
    template <class Token = default_token>
    requires is_token<Token>
    auto read_to_end(Token&& token = {}) { return read_to_end(read_options(), std::forward<Token>(token)); }

    /// After errc::incomplete_read, until the next read.
    read_shortfall incomplete_read() const;

    /// Writes the whole text after what is queued: size_t.
    ///
    /// Errors: make_timeout(write or total); asio::error::shut_down after shutdown() or close(); the failure
    ///   of what was queued before; errc::incomplete_write after a write that ended in the middle.
    /// Cancel: any type. Unless nothing of it has gone, nothing can be written after it.
    template <class Token = default_token>
    auto write(std::string text, const write_options& options, Token&& token = {}) {
        return start<std::size_t>(&writer::write, std::forward<Token>(token), writing(), std::move(text),
                                  detail::gather(), timed(options));
    }
    template <class Token = default_token>
    requires is_token<Token>
    auto write(std::string text, Token&& token = {}) {
        return write(std::move(text), write_options(), std::forward<Token>(token));
    }

    /// As above, with buffers that must stay until it ends. Two go out as they are, more are joined first.
    template <class Buffers, class Token = default_token>
    requires asio::is_const_buffer_sequence<Buffers>::value auto write(const Buffers& buffers,
                                                                       const write_options& options,
                                                                       Token&& token = {}) {
        std::string joined;
        const auto pieces = detail::pieces_of(buffers, joined);
        return start<std::size_t>(&writer::write, std::forward<Token>(token), writing(), std::move(joined),
                                  pieces, timed(options));
    }
    template <class Buffers, class Token = default_token>
    requires(asio::is_const_buffer_sequence<Buffers>::value&& is_token<Token>) auto write(
        const Buffers& buffers, Token&& token = {}) {
        return write(buffers, write_options(), std::forward<Token>(token));
    }

    /// Sends what the system takes at once and queues the rest, which goes out while the program goes on.
    ///
    /// Errors: those of write(); errc::queue_limit_exceeded beyond most_queued(), and nothing was taken. A
    /// failure that comes later is told by the next queue(), write(), drain(), shutdown() or close().
    result<void> queue(std::string_view text) { return detail::stream_writer::queue(writing(), text); }

    /// Waits while more is queued than the high-water mark, until no more than the low one: void.
    template <class Token = default_token>
    auto drain(const write_options& options, Token&& token = {}) {
        return start<void>(&writer::drain, std::forward<Token>(token), writing(), timed(options));
    }
    template <class Token = default_token>
    requires is_token<Token>
    auto drain(Token&& token = {}) { return drain(write_options(), std::forward<Token>(token)); }

    /// Bytes that were queued and that the system has not taken yet; over TLS, with what encryption adds.
    std::size_t write_buffer_size() const noexcept { return state_ ? state_->writer.queued() : 0; }

    /// Ends the sending side after what is queued, over TLS with close_notify; the peer may go on: void.
    template <class Token = default_token>
    auto shutdown(const write_options& options, Token&& token = {}) {
        return start<void>(&writer::shutdown, std::forward<Token>(token), writing(), timed(options));
    }
    template <class Token = default_token>
    requires is_token<Token>
    auto shutdown(Token&& token = {}) { return shutdown(write_options(), std::forward<Token>(token)); }

    /// As shutdown(), and then closes both directions: void. However it ends, the stream is closed, and a
    /// read that was under way ends with operation_aborted. Takes no longer than write_timeout(). Where bytes
    /// of the peer are unread, the system may reset the connection, and the peer lose what was sent last.
    template <class Token = default_token>
    auto close(const write_options& options, Token&& token = {}) {
        return start<void>(&writer::close, std::forward<Token>(token), writing(), timed(options));
    }
    template <class Token = default_token>
    requires is_token<Token>
    auto close(Token&& token = {}) { return close(write_options(), std::forward<Token>(token)); }

    /// Closes at once: operations under way end with operation_aborted, what is queued is lost.
    void abort() noexcept {
        if (state_) layer().close();
    }
    bool is_open() const noexcept { return state_ && layer().is_open(); }

    /// Whether close() was called, or the connection is known to be lost.
    bool is_closing() const noexcept { return !is_open() || state_->core.closing || state_->core.lost; }

    /// Errors: those of the socket; operation_not_supported of a stream in memory.
    result<endpoint> remote_endpoint() const;
    result<endpoint> local_endpoint() const;

    /// Errors: as remote_endpoint(), and what the system says; what stands before that is set.
    result<void> set(const socket_options& options);

    /// Empty without TLS.
    tls::peer_info peer() const { return state_ ? layer().peer() : tls::peer_info(); }

    /// Goes on in TLS, as client or server by what the options are of, within tls_timeout(): void. A client
    /// verifies the host that was connected to, unless the options name another.
    ///
    /// What is queued goes out before. Errors: errc::plaintext_left_over when there is something unread, for
    ///   it came in the clear; those of tls, make_timeout(tls), and then the stream is closed.
    template <class Token = default_token>
    auto start_tls(const tls::client_options& options, Token&& token = {}) {
        return start<void>(&detail::stream_state::start_tls, std::forward<Token>(token), state_,
                           tls::context::make_client(options));
    }
    template <class Token = default_token>
    auto start_tls(const tls::server_options& options, Token&& token = {}) {
        return start<void>(&detail::stream_state::start_tls, std::forward<Token>(token), state_,
                           tls::context::make_server(options));
    }
    template <class Token = default_token>
    auto start_tls(tls::context context, Token&& token = {}) {
        return start<void>(&detail::stream_state::start_tls, std::forward<Token>(token), state_,
                           result<tls::context>(std::move(context)));
    }

    /// As read_some(), into the first buffer of `buffers` that is not empty: void(error_code, size_t).
    template <class MutableBufferSequence, class Token = default_token>
    auto async_read_some(const MutableBufferSequence& buffers, Token&& token = {}) {
        const detail::read_wish wish{detail::first_of<asio::mutable_buffer>(buffers)};
        return detail::read_into(reading(), wish, std::forward<Token>(token));
    }

    /// As write(), the first buffer of `buffers` that is not empty: void(error_code, size_t).
    template <class ConstBufferSequence, class Token = default_token>
    auto async_write_some(const ConstBufferSequence& buffers, Token&& token = {}) {
        const detail::gather pieces{detail::first_of<asio::const_buffer>(buffers), asio::const_buffer()};
        detail::stream_limit limit;
        limit.where = phase::write;
        return start<std::size_t>(&writer::write, std::forward<Token>(token), writing(), std::string(),
                                  pieces, limit);
    }

    /// What the library's own coroutines use, without an operation.
    const detail::stream_state::pointer& state() const noexcept { return state_; }
    detail::stream_reader::pointer reading() const noexcept { return {state_, &state_->reader}; }
    detail::stream_writer::pointer writing() const noexcept { return {state_, &state_->writer}; }
    detail::stream_layer& layer() const noexcept { return *state_->core.layer; }

private:
    using reader = detail::stream_reader;
    using writer = detail::stream_writer;

    template <class T, class Body, class Token, class... Args>
    auto start(Body body, Token&& token, Args... args) const {
        return async::initiate<T>(get_executor(), body, std::forward<Token>(token), std::move(args)...);
    }

    detail::stream_limit open(const read_options& options) const {
        return state_->reader.open_limit(options);
    }
    detail::stream_limit timed(const write_options& options) const {
        return state_->writer.write_limit(options);
    }

    detail::stream_state::pointer state_;
};

}  // namespace dragline::net

#include <dragline/net/impl/stream.ipp>
