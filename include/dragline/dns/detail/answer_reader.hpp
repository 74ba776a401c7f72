// The quick way from a message to an answer, for the kinds that nearly all answers are of.
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/dns/answer.hpp>

#include <cstddef>

namespace dragline::inline v1::dns::detail {

// Reads a reply that holds nothing but addresses of the asked name and type, or a SOA record beside NXDOMAIN
// or no data; and perhaps an OPT record. `out.asked` names the question, whose name ends at `name_end` of
// the message and is spelled the same there. The result is what interpret(decode_message()) gives. False
// where these have to decide; `out.records` may have changed then. Uses the memory that `out` has.
DRAGLINE_DECL bool read_plain_answer(byte_view reply, std::size_t name_end, answer& out);

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/answer_reader.ipp>
