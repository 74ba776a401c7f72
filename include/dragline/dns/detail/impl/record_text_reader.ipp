// Included by <dragline/dns/detail/record_text_reader.hpp> only.
#pragma once

#include <dragline/dns/detail/address_text.hpp>
#include <dragline/dns/detail/service_text.hpp>
#include <dragline/dns/detail/typed_data.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL void read_text(text_reader& in, raw_record&) { in.fail(); }

DRAGLINE_DECL void read_text(text_reader& in, a_record& data) {
    const auto address = parse_address<asio::ip::address_v4>(in.take_plain());
    if (!address) return in.fail();
    data.address = address->to_bytes();
}

DRAGLINE_DECL void read_text(text_reader& in, aaaa_record& data) {
    const auto address = parse_address<asio::ip::address_v6>(in.take_plain());
    if (!address) return in.fail();
    data.address = address->to_bytes();
}

template <record_type Type>
void read_text(text_reader& in, name_record<Type>& data) {
    data.name = in.take_name();
}

DRAGLINE_DECL void read_text(text_reader& in, soa_record& data) {
    data.primary = in.take_name();
    data.mailbox = in.take_name();
    for (auto* field : {&data.serial, &data.refresh, &data.retry, &data.expire, &data.minimum})
        *field = in.take_number<std::uint32_t>();
}

DRAGLINE_DECL void read_text(text_reader& in, mx_record& data) {
    data.preference = in.take_number<std::uint16_t>();
    data.exchange = in.take_name();
}

DRAGLINE_DECL void read_text(text_reader& in, txt_record& data) {
    do {
        data.strings.push_back(in.take_string());
    } while (!in.at_end());
}

DRAGLINE_DECL void read_text(text_reader& in, srv_record& data) {
    for (auto* field : {&data.priority, &data.weight, &data.port}) *field = in.take_number<std::uint16_t>();
    data.target = in.take_name();
}

DRAGLINE_DECL void read_text(text_reader& in, naptr_record& data) {
    data.order = in.take_number<std::uint16_t>();
    data.preference = in.take_number<std::uint16_t>();
    for (auto* field : {&data.flags, &data.services, &data.regexp}) *field = in.take_string();
    data.replacement = in.take_name();
}

DRAGLINE_DECL void read_text(text_reader& in, caa_record& data) {
    data.flags = in.take_number<std::uint8_t>();
    data.tag = in.take_plain();
    data.value = in.take_bytes();
    if (!data.has_valid_tag()) in.fail();
}

DRAGLINE_DECL void read_text(text_reader& in, uri_record& data) {
    data.priority = in.take_number<std::uint16_t>();
    data.weight = in.take_number<std::uint16_t>();
    data.target = in.take_bytes();
    if (data.target.empty()) in.fail();
}

DRAGLINE_DECL void read_text(text_reader& in, dnskey_record& data) {
    data.flags = in.take_number<std::uint16_t>();
    data.protocol = in.take_number<std::uint8_t>();
    data.algorithm = in.take_number<std::uint8_t>();
    data.key = in.take_base64();
}

DRAGLINE_DECL void read_text(text_reader& in, rrsig_record& data) {
    data.type_covered = in.take_type();
    data.algorithm = in.take_number<std::uint8_t>();
    data.labels = in.take_number<std::uint8_t>();
    data.original_ttl = in.take_number<std::uint32_t>();
    data.expiration = in.take_time();
    data.inception = in.take_time();
    data.key_tag = in.take_number<std::uint16_t>();
    data.signer = in.take_name();
    data.signature = in.take_base64();
}

DRAGLINE_DECL void read_text(text_reader& in, ds_record& data) {
    data.key_tag = in.take_number<std::uint16_t>();
    data.algorithm = in.take_number<std::uint8_t>();
    data.digest_type = in.take_number<std::uint8_t>();
    data.digest = in.take_hex();
}

DRAGLINE_DECL void read_text(text_reader& in, nsec_record& data) {
    data.next = in.take_name();
    do {
        data.types.push_back(in.take_type());
    } while (!in.at_end());
    std::sort(data.types.begin(), data.types.end());
    data.types.erase(std::unique(data.types.begin(), data.types.end()), data.types.end());
}

DRAGLINE_DECL void read_text(text_reader& in, tlsa_record& data) {
    for (auto* field : {&data.usage, &data.selector, &data.matching_type})
        *field = in.take_number<std::uint8_t>();
    data.association = in.take_hex();
}

DRAGLINE_DECL void read_text(text_reader& in, sshfp_record& data) {
    data.algorithm = in.take_number<std::uint8_t>();
    data.fingerprint_type = in.take_number<std::uint8_t>();
    data.fingerprint = in.take_hex();
}

template <record_type Type>
void read_text(text_reader& in, service_binding<Type>& data) {
    data.priority = in.take_number<std::uint16_t>();
    data.target = in.take_name();
    while (!in.at_end()) {
        if (!add_parameter(data.parameters, in.take_parameter())) in.fail();
    }
    const bool good = data.parameters.is_well_formed() && data.parameters.is_consistent();
    if (!data.is_alias() && !good) in.fail();
}

DRAGLINE_DECL void read_record_text(text_reader& in, record_type type, record_data& out) {
    with_new_data(type, out, [&in](auto& data) { read_text(in, data); });
}

}  // namespace dragline::dns::detail

#endif
