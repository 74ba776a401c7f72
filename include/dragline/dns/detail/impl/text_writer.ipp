// Included by <dragline/dns/detail/text_writer.hpp> only.
#pragma once

#include <dragline/dns/detail/binary_text.hpp>
#include <dragline/dns/detail/escapes.hpp>

#if DRAGLINE_HEADER_BODIES

#include <chrono>
#include <cstddef>

namespace dragline::inline v1::dns::detail {

// A char may have a sign or not.
DRAGLINE_DECL bool is_visible(char c) noexcept { return c > ' ' && c <= '~'; }

DRAGLINE_DECL void append_name(std::string& text, std::string_view name) {
    constexpr std::string_view special = "\"();@$";  // beside what the name has escaped already
    const bool complete = ends_with_dot(name);
    for (; !name.empty(); name.remove_prefix(1)) {
        const bool escaped = name.front() == '\\' && name.size() > 1;
        if (escaped) name.remove_prefix(1);
        const char c = name.front();
        if (!is_visible(c)) {  // in a name that nobody has decoded
            append_decimal_escape(text, static_cast<std::uint8_t>(c));
            continue;
        }
        if (escaped || special.find(c) != special.npos) text += '\\';
        text += c;
    }
    if (!complete) text += '.';
}

DRAGLINE_DECL void append_quoted(std::string& text, std::string_view bytes) {
    text += '"';
    for (const char c : bytes) {
        if (!is_visible(c) && c != ' ') {
            append_decimal_escape(text, static_cast<std::uint8_t>(c));
            continue;
        }
        if (c == '"' || c == '\\') text += '\\';
        text += c;
    }
    text += '"';
}

DRAGLINE_DECL text_writer& text_writer::time(std::uint32_t seconds) {
    namespace chrono = std::chrono;
    const chrono::sys_seconds whole{chrono::seconds(seconds)};
    const auto day = chrono::floor<chrono::days>(whole);
    const chrono::year_month_day date(day);
    const chrono::hh_mm_ss clock(whole - day);
    const auto digits = [](auto number, std::size_t count) {
        const auto text = std::to_string(number);
        return std::string(count - text.size(), '0') + text;
    };
    return word(digits(int{date.year()}, 4) + digits(unsigned{date.month()}, 2) +
                digits(unsigned{date.day()}, 2) + digits(clock.hours().count(), 2) +
                digits(clock.minutes().count(), 2) + digits(clock.seconds().count(), 2));
}

DRAGLINE_DECL text_writer& text_writer::hex(byte_view bytes) {
    separate();
    append_hex(text_, bytes);
    return *this;
}

DRAGLINE_DECL text_writer& text_writer::base64(byte_view bytes) {
    separate();
    append_base64(text_, bytes);
    return *this;
}

}  // namespace dragline::dns::detail

#endif
