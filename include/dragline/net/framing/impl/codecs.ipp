// Included by <dragline/net/framing/codecs.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstdint>

namespace dragline::inline v1::net {

namespace detail {

// A frame whose payload begins after `head` bytes and is followed by `tail` more.
inline decoded<std::string> cut_frame(std::string_view input, std::size_t head, std::size_t payload,
                                      std::size_t tail) {
    decoded<std::string> step;
    const auto behind_head = input.size() - std::min(head, input.size());
    if (input.size() < head || behind_head < payload || behind_head - payload < tail) {
        const auto around = head + tail;
        step.needed = payload < input.npos - around ? payload + around : input.npos;
    } else {
        step.size = head + payload + tail;
        step.frame.assign(input.substr(head, payload));
    }
    return step;
}

inline void append_varint(std::size_t value, std::string& out) {
    for (; value > 0x7f; value >>= 7) out += static_cast<char>(value | 0x80);
    out += static_cast<char>(value);
}

}  // namespace detail

DRAGLINE_DECL result<void> delimited::check(std::string_view frame) const {
    if (delimiter_.empty()) return dragline::errc::invalid_option;
    if (keep_) {
        if (!frame.ends_with(delimiter_)) return errc::unencodable_frame;
        frame.remove_suffix(delimiter_.size());
    }
    if (frame.size() > max_frame_) return errc::frame_too_large;
    if (frame.find(delimiter_) != frame.npos) return errc::unencodable_frame;
    // The end of the payload may be the beginning of a delimiter that ends too early.
    const auto border = std::min(frame.size(), delimiter_.size() - 1);
    std::string end(frame.substr(frame.size() - border));
    end += delimiter_;
    if (end.find(delimiter_) != border) return errc::unencodable_frame;
    return {};
}

DRAGLINE_DECL result<void> delimited::encode(std::string_view frame, std::string& out) const {
    const auto checked = check(frame);
    if (!checked) return checked;
    out += frame;
    if (!keep_) out += delimiter_;
    return checked;
}

DRAGLINE_DECL result<void> delimited::encode_apart(std::string&& frame, std::string&,
                                                   std::string& body) const {
    const auto checked = check(frame);
    if (!checked) return checked;
    body = std::move(frame);
    if (!keep_) body += delimiter_;
    return checked;
}

DRAGLINE_DECL result<decoded<std::string>> delimited::decode(std::string_view input, std::size_t seen) const {
    if (delimiter_.empty()) return dragline::errc::invalid_option;
    const auto overlap = delimiter_.size() - 1;
    const auto from = seen > overlap ? seen - overlap : 0;
    // No farther than a frame may reach: what is behind may be any number of others.
    const auto reach =
        max_frame_ < input.npos - delimiter_.size() ? max_frame_ + delimiter_.size() : input.npos;
    const auto at = input.substr(0, reach).find(delimiter_, from);
    if (at == input.npos) {
        if (input.size() >= reach) return errc::frame_too_large;
        decoded<std::string> step;
        step.needed = std::max(input.size() + 1, delimiter_.size());
        return step;
    }
    return detail::cut_frame(input, 0, at + (keep_ ? delimiter_.size() : 0), keep_ ? 0 : delimiter_.size());
}

DRAGLINE_DECL result<void> netstring::encode(std::string_view frame, std::string& out) const {
    if (frame.size() > max_frame_) return errc::frame_too_large;
    ascii::append_number(out, frame.size());
    out += ':';
    out += frame;
    out += ',';
    return {};
}

DRAGLINE_DECL result<void> netstring::encode_apart(std::string&& frame, std::string& head,
                                                   std::string& body) const {
    if (frame.size() > max_frame_) return errc::frame_too_large;
    ascii::append_number(head, frame.size());
    head += ':';
    body = std::move(frame);
    body += ',';
    return {};
}

DRAGLINE_DECL result<decoded<std::string>> netstring::decode(std::string_view input, std::size_t) const {
    std::size_t size = 0, digits = 0;
    for (; digits < input.size() && ascii::is_digit(input[digits]); ++digits) {
        if (digits > 0 && size == 0) return errc::malformed_frame;  // a leading zero
        const auto digit = static_cast<std::size_t>(input[digits] - '0');
        if (digit > max_frame_ || size > (max_frame_ - digit) / 10) return errc::frame_too_large;
        size = size * 10 + digit;
    }
    if (digits < input.size() && (digits == 0 || input[digits] != ':')) return errc::malformed_frame;
    const auto head = std::max<std::size_t>(digits, 1) + 1;
    auto step = detail::cut_frame(input, head, size, 1);
    if (step.size > 0 && input[head + size] != ',') return errc::malformed_frame;
    return step;
}

DRAGLINE_DECL result<void> varint_prefixed::encode(std::string_view frame, std::string& out) const {
    if (frame.size() > max_frame_) return errc::frame_too_large;
    detail::append_varint(frame.size(), out);
    out += frame;
    return {};
}

DRAGLINE_DECL result<void> varint_prefixed::encode_apart(std::string&& frame, std::string& head,
                                                         std::string& body) const {
    if (frame.size() > max_frame_) return errc::frame_too_large;
    detail::append_varint(frame.size(), head);
    body = std::move(frame);
    return {};
}

DRAGLINE_DECL result<decoded<std::string>> varint_prefixed::decode(std::string_view input,
                                                                   std::size_t) const {
    std::uint64_t size = 0;
    for (std::size_t at = 0; at < input.size(); ++at) {
        const auto byte = static_cast<std::uint8_t>(input[at]);
        const auto shift = 7 * at;
        const std::uint64_t bits = byte & 0x7f;
        if (at > 0 && byte == 0) return errc::malformed_frame;  // a shorter spelling exists
        // A further byte, if it comes, cannot be zero: so what it must add at least counts already.
        const auto least = byte & 0x80 ? std::uint64_t{1} << 7 : std::uint64_t{0};
        if (shift >= 63 || ((bits | least) > (max_frame_ >> shift))) return errc::frame_too_large;
        size |= bits << shift;
        if (size > max_frame_) return errc::frame_too_large;
        if (!least) return detail::cut_frame(input, at + 1, static_cast<std::size_t>(size), 0);
    }
    decoded<std::string> step;
    step.needed = input.size() + 1;
    return step;
}

}  // namespace dragline::net

#endif
