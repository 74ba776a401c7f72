// Included by <dragline/net/secure_channel/secure_channel.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::net {

DRAGLINE_DECL secure_channel_options& secure_channel_options::key(std::string_view bytes) {
    key_.reset();
    if (bytes.size() != detail::secret::size) return *this;
    auto made = std::make_shared<detail::secret>();
    std::copy(bytes.begin(), bytes.end(), made->bytes().begin());
    key_ = std::move(made);
    return *this;
}

DRAGLINE_DECL secure_channel_options& secure_channel_options::rekey_after(std::uint64_t packets,
                                                                          std::uint64_t bytes) {
    rekey_limits_.packets = packets;
    rekey_limits_.bytes = bytes;
    return *this;
}

DRAGLINE_DECL std::error_code secure_channel_options::problem() const noexcept {
    constexpr std::size_t most = std::size_t{1} << 30;
    if (!key_) return errc::invalid_channel_key;
    const bool known = cipher_ == channel_cipher::chacha20_poly1305 || cipher_ == channel_cipher::aes_256_gcm;
    const bool window = replay_window_ % 64 == 0 && replay_window_ <= detail::replay_window::max_width;
    // What AES-GCM may do with one key (NIST SP 800-38D, 8.3), and a margin.
    const auto& limits = rekey_limits_;
    const bool rekeys = limits.packets > 0 && limits.packets <= std::uint64_t{1} << 32 && limits.bytes > 0 &&
                        limits.bytes <= std::uint64_t{1} << 36;
    const bool usable = known && window && rekeys && max_message_ <= most && async::valid_timeout(timeout_);
    return usable ? std::error_code() : dragline::errc::invalid_option;
}

DRAGLINE_DECL secure_channel::secure_channel(channel_role role, secure_channel_options options)
    : role_(role), options_(std::move(options)) {}

DRAGLINE_DECL packet_codec secure_channel::packets() const noexcept {
    if (!established_) return packet_codec(detail::handshake_machine::hello_size);
    return packet_codec(options_.max_message() + detail::packet_cipher::tag_size);
}

DRAGLINE_DECL result<void> secure_channel::start(std::string& out) {
    failed_ = options_.problem();
    if (failed_) return failed_;
    detail::handshake_entropy entropy;
    const auto chosen = entropy.choose();
    if (!chosen) return failed_ = chosen.error();
    handshake_ = std::make_unique<detail::handshake_machine>(role_, options_.cipher());
    const auto started = handshake_->start(options_.key_->view(), std::move(entropy), out);
    failed_ = started.error();
    return started;
}

DRAGLINE_DECL result<void> secure_channel::start_traffic() {
    auto secrets = handshake_->take_secrets();
    handshake_.reset();
    auto started = sealing_.start(options_.cipher(), std::move(secrets.sending), options_.rekey_limits());
    if (started) {
        started = opening_.start(options_.cipher(), std::move(secrets.receiving), options_.replay_window());
    }
    established_ = started.has_value();
    return started;
}

DRAGLINE_DECL result<void> secure_channel::handshake(const packet& from_peer, std::string& out) {
    if (failed_) return failed_;
    if (!handshake_) return errc::channel_not_ready;
    auto stepped = handshake_->on_packet(from_peer.header, from_peer.payload, out);
    if (stepped && handshake_->done()) stepped = start_traffic();
    failed_ = stepped.error();
    return stepped;
}

DRAGLINE_DECL std::error_code secure_channel::not_sending() const noexcept {
    if (failed_) return failed_;
    if (!established_) return errc::channel_not_ready;
    return sent_end_ ? errc::channel_closed : std::error_code();
}

DRAGLINE_DECL result<void> secure_channel::seal(std::string_view message, std::string& out) {
    if (const auto why = not_sending()) return why;
    if (message.size() > options_.max_message()) return errc::frame_too_large;
    return sealing_.seal(detail::type_of(detail::packet_type::data, role_), message, out);
}

DRAGLINE_DECL result<void> secure_channel::seal_end(std::string& out) {
    if (const auto why = not_sending()) return why;
    const auto sealed = sealing_.seal(detail::type_of(detail::packet_type::end, role_), "", out);
    sent_end_ = sealed.has_value();
    return sealed;
}

DRAGLINE_DECL result<void> secure_channel::rekey() {
    if (const auto why = not_sending()) return why;
    return sealing_.rekey();
}

DRAGLINE_DECL result<channel_message> secure_channel::open_checked(packet& from_peer) {
    const auto peer = detail::other_of(role_);
    const auto type = from_peer.header.type;
    const bool theirs = (type & detail::server_bit) == (detail::type_of({}, peer) & detail::server_bit);
    if (!theirs) return errc::packet_reflected;
    const bool end = type == detail::type_of(detail::packet_type::end, peer);
    const bool data = type == detail::type_of(detail::packet_type::data, peer);
    if ((!data && !end) || (got_end_ && options_.replay_window() == 0)) return errc::malformed_frame;
    const auto most = options_.max_message() + detail::packet_cipher::tag_size;
    if (from_peer.payload.size() > most) return errc::frame_too_large;
    channel_message message;
    message.text = std::move(from_peer.payload);
    const auto opened = opening_.open(from_peer.header, message.text);
    if (!opened) return opened.error();
    if (end && !message.text.empty()) return errc::malformed_frame;
    got_end_ = got_end_ || end;
    message.end = end;
    return message;
}

DRAGLINE_DECL result<channel_message> secure_channel::open(packet from_peer) {
    if (failed_) return failed_;
    if (!established_) return errc::channel_not_ready;
    auto opened = open_checked(from_peer);
    if (options_.replay_window() == 0) failed_ = opened.error();
    return opened;
}

}  // namespace dragline::net

#endif
