// Frames: what a codec is, and how one becomes a codec for messages of a user's own type. Pure: no I/O. Start
// with length_prefixed.hpp or codecs.hpp, and framed_stream.hpp to use one.
#pragma once

#include <dragline/core/error.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/error.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::net {

/// The payload of one frame at most, unless a codec is told otherwise: 1 MiB.
inline constexpr std::size_t default_max_frame = std::size_t{1} << 20;

/// What stands at the beginning of some input.
template <class Frame>
struct decoded {
    std::size_t size = 0;    ///< How much of the input the frame takes; 0: it is not whole yet.
    std::size_t needed = 0;  ///< When it is not whole: no input shorter than this can hold it.
    Frame frame{};

    decoded() {}
};

/// Bytes to frames and back, without I/O, clock or state: the same bytes give the same frames however they
/// are split.
///
/// encode(frame, out) appends, and leaves `out` alone when it fails; it refuses what decode() would. In
/// decode(input, seen) the caller has asked about the first `seen` bytes before, and there was no frame in
/// them. Limits are enforced on what the input says that will come, before it does.
template <class Codec>
concept frame_codec = std::copy_constructible<Codec> && std::movable<typename Codec::frame_type> &&
    std::default_initializable<typename Codec::frame_type> &&
    requires(const Codec& codec, const typename Codec::frame_type& frame, std::string_view input,
             std::size_t seen, std::string& out) {
    { codec.encode(frame, out) } -> std::same_as<result<void>>;
    { codec.decode(input, seen) } -> std::same_as<result<decoded<typename Codec::frame_type>>>;
};

/// A codec that can leave a frame's payload where it is: encode_apart(frame, head, body) makes two pieces of
/// it that go out one after the other.
template <class Codec>
concept gathering_codec = frame_codec<Codec> &&
    requires(const Codec& codec, typename Codec::frame_type& frame, std::string& piece) {
    { codec.encode_apart(std::move(frame), piece, piece) } -> std::same_as<result<void>>;
};

/// The one frame that `packet` is: a datagram, say. Errors: those of the codec, and errc::malformed_frame
/// when there is less or more than a frame.
template <frame_codec Codec>
result<typename Codec::frame_type> decode_packet(const Codec& codec, std::string_view packet) {
    auto step = codec.decode(packet, 0);
    if (!step) return step.error();
    if (step->size == 0 || step->size != packet.size()) return errc::malformed_frame;
    return std::move(step->frame);
}

/// A codec whose frames are messages of a type of the user's own; made by typed().
template <class Message, frame_codec Codec, class ToFrame, class FromFrame>
class typed_codec {
public:
    using frame_type = Message;

    typed_codec(Codec codec, ToFrame to_frame, FromFrame from_frame)
        : codec_(std::move(codec)), to_frame_(std::move(to_frame)), from_frame_(std::move(from_frame)) {}

    result<void> encode(const Message& message, std::string& out) const {
        const inner_result frame = std::invoke(to_frame_, message);
        return frame ? codec_.encode(*frame, out) : result<void>(frame.error());
    }

    result<void> encode_apart(Message&& message, std::string& head,
                              std::string& body) const requires gathering_codec<Codec> {
        inner_result frame = std::invoke(to_frame_, std::as_const(message));
        return frame ? codec_.encode_apart(*std::move(frame), head, body) : result<void>(frame.error());
    }

    result<decoded<Message>> decode(std::string_view input, std::size_t seen) const {
        auto inner = codec_.decode(input, seen);
        if (!inner) return inner.error();
        decoded<Message> step;
        step.size = inner->size;
        step.needed = inner->needed;
        if (step.size > 0) {
            result<Message> message = std::invoke(from_frame_, std::move(inner->frame));
            if (!message) return message.error();
            step.frame = *std::move(message);
        }
        return step;
    }

private:
    using inner_result = result<typename Codec::frame_type>;

    Codec codec_;
    ToFrame to_frame_;
    FromFrame from_frame_;
};

/// `codec`, but for messages: `to_frame` makes a frame of a Message, `from_frame` a Message of a frame. Each
/// may return a result, to refuse. They are called for one thing at a time, and must not throw.
template <class Message, frame_codec Codec, class ToFrame, class FromFrame>
requires std::invocable<const ToFrame&, const Message&> &&
    std::invocable<const FromFrame&, typename Codec::frame_type>
auto typed(Codec codec, ToFrame to_frame, FromFrame from_frame) {
    return typed_codec<Message, Codec, ToFrame, FromFrame>(std::move(codec), std::move(to_frame),
                                                           std::move(from_frame));
}

}  // namespace dragline::net
