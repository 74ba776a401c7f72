// Included by <dragline/dns/detail/record_reader.hpp> only.
#pragma once

#include <dragline/dns/detail/typed_data.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::dns::detail {

using octets = std::vector<std::uint8_t>;

template <record_type Type>
void read_fields(message_reader& in, name_record<Type>& data) {
    data.name = in.take_name();
}

DRAGLINE_DECL void read_fields(message_reader& in, raw_record& data) { data.bytes = in.take_rest<octets>(); }

DRAGLINE_DECL void read_fields(message_reader& in, a_record& data) {
    const auto bytes = in.take(data.address.size());
    std::copy(bytes.begin(), bytes.end(), data.address.begin());
}

DRAGLINE_DECL void read_fields(message_reader& in, aaaa_record& data) {
    const auto bytes = in.take(data.address.size());
    std::copy(bytes.begin(), bytes.end(), data.address.begin());
}

DRAGLINE_DECL void read_fields(message_reader& in, soa_record& data) {
    data.primary = in.take_name();
    data.mailbox = in.take_name();
    data.serial = in.take32();
    data.refresh = in.take32();
    data.retry = in.take32();
    data.expire = in.take32();
    data.minimum = in.take32();
}

DRAGLINE_DECL void read_fields(message_reader& in, mx_record& data) {
    data.preference = in.take16();
    data.exchange = in.take_name();
}

DRAGLINE_DECL void read_fields(message_reader& in, txt_record& data) {
    do {  // at least one string
        data.strings.push_back(in.take_string());
    } while (!in.failed() && in.left() > 0);
}

DRAGLINE_DECL void read_fields(message_reader& in, srv_record& data) {
    data.priority = in.take16();
    data.weight = in.take16();
    data.port = in.take16();
    data.target = in.take_name();
}

DRAGLINE_DECL void read_fields(message_reader& in, naptr_record& data) {
    data.order = in.take16();
    data.preference = in.take16();
    data.flags = in.take_string();
    data.services = in.take_string();
    data.regexp = in.take_string();
    data.replacement = in.take_name();
}

DRAGLINE_DECL void read_fields(message_reader& in, caa_record& data) {
    data.flags = in.take8();
    data.tag = in.take_string();
    if (!data.has_valid_tag()) in.fail();
    data.value = in.take_rest<std::string>();
}

DRAGLINE_DECL void read_fields(message_reader& in, uri_record& data) {
    data.priority = in.take16();
    data.weight = in.take16();
    data.target = in.take_rest<std::string>();
    if (data.target.empty()) in.fail();
}

DRAGLINE_DECL void read_fields(message_reader& in, dnskey_record& data) {
    data.flags = in.take16();
    data.protocol = in.take8();
    data.algorithm = in.take8();
    data.key = in.take_rest<octets>();
}

DRAGLINE_DECL void read_fields(message_reader& in, rrsig_record& data) {
    data.type_covered = static_cast<record_type>(in.take16());
    data.algorithm = in.take8();
    data.labels = in.take8();
    data.original_ttl = in.take32();
    data.expiration = in.take32();
    data.inception = in.take32();
    data.key_tag = in.take16();
    data.signer = in.take_whole_name();
    data.signature = in.take_rest<octets>();
}

DRAGLINE_DECL void read_fields(message_reader& in, ds_record& data) {
    data.key_tag = in.take16();
    data.algorithm = in.take8();
    data.digest_type = in.take8();
    data.digest = in.take_rest<octets>();
}

// Blocks of 256 types by ascending number, each with 1 to 32 bytes of which the last is not 0, at least one
// (RFC 4034, 4.1.2).
DRAGLINE_DECL void read_fields(message_reader& in, nsec_record& data) {
    data.next = in.take_whole_name();
    int last = -1;
    do {
        const int window = in.take8();
        const auto bits = in.take(in.take8());
        if (window <= last || bits.empty() || bits.size() > 32 || bits.back() == 0) return in.fail();
        last = window;
        for (std::size_t bit = 0; bit < bits.size() * 8; ++bit) {
            if (bits[bit / 8] & 0x80 >> bit % 8)
                data.types.push_back(static_cast<record_type>(window << 8 | bit));
        }
    } while (in.left() > 0);
}

DRAGLINE_DECL void read_fields(message_reader& in, tlsa_record& data) {
    data.usage = in.take8();
    data.selector = in.take8();
    data.matching_type = in.take8();
    data.association = in.take_rest<octets>();
}

DRAGLINE_DECL void read_fields(message_reader& in, sshfp_record& data) {
    data.algorithm = in.take8();
    data.fingerprint_type = in.take8();
    data.fingerprint = in.take_rest<octets>();
}

// Parameters by ascending key; in an alias, which has no use for them, of any format (RFC 9460, 2.2
// and 2.4.2).
template <record_type Type>
void read_fields(message_reader& in, service_binding<Type>& data) {
    data.priority = in.take16();
    data.target = in.take_whole_name();
    int last = -1;
    while (!in.failed() && in.left() > 0) {
        const int key = in.take16();
        const auto value = in.take(in.take16());
        if (in.failed() || key <= last) return in.fail();
        last = key;
        data.parameters.set(static_cast<service_key>(key), octets(value.begin(), value.end()));
    }
    if (!data.is_alias() && !data.parameters.is_well_formed()) in.fail();
}

DRAGLINE_DECL void read_record_data(message_reader& in, record_type type, record_class klass,
                                    record_data& out) {
    if (klass != record_class::internet) return read_fields(in, out.emplace<raw_record>());
    with_new_data(type, out, [&in](auto& data) { read_fields(in, data); });
}

}  // namespace dragline::dns::detail

#endif
