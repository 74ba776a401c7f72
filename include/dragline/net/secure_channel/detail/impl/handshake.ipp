// Included by <dragline/net/secure_channel/detail/handshake.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL result<void> handshake_entropy::choose() {
    const auto filled = fill_random(salt);
    return filled ? ephemeral.generate() : filled;
}

DRAGLINE_DECL void handshake_machine::append(packet_type type, std::string_view text,
                                             std::string& out) const {
    packet_header header;
    header.type = type_of(type, role_);
    header.length = static_cast<std::uint32_t>(text.size());
    const auto above = header.to_bytes();
    out.append(above.data(), above.size());
    out += text;
}

DRAGLINE_DECL std::error_code handshake_machine::refuse(std::error_code why, std::string& out) const {
    append(packet_type::refusal, {why == errc::channel_cipher_mismatch ? "\2" : "\1", 1}, out);
    return why;
}

DRAGLINE_DECL result<std::string> handshake_machine::hello_core() const {
    const auto open_key = entropy_.ephemeral.public_key();
    if (!open_key) return open_key.error();
    std::string core(1, static_cast<char>(cipher_));
    core += text_of(entropy_.salt);
    core += text_of(*open_key);
    return core;
}

DRAGLINE_DECL result<void> handshake_machine::start(byte_view key, handshake_entropy entropy,
                                                    std::string& out) {
    entropy_ = std::move(entropy);
    std::copy(key.begin(), key.end(), key_.bytes().begin());
    secret early;
    auto made = extract_key(bytes_of("dragline channel 1"), key, early);
    if (made) made = expand_key(early.view(), "dragline channel 1 hello", hello_key_.bytes());
    if (!made || role_ == channel_role::server) return made;
    auto core = hello_core();
    if (!core) return core.error();
    append(packet_type::hello, *core + std::string(32, '\0'), client_hello_);
    const auto coded = bytes_of(client_hello_).first(client_hello_.size() - 32);
    hash_value code;
    made = hmac_sha256(hello_key_.view(), coded, code);
    if (!made) return made;
    std::copy(code.begin(), code.end(), client_hello_.end() - 32);
    out += client_hello_;
    return made;
}

// Everything that was said goes into the keys, so both ends have the same ones only if both heard the same.
DRAGLINE_DECL result<void> handshake_machine::make_keys(std::string_view client_hello,
                                                        std::string_view server_core) {
    packet_header answer;
    answer.type = type_of(packet_type::hello, channel_role::server);
    answer.length = hello_size;
    const auto above = answer.to_bytes();
    std::string said(client_hello);
    said.append(above.data(), above.size());
    said += server_core;
    const auto hashed = sha256(bytes_of(said));
    if (!hashed) return hashed.error();
    transcript_ = *hashed;
    const auto peer = role_ == channel_role::client ? server_core : client_hello.substr(packet_header::size);
    std::array<std::uint8_t, 2 * secret::size> input;
    secret shared, master;
    auto made = entropy_.ephemeral.agree(bytes_of(peer.substr(1 + 32, agreement_key::public_size)), shared);
    if (!made) return made;
    std::copy(key_.view().begin(), key_.view().end(), input.begin());
    std::copy(shared.view().begin(), shared.view().end(), input.begin() + secret::size);
    made = extract_key(transcript_, input, master);
    wipe(input);
    const bool client = role_ == channel_role::client;
    auto& to_server = client ? traffic_.sending : traffic_.receiving;
    auto& to_client = client ? traffic_.receiving : traffic_.sending;
    if (made) made = expand_key(master.view(), "dragline channel 1 client code", client_code_.bytes());
    if (made) made = expand_key(master.view(), "dragline channel 1 server code", server_code_.bytes());
    if (made) made = expand_key(master.view(), "dragline channel 1 client traffic", to_server.bytes());
    if (made) made = expand_key(master.view(), "dragline channel 1 server traffic", to_client.bytes());
    entropy_.ephemeral.forget();
    key_ = secret();
    hello_key_ = secret();
    return made;
}

// The transcript, as an end proves that it has the keys. Other than `code`: errc::wrong_channel_key.
DRAGLINE_DECL result<void> handshake_machine::check_code(const secret& key, byte_view text,
                                                         std::string_view code) {
    hash_value expected;
    const auto made = hmac_sha256(key.view(), text, expected);
    if (!made) return made;
    return same_bytes(bytes_of(code), expected) ? result<void>() : errc::wrong_channel_key;
}

DRAGLINE_DECL result<void> handshake_machine::on_client_hello(std::string_view header, std::string_view text,
                                                              std::string& out) {
    client_hello_ = std::string(header) + std::string(text);
    const auto coded = bytes_of(client_hello_).first(header.size() + core_size);
    auto step = check_code(hello_key_, coded, text.substr(core_size));
    if (!step) return refuse(step.error(), out);
    if (text[0] != static_cast<char>(cipher_)) return refuse(errc::channel_cipher_mismatch, out);
    const auto own = hello_core();
    if (!own) return own.error();
    step = make_keys(client_hello_, *own);
    hash_value proof;
    if (step) step = hmac_sha256(server_code_.view(), transcript_, proof);
    if (!step) return step;
    append(packet_type::hello, *own + std::string(text_of(proof)), out);
    state_ = state::confirm;
    return step;
}

DRAGLINE_DECL result<void> handshake_machine::on_server_hello(std::string_view text, std::string& out) {
    if (text[0] != static_cast<char>(cipher_)) return refuse(errc::channel_cipher_mismatch, out);
    auto step = make_keys(client_hello_, text.substr(0, core_size));
    if (!step) return step;
    step = check_code(server_code_, transcript_, text.substr(core_size));
    if (!step) return refuse(step.error(), out);
    hash_value proof;
    step = hmac_sha256(client_code_.view(), transcript_, proof);
    if (!step) return step;
    append(packet_type::confirm, text_of(proof), out);
    state_ = state::done;
    return step;
}

DRAGLINE_DECL result<void> handshake_machine::on_confirm(std::string_view text) {
    const auto step = check_code(client_code_, transcript_, text);
    if (step) state_ = state::done;
    return step;
}

DRAGLINE_DECL result<void> handshake_machine::on_packet(const packet_header& header, std::string_view text,
                                                        std::string& out) {
    if (state_ == state::done || state_ == state::failed) return errc::malformed_frame;
    const auto before = std::exchange(state_, state::failed);
    const auto peer = other_of(role_);
    if ((header.type & server_bit) != (type_of(packet_type::hello, peer) & server_bit)) {
        return errc::packet_reflected;
    }
    if (header.epoch != 0 || header.sequence != 0) return errc::malformed_frame;
    if (header.type == type_of(packet_type::refusal, peer)) {
        const bool cipher = text == "\2";
        return cipher ? errc::channel_cipher_mismatch : errc::wrong_channel_key;
    }
    const bool hello = header.type == type_of(packet_type::hello, peer) && text.size() == hello_size;
    if (before == state::hello && hello) {
        const auto above = header.to_bytes();
        return role_ == channel_role::client ? on_server_hello(text, out)
                                             : on_client_hello({above.data(), above.size()}, text, out);
    }
    const bool confirm = header.type == type_of(packet_type::confirm, peer);
    if (before == state::confirm && confirm) return on_confirm(text);
    return errc::malformed_frame;
}

}  // namespace dragline::net::detail

#endif
