// Whole DNS messages between bytes and values (RFC 1035, 4; EDNS: RFC 6891). Start with decode_message().
#pragma once

#include <dragline/core/bytes.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/error.hpp>
#include <dragline/dns/record.hpp>
#include <dragline/dns/wire/name.hpp>
#include <dragline/dns/wire/query_form.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dragline::inline v1::dns::wire {

inline constexpr std::size_t max_message_size = 65535;

/// The OPT pseudo-record, which the other sections do not show. Its part of the rcode is in message::code.
struct edns {
    std::uint16_t udp_size = 1232;  ///< Largest UDP message the sender takes, in bytes.
    std::uint8_t version = 0;
    bool dnssec_ok = false;
    std::vector<std::uint8_t> options;  ///< As they stand on the wire.

    edns() {}
    bool operator==(const edns&) const = default;
};

struct message {
    std::uint16_t id = 0;
    bool response = false;
    std::uint8_t opcode = 0;
    bool authoritative = false;
    bool truncated = false;
    bool recursion_desired = true;
    bool recursion_available = false;
    bool authentic_data = false;
    bool checking_disabled = false;
    rcode code = rcode::no_error;  ///< With the upper eight bits from EDNS.
    std::vector<question> questions;
    std::vector<record> answers;
    std::vector<record> authorities;
    std::vector<record> additionals;
    std::optional<edns> extension;

    message() {}
    bool operator==(const message&) const = default;
};

/// What decode_message() accepts at most.
struct decode_limits {
    std::size_t max_records = 4096;  ///< In all sections together, questions included.
};

/// Reads one message. Strict: every record must be what its type says; bytes after the last record are
/// ignored.
///
/// A TTL with its top bit set is 0 (RFC 2181, 8). Memory is bounded by the limits and the size of the input.
/// Errors: errc::malformed_message.
DRAGLINE_DECL result<message> decode_message(byte_view bytes, const decode_limits& limits = {});

/// Writes a message; names are compressed where every receiver must understand that (RFC 3597, 4).
///
/// Errors: those of encode_name(); errc::message_too_long beyond `max_size` bytes; errc::malformed_message
/// for data that decode_message() would refuse, a string over 255 bytes, over 65,535 records in a section, an
/// opcode over 15, or an rcode that needs EDNS.
DRAGLINE_DECL result<std::vector<std::uint8_t>> encode_message(const message& value,
                                                               std::size_t max_size = max_message_size);

/// A query for one question, recursion desired, ready for encode_message(). With `udp_size` 0, without EDNS.
DRAGLINE_DECL message make_query(std::uint16_t id, question asked, std::uint16_t udp_size = 1232);

/// As above, of this form.
DRAGLINE_DECL message make_query(std::uint16_t id, question asked, const query_form& form);

/// Appends the bytes of such a query to `out`, and is fast at it. Errors: those of encode_name(); `out` is
/// then unchanged.
DRAGLINE_DECL std::error_code append_query(std::uint16_t id, const question& asked, const query_form& form,
                                           std::vector<std::uint8_t>& out);

/// The start of a response to `query`: its id, opcode, question and RD bit, and an OPT record if it had one.
DRAGLINE_DECL message make_response(const message& query, rcode code = rcode::no_error);

/// Success when `reply` is a response with this id to this question, whatever the case of its name; a
/// refusal, such as FORMERR or REFUSED, may have no question at all.
///
/// Errors: errc::not_a_response, id_mismatch, question_mismatch.
DRAGLINE_DECL std::error_code check_response(const message& reply, std::uint16_t id,
                                             const question& asked) noexcept;

}  // namespace dragline::dns::wire

#include <dragline/dns/wire/impl/message.ipp>
