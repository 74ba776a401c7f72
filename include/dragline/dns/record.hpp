// Questions and resource records. Names are text: labels joined by dots, no dot at the end, "." for the root;
// a byte that is not a printable character, a dot or a backslash within a label is escaped (RFC 1035, 5.1).
// Start with record; what records hold is in record_data.hpp, their text in presentation.hpp.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/dns/records/record_data.hpp>
#include <dragline/dns/records/record_type.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace dragline::inline v1::dns {

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
