// Included by <dragline/url/ipv4.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace dragline::inline v1::url {
namespace detail {

/// One number of an address: "0x" is zero, a number past 32 bits is the largest 64-bit one, so it fits
/// nowhere.
DRAGLINE_DECL std::optional<std::uint64_t> parse_ipv4_number(std::string_view text) noexcept {
    if (text.empty()) return std::nullopt;
    int base = 10;
    if (text.size() > 1 && text[0] == '0') {
        const bool hexadecimal = ascii::to_lower(text[1]) == 'x';
        base = hexadecimal ? 16 : 8;
        text.remove_prefix(hexadecimal ? 2 : 1);
        if (text.empty()) return 0;
    }
    const auto is_foreign = [base](char c) {
        const int digit = ascii::hex_value(c);
        return digit < 0 || digit >= base;
    };
    if (std::any_of(text.begin(), text.end(), is_foreign)) return std::nullopt;
    return ascii::parse_number<std::uint64_t>(text, base).value_or(std::numeric_limits<std::uint64_t>::max());
}

/// Whether `text` is an address as append_ipv4() writes it, which is how most are written.
DRAGLINE_DECL bool is_dotted_decimal(std::string_view text) noexcept {
    unsigned number = 0;
    int digits = 0, dots = 0;
    for (const char c : text) {
        if (ascii::is_digit(c)) {
            if (digits > 0 && number == 0) return false;
            number = 10 * number + static_cast<unsigned>(c - '0');
            if (++digits > 3 || number > 255) return false;
        } else {
            if (c != '.' || digits == 0 || ++dots > 3) return false;
            number = 0;
            digits = 0;
        }
    }
    return dots == 3 && digits > 0;
}

}  // namespace detail

DRAGLINE_DECL bool ends_in_number(std::string_view host) noexcept {
    if (host.ends_with('.')) host.remove_suffix(1);
    const auto last = host.substr(host.rfind('.') + 1);  // npos + 1 is 0
    if (last.empty() || !ascii::is_digit(last[0])) return false;
    return std::all_of(last.begin(), last.end(), ascii::is_digit) || detail::parse_ipv4_number(last);
}

DRAGLINE_DECL result<std::uint32_t> parse_ipv4(std::string_view host) noexcept {
    if (host.size() > 1 && host.ends_with('.')) host.remove_suffix(1);
    std::uint64_t address = 0;
    for (int missing = 4; missing > 0; --missing) {
        const auto dot = host.find('.');
        const auto number = detail::parse_ipv4_number(host.substr(0, dot));
        if (!number) return errc::invalid_ipv4;
        if (dot == host.npos) {
            // The last number fills every byte that is left.
            if (*number >> (8 * missing) != 0) return errc::invalid_ipv4;
            return static_cast<std::uint32_t>(address << (8 * missing) | *number);
        }
        if (*number > 255) return errc::invalid_ipv4;
        address = address << 8 | *number;
        host.remove_prefix(dot + 1);
    }
    return errc::invalid_ipv4;
}

DRAGLINE_DECL void append_ipv4(std::string& out, std::uint32_t address) {
    char text[sizeof "255.255.255.255"];
    char* end = text;
    for (int shift = 24; shift >= 0; shift -= 8) {
        if (end != text) *end++ = '.';
        end = std::to_chars(end, text + sizeof text, address >> shift & 0xff).ptr;
    }
    out.append(text, static_cast<std::size_t>(end - text));
}

}  // namespace dragline::url

#endif
