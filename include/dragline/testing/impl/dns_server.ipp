// Included by <dragline/testing/dns_server.hpp> only.
#pragma once

#include <dragline/testing/detail/dns_server_state.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/ip/address_v6.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace dragline::inline v1::testing {
namespace detail {

// RFC 1035, 3.5 and RFC 3596, 2.5.
DRAGLINE_DECL std::string reverse_name(const asio::ip::address& address) {
    std::string name;
    if (address.is_v4()) {
        const auto bytes = address.to_v4().to_bytes();
        for (std::size_t i = bytes.size(); i-- > 0;) name += std::to_string(bytes[i]) + '.';
        return name + "in-addr.arpa";
    }
    constexpr std::string_view digits = "0123456789abcdef";
    const auto bytes = address.to_v6().to_bytes();
    for (std::size_t i = bytes.size(); i-- > 0;) {
        name += {digits[bytes[i] & 15], '.', digits[bytes[i] >> 4], '.'};
    }
    return name + "ip6.arpa";
}

}  // namespace detail

DRAGLINE_DECL dns_server::dns_server(const asio::ip::address& where, std::uint16_t port)
    : state_(std::make_unique<detail::dns_server_state>()) {
    state_->listen(where, port);
}

DRAGLINE_DECL dns_server::~dns_server() = default;

DRAGLINE_DECL asio::ip::udp::endpoint dns_server::listen(const asio::ip::address& where, std::uint16_t port) {
    return state_->listen(where, port);
}

DRAGLINE_DECL asio::ip::udp::endpoint dns_server::endpoint() const { return state_->first_place(); }

DRAGLINE_DECL std::string dns_server::to_string() const { return detail::place_text(endpoint()); }

DRAGLINE_DECL dns_server& dns_server::answer(std::string_view name, dns::record_type type,
                                             const std::vector<std::string>& values, seconds ttl) {
    std::vector<dns::record> records;
    for (const auto& value : values) records.push_back(make_record(name, type, value, ttl));
    state_->change_zone([&](detail::dns_zone& zone) { zone.replace(name, type, std::move(records)); });
    return *this;
}

DRAGLINE_DECL dns_server& dns_server::answer(dns::record entry) {
    state_->change_zone([&](detail::dns_zone& zone) { zone.add(std::move(entry)); });
    return *this;
}

DRAGLINE_DECL dns_server& dns_server::host(std::string_view name, const std::vector<std::string>& addresses,
                                           seconds ttl) {
    std::vector<std::string> four, six;
    for (const auto& address : addresses) (address.find(':') == address.npos ? four : six).push_back(address);
    return answer(name, dns::record_type::a, four, ttl).answer(name, dns::record_type::aaaa, six, ttl);
}

DRAGLINE_DECL dns_server& dns_server::alias(std::string_view name, std::string_view target, seconds ttl) {
    return answer(name, dns::record_type::cname, {std::string(target)}, ttl);
}

DRAGLINE_DECL dns_server& dns_server::pointer(const asio::ip::address& address,
                                              const std::vector<std::string>& names, seconds ttl) {
    return answer(detail::reverse_name(address), dns::record_type::ptr, names, ttl);
}

DRAGLINE_DECL dns_server& dns_server::empty(std::string_view name) {
    state_->change_zone([&](detail::dns_zone& zone) { zone.touch(name); });
    return *this;
}

DRAGLINE_DECL dns_server& dns_server::on(std::string_view name, dns_script script) {
    state_->add_script(name, std::nullopt, std::move(script));
    return *this;
}

DRAGLINE_DECL dns_server& dns_server::on(std::string_view name, dns::record_type type, dns_script script) {
    state_->add_script(name, type, std::move(script));
    return *this;
}

DRAGLINE_DECL dns_server& dns_server::on_query(dns_script script) { return on("*", std::move(script)); }

DRAGLINE_DECL dns_server& dns_server::negative_ttl(seconds ttl) {
    state_->set_negative_ttl(ttl);
    return *this;
}

DRAGLINE_DECL std::vector<dns_query> dns_server::queries() const { return state_->log.entries(); }
DRAGLINE_DECL std::size_t dns_server::query_count() const { return state_->log.size(); }

DRAGLINE_DECL std::size_t dns_server::query_count(std::string_view name) const {
    return state_->log.count_if(
        [&](const dns_query& one) { return dns::wire::equal_names(one.name(), name); });
}

DRAGLINE_DECL std::size_t dns_server::query_count(std::string_view name, dns::record_type type) const {
    return state_->log.count_if(
        [&](const dns_query& one) { return one.type() == type && dns::wire::equal_names(one.name(), name); });
}

DRAGLINE_DECL std::size_t dns_server::query_count(dns_transport transport) const {
    return state_->log.count_if([&](const dns_query& one) { return one.transport == transport; });
}

DRAGLINE_DECL std::size_t dns_server::malformed_queries() const { return state_->log.counts().malformed; }
DRAGLINE_DECL void dns_server::clear_queries() { state_->log.clear(); }

DRAGLINE_DECL bool dns_server::wait_for_queries(std::size_t count, duration limit) const {
    return state_->log.wait(limit, [&](const auto& seen, const auto&) { return seen.size() >= count; });
}

}  // namespace dragline::testing

#endif
