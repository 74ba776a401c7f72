// Included by <dragline/dns/detail/answer_size.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL std::size_t memory_of(const std::string& text) noexcept {
    return text.capacity() > std::string().capacity() ? text.capacity() + 1 : 0;
}

// What the data of a record keeps outside of itself, whatever its type.
struct data_size {
    std::size_t bytes = 0;

    void add(const std::string& text) noexcept { bytes += memory_of(text); }
    template <class T>
    void add(const std::vector<T>& values) noexcept {
        bytes += values.capacity() * sizeof(T);
        if constexpr (std::is_same_v<T, std::string>) {
            for (const auto& each : values) add(each);
        } else if constexpr (std::is_same_v<T, service_parameter>) {
            for (const auto& each : values) add(each.value);
        }
    }

    void operator()(const a_record&) noexcept {}
    void operator()(const aaaa_record&) noexcept {}
    template <record_type Type>
    void operator()(const name_record<Type>& data) noexcept {
        add(data.name);
    }
    void operator()(const raw_record& data) noexcept { add(data.bytes); }
    void operator()(const soa_record& data) noexcept { add(data.primary), add(data.mailbox); }
    void operator()(const mx_record& data) noexcept { add(data.exchange); }
    void operator()(const txt_record& data) noexcept { add(data.strings); }
    void operator()(const srv_record& data) noexcept { add(data.target); }
    void operator()(const naptr_record& data) noexcept {
        for (const auto* text : {&data.flags, &data.services, &data.regexp, &data.replacement}) add(*text);
    }
    void operator()(const caa_record& data) noexcept { add(data.tag), add(data.value); }
    void operator()(const uri_record& data) noexcept { add(data.target); }
    void operator()(const dnskey_record& data) noexcept { add(data.key); }
    void operator()(const rrsig_record& data) noexcept { add(data.signer), add(data.signature); }
    void operator()(const ds_record& data) noexcept { add(data.digest); }
    void operator()(const nsec_record& data) noexcept { add(data.next), add(data.types); }
    void operator()(const tlsa_record& data) noexcept { add(data.association); }
    void operator()(const sshfp_record& data) noexcept { add(data.fingerprint); }
    template <record_type Type>
    void operator()(const service_binding<Type>& data) noexcept {
        add(data.target), add(data.parameters.all());
    }
};

DRAGLINE_DECL std::size_t memory_of(const std::vector<record>& records) noexcept {
    data_size within;
    for (const auto& each : records) {
        within.add(each.name);
        std::visit([&within](const auto& data) { within(data); }, each.data);
    }
    return records.capacity() * sizeof(record) + within.bytes;
}

DRAGLINE_DECL std::size_t memory_of(const answer& value) noexcept {
    std::size_t bytes = sizeof value + memory_of(value.asked.name) + memory_of(value.records);
    for (const auto& alias : value.aliases) bytes += sizeof alias + memory_of(alias);
    if (value.reply) {
        const auto& message = value.reply->message;
        bytes += sizeof *value.reply + memory_of(message.answers) + memory_of(message.authorities) +
                 memory_of(message.additionals);
    }
    return bytes;
}

}  // namespace dragline::dns::detail

#endif
