// The data of one record, from the text of a master file.
#pragma once

#include <dragline/dns/detail/text_reader.hpp>
#include <dragline/dns/records/record_data.hpp>

namespace dragline::inline v1::dns::detail {

// Reads the form that the type has of its own. The caller asks `in` whether that failed or left words over.
DRAGLINE_DECL void read_record_text(text_reader& in, record_type type, record_data& out);

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/record_text_reader.ipp>
