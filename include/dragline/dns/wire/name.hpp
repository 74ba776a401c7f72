// Domain names between wire and text (RFC 1035, 3.1 and 4.1.4). Start with decode_name() and encode_name().
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dragline::inline v1::dns::wire {

inline constexpr std::size_t max_name_size = 255;  ///< On the wire, with length bytes and the root.
inline constexpr std::size_t max_label_size = 63;

/// Reads the name at `offset` of a whole message, and moves `offset` past it.
///
/// Follows compression, which must point backwards. Case is kept; "." is the root; a byte outside '!'..'~'
/// becomes \DDD, a dot or backslash inside a label gets a backslash. The text has at most 1,004 characters.
/// Errors: errc::malformed_message: past the end, over 255 bytes, a loop, an unknown kind of label.
DRAGLINE_DECL result<std::string> decode_name(byte_view message, std::size_t& offset);

/// Moves `offset` past a name that decode_name() would read. Errors: as there.
DRAGLINE_DECL result<void> skip_name(byte_view message, std::size_t& offset) noexcept;

/// Appends the wire form of a name, a dot at its end or not, to `out`; understands \DDD and backslash before
/// a character.
///
/// Errors: errc::empty_name, empty_label, label_too_long, name_too_long, invalid_name (a bad escape); `out`
/// is then unchanged.
DRAGLINE_DECL std::error_code encode_name(std::string_view name, std::vector<std::uint8_t>& out);

/// Equal as DNS compares: without the case of ASCII letters, with or without a dot at the end.
DRAGLINE_DECL bool equal_names(std::string_view a, std::string_view b) noexcept;

/// True when `name` is `parent` or stands below it. Both as decode_name() writes them.
DRAGLINE_DECL bool is_at_or_below(std::string_view name, std::string_view parent) noexcept;

/// Encodes the names of one message, pointing to suffixes that were written before, in the same case.
class name_compressor {
public:
    /// As encode_name(). `out` holds the message from its first byte.
    std::error_code encode(std::string_view name, std::vector<std::uint8_t>& out);

private:
    std::unordered_map<std::string, std::uint16_t> offsets_;  // wire form of a suffix, where it stands
    std::vector<std::uint8_t> scratch_;
};

}  // namespace dragline::dns::wire

#include <dragline/dns/wire/impl/name.ipp>
