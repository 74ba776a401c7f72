// The data of one record, to the bytes of a message.
#pragma once

#include <dragline/dns/detail/message_writer.hpp>
#include <dragline/dns/records/record_data.hpp>

namespace dragline::inline v1::dns::detail {

// Fails `out` with errc::malformed_message for what read_record_data() would refuse. Names are compressed in
// the types of RFC 1035 only (RFC 3597, 4).
DRAGLINE_DECL void write_record_data(message_writer& out, const record_data& data);

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/record_writer.ipp>
