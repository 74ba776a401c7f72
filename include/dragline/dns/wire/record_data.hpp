// The data of one record between bytes and values, apart from any message. Start with decode_record_data().
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/error.hpp>
#include <dragline/dns/records/record_data.hpp>

#include <cstdint>
#include <vector>

namespace dragline::inline v1::dns::wire {

inline constexpr std::size_t max_data_size = 65535;

/// Reads the whole of `bytes` as the data of a record of this type, of the Internet class.
///
/// As strict as decode_message(); names must not be compressed, since there is nothing to point to.
/// Errors: errc::malformed_message.
DRAGLINE_DECL result<record_data> decode_record_data(record_type type, byte_view bytes);

/// The bytes of the data, with no name compressed.
///
/// Errors: those of encode_name(); errc::malformed_message for what no record can hold, as encode_message();
/// errc::message_too_long beyond 65,535 bytes.
DRAGLINE_DECL result<std::vector<std::uint8_t>> encode_record_data(const record_data& data);

}  // namespace dragline::dns::wire

#include <dragline/dns/wire/impl/record_data.ipp>
