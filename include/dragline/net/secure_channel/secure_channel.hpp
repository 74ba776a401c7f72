// A secure channel without its transport: packets that are encrypted, authenticated and in order. Pure: no
// I/O. secure_stream.hpp runs it over a stream.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/error.hpp>
#include <dragline/net/framing/frame_codec.hpp>
#include <dragline/net/secure_channel/detail/handshake.hpp>
#include <dragline/net/secure_channel/detail/packet_cipher.hpp>
#include <dragline/net/secure_channel/detail/secret.hpp>
#include <dragline/net/secure_channel/detail/traffic.hpp>
#include <dragline/net/secure_channel/packet.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace dragline::inline v1::net {

/// How a secure channel is made. What cannot work is kept and refused by the handshake.
class secure_channel_options {
public:
    using duration = async::duration;

    secure_channel_options() {}

    /// The secret that both ends share: 32 random bytes, not a password. Else errc::invalid_channel_key.
    secure_channel_options& key(std::string_view bytes);

    /// Both ends must choose the same. ChaCha20-Poly1305.
    secure_channel_options& cipher(channel_cipher value) { return cipher_ = value, *this; }
    channel_cipher cipher() const noexcept { return cipher_; }

    /// One message at most, 1 GiB at most; a larger one is refused by its header. 1 MiB.
    secure_channel_options& max_message(std::size_t value) { return max_message_ = value, *this; }
    std::size_t max_message() const noexcept { return max_message_; }

    /// When a new key is made for what is sent: after so many packets, or bytes; 2^20 and 1 GiB, at most 2^32
    /// and 64 GiB. There are 65,535 new ones in a session.
    secure_channel_options& rekey_after(std::uint64_t packets, std::uint64_t bytes);
    const detail::rekey_limits& rekey_limits() const noexcept { return rekey_limits_; }

    /// For packets that may be lost or overtaken: of how many to remember that they came, a multiple of 64,
    /// 1,024 at most. All packets of up to 8 keys in a row may be lost; after more, nothing can be read any
    /// more: errc::packet_not_authentic. 0: each must come, in order.
    secure_channel_options& replay_window(std::size_t value) { return replay_window_ = value, *this; }
    std::size_t replay_window() const noexcept { return replay_window_; }

    /// The handshake of a secure_stream; 10 s.
    secure_channel_options& timeout(duration value) { return timeout_ = value, *this; }
    duration timeout() const noexcept { return timeout_; }

    /// Why these options cannot work, or nothing.
    std::error_code problem() const noexcept;

private:
    friend class secure_channel;

    std::shared_ptr<const detail::secret> key_;  // copies of the options share it
    channel_cipher cipher_ = channel_cipher::chacha20_poly1305;
    std::size_t max_message_ = default_max_frame;
    std::size_t replay_window_ = 0;
    duration timeout_ = std::chrono::seconds(10);
    detail::rekey_limits rekey_limits_;
};

/// What a packet held.
struct channel_message {
    bool end = false;  ///< The peer said that it sends no more.
    std::string text;

    channel_message() {}
};

/// One end of a secure channel. Takes and makes packets; who carries them is not its concern.
///
/// Keys come from the pre-shared key, salts of both ends and an exchange with X25519 (RFC 7748), through HKDF
/// with SHA-256: each session and direction has its own, and who learns the pre-shared key later can read
/// nothing of before. Whoever has it now can be either end. Lengths and times of packets are visible.
/// Tampered, replayed, reordered, reflected and missing packets are errors, which end a channel that keeps
/// order; so is an end without seal_end(), for whoever reads the transport to see.
///
/// Not compatible with NaCl's SecretBox, which Cipherlink uses: OpenSSL has no XSalsa20.
class secure_channel {
public:
    secure_channel(channel_role role, secure_channel_options options);
    secure_channel(secure_channel&&) = default;
    secure_channel& operator=(secure_channel&&) = default;
    ~secure_channel() = default;

    /// Tells the peer's packets apart in a stream. Refuses those that are too large for a message; before
    /// established(), for a handshake.
    packet_codec packets() const noexcept;

    /// First of all, once. What is to be sent is appended to `out`, here and below: packets as they are.
    ///
    /// Errors: those of the options, errc::channel_failure.
    result<void> start(std::string& out);

    /// Until established(): a packet of the peer; they must all come, in order.
    ///
    /// Errors: errc::wrong_channel_key, channel_cipher_mismatch, packet_reflected, malformed_frame; `out` may
    ///   then hold a packet that tells the peer why.
    result<void> handshake(const packet& from_peer, std::string& out);

    bool established() const noexcept { return established_ && !failed_; }

    /// A message in a packet.
    ///
    /// Errors: errc::frame_too_large, channel_not_ready; channel_closed after seal_end(); channel_exhausted;
    ///   whatever ended the channel.
    result<void> seal(std::string_view message, std::string& out);

    /// The packet that ends what this end sends.
    result<void> seal_end(std::string& out);

    /// What a packet of the peer holds.
    ///
    /// Errors: errc::packet_not_authentic, packet_replayed, packet_out_of_order, packet_reflected,
    ///   malformed_frame, channel_not_ready. With a replay window they concern this packet only.
    result<channel_message> open(packet from_peer);

    /// A new key for what is sent from now on; the present one, when nothing was sealed with it.
    result<void> rekey();

    /// How many new keys this direction has had.
    std::uint16_t sending_epoch() const noexcept { return sealing_.epoch(); }
    std::uint16_t receiving_epoch() const noexcept { return opening_.epoch(); }

    const secure_channel_options& options() const noexcept { return options_; }

private:
    std::error_code not_sending() const noexcept;
    result<channel_message> open_checked(packet& from_peer);
    result<void> start_traffic();

    channel_role role_;
    secure_channel_options options_;
    std::unique_ptr<detail::handshake_machine> handshake_;  // gone when it is done
    detail::sealing_direction sealing_;
    detail::opening_direction opening_;
    std::error_code failed_;
    bool established_ = false;
    bool sent_end_ = false;
    bool got_end_ = false;
};

}  // namespace dragline::net

#include <dragline/net/secure_channel/impl/secure_channel.ipp>
