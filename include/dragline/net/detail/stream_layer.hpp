// What a stream is made of: a socket or memory, or TLS on top of another layer.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/error.hpp>
#include <dragline/core/platform/memory.hpp>
#include <dragline/core/result.hpp>
#include <dragline/core/spare_memory.hpp>
#include <dragline/net/detail/stream_protocol.hpp>
#include <dragline/tls/peer_info.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_type.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <span>

namespace dragline::inline v1::net::detail {

/// Two pieces that go out one after the other: a head and a body, say. Either may be empty.
using gather = std::array<asio::const_buffer, 2>;

/// Takes the first `size` bytes off the pieces.
inline void advance(gather& pieces, std::size_t size) noexcept {
    for (auto& piece : pieces) {
        const auto taken = size < piece.size() ? size : piece.size();
        piece += taken;
        size -= taken;
    }
}

/// For a write that also looks out for something to read, since the peer may answer before it has all.
struct input_watch {
    std::size_t written = 0;
    bool input = false;  ///< Bytes of the transport, or its end: the write stopped, and can be continued.
};

/// A read into the caller's buffer, and where it is.
struct buffer_read {
    asio::mutable_buffer rest;  // of the buffer
    std::size_t have = 0;       // bytes before that
    async::time_point until = async::no_deadline;
    phase where = phase::read;
    bool exact = false;  // to the end of the buffer
    bool cancelled = false;
};

class stream_layer;

/// One that waits without a coroutine. What it waits at owns it.
class pending_read : public buffer_read, public of_spare_memory {
public:
    virtual ~pending_read() = default;
    /// What came, or why nothing did; `self` is this.
    virtual void received(std::unique_ptr<pending_read> self, result<std::size_t> size) = 0;

protected:
    /// The handler's slot ends it where it waits.
    template <class Handler>
    void listen(const Handler& handler, stream_layer& layer);
};

class stream_layer {
public:
    stream_layer() = default;
    stream_layer(const stream_layer&) = delete;
    stream_layer& operator=(const stream_layer&) = delete;
    virtual ~stream_layer() = default;

    virtual asio::any_io_executor get_executor() noexcept = 0;

    // What the reader works on when a read ends, as far as he has said; it may be gone by then. A layer loads
    // it at once. Among hundreds of streams that take turns nothing of it is in the cache, and to wait for
    // one line of it after the other takes more time than all the work.
    std::array<std::span<const std::byte>, 2> used_by_reader;

    // One read and one write may be under way at a time. At the deadline both end with make_timeout(where).
    virtual asio::awaitable<result<std::size_t>> read_some(asio::mutable_buffer into, async::time_point until,
                                                           phase where) = 0;
    // As read_some() without a coroutine, where has_pending_reads(); cancel_read() makes it look whether it
    // was cancelled. Never completes inside this call.
    virtual bool has_pending_reads() const noexcept { return false; }
    virtual void start_read(std::unique_ptr<pending_read>) {}
    virtual void begin_read(std::unique_ptr<pending_read>) {}  // for later_reads: what it put off
    virtual void cancel_read() noexcept {}

    // With a watch, it ends as well when it would have to wait while there is input. Over TLS a write whose
    // pieces were all taken by then goes on as one of empty pieces. Nothing may read meanwhile.
    virtual asio::awaitable<result<void>> write(gather pieces, async::time_point until, phase where,
                                                input_watch* watch = nullptr) = 0;
    virtual asio::awaitable<result<void>> shutdown(async::time_point until) = 0;

    // What is there without waiting: asio::error::would_block when nothing is, eof at the end.
    virtual result<std::size_t> try_read(asio::mutable_buffer into) noexcept = 0;
    // Takes from the pieces what goes without waiting. True: it is all on its way to the peer, so nothing is
    // left to do; false: wait_output(), and try again with what is left of the pieces, be it nothing.
    virtual result<bool> try_write(gather& pieces) = 0;

    // Until the other call may do something; both may end for no reason. They count as a read and a write.
    virtual asio::awaitable<result<void>> wait_input(async::time_point until, phase where) = 0;
    virtual asio::awaitable<result<void>> wait_output(async::time_point until, phase where) = 0;

    // Whether try_read() is worth its system call: false after it has emptied the kernel's buffer.
    virtual bool may_have_input() const noexcept = 0;
    // What try_write() took and could not send yet.
    virtual std::size_t unsent() const noexcept = 0;

    // The socket at the bottom; null where there is none.
    virtual stream_socket* socket() noexcept = 0;
    virtual tls::peer_info peer() const { return tls::peer_info(); }

    // Frees what holds nothing, when nothing is under way.
    virtual void release_buffers() noexcept {}

    virtual void close() noexcept = 0;
    virtual bool is_open() const noexcept = 0;

protected:
    void load_for_reader() const noexcept {
        for (const auto each : used_by_reader) platform::prefetch(each);
    }
};

template <class Handler>
void pending_read::listen(const Handler& handler, stream_layer& layer) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (!slot.is_connected()) return;
    slot.assign([this, &layer](asio::cancellation_type) {
        cancelled = true;
        layer.cancel_read();
    });
}

}  // namespace dragline::net::detail
