// Frames on their way through a stream: what of it does not depend on the codec, and the little that does.
#pragma once

#include <dragline/core/asio.hpp>
#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/detail/stream_core.hpp>
#include <dragline/net/detail/stream_reader.hpp>
#include <dragline/net/detail/stream_writer.hpp>
#include <dragline/net/framing/frame_codec.hpp>

#include <asio/awaitable.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace dragline::inline v1::net::detail {

// One frame out of what a stream has received.
template <class Codec>
class frame_reader final : public unit_reader {
public:
    explicit frame_reader(const Codec& codec) noexcept : codec_(codec) {}

    result<std::size_t> take(std::string_view bytes) override {
        if (bytes.size() < needed) return std::size_t{0};
        auto step = codec_.decode(bytes, seen_);
        if (!step) return step.error();
        seen_ = bytes.size();
        needed = std::max(step->needed, seen_ + 1);
        frame = std::move(step->frame);
        return step->size;
    }

    typename Codec::frame_type frame{};

private:
    const Codec& codec_;
    std::size_t seen_ = 0;
};

template <class Codec>
asio::awaitable<result<typename Codec::frame_type>> receive_frame(stream_reader::pointer from,
                                                                  std::shared_ptr<const Codec> codec,
                                                                  stream_limit limit) {
    frame_reader<Codec> unit(*codec);
    auto reading = stream_reader::read_unit(std::move(from), unit, limit);
    const auto read = co_await std::move(reading);
    if (!read) co_return read.error();
    co_return std::move(unit.frame);
}

// The pieces of a frame, or why there are none.
struct encoded_frame {
    encoded_frame() {}

    result<void> outcome;
    std::string head;
    std::string body;
};

template <class Codec>
encoded_frame encode_frame(const Codec& codec, typename Codec::frame_type frame) {
    encoded_frame made;
    if constexpr (gathering_codec<Codec>) {
        made.outcome = codec.encode_apart(std::move(frame), made.head, made.body);
    } else {
        made.outcome = codec.encode(frame, made.head);
    }
    return made;
}

DRAGLINE_DECL asio::awaitable<result<void>> send_frame(stream_writer::pointer to, encoded_frame frame,
                                                       stream_limit limit);
DRAGLINE_DECL result<void> queue_frame(const stream_writer::pointer& to, encoded_frame frame);

}  // namespace dragline::net::detail

#include <dragline/net/framing/detail/impl/frame_transfer.ipp>
