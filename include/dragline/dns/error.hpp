// What can go wrong when a name is looked up. Start with `errc`; every failure to resolve
// equals condition::resolve_failed.
#pragma once

#include <dragline/core/error.hpp>

#include <string>
#include <system_error>
#include <type_traits>

namespace dragline::inline v1::dns {

/// Why a look-up failed. A timeout is make_timeout(phase::resolve), and equals condition::timeout.
enum class errc {
    // What a server said.
    name_not_found = 1,  ///< NXDOMAIN: the name does not exist.
    no_data,             ///< The name exists, but has no record of this type.
    server_failure,      ///< SERVFAIL.
    refused,             ///< REFUSED.
    format_error,        ///< FORMERR: the server did not understand the query.
    not_implemented,     ///< NOTIMP.
    unexpected_rcode,    ///< A response code that makes no sense in answer to a query.

    // What was wrong with an answer.
    malformed_message,  ///< The bytes are no DNS message.
    not_a_response,     ///< A query where a response was expected.
    id_mismatch,        ///< The answer to another query.
    question_mismatch,  ///< The answer to another question.
    cname_loop,         ///< The aliases lead in a circle, or are more than 16.

    // What was wrong with the call.
    empty_name,        ///< The name is empty.
    name_too_long,     ///< The name has more than 253 characters (255 bytes on the wire).
    label_too_long,    ///< A label has more than 63 characters.
    empty_label,       ///< Two dots in a row, or a dot at the start.
    invalid_name,      ///< A character that no host name has.
    non_ascii_name,    ///< An international name that is not in its ASCII form (xn--).
    invalid_server,    ///< Not `address`, `address:port` or `[address]:port`.
    message_too_long,  ///< The message does not fit into the size that was allowed.
    unknown_type,      ///< No name of a record type, and not TYPE and a number.
    invalid_data,      ///< Text that is no data of this type of record.

    // What kept a query from being answered.
    no_servers,           ///< Neither the options nor the system name a server.
    servers_unreachable,  ///< No server could be reached: refused or no route.
    inconclusive,         ///< A wildcard check without proof either way: some probe got no clear answer.
    not_confirmed,        ///< None of the names of an address leads back to it.
    quota_exceeded,       ///< The scope of the look-up may cause no more of them; see lookup_quota.
};

DRAGLINE_DECL const std::error_category& error_category() noexcept;

inline std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

}  // namespace dragline::dns

template <>
struct std::is_error_code_enum<dragline::dns::errc> : std::true_type {};

#include <dragline/dns/impl/error.ipp>
