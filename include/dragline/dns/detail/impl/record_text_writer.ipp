// Included by <dragline/dns/detail/record_text_writer.hpp> only.
#pragma once

#include <dragline/dns/detail/service_text.hpp>
#include <dragline/dns/detail/text_writer.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/ip/address_v4.hpp>
#include <asio/ip/address_v6.hpp>

#include <utility>
#include <variant>

namespace dragline::inline v1::dns::detail {

// An overload for each type; each may leave `out` empty for data that has no text.
DRAGLINE_DECL void write_text(text_writer&, const raw_record&) {}

DRAGLINE_DECL void write_text(text_writer& out, const a_record& data) {
    out.word(asio::ip::address_v4(data.address).to_string());
}

DRAGLINE_DECL void write_text(text_writer& out, const aaaa_record& data) {
    out.word(asio::ip::address_v6(data.address).to_string());
}

template <record_type Type>
void write_text(text_writer& out, const name_record<Type>& data) {
    out.name(data.name);
}

DRAGLINE_DECL void write_text(text_writer& out, const soa_record& data) {
    out.name(data.primary).name(data.mailbox);
    out.put(data.serial).put(data.refresh).put(data.retry).put(data.expire).put(data.minimum);
}

DRAGLINE_DECL void write_text(text_writer& out, const mx_record& data) {
    out.put(data.preference).name(data.exchange);
}

DRAGLINE_DECL void write_text(text_writer& out, const txt_record& data) {
    if (data.strings.empty()) out.quoted("");
    for (const auto& text : data.strings) out.quoted(text);
}

DRAGLINE_DECL void write_text(text_writer& out, const srv_record& data) {
    out.put(data.priority).put(data.weight).put(data.port).name(data.target);
}

DRAGLINE_DECL void write_text(text_writer& out, const naptr_record& data) {
    out.put(data.order).put(data.preference);
    out.quoted(data.flags).quoted(data.services).quoted(data.regexp).name(data.replacement);
}

DRAGLINE_DECL void write_text(text_writer& out, const caa_record& data) {
    if (data.has_valid_tag()) out.put(data.flags).word(data.tag).quoted(data.value);
}

DRAGLINE_DECL void write_text(text_writer& out, const uri_record& data) {
    out.put(data.priority).put(data.weight).quoted(data.target);
}

DRAGLINE_DECL void write_text(text_writer& out, const dnskey_record& data) {
    if (data.key.empty()) return;
    out.put(data.flags).put(data.protocol).put(data.algorithm).base64(data.key);
}

DRAGLINE_DECL void write_text(text_writer& out, const rrsig_record& data) {
    if (data.signature.empty()) return;
    out.word(to_string(data.type_covered)).put(data.algorithm).put(data.labels).put(data.original_ttl);
    out.time(data.expiration).time(data.inception).put(data.key_tag).name(data.signer).base64(data.signature);
}

DRAGLINE_DECL void write_text(text_writer& out, const ds_record& data) {
    if (data.digest.empty()) return;
    out.put(data.key_tag).put(data.algorithm).put(data.digest_type).hex(data.digest);
}

DRAGLINE_DECL void write_text(text_writer& out, const nsec_record& data) {
    out.name(data.next);
    for (const auto type : data.types) out.word(to_string(type));
}

DRAGLINE_DECL void write_text(text_writer& out, const tlsa_record& data) {
    if (data.association.empty()) return;
    out.put(data.usage).put(data.selector).put(data.matching_type).hex(data.association);
}

DRAGLINE_DECL void write_text(text_writer& out, const sshfp_record& data) {
    if (data.fingerprint.empty()) return;
    out.put(data.algorithm).put(data.fingerprint_type).hex(data.fingerprint);
}

template <record_type Type>
void write_text(text_writer& out, const service_binding<Type>& data) {
    if (!data.is_alias() && !data.parameters.is_consistent()) return;
    out.put(data.priority).name(data.target);
    append_parameters(out.text(), data.parameters);
}

DRAGLINE_DECL std::string write_record_text(const record_data& data) {
    text_writer out;
    std::visit([&out](const auto& typed) { write_text(out, typed); }, data);
    return std::move(out.text());
}

}  // namespace dragline::dns::detail

#endif
