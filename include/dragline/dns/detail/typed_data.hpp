// The one place that knows which alternative of record_data belongs to which type.
#pragma once

#include <dragline/dns/records/record_data.hpp>

namespace dragline::inline v1::dns::detail {

// Makes `out` empty data of this type, a raw_record when the type has none of its own, and calls
// `visit(data)`.
template <class Visit>
void with_new_data(record_type type, record_data& out, Visit visit) {
    switch (type) {
        case record_type::a: return visit(out.emplace<a_record>());
        case record_type::aaaa: return visit(out.emplace<aaaa_record>());
        case record_type::cname: return visit(out.emplace<cname_record>());
        case record_type::ns: return visit(out.emplace<ns_record>());
        case record_type::ptr: return visit(out.emplace<ptr_record>());
        case record_type::dname: return visit(out.emplace<dname_record>());
        case record_type::soa: return visit(out.emplace<soa_record>());
        case record_type::mx: return visit(out.emplace<mx_record>());
        case record_type::txt: return visit(out.emplace<txt_record>());
        case record_type::srv: return visit(out.emplace<srv_record>());
        case record_type::naptr: return visit(out.emplace<naptr_record>());
        case record_type::caa: return visit(out.emplace<caa_record>());
        case record_type::uri: return visit(out.emplace<uri_record>());
        case record_type::dnskey: return visit(out.emplace<dnskey_record>());
        case record_type::rrsig: return visit(out.emplace<rrsig_record>());
        case record_type::ds: return visit(out.emplace<ds_record>());
        case record_type::nsec: return visit(out.emplace<nsec_record>());
        case record_type::tlsa: return visit(out.emplace<tlsa_record>());
        case record_type::sshfp: return visit(out.emplace<sshfp_record>());
        case record_type::svcb: return visit(out.emplace<svcb_record>());
        case record_type::https: return visit(out.emplace<https_record>());
        case record_type::opt:
        case record_type::any: break;
    }
    visit(out.emplace<raw_record>());
}

}  // namespace dragline::dns::detail
