// Included by <dragline/testing/dns_message.hpp> only.
#pragma once

#include <dragline/dns/records/presentation.hpp>
#include <dragline/dns/wire/name.hpp>

#if DRAGLINE_HEADER_BODIES

#include <stdexcept>
#include <system_error>

namespace dragline::inline v1::testing {
namespace detail {

DRAGLINE_DECL std::string checked_name(std::string_view name) {
    std::vector<std::uint8_t> ignored;
    if (const auto ec = dns::wire::encode_name(name, ignored)) {
        throw std::invalid_argument("make_record: " + ec.message() + ": " + std::string(name));
    }
    return std::string(name);
}

DRAGLINE_DECL dns::record_data parse_data(dns::record_type type, std::string_view value) {
    using enum dns::record_type;
    if (type == txt) return dns::txt_record(std::vector<std::string>{std::string(value)});
    // Whatever can be a name, also what a master file would take for something else.
    if (type == cname) return dns::cname_record(checked_name(value));
    if (type == ns) return dns::ns_record(checked_name(value));
    if (type == ptr) return dns::ptr_record(checked_name(value));
    if (type == dname) return dns::dname_record(checked_name(value));
    auto data = dns::parse_record_data(type, value);
    if (data) return *std::move(data);
    throw std::invalid_argument("make_record: no data of type " + dns::to_string(type) + ": " +
                                std::string(value) + ": " + data.error().message());
}

}  // namespace detail

DRAGLINE_DECL dns::record make_record(std::string_view owner, dns::record_type type, std::string_view value,
                                      std::chrono::seconds ttl) {
    dns::record out;
    out.name = detail::checked_name(owner);
    out.type = type;
    out.ttl = static_cast<std::uint32_t>(ttl.count());
    out.data = detail::parse_data(type, value);
    return out;
}

DRAGLINE_DECL dns_reply dns_reply::failure(const std::string& text) {
    dns_reply reply(dns::rcode::server_failure);
    reply.answer(make_record("failure.test", dns::record_type::txt, text.substr(0, 255)));
    return reply;
}

DRAGLINE_DECL dns_reply& dns_reply::answer(dns::record_type type, const std::vector<std::string>& values,
                                           std::chrono::seconds ttl) {
    for (const auto& value : values) {
        records_.push_back(make_record(".", type, value, ttl));
        records_.back().name.clear();  // the name that will be asked for
    }
    return *this;
}

DRAGLINE_DECL dns_reply& dns_reply::answer(dns::record entry) {
    records_.push_back(std::move(entry));
    return *this;
}

}  // namespace dragline::testing

#endif
