// Included by <dragline/dns/records/record_type.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns {
namespace detail {

struct type_name {
    record_type type;
    std::string_view name;
};

inline constexpr type_name type_names[] = {
    {record_type::a, "A"},         {record_type::ns, "NS"},         {record_type::cname, "CNAME"},
    {record_type::soa, "SOA"},     {record_type::ptr, "PTR"},       {record_type::mx, "MX"},
    {record_type::txt, "TXT"},     {record_type::aaaa, "AAAA"},     {record_type::srv, "SRV"},
    {record_type::naptr, "NAPTR"}, {record_type::dname, "DNAME"},   {record_type::opt, "OPT"},
    {record_type::ds, "DS"},       {record_type::sshfp, "SSHFP"},   {record_type::rrsig, "RRSIG"},
    {record_type::nsec, "NSEC"},   {record_type::dnskey, "DNSKEY"}, {record_type::tlsa, "TLSA"},
    {record_type::svcb, "SVCB"},   {record_type::https, "HTTPS"},   {record_type::any, "ANY"},
    {record_type::uri, "URI"},     {record_type::caa, "CAA"},
};

}  // namespace detail

DRAGLINE_DECL std::string to_string(record_type type) {
    for (const auto& known : detail::type_names) {
        if (known.type == type) return std::string(known.name);
    }
    return "TYPE" + std::to_string(static_cast<unsigned>(type));
}

DRAGLINE_DECL result<record_type> parse_record_type(std::string_view text) {
    for (const auto& known : detail::type_names) {
        if (ascii::equals_ignoring_case(known.name, text)) return known.type;
    }
    constexpr std::string_view prefix = "TYPE";
    if (!ascii::equals_ignoring_case(text.substr(0, prefix.size()), prefix)) return errc::unknown_type;
    const auto number = ascii::parse_number<std::uint16_t>(text.substr(prefix.size()));
    if (!number) return errc::unknown_type;
    return static_cast<record_type>(*number);
}

DRAGLINE_DECL std::string to_string(record_class klass) {
    switch (klass) {
        case record_class::internet: return "IN";
        case record_class::chaos: return "CH";
        case record_class::hesiod: return "HS";
        case record_class::none: return "NONE";
        case record_class::any: return "ANY";
    }
    return "CLASS" + std::to_string(static_cast<unsigned>(klass));
}

}  // namespace dragline::dns

#endif
