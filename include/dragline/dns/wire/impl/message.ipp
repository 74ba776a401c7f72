// Included by <dragline/dns/wire/message.hpp> only.
#pragma once

#include <dragline/dns/detail/message_reader.hpp>
#include <dragline/dns/detail/message_writer.hpp>
#include <dragline/dns/detail/query_writer.hpp>
#include <dragline/dns/detail/record_reader.hpp>
#include <dragline/dns/detail/record_writer.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <array>
#include <utility>

namespace dragline::inline v1::dns::wire {
namespace detail {

using dns::detail::message_reader;
using dns::detail::message_writer;
using dns::detail::read_record_data;
using dns::detail::write_record_data;

inline constexpr std::size_t header_size = 12;

// One record of any section. OPT goes to `out.extension`.
DRAGLINE_DECL bool read_record(message_reader& in, message& out, std::vector<record>& section) {
    // Most owners are a pointer to the name of the question, which stands right behind the header.
    const bool asked = !out.questions.empty() && in.take_if(0xc000 | header_size);
    auto name = asked ? out.questions.front().name : in.take_name();
    const auto type = static_cast<record_type>(in.take16());
    const auto klass = static_cast<record_class>(in.take16());
    const std::uint32_t ttl = in.take32();
    const std::size_t size = in.take16();
    if (in.failed() || in.left() < size) return false;
    const std::size_t end = in.position() + size;
    if (type == record_type::opt) {
        // One at most, at the root, among the additional records (RFC 6891, 6.1.1).
        if (out.extension || name != "." || &section != &out.additionals) return false;
        edns extension;
        extension.udp_size = static_cast<std::uint16_t>(klass);
        extension.version = static_cast<std::uint8_t>(ttl >> 16);
        extension.dnssec_ok = (ttl & 0x8000) != 0;
        const auto options = in.take(size);
        extension.options.assign(options.begin(), options.end());
        out.code = static_cast<rcode>((ttl >> 24) << 4 | (static_cast<unsigned>(out.code) & 0xf));
        out.extension = std::move(extension);
        return true;
    }
    auto& entry = section.emplace_back();
    entry.name = std::move(name);
    entry.type = type;
    entry.klass = klass;
    entry.ttl = ttl & 0x80000000u ? 0 : ttl;
    auto data = in.until(end);
    read_record_data(data, type, klass, entry.data);
    if (data.failed() || data.left() != 0) return false;
    in.skip_to(end);
    return true;
}

DRAGLINE_DECL void write_record(message_writer& out, const record& entry) {
    out.put_name(entry.name);
    out.put16(static_cast<std::uint16_t>(entry.type));
    out.put16(static_cast<std::uint16_t>(entry.klass));
    out.put32(entry.ttl);
    const auto start = out.start_data();
    write_record_data(out, entry.data);
    out.end_data(start);
}

DRAGLINE_DECL void write_extension(message_writer& out, const edns& extension, rcode code) {
    out.put8(0);
    out.put16(static_cast<std::uint16_t>(record_type::opt));
    out.put16(extension.udp_size);
    out.put8(static_cast<std::uint8_t>(static_cast<unsigned>(code) >> 4));
    out.put8(extension.version);
    out.put16(extension.dnssec_ok ? 0x8000 : 0);
    const auto start = out.start_data();
    out.put(extension.options);
    out.end_data(start);
}

DRAGLINE_DECL std::uint16_t flags_of(const message& value) noexcept {
    unsigned flags = static_cast<unsigned>(value.code) & 0xf;
    flags |= (value.opcode & 0xfu) << 11;
    if (value.response) flags |= 0x8000;
    if (value.authoritative) flags |= 0x0400;
    if (value.truncated) flags |= 0x0200;
    if (value.recursion_desired) flags |= 0x0100;
    if (value.recursion_available) flags |= 0x0080;
    if (value.authentic_data) flags |= 0x0020;
    if (value.checking_disabled) flags |= 0x0010;
    return static_cast<std::uint16_t>(flags);
}

DRAGLINE_DECL void set_flags(message& value, std::uint16_t flags) noexcept {
    value.code = static_cast<rcode>(flags & 0xf);
    value.opcode = static_cast<std::uint8_t>(flags >> 11 & 0xf);
    value.response = (flags & 0x8000) != 0;
    value.authoritative = (flags & 0x0400) != 0;
    value.truncated = (flags & 0x0200) != 0;
    value.recursion_desired = (flags & 0x0100) != 0;
    value.recursion_available = (flags & 0x0080) != 0;
    value.authentic_data = (flags & 0x0020) != 0;
    value.checking_disabled = (flags & 0x0010) != 0;
}

// Servers that do not even look at a query, as unbound does with those of strangers, answer with its header.
DRAGLINE_DECL bool refuses_without_question(const message& reply) noexcept {
    if (!reply.questions.empty() || !reply.answers.empty()) return false;
    return reply.code != rcode::no_error && reply.code != rcode::name_not_found;
}

}  // namespace detail

DRAGLINE_DECL result<message> decode_message(byte_view bytes, const decode_limits& limits) {
    if (bytes.size() < detail::header_size || bytes.size() > max_message_size) return errc::malformed_message;
    detail::message_reader in(bytes);
    message out;
    out.id = in.take16();
    detail::set_flags(out, in.take16());
    const std::size_t question_count = in.take16();
    const std::size_t counts[] = {in.take16(), in.take16(), in.take16()};
    if (question_count + counts[0] + counts[1] + counts[2] > limits.max_records)
        return errc::malformed_message;

    for (std::size_t i = 0; i < question_count; ++i) {
        question asked;
        asked.name = in.take_name();
        asked.type = static_cast<record_type>(in.take16());
        asked.klass = static_cast<record_class>(in.take16());
        if (in.failed()) return errc::malformed_message;
        out.questions.push_back(std::move(asked));
    }
    std::vector<record>* const sections[] = {&out.answers, &out.authorities, &out.additionals};
    constexpr std::size_t least_size = 11;  // of a record
    for (std::size_t section = 0; section < 3; ++section) {
        sections[section]->reserve(std::min(counts[section], in.left() / least_size));
        for (std::size_t i = 0; i < counts[section]; ++i) {
            if (!detail::read_record(in, out, *sections[section])) return errc::malformed_message;
        }
    }
    return out;
}

DRAGLINE_DECL result<std::vector<std::uint8_t>> encode_message(const message& value, std::size_t max_size) {
    detail::message_writer out(max_size);
    if (value.opcode > 15 || static_cast<unsigned>(value.code) > (value.extension ? 0xfffu : 0xfu)) {
        return errc::malformed_message;
    }
    out.put16(value.id);
    out.put16(detail::flags_of(value));
    out.put_count(value.questions.size());
    out.put_count(value.answers.size());
    out.put_count(value.authorities.size());
    out.put_count(value.additionals.size() + (value.extension ? 1 : 0));
    for (const auto& asked : value.questions) {
        out.put_name(asked.name);
        out.put16(static_cast<std::uint16_t>(asked.type));
        out.put16(static_cast<std::uint16_t>(asked.klass));
        if (out.failed()) return out.finish();
    }
    for (const auto* section : {&value.answers, &value.authorities, &value.additionals}) {
        for (const auto& entry : *section) {
            detail::write_record(out, entry);
            if (out.failed()) return out.finish();
        }
    }
    if (value.extension) detail::write_extension(out, *value.extension, value.code);
    return out.finish();
}

DRAGLINE_DECL message make_query(std::uint16_t id, question asked, std::uint16_t udp_size) {
    message query;
    query.id = id;
    query.questions.push_back(std::move(asked));
    if (udp_size != 0) query.extension.emplace().udp_size = udp_size;
    return query;
}

DRAGLINE_DECL message make_query(std::uint16_t id, question asked, const query_form& form) {
    auto query = make_query(id, std::move(asked), form.udp_size);
    query.recursion_desired = form.recursion_desired;
    query.checking_disabled = form.checking_disabled;
    if (query.extension) query.extension->dnssec_ok = form.dnssec_ok;
    return query;
}

DRAGLINE_DECL std::error_code append_query(std::uint16_t id, const question& asked, const query_form& form,
                                           std::vector<std::uint8_t>& out) {
    const std::size_t start = out.size();
    out.resize(start + dns::detail::query_header_size);
    dns::detail::write_query_header(out.data() + start, id, form);
    if (const auto ec = encode_name(asked.name, out)) return out.resize(start), ec;
    const std::size_t name_end = out.size();
    out.resize(name_end + 4 + (form.udp_size != 0 ? dns::detail::query_extension_size : 0));
    store_big16(out.data() + name_end, static_cast<std::uint16_t>(asked.type));
    store_big16(out.data() + name_end + 2, static_cast<std::uint16_t>(asked.klass));
    if (form.udp_size != 0) dns::detail::write_query_extension(out.data() + name_end + 4, form);
    return {};
}

DRAGLINE_DECL message make_response(const message& query, rcode code) {
    message response;
    response.id = query.id;
    response.response = true;
    response.opcode = query.opcode;
    response.recursion_desired = query.recursion_desired;
    response.code = code;
    response.questions = query.questions;
    if (query.extension) response.extension.emplace();
    return response;
}

DRAGLINE_DECL std::error_code check_response(const message& reply, std::uint16_t id,
                                             const question& asked) noexcept {
    if (!reply.response) return errc::not_a_response;
    if (reply.id != id) return errc::id_mismatch;
    if (detail::refuses_without_question(reply)) return {};
    if (reply.questions.size() != 1) return errc::question_mismatch;
    const auto& repeated = reply.questions.front();
    const bool same = repeated.type == asked.type && repeated.klass == asked.klass &&
                      equal_names(repeated.name, asked.name);
    return same ? std::error_code() : make_error_code(errc::question_mismatch);
}

}  // namespace dragline::dns::wire

#endif
