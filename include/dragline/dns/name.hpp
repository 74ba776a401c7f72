// Host names as users give them, and the names that hold the reverse of an address. Start with
// normal_host_name().
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/dns/error.hpp>

#include <asio/ip/address.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dragline::inline v1::dns {

inline constexpr std::size_t max_host_name = 253;  ///< Characters, without a dot at the end.

/// Checks a host name and returns it as look-ups use it: lower case, without a dot at the end.
///
/// Letters, digits, '-' and '_' in labels of 1 to 63 characters; an underscore is not for hosts (RFC 1123),
/// but real names have them. International names must come in their ASCII form. Errors: errc::empty_name,
/// name_too_long, label_too_long, empty_label, invalid_name, non_ascii_name.
DRAGLINE_DECL result<std::string> normal_host_name(std::string_view name);

/// Checks any name that can stand in the DNS, and returns it as look-ups use it: lower case, without a dot at
/// the end, "." for the root. Escapes as in wire/name.hpp.
///
/// An address is no name: errc::invalid_name. Other errors: those of wire::encode_name();
/// errc::non_ascii_name.
DRAGLINE_DECL result<std::string> normal_name(std::string_view name);

/// Where the names of an address are looked up: 4.3.2.1.in-addr.arpa, or nibbles under ip6.arpa (RFC
/// 3596, 2.5).
///
/// An IPv4-mapped IPv6 address counts as its IPv4 address; a scope id plays no part.
DRAGLINE_DECL std::string reverse_name(const asio::ip::address& address);

namespace detail {

// An address of its own family and without a scope: IPv4 where it is mapped into IPv6.
DRAGLINE_DECL asio::ip::address plain_address(const asio::ip::address& address);

// A name that is written as an address.
DRAGLINE_DECL std::optional<asio::ip::address> literal_address(std::string_view name);

}  // namespace detail

/// localhost and all below it, which never leave the machine (RFC 6761, 6.3). `name` as normal_host_name()
/// returns it.
DRAGLINE_DECL bool is_localhost(std::string_view name) noexcept;

/// A Tor name, which must not be asked of the DNS (RFC 7686). `name` as normal_host_name() returns it.
DRAGLINE_DECL bool is_onion(std::string_view name) noexcept;

}  // namespace dragline::dns

#include <dragline/dns/impl/name.ipp>
