// Included by <dragline/dns/detail/record_writer.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <variant>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL void write_fields(message_writer& out, const raw_record& data) { out.put(data.bytes); }
DRAGLINE_DECL void write_fields(message_writer& out, const a_record& data) { out.put(data.address); }
DRAGLINE_DECL void write_fields(message_writer& out, const aaaa_record& data) { out.put(data.address); }
DRAGLINE_DECL void write_fields(message_writer& out, const cname_record& data) { out.put_name(data.name); }
DRAGLINE_DECL void write_fields(message_writer& out, const ns_record& data) { out.put_name(data.name); }
DRAGLINE_DECL void write_fields(message_writer& out, const ptr_record& data) { out.put_name(data.name); }
DRAGLINE_DECL void write_fields(message_writer& out, const dname_record& data) {
    out.put_whole_name(data.name);
}

DRAGLINE_DECL void write_fields(message_writer& out, const soa_record& data) {
    out.put_name(data.primary);
    out.put_name(data.mailbox);
    for (auto field : {data.serial, data.refresh, data.retry, data.expire, data.minimum}) out.put32(field);
}

DRAGLINE_DECL void write_fields(message_writer& out, const mx_record& data) {
    out.put16(data.preference);
    out.put_name(data.exchange);
}

DRAGLINE_DECL void write_fields(message_writer& out, const txt_record& data) {
    if (data.strings.empty()) out.put8(0);
    for (const auto& text : data.strings) out.put_string(text);
}

DRAGLINE_DECL void write_fields(message_writer& out, const srv_record& data) {
    out.put16(data.priority);
    out.put16(data.weight);
    out.put16(data.port);
    out.put_whole_name(data.target);
}

DRAGLINE_DECL void write_fields(message_writer& out, const naptr_record& data) {
    out.put16(data.order);
    out.put16(data.preference);
    out.put_string(data.flags);
    out.put_string(data.services);
    out.put_string(data.regexp);
    out.put_whole_name(data.replacement);
}

DRAGLINE_DECL void write_fields(message_writer& out, const caa_record& data) {
    if (!data.has_valid_tag()) return out.fail(errc::malformed_message);
    out.put8(data.flags);
    out.put_string(data.tag);
    out.put(data.value);
}

DRAGLINE_DECL void write_fields(message_writer& out, const uri_record& data) {
    if (data.target.empty()) return out.fail(errc::malformed_message);
    out.put16(data.priority);
    out.put16(data.weight);
    out.put(data.target);
}

DRAGLINE_DECL void write_fields(message_writer& out, const dnskey_record& data) {
    out.put16(data.flags);
    out.put8(data.protocol);
    out.put8(data.algorithm);
    out.put(data.key);
}

DRAGLINE_DECL void write_fields(message_writer& out, const rrsig_record& data) {
    out.put16(static_cast<std::uint16_t>(data.type_covered));
    out.put8(data.algorithm);
    out.put8(data.labels);
    for (auto field : {data.original_ttl, data.expiration, data.inception}) out.put32(field);
    out.put16(data.key_tag);
    out.put_whole_name(data.signer);
    out.put(data.signature);
}

DRAGLINE_DECL void write_fields(message_writer& out, const ds_record& data) {
    out.put16(data.key_tag);
    out.put8(data.algorithm);
    out.put8(data.digest_type);
    out.put(data.digest);
}

DRAGLINE_DECL void write_fields(message_writer& out, const nsec_record& data) {
    if (data.types.empty()) return out.fail(errc::malformed_message);
    out.put_whole_name(data.next);
    std::vector<std::uint16_t> types(data.types.size());
    std::transform(data.types.begin(), data.types.end(), types.begin(),
                   [](record_type type) { return static_cast<std::uint16_t>(type); });
    std::sort(types.begin(), types.end());
    for (auto at = types.begin(); at != types.end();) {
        const unsigned window = *at >> 8;
        std::vector<std::uint8_t> bits;
        for (; at != types.end() && *at >> 8 == window; ++at) {
            const unsigned bit = *at & 0xff;
            bits.resize(bit / 8 + 1);
            bits[bit / 8] |= static_cast<std::uint8_t>(0x80 >> bit % 8);
        }
        out.put8(static_cast<std::uint8_t>(window));
        out.put8(static_cast<std::uint8_t>(bits.size()));
        out.put(bits);
    }
}

DRAGLINE_DECL void write_fields(message_writer& out, const tlsa_record& data) {
    out.put8(data.usage);
    out.put8(data.selector);
    out.put8(data.matching_type);
    out.put(data.association);
}

DRAGLINE_DECL void write_fields(message_writer& out, const sshfp_record& data) {
    out.put8(data.algorithm);
    out.put8(data.fingerprint_type);
    out.put(data.fingerprint);
}

template <record_type Type>
void write_fields(message_writer& out, const service_binding<Type>& data) {
    if (!data.is_alias() && !data.parameters.is_well_formed()) return out.fail(errc::malformed_message);
    out.put16(data.priority);
    out.put_whole_name(data.target);
    for (const auto& each : data.parameters.all()) {
        out.put16(static_cast<std::uint16_t>(each.key));
        out.put_count(each.value.size());
        out.put(each.value);
    }
}

DRAGLINE_DECL void write_record_data(message_writer& out, const record_data& data) {
    std::visit([&out](const auto& typed) { write_fields(out, typed); }, data);
}

}  // namespace dragline::dns::detail

#endif
