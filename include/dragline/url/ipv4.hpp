// IPv4 addresses as URLs spell them: also in one to three parts, octal and hexadecimal.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/url/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace dragline::inline v1::url {

/// True when the URL Standard takes this host for an IPv4 address, good or bad: its last label is a number.
DRAGLINE_DECL bool ends_in_number(std::string_view host) noexcept;

/// Reads any spelling: "127.0.0.1", "127.1", "0x7f000001", "017700000001". One trailing dot is allowed.
///
/// Errors: errc::invalid_ipv4.
DRAGLINE_DECL result<std::uint32_t> parse_ipv4(std::string_view host) noexcept;

/// Appends the canonical spelling, four decimal numbers.
DRAGLINE_DECL void append_ipv4(std::string& out, std::uint32_t address);

}  // namespace dragline::url

#include <dragline/url/impl/ipv4.ipp>
