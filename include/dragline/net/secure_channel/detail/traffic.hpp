// One direction of an established channel: a key for each epoch, each made of the one before, which is gone
// then; and the order of packets.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/error.hpp>
#include <dragline/net/secure_channel/detail/key_derivation.hpp>
#include <dragline/net/secure_channel/detail/packet_cipher.hpp>
#include <dragline/net/secure_channel/detail/replay_window.hpp>
#include <dragline/net/secure_channel/detail/secret.hpp>
#include <dragline/net/secure_channel/packet.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dragline::inline v1::net::detail {

// The secret of an epoch, and the cipher that is made of it.
struct epoch_keys {
    std::uint16_t epoch = 0;
    secret traffic;
    packet_cipher cipher;

    result<void> start(packet_cipher::use what, channel_cipher algorithm);
    /// Those of the next epoch.
    result<void> next(packet_cipher::use what, channel_cipher algorithm, epoch_keys& made) const;
};

struct rekey_limits {
    std::uint64_t packets = std::uint64_t{1} << 20;
    std::uint64_t bytes = std::uint64_t{1} << 30;
    std::uint16_t last_epoch = 0xffff;
};

class sealing_direction {
public:
    result<void> start(channel_cipher cipher, secret traffic, const rekey_limits& limits);

    /// Appends a packet. Errors: errc::channel_exhausted, channel_failure; `out` is then as it was.
    result<void> seal(std::uint8_t type, std::string_view text, std::string& out);
    result<void> rekey();

    std::uint16_t epoch() const noexcept { return keys_.epoch; }
    std::uint64_t sequence() const noexcept { return sequence_; }

private:
    channel_cipher cipher_{};
    rekey_limits limits_;
    epoch_keys keys_;
    std::uint64_t sequence_ = 0;
    std::uint64_t packets_ = 0;  // of this epoch
    std::uint64_t bytes_ = 0;
};

class opening_direction {
public:
    /// `window` 0: every packet must come, and in order.
    result<void> start(channel_cipher cipher, secret traffic, std::size_t window);

    /// Makes the plaintext of `text`, in place. Nothing changes unless the packet is authentic.
    result<void> open(const packet_header& header, std::string& text);

    std::uint16_t epoch() const noexcept { return keys_.epoch; }

private:
    // Keys that all packets of may be lost, where some may be.
    static constexpr std::uint16_t most_skipped = 8;

    epoch_keys* keys_of(std::uint16_t epoch);
    result<void> check_order(std::uint64_t sequence) const noexcept;
    result<void> follow(epoch_keys& from, std::uint16_t epoch) const;
    void advance();

    channel_cipher cipher_{};
    std::optional<replay_window> window_;
    epoch_keys keys_;
    std::optional<epoch_keys> next_;  // made at the first packet that claims to be of it, or of a later one
    std::optional<epoch_keys> previous_;  // for packets that were overtaken; none where order is kept
    std::uint64_t expected_ = 0;
};

}  // namespace dragline::net::detail

#include <dragline/net/secure_channel/detail/impl/traffic.ipp>
