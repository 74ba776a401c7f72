// Included by <dragline/net/detail/address_range.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>
#include <dragline/core/bytes.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <cstddef>
#include <system_error>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL plain_address::plain_address(const asio::ip::address& address) noexcept : v6(address.is_v6()) {
    if (!v6) {
        low = address.to_v4().to_uint();
        return;
    }
    const auto bytes = address.to_v6().to_bytes();
    for (std::size_t at = 0; at < 8; ++at) {
        high = high << 8 | bytes[at];
        low = low << 8 | bytes[at + 8];
    }
}

DRAGLINE_DECL std::array<std::uint64_t, 2> address_range::size() const noexcept {
    const std::uint64_t borrow = last.low < first.low ? 1 : 0;
    return {last.high - first.high - borrow, last.low - first.low};
}

inline std::optional<plain_address> parse_plain(std::string_view text) {
    constexpr std::string_view characters = "0123456789abcdefABCDEF.:";  // no scope, no NUL
    if (text.find_first_not_of(characters) != text.npos) return std::nullopt;
    std::error_code ec;
    const auto address = asio::ip::make_address(text, ec);
    if (ec) return std::nullopt;
    return plain_address(address);
}

DRAGLINE_DECL std::optional<address_range> address_range::parse(std::string_view text) {
    address_range range;
    const auto mark = text.find_first_of("/-");
    const auto begin = parse_plain(text.substr(0, mark));
    if (!begin) return std::nullopt;
    range.first = range.last = *begin;
    if (mark == text.npos) return range;
    const auto rest = text.substr(mark + 1);
    if (text[mark] == '-') {
        const auto end = parse_plain(rest);
        if (!end || end->v6 != begin->v6 || *end < *begin) return std::nullopt;
        range.last = *end;
        return range;
    }
    const auto bits = ascii::parse_number<unsigned>(rest);
    const unsigned width = begin->v6 ? 128 : 32;
    if (!bits || *bits > width) return std::nullopt;
    const unsigned open = width - *bits;
    const auto ones = [](unsigned count) {
        return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
    };
    const auto high = open > 64 ? ones(open - 64) : 0;
    const auto low = ones(std::min(open, 64u));
    if ((begin->high & high) != 0 || (begin->low & low) != 0) return std::nullopt;
    range.last.high |= high;
    range.last.low |= low;
    return range;
}

struct special_ipv4 {
    std::uint32_t network;
    int bits;
};

// https://www.iana.org/assignments/iana-ipv4-special-registry, whatever is not globally reachable, and what
// is not unicast.
inline constexpr special_ipv4 special_ipv4_networks[] = {
    {0x00000000, 8},   // 0.0.0.0/8, this network
    {0x0a000000, 8},   // 10.0.0.0/8, private
    {0x64400000, 10},  // 100.64.0.0/10, shared by a carrier's customers; metadata of Alibaba
    {0x7f000000, 8},   // 127.0.0.0/8, loopback
    {0xa83f8110, 32},  // 168.63.129.16, the host of a machine at Azure
    {0xa9fe0000, 16},  // 169.254.0.0/16, link-local; metadata of most clouds at 169.254.169.254
    {0xac100000, 12},  // 172.16.0.0/12, private
    {0xc0000000, 24},  // 192.0.0.0/24, IETF protocols; metadata of Oracle
    {0xc0000200, 24},  // 192.0.2.0/24, documentation
    {0xc0586300, 24},  // 192.88.99.0/24, relays of 6to4
    {0xc0a80000, 16},  // 192.168.0.0/16, private
    {0xc6120000, 15},  // 198.18.0.0/15, benchmarks
    {0xc6336400, 24},  // 198.51.100.0/24, documentation
    {0xcb007100, 24},  // 203.0.113.0/24, documentation
    {0xe0000000, 4},   // 224.0.0.0/4, multicast
    {0xf0000000, 4},   // 240.0.0.0/4, reserved, and broadcast
};

DRAGLINE_DECL bool is_public(const plain_address& address) noexcept {
    if (!address.v6) {
        return std::none_of(std::begin(special_ipv4_networks), std::end(special_ipv4_networks),
                            [&](const special_ipv4& each) {
                                return ((address.low ^ each.network) >> (32 - each.bits)) == 0;
                            });
    }
    // Only 2000::/3 is global unicast, and beside it 64:ff9b::/96, whose IPv4 address is judged apart:
    // unspecified, loopback, mapped, compatible, unique and site local, link-local, multicast,
    // 64:ff9b:1::/48, 100::/64 and 5f00::/16 are all outside.
    if (address.high == 0x0064ff9b00000000 && address.low >> 32 == 0) return true;
    if (address.high >> 61 != 1) return false;
    const auto first = address.group(0), second = address.group(1);
    if (first == 0x2001 && second < 0x0200) return false;   // 2001::/23, IETF protocols: Teredo, ORCHID, ...
    if (first == 0x2001 && second == 0x0db8) return false;  // documentation
    if (first == 0x2002) return false;                      // 6to4
    return first != 0x3fff || second >= 0x1000;             // 3fff::/20, documentation
}

DRAGLINE_DECL std::array<std::optional<std::uint32_t>, 5> embedded_ipv4(
    const plain_address& address) noexcept {
    std::array<std::optional<std::uint32_t>, 5> found;
    if (!address.v6) return found;
    const auto groups = [&](int which) { return address.group(which) << 16 | address.group(which + 1); };
    const auto last = static_cast<std::uint32_t>(address.low);
    // ::a.b.c.d is compatible, ::ffff:a.b.c.d mapped, ::ffff:0:a.b.c.d translated (RFC 2765).
    const bool low_forms = address.high == 0 && (address.low >> 32 == 0 || address.low >> 32 == 0xffff ||
                                                 address.low >> 32 == 0xffff0000);
    if (low_forms && (address.low >> 32 != 0 || last > 1)) found[0] = last;
    if (address.high == 0x0064ff9b00000000 && address.low >> 32 == 0) found[0] = last;  // RFC 6052
    if (address.high >> 16 == 0x0064ff9b0001) {  // RFC 8215: of a length that only the network knows
        const auto low = address.low << 8;       // without the byte that is skipped
        found[0] = last;
        found[1] = static_cast<std::uint32_t>(address.high << 16 | low >> 48);
        found[2] = static_cast<std::uint32_t>(address.high << 24 | low >> 40);
        found[3] = static_cast<std::uint32_t>(low >> 32);
    }
    if (address.group(0) == 0x2002) found[0] = groups(1);  // 6to4, RFC 3056
    if (address.high >> 32 == 0x20010000) {                // Teredo, RFC 4380: the server, and the client
        found[0] = groups(2);
        found[1] = ~last;
    }
    if ((address.low >> 32 & 0xfdffffff) == 0x5efe) found[4] = last;  // ISATAP, RFC 5214
    return found;
}

}  // namespace dragline::net::detail

#endif
