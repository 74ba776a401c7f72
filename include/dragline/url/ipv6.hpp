// IPv6 addresses as URLs spell them, without the brackets.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/url/error.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace dragline::inline v1::url {

/// The eight groups of an IPv6 address, first group first.
using ipv6_groups = std::array<std::uint16_t, 8>;

/// Reads "::1" or "::ffff:192.0.2.1".
///
/// Errors: errc::invalid_ipv6; errc::ipv6_zone_id when there is a '%'.
DRAGLINE_DECL result<ipv6_groups> parse_ipv6(std::string_view text) noexcept;

/// Appends the canonical spelling (RFC 5952, 4): lower case, the first longest run of zero groups as "::".
/// An embedded IPv4 address is written as groups too.
DRAGLINE_DECL void append_ipv6(std::string& out, const ipv6_groups& groups);

}  // namespace dragline::url

#include <dragline/url/impl/ipv6.ipp>
