// The data of one record, from the bytes of a message.
#pragma once

#include <dragline/dns/detail/message_reader.hpp>
#include <dragline/dns/records/record_data.hpp>

namespace dragline::inline v1::dns::detail {

// Reads all that is left of `in` as the data of this type; raw_record for a type or class that is not known.
// The caller asks `in` whether that failed or left bytes over.
//
// Names may be compressed in the types of RFC 1035, in DNAME, and in SRV and NAPTR, where senders do it that
// follow RFC 2052; in all others they must not be (RFC 3597, 4).
DRAGLINE_DECL void read_record_data(message_reader& in, record_type type, record_class klass,
                                    record_data& out);

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/record_reader.ipp>
