// Frames over a stream: send() and receive() instead of bytes. The codecs are in length_prefixed.hpp and
// codecs.hpp.
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/framing/detail/frame_transfer.hpp>
#include <dragline/net/framing/frame_codec.hpp>
#include <dragline/net/stream.hpp>
#include <dragline/net/stream_options.hpp>

#include <asio/any_io_executor.hpp>

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::net {

/// A stream of which each send() is one receive() at the other end.
///
///     net::framed_stream link(std::move(stream), net::length_prefixed(4));
///     co_await link.send("hello");
///     std::string answer = co_await link.receive();
///
/// What the stream had received before is the beginning of the first frame. As with a stream, one receive()
/// and one send() may be under way, another gets errc::busy; moving or destroying it does what it does there.
/// Threads: operations may be started on any thread; every other member belongs to the loop's.
template <frame_codec Codec>
class framed_stream {
    template <class T>
    static constexpr bool is_token = !std::same_as<std::remove_cvref_t<T>, read_options> &&
                                     !std::same_as<std::remove_cvref_t<T>, write_options>;

public:
    using frame_type = typename Codec::frame_type;
    using executor_type = asio::any_io_executor;

    framed_stream() = default;
    framed_stream(stream base, Codec codec)
        : framed_stream(std::move(base), std::make_shared<const Codec>(std::move(codec))) {}
    /// With a codec that streams share, for a server of many.
    framed_stream(stream base, std::shared_ptr<const Codec> codec) noexcept
        : base_(std::move(base)), codec_(std::move(codec)) {}

    executor_type get_executor() const noexcept { return base_.get_executor(); }
    const Codec& codec() const noexcept { return *codec_; }

    /// Reads the next frame: frame_type. Of the options, the timeout counts.
    ///
    /// Errors: asio::error::eof between frames, errc::incomplete_read within one; errc::frame_too_large,
    ///   unknown_version, malformed_frame, as the codec says, and then again at each call;
    ///   make_timeout(read).
    /// Cancel: any type. However it fails, what has arrived of a frame is there for the next call.
    template <class Token = default_token>
    auto receive(const read_options& options, Token&& token = {}) {
        return async::initiate<frame_type>(get_executor(), &detail::receive_frame<Codec>,
                                           std::forward<Token>(token), base_.reading(), codec_,
                                           base_.reading()->exact_limit(options));
    }
    template <class Token = default_token>
    requires is_token<Token>
    auto receive(Token&& token = {}) { return receive(read_options(), std::forward<Token>(token)); }

    /// Writes one frame, whole, after what is queued: void.
    ///
    /// Errors: errc::frame_too_large, unencodable_frame, as the codec says, and nothing was sent; those of
    ///   stream::write().
    /// Cancel: any type. Unless nothing of it has gone, nothing can be sent after it.
    template <class Token = default_token>
    auto send(frame_type frame, const write_options& options, Token&& token = {}) {
        return async::initiate<void>(get_executor(), &detail::send_frame, std::forward<Token>(token),
                                     base_.writing(), detail::encode_frame(*codec_, std::move(frame)),
                                     base_.writing()->write_limit(options));
    }
    template <class Token = default_token>
    requires is_token<Token>
    auto send(frame_type frame, Token&& token = {}) {
        return send(std::move(frame), write_options(), std::forward<Token>(token));
    }

    /// Sends what the system takes at once and queues the rest; frames of several senders stay whole. See
    /// stream::queue(), and next_layer().drain() for how to wait.
    result<void> queue(frame_type frame) {
        return detail::queue_frame(base_.writing(), detail::encode_frame(*codec_, std::move(frame)));
    }

    /// For all that is not about frames: close(), drain(), addresses. Bytes that are read there are missing
    /// here.
    stream& next_layer() noexcept { return base_; }
    const stream& next_layer() const noexcept { return base_; }

    /// The stream, which has all that was received and is no part of a frame that receive() gave.
    stream release() { return std::move(base_); }

private:
    stream base_;
    std::shared_ptr<const Codec> codec_;
};

}  // namespace dragline::net
