// What resource records hold, as typed values. Names are text as record.hpp says; the members of each type
// are in the order of the wire. Start with record_data, which is any of them.
#pragma once

#include <dragline/core/features.hpp>
#include <dragline/dns/records/record_type.hpp>
#include <dragline/dns/records/security_data.hpp>
#include <dragline/dns/records/service_binding.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace dragline::inline v1::dns {

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

/// A host that offers a service (RFC 2782).
struct srv_record {
    static constexpr record_type type = record_type::srv;
    std::uint16_t priority = 0;
    std::uint16_t weight = 0;
    std::uint16_t port = 0;
    std::string target;  ///< ".": the service is not offered.

    srv_record() {}
    srv_record(std::uint16_t p, std::uint16_t w, std::uint16_t number, std::string t)
        : priority(p), weight(w), port(number), target(std::move(t)) {}
    bool operator==(const srv_record&) const = default;
};

/// A rule that rewrites a name (RFC 3403). The strings have at most 255 bytes each, any byte.
struct naptr_record {
    static constexpr record_type type = record_type::naptr;
    std::uint16_t order = 0;
    std::uint16_t preference = 0;
    std::string flags;
    std::string services;
    std::string regexp;
    std::string replacement;

    naptr_record() {}
    bool operator==(const naptr_record&) const = default;
};

/// Who may issue certificates (RFC 8659).
struct caa_record {
    static constexpr record_type type = record_type::caa;
    std::uint8_t flags = 0;
    std::string tag;    ///< 1 to 255 ASCII letters and digits, in any case: "issue".
    std::string value;  ///< Any byte.

    caa_record() {}
    caa_record(std::uint8_t f, std::string t, std::string v)
        : flags(f), tag(std::move(t)), value(std::move(v)) {}

    /// Whether the tag can stand in a record at all.
    DRAGLINE_DECL bool has_valid_tag() const noexcept;

    /// Who does not know the tag may not issue at all.
    bool is_critical() const noexcept { return (flags & 0x80) != 0; }

    bool operator==(const caa_record&) const = default;
};

/// The address of a service (RFC 7553).
struct uri_record {
    static constexpr record_type type = record_type::uri;
    std::uint16_t priority = 0;
    std::uint16_t weight = 0;
    std::string target;  ///< A URI, not empty. Hostile text.

    uri_record() {}
    uri_record(std::uint16_t p, std::uint16_t w, std::string t)
        : priority(p), weight(w), target(std::move(t)) {}
    bool operator==(const uri_record&) const = default;
};

/// The bytes of a record that has no type of its own here.
struct raw_record {
    std::vector<std::uint8_t> bytes;

    raw_record() {}
    explicit raw_record(std::vector<std::uint8_t> b) : bytes(std::move(b)) {}
    bool operator==(const raw_record&) const = default;
};

/// The data of any record. wire/record_data.hpp has its bytes, presentation.hpp its text.
using record_data = std::variant<raw_record, a_record, aaaa_record, cname_record, ns_record, ptr_record,
                                 dname_record, soa_record, mx_record, txt_record, srv_record, naptr_record,
                                 caa_record, uri_record, dnskey_record, rrsig_record, ds_record, nsec_record,
                                 tlsa_record, sshfp_record, svcb_record, https_record>;

}  // namespace dragline::dns

#include <dragline/dns/records/impl/record_data.ipp>
