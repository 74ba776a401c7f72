// Included by <dragline/net/secure_channel/detail/traffic.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <limits>
#include <utility>

namespace dragline::inline v1::net::detail {

inline std::string_view view_of(const packet_header::bytes& header) noexcept {
    return {header.data(), header.size()};
}

DRAGLINE_DECL result<void> epoch_keys::start(packet_cipher::use what, channel_cipher algorithm) {
    secret key;
    packet_cipher::nonce base{};
    auto made = expand_key(traffic.view(), "dragline channel 1 key", key.bytes());
    if (made) made = expand_key(traffic.view(), "dragline channel 1 nonce", base);
    if (made) made = cipher.start(what, algorithm, key.view(), base);
    return made;
}

DRAGLINE_DECL result<void> epoch_keys::next(packet_cipher::use what, channel_cipher algorithm,
                                            epoch_keys& made) const {
    made.epoch = static_cast<std::uint16_t>(epoch + 1);
    const auto derived = expand_key(traffic.view(), "dragline channel 1 next", made.traffic.bytes());
    return derived ? made.start(what, algorithm) : derived;
}

DRAGLINE_DECL result<void> sealing_direction::start(channel_cipher cipher, secret traffic,
                                                    const rekey_limits& limits) {
    cipher_ = cipher;
    limits_ = limits;
    keys_.traffic = std::move(traffic);
    return keys_.start(packet_cipher::use::sealing, cipher);
}

// The peer follows one key at a time, and only a packet shows it that there is another.
DRAGLINE_DECL result<void> sealing_direction::rekey() {
    if (packets_ == 0) return {};  // this one is new
    if (keys_.epoch >= limits_.last_epoch) return errc::channel_exhausted;
    epoch_keys next;
    const auto made = keys_.next(packet_cipher::use::sealing, cipher_, next);
    if (!made) return made;
    keys_ = std::move(next);
    packets_ = bytes_ = 0;
    return made;
}

DRAGLINE_DECL result<void> sealing_direction::seal(std::uint8_t type, std::string_view text,
                                                   std::string& out) {
    if (packets_ >= limits_.packets || bytes_ >= limits_.bytes) {
        const auto changed = rekey();
        if (!changed) return changed;
    }
    packet_header header;
    header.type = type;
    header.epoch = keys_.epoch;
    header.length = static_cast<std::uint32_t>(text.size() + packet_cipher::tag_size);
    header.sequence = sequence_;
    const auto begin = out.size();
    const auto above = header.to_bytes();
    out += view_of(above);
    const auto sealed = keys_.cipher.seal(sequence_, view_of(above), text, out);
    if (!sealed) return out.resize(begin), sealed;
    ++sequence_;
    ++packets_;
    bytes_ += text.size();
    return sealed;
}

DRAGLINE_DECL result<void> opening_direction::start(channel_cipher cipher, secret traffic,
                                                    std::size_t window) {
    cipher_ = cipher;
    if (window > 0) window_.emplace(window);
    keys_.traffic = std::move(traffic);
    return keys_.start(packet_cipher::use::opening, cipher);
}

DRAGLINE_DECL epoch_keys* opening_direction::keys_of(std::uint16_t epoch) {
    if (epoch == keys_.epoch) return &keys_;
    if (previous_ && epoch == previous_->epoch) return &*previous_;
    const int ahead = epoch - keys_.epoch;
    if (ahead < 1 || ahead > (window_ ? 1 + most_skipped : 1)) return nullptr;
    if (next_ && next_->epoch > epoch) next_.reset();
    if (!next_) {
        next_.emplace();
        if (!keys_.next(packet_cipher::use::opening, cipher_, *next_)) return next_.reset(), nullptr;
    }
    if (!follow(*next_, epoch)) return next_.reset(), nullptr;
    return &*next_;
}

// A key leads to all that come after it.
DRAGLINE_DECL result<void> opening_direction::follow(epoch_keys& from, std::uint16_t epoch) const {
    while (from.epoch != epoch) {
        epoch_keys made;
        const auto derived = from.next(packet_cipher::use::opening, cipher_, made);
        if (!derived) return derived;
        from = std::move(made);
    }
    return {};
}

DRAGLINE_DECL result<void> opening_direction::check_order(std::uint64_t sequence) const noexcept {
    if (window_) return window_->is_new(sequence) ? result<void>() : errc::packet_replayed;
    if (sequence < expected_) return errc::packet_replayed;
    if (sequence > expected_) return errc::packet_out_of_order;
    return {};
}

DRAGLINE_DECL void opening_direction::advance() {
    // What was overtaken is most likely of the key before.
    const auto before = static_cast<std::uint16_t>(next_->epoch - 1);
    if (window_ && follow(keys_, before)) previous_ = std::move(keys_);
    keys_ = *std::move(next_);
    next_.reset();
}

// Whether a packet is authentic comes first: its number is worth nothing before.
DRAGLINE_DECL result<void> opening_direction::open(const packet_header& header, std::string& text) {
    auto* keys = keys_of(header.epoch);
    if (!keys || header.sequence == std::numeric_limits<std::uint64_t>::max()) {
        text.clear();
        return errc::packet_not_authentic;
    }
    const auto opened = keys->cipher.open(header.sequence, view_of(header.to_bytes()), text);
    if (!opened) return opened;
    const auto in_order = check_order(header.sequence);
    if (!in_order) return text.clear(), in_order;
    if (window_) window_->add(header.sequence);
    expected_ = header.sequence + 1;
    if (next_ && keys == &*next_) advance();
    return {};
}

}  // namespace dragline::net::detail

#endif
