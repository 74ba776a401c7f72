// Two streams that are connected in memory: for tests, and for what speaks a protocol to itself.
#pragma once

#include <dragline/async/where.hpp>
#include <dragline/net/detail/memory_layer.hpp>
#include <dragline/net/stream.hpp>
#include <dragline/net/stream_options.hpp>

#include <cstddef>
#include <utility>

namespace dragline::inline v1::net {

/// How the two are made.
class stream_pair_options {
public:
    stream_pair_options() {}

    /// The most bytes that are on their way in one direction; at least 1. Whoever writes more waits.
    stream_pair_options& capacity(std::size_t bytes) { return capacity_ = bytes, *this; }
    std::size_t capacity() const noexcept { return capacity_; }

    /// Of both streams.
    stream_pair_options& stream(const stream_options& value) { return stream_ = value, *this; }
    const stream_options& stream() const noexcept { return stream_; }

private:
    std::size_t capacity_ = 64 * 1024;
    stream_options stream_;
};

namespace detail {
DRAGLINE_DECL std::pair<net::stream, net::stream> pair_on(const asio::any_io_executor& loop,
                                                          const stream_pair_options& options);
}

/// Two streams of one loop; what is written to one is read from the other. They have no addresses and no
/// socket options; start_tls() works. Threads: the loop's own.
template <async::where Where>
std::pair<stream, stream> make_stream_pair(Where&& where,
                                           const stream_pair_options& options = stream_pair_options()) {
    return detail::pair_on(async::executor_of(where), options);
}

}  // namespace dragline::net

#include <dragline/net/impl/stream_pair.ipp>
