// Included by <dragline/dns/answer.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace dragline::inline v1::dns {
namespace detail {

DRAGLINE_DECL std::error_code error_of(rcode code) noexcept {
    switch (code) {
        case rcode::no_error: return {};
        case rcode::format_error: return errc::format_error;
        case rcode::server_failure: return errc::server_failure;
        case rcode::name_not_found: return errc::name_not_found;
        case rcode::not_implemented: return errc::not_implemented;
        case rcode::refused: return errc::refused;
        case rcode::bad_version:
        case rcode::bad_cookie: break;
    }
    return errc::unexpected_rcode;
}

DRAGLINE_DECL rcode code_of(std::error_code error) noexcept {
    for (const auto code : {rcode::format_error, rcode::server_failure, rcode::name_not_found,
                            rcode::not_implemented, rcode::refused}) {
        if (error == error_of(code)) return code;
    }
    return rcode::no_error;
}

// How long the absence of a name or its data holds; 0 when the message does not say.
DRAGLINE_DECL std::uint32_t negative_ttl(const wire::message& reply, std::string_view name) noexcept {
    for (const auto& entry : reply.authorities) {
        const auto* soa = entry.get<soa_record>();
        if (soa && wire::is_at_or_below(name, entry.name)) return std::min(entry.ttl, soa->minimum);
    }
    return 0;
}

DRAGLINE_DECL bool is_alias_of(const record& entry, std::string_view name, const question& asked) noexcept {
    return entry.type == record_type::cname && entry.klass == asked.klass && entry.get<cname_record>() &&
           wire::equal_names(entry.name, name);
}

DRAGLINE_DECL bool is_answer_at(const record& entry, std::string_view name, const question& asked) noexcept {
    return (entry.type == asked.type || asked.type == record_type::any) && entry.klass == asked.klass &&
           wire::equal_names(entry.name, name);
}

}  // namespace detail

DRAGLINE_DECL answer interpret(wire::message reply, question asked) {
    answer out;
    out.asked = std::move(asked);
    out.code = reply.code;
    out.authoritative = reply.authoritative;
    out.authentic = reply.authentic_data;
    std::uint32_t ttl = std::numeric_limits<std::uint32_t>::max();

    while (!out.error) {
        const auto answers = [&out](const record& entry) {
            return detail::is_answer_at(entry, out.canonical_name(), out.asked);
        };
        if (std::all_of(reply.answers.begin(), reply.answers.end(), answers)) {
            out.records = std::move(reply.answers);  // nearly always, without aliases
        } else {
            std::copy_if(reply.answers.begin(), reply.answers.end(), std::back_inserter(out.records),
                         answers);
        }
        for (const auto& entry : out.records) ttl = std::min(ttl, entry.ttl);
        if (!out.records.empty()) break;
        const auto alias =
            std::find_if(reply.answers.begin(), reply.answers.end(), [&out](const record& entry) {
                return detail::is_alias_of(entry, out.canonical_name(), out.asked);
            });
        if (alias == reply.answers.end()) break;
        ttl = std::min(ttl, alias->ttl);
        const auto& target = alias->get<cname_record>()->name;
        const bool seen =
            wire::equal_names(target, out.asked.name) ||
            std::any_of(out.aliases.begin(), out.aliases.end(),
                        [&target](const std::string& name) { return wire::equal_names(name, target); });
        if (seen || out.aliases.size() == max_aliases) {
            out.error = errc::cname_loop;
        } else {
            out.aliases.push_back(target);
        }
    }

    if (!out.error) out.error = detail::error_of(reply.code);
    if (!out.error && out.records.empty()) out.error = errc::no_data;
    if (!out.error) {
        out.ttl = ttl;
    } else {
        out.records.clear();  // NXDOMAIN with records makes no sense
        const bool absent = out.error == errc::name_not_found || out.error == errc::no_data;
        out.ttl = absent ? std::min(ttl, detail::negative_ttl(reply, out.canonical_name())) : 0;
    }
    return out;
}

DRAGLINE_DECL answer make_answer(question asked, std::error_code error) {
    answer out;
    out.error = error;
    out.code = detail::code_of(error);
    out.asked = std::move(asked);
    return out;
}

DRAGLINE_DECL answer answer::aged(std::uint32_t seconds) const {
    const auto less = [seconds](std::uint32_t value) { return value > seconds ? value - seconds : 0; };
    answer older = *this;
    older.ttl = less(older.ttl);
    for (auto& entry : older.records) entry.ttl = less(entry.ttl);
    return older;
}

DRAGLINE_DECL std::vector<asio::ip::address_v4> addresses_v4(const answer& from) {
    std::vector<asio::ip::address_v4> addresses;
    addresses.reserve(from.records.size());
    for (const auto& entry : from.records) {
        if (const auto* data = entry.get<a_record>()) addresses.emplace_back(data->address);
    }
    return addresses;
}

DRAGLINE_DECL std::vector<asio::ip::address_v6> addresses_v6(const answer& from) {
    std::vector<asio::ip::address_v6> addresses;
    addresses.reserve(from.records.size());
    for (const auto& entry : from.records) {
        if (const auto* data = entry.get<aaaa_record>()) addresses.emplace_back(data->address);
    }
    return addresses;
}

DRAGLINE_DECL std::vector<std::string> pointer_names(const answer& from) {
    std::vector<std::string> names;
    names.reserve(from.records.size());
    for (const auto& entry : from.records) {
        if (const auto* data = entry.get<ptr_record>()) names.push_back(data->name);
    }
    return names;
}

}  // namespace dragline::dns

#endif
