// Included by <dragline/url/host.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/url/detail/utf8.hpp>
#include <dragline/url/idna.hpp>
#include <dragline/url/ipv4.hpp>
#include <dragline/url/ipv6.hpp>
#include <dragline/url/percent.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <cstddef>

namespace dragline::inline v1::url {
namespace detail {

// What a byte can mean in a host; 0 is nothing special.
inline constexpr std::uint8_t forbidden_byte = 1;         // no host may have it
inline constexpr std::uint8_t forbidden_domain_byte = 2;  // no domain may have it
inline constexpr std::uint8_t percent_byte = 4;
inline constexpr std::uint8_t foreign_byte = 8;  // not ASCII

constexpr std::array<std::uint8_t, 256> make_host_bytes() noexcept {
    std::array<std::uint8_t, 256> kinds{};
    for (std::size_t byte = 0; byte < 0x20; ++byte) kinds[byte] = forbidden_domain_byte;
    for (std::size_t byte = 0x80; byte < 0x100; ++byte) kinds[byte] = foreign_byte;
    for (const char c : std::string_view("\0\t\n\r #/:<>?@[\\]^|", 17)) {
        kinds[static_cast<unsigned char>(c)] = forbidden_byte | forbidden_domain_byte;
    }
    kinds['%'] = forbidden_domain_byte | percent_byte;
    kinds[0x7f] = forbidden_domain_byte;
    return kinds;
}

inline constexpr std::array<std::uint8_t, 256> host_bytes = make_host_bytes();

/// Every kind of byte that occurs in `text`.
DRAGLINE_DECL unsigned host_byte_kinds(std::string_view text) noexcept {
    unsigned kinds = 0;
    for (const char c : text) kinds |= host_bytes[static_cast<unsigned char>(c)];
    return kinds;
}

DRAGLINE_DECL result<host_kind> append_bracketed(std::string& out, std::string_view text) {
    if (text.size() < 2 || !text.ends_with(']')) return errc::invalid_ipv6;
    const auto groups = parse_ipv6(text.substr(1, text.size() - 2));
    if (!groups) return groups.error();
    out += '[';
    append_ipv6(out, *groups);
    out += ']';
    return host_kind::ipv6;
}

/// `domain` is ASCII: percent-decoded, and through IDNA when it needed that.
DRAGLINE_DECL result<host_kind> append_domain(std::string& out, std::string_view domain) {
    if (host_byte_kinds(domain) & forbidden_domain_byte) return errc::invalid_host;
    if (is_dotted_decimal(domain)) {
        out.append(domain);
        return host_kind::ipv4;
    }
    if (ends_in_number(domain)) {
        const auto address = parse_ipv4(domain);
        if (!address) return address.error();
        append_ipv4(out, *address);
        return host_kind::ipv4;
    }
    const auto begin = static_cast<std::ptrdiff_t>(out.size());
    out.append(domain);
    std::transform(out.begin() + begin, out.end(), out.begin() + begin,
                   [](char c) { return ascii::to_lower(c); });
    return host_kind::domain;
}

}  // namespace detail

DRAGLINE_DECL result<host_kind> append_host(std::string& out, std::string_view text) {
    if (text.empty()) return errc::missing_host;
    if (text[0] == '[') return detail::append_bracketed(out, text);
    const unsigned kinds = detail::host_byte_kinds(text);
    if (!(kinds & (detail::percent_byte | detail::foreign_byte))) return detail::append_domain(out, text);

    std::string decoded = percent_decode(text);
    if (std::all_of(decoded.begin(), decoded.end(), [](char c) { return detail::is_ascii(c); })) {
        return detail::append_domain(out, decoded);
    }
    if (!detail::is_utf8(decoded)) return errc::invalid_host;
    const auto domain = domain_to_ascii(decoded);
    if (!domain) return domain.error();
    return detail::append_domain(out, *domain);
}

DRAGLINE_DECL result<host_kind> append_opaque_host(std::string& out, std::string_view text) {
    if (text.empty()) return host_kind::empty;
    if (text[0] == '[') return detail::append_bracketed(out, text);
    if (detail::host_byte_kinds(text) & detail::forbidden_byte) return errc::invalid_host;
    append_percent_encoded(out, text, c0_control_set);
    return host_kind::opaque;
}

DRAGLINE_DECL result<host> parse_host(std::string_view text) {
    std::string out;
    const auto kind = append_host(out, text);
    if (!kind) return kind.error();
    return host(*kind, std::move(out));
}

DRAGLINE_DECL result<host> parse_opaque_host(std::string_view text) {
    std::string out;
    const auto kind = append_opaque_host(out, text);
    if (!kind) return kind.error();
    return host(*kind, std::move(out));
}

}  // namespace dragline::url

#endif
