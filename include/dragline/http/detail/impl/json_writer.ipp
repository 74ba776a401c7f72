// Included by <dragline/http/detail/json_writer.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL std::size_t utf8_size(std::string_view text) noexcept {
    const auto byte = [text](std::size_t at) {
        return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
    };
    const auto in = [](unsigned value, unsigned low, unsigned high) { return value >= low && value <= high; };
    const auto follows = [&](std::size_t at) { return in(byte(at), 0x80, 0xbf); };
    const auto lead = byte(0), next = byte(1);
    if (lead < 0x80) return 1;
    if (in(lead, 0xc2, 0xdf)) return follows(1) ? 2 : 0;
    if (in(lead, 0xe0, 0xef)) {
        const auto low = lead == 0xe0 ? 0xa0U : 0x80U, high = lead == 0xed ? 0x9fU : 0xbfU;
        return in(next, low, high) && follows(2) ? 3 : 0;
    }
    if (!in(lead, 0xf0, 0xf4)) return 0;
    const auto low = lead == 0xf0 ? 0x90U : 0x80U, high = lead == 0xf4 ? 0x8fU : 0xbfU;
    return in(next, low, high) && follows(2) && follows(3) ? 4 : 0;
}

DRAGLINE_DECL void json_writer::separate() {
    if (!std::exchange(first_, false)) out_ += ',';
}

DRAGLINE_DECL json_writer& json_writer::key(std::string_view name) {
    item(name);
    out_ += ':';
    first_ = true;
    return *this;
}

DRAGLINE_DECL json_writer& json_writer::open(char bracket) {
    separate();
    out_ += bracket;
    first_ = true;
    return *this;
}

DRAGLINE_DECL json_writer& json_writer::close(char bracket) {
    out_ += bracket;
    first_ = false;
    return *this;
}

DRAGLINE_DECL json_writer& json_writer::item(std::string_view text) {
    separate();
    out_ += '"';
    append_utf8(out_, text, [](std::string& out, char c) {
        constexpr std::string_view digits = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            (out += '\\') += c;
        } else if (byte < 0x20 || byte == 0x7f) {
            ((out += "\\u00") += digits[byte >> 4]) += digits[byte & 15];
        } else {
            out += c;
        }
    });
    out_ += '"';
    return *this;
}

DRAGLINE_DECL json_writer& json_writer::member(std::string_view name, std::int64_t value) {
    key(name).separate();
    out_ += std::to_string(value);
    return *this;
}

DRAGLINE_DECL json_writer& json_writer::flag(std::string_view name, bool value) {
    key(name).separate();
    out_ += value ? "true" : "false";
    return *this;
}

DRAGLINE_DECL json_writer& json_writer::member(std::string_view name, std::chrono::microseconds value) {
    key(name).separate();
    if (value.count() < 0) out_ += '-';
    const auto all = std::to_string(value.count() < 0 ? -value.count() : value.count());
    const auto padded = std::string(4 - std::min<std::size_t>(all.size(), 4), '0') + all;
    out_.append(padded, 0, padded.size() - 3).append(".").append(padded, padded.size() - 3, 3);
    return *this;
}

}  // namespace dragline::http::detail

#endif
