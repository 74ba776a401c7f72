// Included by <dragline/net/secure_channel/packet.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::net {

DRAGLINE_DECL packet_header::bytes packet_header::to_bytes() const noexcept {
    bytes made;
    auto* at = reinterpret_cast<std::uint8_t*>(made.data());
    at[0] = version;
    at[1] = type;
    store_big16(at + 2, epoch);
    store_big32(at + 4, length);
    store_big32(at + 8, static_cast<std::uint32_t>(sequence >> 32));
    store_big32(at + 12, static_cast<std::uint32_t>(sequence));
    return made;
}

DRAGLINE_DECL result<void> packet_codec::encode(const packet& frame, std::string& out) const {
    if (frame.header.version != packet_header::current_version) return errc::unknown_version;
    if (frame.payload.size() > max_payload_ || frame.payload.size() > UINT32_MAX)
        return errc::frame_too_large;
    auto header = frame.header;
    header.length = static_cast<std::uint32_t>(frame.payload.size());
    const auto bytes = header.to_bytes();
    out.append(bytes.data(), bytes.size());
    out += frame.payload;
    return {};
}

DRAGLINE_DECL result<decoded<packet>> packet_codec::decode(std::string_view input, std::size_t) const {
    const auto* at = reinterpret_cast<const std::uint8_t*>(input.data());
    decoded<packet> step;
    step.needed = packet_header::size;
    if (input.empty()) return step;
    if (at[0] != packet_header::current_version) return errc::unknown_version;
    if (input.size() < 8) return step;
    const std::size_t length = load_big32(at + 4);
    if (length > max_payload_) return errc::frame_too_large;
    step.needed = packet_header::size + length;
    if (input.size() < step.needed) return step;
    auto& header = step.frame.header;
    header.type = at[1];
    header.epoch = load_big16(at + 2);
    header.length = static_cast<std::uint32_t>(length);
    header.sequence = std::uint64_t{load_big32(at + 8)} << 32 | load_big32(at + 12);
    step.frame.payload.assign(input.substr(packet_header::size, length));
    step.size = step.needed;
    return step;
}

}  // namespace dragline::net

#endif
