// How a question is put to a server: the flags and sizes of its query, and how it travels.
#pragma once

#include <cstdint>

namespace dragline::inline v1::dns {

/// The form of a query. Answers to queries that differ in what a server may say are not mixed.
struct query_form {
    std::uint16_t udp_size = 1232;  ///< The largest UDP answer that is taken, in bytes; 0: no EDNS, and 512.
    bool recursion_desired = true;  ///< RD.
    bool checking_disabled =
        false;                ///< CD: data that the server finds bogus is wanted too (RFC 4035, 3.2.2).
    bool dnssec_ok = false;   ///< DO: signatures are wanted (RFC 3225). Needs EDNS.
    bool tcp = false;         ///< Without a try over UDP.
    bool mixed_case = false;  ///< Random case in the name, which an answer must repeat (0x20).

    query_form() {}

    /// Whether a server may say other things to this than to a query of the usual form.
    bool changes_answers() const noexcept { return !recursion_desired || checking_disabled || dnssec_ok; }

    bool operator==(const query_form&) const = default;
};

}  // namespace dragline::dns
