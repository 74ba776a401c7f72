// Included by <dragline/dns/detail/text_reader.hpp> only.
#pragma once

#include <dragline/dns/detail/binary_text.hpp>
#include <dragline/dns/detail/escapes.hpp>
#include <dragline/dns/wire/name.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <chrono>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL std::optional<std::string> unescape(std::string_view text) {
    std::string bytes;
    while (!text.empty()) {
        std::uint8_t byte = 0;
        if (!take_character(text, byte)) return std::nullopt;
        bytes += static_cast<char>(byte);
    }
    return bytes;
}

DRAGLINE_DECL void text_reader::skip_blanks() {
    while (!text_.empty()) {
        const char c = text_.front();
        if (c == ';') {
            text_.remove_prefix(std::min(text_.find('\n'), text_.size()));
            continue;
        }
        if (c == '(') {
            ++open_;
        } else if (c == ')') {
            if (open_ == 0) return fail();
            --open_;
        } else if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
            return;
        }
        text_.remove_prefix(1);
    }
    if (open_ != 0) fail();
}

// Where the quotes end that open there; the end of the text when they do not.
DRAGLINE_DECL std::size_t text_reader::end_of_quotes(std::size_t open) {
    std::size_t at = open + 1;
    while (at < text_.size() && text_[at] != '"') at += text_[at] == '\\' ? 2 : 1;
    return std::min(at, text_.size());
}

DRAGLINE_DECL text_reader::word text_reader::next_word(bool is_parameter) {
    if (at_end()) return fail(), word();
    constexpr std::string_view ends = " \t\r\n();";
    word out;
    out.quoted = text_.front() == '"';
    if (out.quoted && is_parameter) return fail(), word();
    std::size_t end = 0;
    if (out.quoted) {
        end = end_of_quotes(0);
        if (end == text_.size()) return fail(), word();
        out.text = text_.substr(1, end - 1);
        ++end;
    } else {
        while (end < text_.size() && ends.find(text_[end]) == ends.npos && text_[end] != '"') {
            end += text_[end] == '\\' ? 2 : 1;
        }
        if (is_parameter && end < text_.size() && text_[end] == '"' && text_[end - 1] == '=') {
            end = end_of_quotes(end) + 1;
        }
        if (end > text_.size()) return fail(), word();
        out.text = text_.substr(0, end);
    }
    if (end < text_.size() && ends.find(text_[end]) == ends.npos) return fail(), word();
    text_.remove_prefix(end);
    skip_blanks();
    return out;
}

DRAGLINE_DECL std::string_view text_reader::take_plain() {
    const auto next = take_word();
    if (next.quoted) fail();
    return next.text;
}

DRAGLINE_DECL std::string text_reader::take_name() {
    const auto text = take_plain();
    if (error_ || text == "@") return fail(), std::string();  // the origin, which nobody knows here
    std::vector<std::uint8_t> bytes;
    if (const auto ec = wire::encode_name(text, bytes)) return fail(ec), std::string();
    std::size_t offset = 0;
    return *wire::decode_name(bytes, offset);
}

DRAGLINE_DECL std::string text_reader::take_bytes() {
    auto bytes = unescape(take_word().text);
    if (!bytes) fail();
    return std::move(bytes).value_or(std::string());
}

DRAGLINE_DECL std::string text_reader::take_string() {
    auto bytes = take_bytes();
    if (bytes.size() > 255) fail();
    return bytes;
}

DRAGLINE_DECL record_type text_reader::take_type() {
    const auto type = parse_record_type(take_plain());
    if (!type) fail(type.error());
    return *type;
}

// YYYYMMDDHHmmSS, or seconds (RFC 4034, 3.2).
DRAGLINE_DECL std::uint32_t text_reader::take_time() {
    namespace chrono = std::chrono;
    const auto text = take_plain();
    if (text.size() <= 10) {
        const auto seconds = ascii::parse_number<std::uint32_t>(text);
        if (!seconds) fail();
        return seconds.value_or(0);
    }
    if (text.size() != 14 || !std::all_of(text.begin(), text.end(), ascii::is_digit)) return fail(), 0;
    const auto number = [text](std::size_t at, std::size_t size) {
        return *ascii::parse_number<unsigned>(text.substr(at, size));
    };
    const chrono::year_month_day date(chrono::year(static_cast<int>(number(0, 4))),
                                      chrono::month(number(4, 2)), chrono::day(number(6, 2)));
    const unsigned hour = number(8, 2), minute = number(10, 2), second = number(12, 2);
    if (!date.ok() || hour > 23 || minute > 59 || second > 59) return fail(), 0;
    const std::int64_t day = chrono::sys_days(date).time_since_epoch().count();
    const std::int64_t count = ((day * 24 + hour) * 60 + minute) * 60 + second;
    if (count < 0 || count > 0xffffffff) return fail(), 0;
    return static_cast<std::uint32_t>(count);
}

DRAGLINE_DECL std::string text_reader::take_joined() {
    std::string joined;
    do {
        joined += take_plain();
    } while (!at_end());
    return joined;
}

DRAGLINE_DECL std::vector<std::uint8_t> text_reader::take_hex() {
    auto bytes = parse_hex(take_joined());
    if (!bytes) fail();
    return std::move(bytes).value_or(std::vector<std::uint8_t>());
}

DRAGLINE_DECL std::vector<std::uint8_t> text_reader::take_base64() {
    auto bytes = parse_base64(take_joined());
    if (!bytes) fail();
    return std::move(bytes).value_or(std::vector<std::uint8_t>());
}

}  // namespace dragline::dns::detail

#endif
