// Included by <dragline/dns/resolver.hpp> only.
#pragma once

#include <dragline/async/loop_state.hpp>
#include <dragline/dns/detail/find.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns {

DRAGLINE_DECL std::shared_ptr<detail::resolver_core> resolver::core(const query_options& options) const {
    auto& registry = async::loop_state::of(executor_).get<detail::resolver_registry>();
    // Transports of one's own stand for the servers; options with servers go past them.
    return transports_ && options.servers().empty() ? registry.core_for(transports_, options)
                                                    : registry.core_for(options);
}

DRAGLINE_DECL cache_statistics resolver::statistics() const {
    return core(*defaults_)->answers().statistics();
}

DRAGLINE_DECL void resolver::clear_cache() const { core(*defaults_)->answers().clear(); }

DRAGLINE_DECL void resolver::reconfigure() const {
    async::loop_state::of(executor_).get<detail::resolver_registry>().reconfigure();
}

namespace detail {

DRAGLINE_DECL const std::shared_ptr<const query_options>& no_options() {
    static const auto none = std::make_shared<const query_options>();
    return none;
}

DRAGLINE_DECL address_list address_list_of(const found_answer& found) {
    const auto& from = *found.value;
    address_list list;
    for (const auto& address : addresses_v4(from)) list.addresses.emplace_back(address);
    for (const auto& address : addresses_v6(from)) list.addresses.emplace_back(address);
    list.ttl = found.ttl();
    list.canonical_name = from.canonical_name();
    return list;
}

DRAGLINE_DECL asio::awaitable<result<address_list>> lookup_addresses(std::shared_ptr<resolver_core> core,
                                                                     std::string name, record_type type,
                                                                     query_options options,
                                                                     async::time_point until) {
    auto finding = find(std::move(core), std::move(name), type, name_kind::host, std::move(options), until);
    const auto found = co_await std::move(finding);
    if (!found) co_return found.error();
    co_return address_list_of(*found);
}

}  // namespace detail

DRAGLINE_DECL asio::awaitable<result<address_list>> resolver::lookup(std::string name, address_family family,
                                                                     query_options options,
                                                                     async::time_point until) const {
    auto merged = options.over(*defaults_);
    auto shared = core(merged);
    const auto type = family == address_family::v4 ? record_type::a : record_type::aaaa;
    return detail::lookup_addresses(std::move(shared), std::move(name), type, std::move(merged), until);
}

}  // namespace dragline::dns

#endif
