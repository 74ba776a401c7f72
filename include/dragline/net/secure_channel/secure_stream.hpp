// A secure channel over a stream: encrypted and authenticated messages between two ends that share a secret.
#pragma once

#include <dragline/async/operation.hpp>
#include <dragline/core/asio.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/secure_channel/detail/secure_transfer.hpp>
#include <dragline/net/secure_channel/secure_channel.hpp>
#include <dragline/net/stream.hpp>
#include <dragline/net/stream_options.hpp>

#include <asio/any_io_executor.hpp>

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dragline::inline v1::net {

/// Messages over a stream that nobody in between can read or change: see secure_channel for what that means.
///
///     net::secure_stream link(std::move(stream), net::channel_role::client,
///                             net::secure_channel_options().key(key));
///     co_await link.handshake();
///     co_await link.send("hello");
///     std::string answer = co_await link.receive();
///
/// Both directions may be used at the same time; several senders, too. Moving or destroying it does what it
/// does with a stream. Threads: operations may be started on any thread; every other member belongs to the
/// loop's.
class secure_stream {
    template <class T>
    static constexpr bool is_token = !std::same_as<std::remove_cvref_t<T>, read_options> &&
                                     !std::same_as<std::remove_cvref_t<T>, write_options>;

public:
    using executor_type = asio::any_io_executor;

    secure_stream() = default;
    secure_stream(stream base, channel_role role, secure_channel_options options)
        : base_(std::move(base)),
          transfer_(std::make_shared<detail::secure_transfer>(base_.state(), role, std::move(options))) {}

    executor_type get_executor() const noexcept { return base_.get_executor(); }
    bool established() const noexcept { return transfer_ && transfer_->channel.established(); }

    /// Agrees on keys, within the timeout of the channel's options: void. First of all, once.
    ///
    /// Errors, after which the stream is closed: errc::wrong_channel_key, channel_cipher_mismatch,
    ///   unknown_version, channel_truncated, make_timeout(connect); those of the options; of the stream.
    /// Cancel: any type; as an error.
    template <class Token = default_token>
    auto handshake(Token&& token = {}) {
        return start<void>(&transfer::handshake, std::forward<Token>(token));
    }

    /// The next message of the peer: string. Of the options, the timeout counts.
    ///
    /// Errors: errc::channel_not_ready before the handshake; asio::error::eof when the peer has ended the
    ///   channel; errc::channel_truncated when the stream ended without that; those of
    ///   secure_channel::open(), which end the channel, and of the stream.
    /// Cancel: any type. What has arrived of a message is there for the next call.
    template <class Token = default_token>
    auto receive(const read_options& options, Token&& token = {}) {
        return start<std::string>(&transfer::receive, std::forward<Token>(token),
                                  base_.reading()->exact_limit(options));
    }
    template <class Token = default_token>
    requires is_token<Token>
    auto receive(Token&& token = {}) { return receive(read_options(), std::forward<Token>(token)); }

    /// Queues a message and waits while more is queued than the stream's high-water mark: void.
    ///
    /// Errors: errc::frame_too_large, channel_not_ready, channel_closed, channel_exhausted; those of
    ///   stream::queue() and drain().
    /// Cancel: any type; the message is on its way all the same.
    template <class Token = default_token>
    auto send(std::string message, const write_options& options, Token&& token = {}) {
        return start<void>(&transfer::send, std::forward<Token>(token), std::move(message), timed(options));
    }
    template <class Token = default_token>
    requires is_token<Token>
    auto send(std::string message, Token&& token = {}) {
        return send(std::move(message), write_options(), std::forward<Token>(token));
    }

    /// As send(), without the wait.
    result<void> queue(std::string_view message) { return transfer_->queue(message); }

    /// A new key for what is sent from now on; the present one, when nothing was sealed with it.
    result<void> rekey() { return transfer_->channel.rekey(); }

    /// Says that nothing more comes, so that the peer's receive() ends with eof; it may go on: void.
    ///
    /// Errors: errc::busy while a send() waits; those of send() and of stream::shutdown().
    template <class Token = default_token>
    auto shutdown(Token&& token = {}) {
        return start<void>(&transfer::shutdown, std::forward<Token>(token), timed(write_options()));
    }

    /// As shutdown(), and then closes both directions, as stream::close() does: void.
    template <class Token = default_token>
    auto close(Token&& token = {}) {
        return start<void>(&transfer::close, std::forward<Token>(token), timed(write_options()));
    }

    /// Closes at once; the peer sees a truncation.
    void abort() noexcept { base_.abort(); }
    bool is_open() const noexcept { return base_.is_open(); }

    /// For addresses and options. Nothing may be read or written there.
    const stream& next_layer() const noexcept { return base_; }

private:
    using transfer = detail::secure_transfer;

    template <class T, class Body, class Token, class... Args>
    auto start(Body body, Token&& token, Args... args) const {
        return async::initiate<T>(get_executor(), body, std::forward<Token>(token), transfer_,
                                  std::move(args)...);
    }

    detail::stream_limit timed(const write_options& options) const {
        return base_.writing()->write_limit(options);
    }

    stream base_;
    transfer::pointer transfer_;
};

}  // namespace dragline::net
