// Buffer sequences of callers as the two pieces that a layer writes.
#pragma once

#include <dragline/net/detail/stream_layer.hpp>

#include <asio/buffer.hpp>

#include <cstddef>
#include <iterator>
#include <string>

namespace dragline::inline v1::net::detail {

/// The first buffer that is not empty.
template <class Buffer, class Sequence>
Buffer first_of(const Sequence& buffers) {
    for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers); ++at) {
        if (Buffer buffer(*at); buffer.size() > 0) return buffer;
    }
    return Buffer();
}

/// Up to two buffers stand in `pieces`; more are copied, and stand in `joined`.
template <class Sequence>
gather pieces_of(const Sequence& buffers, std::string& joined) {
    gather pieces;
    const auto end = asio::buffer_sequence_end(buffers);
    const auto count = std::distance(asio::buffer_sequence_begin(buffers), end);
    std::size_t place = 0;
    for (auto at = asio::buffer_sequence_begin(buffers); at != end; ++at) {
        const asio::const_buffer piece(*at);
        if (count <= 2) {
            pieces[place++] = piece;
        } else {
            joined.append(static_cast<const char*>(piece.data()), piece.size());
        }
    }
    return pieces;
}

}  // namespace dragline::net::detail
