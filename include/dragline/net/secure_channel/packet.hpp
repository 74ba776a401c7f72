// The packets of a secure channel, as they are on the wire. Pure: no I/O.
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/error.hpp>
#include <dragline/net/framing/frame_codec.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dragline::inline v1::net {

/// What stands before a packet: "!BBHIQ" of Python's struct. All of it is authenticated.
struct packet_header {
    static constexpr std::uint8_t current_version = 1;
    static constexpr std::size_t size = 16;

    std::uint8_t version = current_version;
    std::uint8_t type = 0;       ///< What it is; the highest bit is set in those of the server.
    std::uint16_t epoch = 0;     ///< Which key of its direction it is sealed with.
    std::uint32_t length = 0;    ///< Of what follows.
    std::uint64_t sequence = 0;  ///< Counts the packets of its direction.

    packet_header() {}

    using bytes = std::array<char, size>;
    bytes to_bytes() const noexcept;
};

/// A packet, opened or not.
struct packet {
    packet_header header;
    std::string payload;

    packet() {}
};

/// The frame_codec of packets. Refuses other versions, and by its header what is larger than `max_payload`.
class packet_codec {
public:
    using frame_type = packet;

    explicit packet_codec(std::size_t max_payload = default_max_frame) noexcept : max_payload_(max_payload) {}

    result<void> encode(const packet& frame, std::string& out) const;
    result<decoded<packet>> decode(std::string_view input, std::size_t seen = 0) const;

private:
    std::size_t max_payload_;
};

}  // namespace dragline::net

#include <dragline/net/secure_channel/impl/packet.ipp>
