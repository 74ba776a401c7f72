// Bytes as text in the records that hold keys and digests: base 16 and base 64 (RFC 4648).
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/core/features.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL void append_hex(std::string& text, byte_view bytes);
DRAGLINE_DECL std::optional<std::vector<std::uint8_t>> parse_hex(std::string_view text);

DRAGLINE_DECL void append_base64(std::string& text, byte_view bytes);
// With padding, and no bits set that stand for nothing.
DRAGLINE_DECL std::optional<std::vector<std::uint8_t>> parse_base64(std::string_view text);

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/binary_text.ipp>
