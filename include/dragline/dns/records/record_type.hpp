// The types and classes of DNS records, and their names. Start with record_type.
#pragma once

#include <dragline/core/result.hpp>
#include <dragline/dns/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace dragline::inline v1::dns {

/// The type of a record or a question; any other number is legal too.
enum class record_type : std::uint16_t {
    a = 1,
    ns = 2,
    cname = 5,
    soa = 6,
    ptr = 12,
    mx = 15,
    txt = 16,
    aaaa = 28,
    srv = 33,
    naptr = 35,
    dname = 39,
    opt = 41,
    ds = 43,
    sshfp = 44,
    rrsig = 46,
    nsec = 47,
    dnskey = 48,
    tlsa = 52,
    svcb = 64,
    https = 65,
    any = 255,
    uri = 256,
    caa = 257,
};

/// "AAAA"; "TYPE1234" for one that has no name here (RFC 3597).
DRAGLINE_DECL std::string to_string(record_type type);

/// Reads what to_string() writes, in any case; "TYPE1" is A too.
///
/// Errors: errc::unknown_type.
DRAGLINE_DECL result<record_type> parse_record_type(std::string_view text);

enum class record_class : std::uint16_t { internet = 1, chaos = 3, hesiod = 4, none = 254, any = 255 };

/// "IN"; "CLASS1234" for one that has no name here (RFC 3597).
DRAGLINE_DECL std::string to_string(record_class klass);

}  // namespace dragline::dns

#include <dragline/dns/records/impl/record_type.ipp>
