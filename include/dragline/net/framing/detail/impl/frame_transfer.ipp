// Included by <dragline/net/framing/detail/frame_transfer.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <asio/buffer.hpp>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL asio::awaitable<result<void>> send_frame(stream_writer::pointer to, encoded_frame frame,
                                                       stream_limit limit) {
    constexpr std::size_t cheap_to_join = 2048;  // a list of pieces costs the kernel more
    if (!frame.outcome) co_return frame.outcome;
    if (frame.body.size() <= cheap_to_join) {
        frame.head += frame.body;
        frame.body.clear();
    }
    const gather pieces{asio::buffer(frame.head), asio::buffer(frame.body)};
    auto writing = stream_writer::write(std::move(to), std::string(), pieces, limit);
    const auto written = co_await std::move(writing);
    co_return result<void>(written.error());
}

// In one piece, so that a full queue refuses all of it.
DRAGLINE_DECL result<void> queue_frame(const stream_writer::pointer& to, encoded_frame frame) {
    if (!frame.outcome) return frame.outcome;
    frame.head += frame.body;
    return stream_writer::queue(to, frame.head);
}

}  // namespace dragline::net::detail

#endif
