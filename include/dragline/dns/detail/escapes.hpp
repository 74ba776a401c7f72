// How text stands for any byte: \DDD, and a backslash before a character (RFC 1035, 5.1).
#pragma once

#include <dragline/core/features.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL void append_decimal_escape(std::string& text, std::uint8_t byte);

// Takes one character, which may be written as an escape; false when the escape is none. `text` is not empty.
DRAGLINE_DECL bool take_character(std::string_view& text, std::uint8_t& byte) noexcept;

// Whether the last character is a dot that no backslash escapes.
DRAGLINE_DECL bool ends_with_dot(std::string_view text) noexcept;

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/escapes.ipp>
