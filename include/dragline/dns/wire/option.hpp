// EDNS options: code, size and data, one after the other in an OPT record (RFC 6891, 6.1.2).
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/core/features.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace dragline::inline v1::dns::wire {

/// The kind of an option; any other number is legal too.
enum class option_code : std::uint16_t {
    name_server_id = 3,  ///< RFC 5001
    cookie = 10,         ///< RFC 7873
    tcp_keepalive = 11,  ///< RFC 7828
    padding = 12,        ///< RFC 7830
};

/// Appends an option to the query of append_query() that stands in `out` from `start` to the end.
///
/// False, with `out` unchanged, when the query has no EDNS or would become longer than a message may be.
DRAGLINE_DECL bool append_option(std::vector<std::uint8_t>& out, std::size_t start, option_code code,
                                 byte_view data = {});

/// Pads such a query to a multiple of `block` bytes, as its last option (RFC 8467, 4.1: 128). False as above.
DRAGLINE_DECL bool pad_query(std::vector<std::uint8_t>& out, std::size_t start, std::size_t block);

/// The data of the first option of this kind in edns::options, or nothing.
DRAGLINE_DECL std::optional<byte_view> find_option(byte_view options, option_code code) noexcept;

}  // namespace dragline::dns::wire

#include <dragline/dns/wire/impl/option.ipp>
