// Addresses as numbers: ranges of them, those that the special-purpose registries of IANA name, and IPv4
// addresses that stand inside IPv6 ones.
#pragma once

#include <dragline/core/features.hpp>

#include <asio/ip/address.hpp>

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dragline::inline v1::net::detail {

// Without a scope. Those of IPv4 are less than those of IPv6.
struct plain_address {
    bool v6 = false;
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    plain_address() = default;
    explicit plain_address(std::uint32_t v4) noexcept : low(v4) {}
    explicit plain_address(const asio::ip::address& address) noexcept;

    std::uint32_t group(int which) const noexcept {  // of 16 bits, the first is 0
        return static_cast<std::uint32_t>((which < 4 ? high : low) >> (48 - which % 4 * 16)) & 0xffff;
    }
    auto operator<=>(const plain_address&) const = default;
};

// From the first to the last, both included.
struct address_range {
    plain_address first;
    plain_address last;

    /// "a/bits", "a-b" or "a".
    static std::optional<address_range> parse(std::string_view text);

    bool contains(const plain_address& address) const noexcept { return first <= address && address <= last; }
    std::array<std::uint64_t, 2> size() const noexcept;  // less one
    bool operator==(const address_range&) const = default;
};

/// Whether the address belongs to no network of a special purpose.
DRAGLINE_DECL bool is_public(const plain_address& address) noexcept;

/// The IPv4 addresses that an IPv6 address leads to, or may lead to.
DRAGLINE_DECL std::array<std::optional<std::uint32_t>, 5> embedded_ipv4(
    const plain_address& address) noexcept;

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/address_range.ipp>
