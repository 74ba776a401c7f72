// What a stream is made of: a socket, or TLS on top of another layer.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/error.hpp>
#include <dragline/core/result.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>

#include <array>
#include <cstddef>

namespace dragline::inline v1::net::detail {

/// Two pieces that go out one after the other: a head and a body, say. Either may be empty.
using gather = std::array<asio::const_buffer, 2>;

/// For a write that also looks out for something to read, since the peer may answer before it has all.
struct input_watch {
    std::size_t written = 0;
    bool input = false;  ///< Bytes of the transport, or its end: the write stopped, and can be continued.
};

class stream_layer {
public:
    stream_layer() = default;
    stream_layer(const stream_layer&) = delete;
    stream_layer& operator=(const stream_layer&) = delete;
    virtual ~stream_layer() = default;

    virtual asio::any_io_executor get_executor() noexcept = 0;

    // One read and one write may be under way at a time. At the deadline both end with make_timeout(where).
    virtual asio::awaitable<result<std::size_t>> read_some(asio::mutable_buffer into, async::time_point until,
                                                           phase where) = 0;
    // With a watch, it ends as well when it would have to wait while there is input. Over TLS a write whose
    // pieces were all taken by then goes on as one of empty pieces. Nothing may read meanwhile.
    virtual asio::awaitable<result<void>> write(gather pieces, async::time_point until, phase where,
                                                input_watch* watch = nullptr) = 0;
    virtual asio::awaitable<result<void>> shutdown(async::time_point until) = 0;

    // What is there without waiting: asio::error::would_block when nothing is, eof at the end.
    virtual result<std::size_t> try_read(asio::mutable_buffer into) noexcept = 0;
    virtual void close() noexcept = 0;
    virtual bool is_open() const noexcept = 0;
};

}  // namespace dragline::net::detail
