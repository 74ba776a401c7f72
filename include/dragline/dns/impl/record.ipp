// Included by <dragline/dns/record.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns {

DRAGLINE_DECL std::string to_string(record_type type) {
    switch (type) {
        case record_type::a: return "A";
        case record_type::ns: return "NS";
        case record_type::cname: return "CNAME";
        case record_type::soa: return "SOA";
        case record_type::ptr: return "PTR";
        case record_type::mx: return "MX";
        case record_type::txt: return "TXT";
        case record_type::aaaa: return "AAAA";
        case record_type::srv: return "SRV";
        case record_type::naptr: return "NAPTR";
        case record_type::dname: return "DNAME";
        case record_type::opt: return "OPT";
        case record_type::ds: return "DS";
        case record_type::sshfp: return "SSHFP";
        case record_type::rrsig: return "RRSIG";
        case record_type::nsec: return "NSEC";
        case record_type::dnskey: return "DNSKEY";
        case record_type::tlsa: return "TLSA";
        case record_type::svcb: return "SVCB";
        case record_type::https: return "HTTPS";
        case record_type::any: return "ANY";
        case record_type::uri: return "URI";
        case record_type::caa: return "CAA";
    }
    return "TYPE" + std::to_string(static_cast<unsigned>(type));
}

DRAGLINE_DECL std::string to_string(rcode code) {
    switch (code) {
        case rcode::no_error: return "NOERROR";
        case rcode::format_error: return "FORMERR";
        case rcode::server_failure: return "SERVFAIL";
        case rcode::name_not_found: return "NXDOMAIN";
        case rcode::not_implemented: return "NOTIMP";
        case rcode::refused: return "REFUSED";
        case rcode::bad_version: return "BADVERS";
        case rcode::bad_cookie: return "BADCOOKIE";
    }
    return "RCODE" + std::to_string(static_cast<unsigned>(code));
}

}  // namespace dragline::dns

#endif
