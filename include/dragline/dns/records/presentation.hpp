// Records as the text of a master file (RFC 1035, 5.1), and text as records. Start with to_string() and
// parse_record_data().
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/error.hpp>
#include <dragline/dns/record.hpp>

#include <string>
#include <string_view>

namespace dragline::inline v1::dns {

/// The data of a record: "10 mx.example.org.". Printable ASCII in one line, whatever the record holds.
///
/// Names end in a dot. Bytes of no known type are as RFC 3597 says, "\# 4 C0000201", and so is data that has
/// no other text: an empty key, digest or signature, or parameters of a service that contradict each other.
/// parse_record_data() makes the same data of it. Empty for some data that no message can hold.
DRAGLINE_DECL std::string to_string(const record_data& data);

/// The whole record: "example.org. 300 IN MX 10 mx.example.org.".
DRAGLINE_DECL std::string to_string(const record& entry);

/// Reads the text of the data of a record of this type, or its bytes as RFC 3597 says.
///
/// Strings need no quotes where they hold no space; escapes, parentheses, comments and ends of lines are
/// understood. A name is complete, with a dot at its end or not: there is no origin. Algorithms are numbers.
/// Parameters of a service must not contradict each other (RFC 9460, 2.4.3).
/// Errors: errc::invalid_data, also for a type that has no text of its own; errc::unknown_type for one within
/// the data; for names, those of wire::encode_name().
DRAGLINE_DECL result<record_data> parse_record_data(record_type type, std::string_view text);

}  // namespace dragline::dns

#include <dragline/dns/records/impl/presentation.ipp>
