// Questions, and resource records as typed values. Names are text: labels joined by dots, no dot at the end,
// "." for the root; a byte that is not a printable character, a dot or a backslash within a label is escaped
// (RFC 1035, 5.1).
#pragma once

#include <dragline/core/features.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

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

enum class record_class : std::uint16_t { internet = 1, chaos = 3, hesiod = 4, none = 254, any = 255 };

/// The verdict of a server (RFC 1035, 4.1.1); any other number is legal too.
enum class rcode : std::uint16_t {
    no_error = 0,
    format_error = 1,     ///< FORMERR
    server_failure = 2,   ///< SERVFAIL
    name_not_found = 3,   ///< NXDOMAIN
    not_implemented = 4,  ///< NOTIMP
    refused = 5,          ///< REFUSED
    bad_version = 16,     ///< BADVERS (RFC 6891)
    bad_cookie = 23,      ///< BADCOOKIE (RFC 7873)
};

/// "NXDOMAIN"; "RCODE1234" for one that has no name here.
DRAGLINE_DECL std::string to_string(rcode code);

struct question {
    std::string name;
    record_type type = record_type::a;
    record_class klass = record_class::internet;

    question() {}
    explicit question(std::string n, record_type t = record_type::a, record_class c = record_class::internet)
        : name(std::move(n)), type(t), klass(c) {}
    bool operator==(const question&) const = default;
};

struct a_record {
    static constexpr record_type type = record_type::a;
    std::array<std::uint8_t, 4> address{};
    bool operator==(const a_record&) const = default;
};

struct aaaa_record {
    static constexpr record_type type = record_type::aaaa;
    std::array<std::uint8_t, 16> address{};
    bool operator==(const aaaa_record&) const = default;
};

/// A record whose data is one name.
template <record_type Type>
struct name_record {
    static constexpr record_type type = Type;
    std::string name;

    name_record() {}
    explicit name_record(std::string n) : name(std::move(n)) {}
    bool operator==(const name_record&) const = default;
};
using ns_record = name_record<record_type::ns>;
using cname_record = name_record<record_type::cname>;
using ptr_record = name_record<record_type::ptr>;
using dname_record = name_record<record_type::dname>;

struct soa_record {
    static constexpr record_type type = record_type::soa;
    std::string primary;
    std::string mailbox;
    std::uint32_t serial = 0;
    std::uint32_t refresh = 0;
    std::uint32_t retry = 0;
    std::uint32_t expire = 0;
    std::uint32_t minimum = 0;

    soa_record() {}
    soa_record(std::string primary_server, std::string mail, std::uint32_t minimum_ttl = 0)
        : primary(std::move(primary_server)), mailbox(std::move(mail)), minimum(minimum_ttl) {}
    bool operator==(const soa_record&) const = default;
};

struct mx_record {
    static constexpr record_type type = record_type::mx;
    std::uint16_t preference = 0;
    std::string exchange;

    mx_record() {}
    mx_record(std::uint16_t p, std::string e) : preference(p), exchange(std::move(e)) {}
    bool operator==(const mx_record&) const = default;
};

/// Strings of at most 255 bytes each, any byte.
struct txt_record {
    static constexpr record_type type = record_type::txt;
    std::vector<std::string> strings;

    txt_record() {}
    explicit txt_record(std::vector<std::string> s) : strings(std::move(s)) {}
    bool operator==(const txt_record&) const = default;
};

/// The bytes of a record that has no type of its own here.
struct raw_record {
    std::vector<std::uint8_t> bytes;

    raw_record() {}
    explicit raw_record(std::vector<std::uint8_t> b) : bytes(std::move(b)) {}
    bool operator==(const raw_record&) const = default;
};

using record_data = std::variant<raw_record, a_record, aaaa_record, cname_record, ns_record, ptr_record,
                                 dname_record, soa_record, mx_record, txt_record>;

struct record {
    std::string name;
    record_type type = record_type::a;
    record_class klass = record_class::internet;
    std::uint32_t ttl = 0;  ///< Seconds.
    record_data data;

    record() {}

    /// A record of the Internet class; its type is that of `d`.
    template <class Data>
    requires requires { Data::type; }
    record(std::string owner, std::uint32_t seconds, Data d)
        : name(std::move(owner)), type(Data::type), ttl(seconds), data(std::move(d)) {}

    /// A record of a type that is given as bytes.
    record(std::string owner, std::uint32_t seconds, record_type t, raw_record d)
        : name(std::move(owner)), type(t), ttl(seconds), data(std::move(d)) {}

    /// The data as a D, or nullptr when this record is of another type.
    template <class D>
    const D* get() const noexcept {
        return std::get_if<D>(&data);
    }

    bool operator==(const record&) const = default;
};

}  // namespace dragline::dns

#include <dragline/dns/impl/record.ipp>
