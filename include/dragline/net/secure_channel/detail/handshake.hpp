// The handshake of a secure channel, without its transport: hello, hello, confirm.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/error.hpp>
#include <dragline/net/secure_channel/detail/key_derivation.hpp>
#include <dragline/net/secure_channel/detail/packet_cipher.hpp>
#include <dragline/net/secure_channel/detail/secret.hpp>
#include <dragline/net/secure_channel/packet.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragline::inline v1::net {

/// Who begins.
enum class channel_role {
    client,
    server,
};

}  // namespace dragline::net

namespace dragline::inline v1::net::detail {

enum class packet_type : std::uint8_t {
    hello = 1,
    confirm = 2,
    refusal = 3,  // not sealed, and of no weight but in the handshake: says why there is no channel
    data = 4,
    end = 5,
};

inline constexpr std::uint8_t server_bit = 0x80;

inline std::uint8_t type_of(packet_type type, channel_role sender) noexcept {
    const auto bit = sender == channel_role::server ? server_bit : std::uint8_t{0};
    return static_cast<std::uint8_t>(static_cast<std::uint8_t>(type) | bit);
}

inline channel_role other_of(channel_role role) noexcept {
    return role == channel_role::client ? channel_role::server : channel_role::client;
}

// What both ends choose at random, or a test.
struct handshake_entropy {
    hash_value salt{};
    agreement_key ephemeral;

    result<void> choose();
};

class handshake_machine {
public:
    static constexpr std::size_t core_size = 1 + 32 + agreement_key::public_size;  // cipher, salt, key
    static constexpr std::size_t hello_size = core_size + 32;                      // and a code

    struct traffic_secrets {
        secret sending;
        secret receiving;
    };

    handshake_machine(channel_role role, channel_cipher cipher) noexcept : role_(role), cipher_(cipher) {}

    result<void> start(byte_view key, handshake_entropy entropy, std::string& out);

    /// A packet of the peer. What is to be sent is appended to `out`, a refusal also when this fails.
    /// errc::malformed_frame for one that cannot come now.
    result<void> on_packet(const packet_header& header, std::string_view text, std::string& out);

    bool done() const noexcept { return state_ == state::done; }

    /// Once, when done().
    traffic_secrets take_secrets() noexcept { return std::move(traffic_); }

private:
    enum class state { hello, confirm, done, failed };

    static result<void> check_code(const secret& key, byte_view text, std::string_view code);
    result<void> on_client_hello(std::string_view header, std::string_view text, std::string& out);
    result<void> on_server_hello(std::string_view text, std::string& out);
    result<void> on_confirm(std::string_view text);
    result<std::string> hello_core() const;
    result<void> make_keys(std::string_view client_hello, std::string_view server_core);
    void append(packet_type type, std::string_view text, std::string& out) const;
    std::error_code refuse(std::error_code why, std::string& out) const;

    channel_role role_;
    channel_cipher cipher_;
    state state_ = state::hello;
    secret key_;        // pre-shared
    secret hello_key_;  // of the code in the client's hello
    secret client_code_;
    secret server_code_;
    hash_value transcript_{};
    handshake_entropy entropy_;
    std::string client_hello_;
    traffic_secrets traffic_;
};

}  // namespace dragline::net::detail

#include <dragline/net/secure_channel/detail/impl/handshake.ipp>
