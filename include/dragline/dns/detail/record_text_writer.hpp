// The data of one record, to the text of a master file.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/dns/records/record_data.hpp>

#include <string>

namespace dragline::inline v1::dns::detail {

// The text that the type has of its own; empty when the data has none that would be read as the same data.
DRAGLINE_DECL std::string write_record_text(const record_data& data);

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/record_text_writer.ipp>
