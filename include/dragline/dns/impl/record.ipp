// Included by <dragline/dns/record.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns {

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
