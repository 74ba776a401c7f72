// Included by <dragline/dns/resolve_all.hpp> only.
#pragma once

#include <dragline/dns/address_order.hpp>
#include <dragline/dns/detail/find.hpp>

#if DRAGLINE_HEADER_BODIES

#include <iterator>

namespace dragline::inline v1::dns::detail {

// The error of two look-ups that both failed: that there is nothing only when both say so.
DRAGLINE_DECL std::error_code both_failed(std::error_code v6, std::error_code v4) noexcept {
    const auto tells_little = [](std::error_code ec) {
        return ec == errc::no_data || ec == errc::name_not_found;
    };
    if (tells_little(v4) != tells_little(v6)) return tells_little(v4) ? v6 : v4;
    return v4;
}

DRAGLINE_DECL asio::awaitable<result<address_list>> resolve_both(std::shared_ptr<resolver_core> core,
                                                                 std::string name, query_options options,
                                                                 async::time_point until) {
    lookup v6(core, name, record_type::aaaa, options, until);
    lookup v4(core, std::move(name), record_type::a, options, until);
    while (v6.must_wait()) v6.waited(co_await v6.wait());
    while (v4.must_wait()) v4.waited(co_await v4.wait());
    const auto found6 = v6.finish();
    const auto found4 = v4.finish();
    if (!found6 && !found4) co_return both_failed(found6.error(), found4.error());
    auto list = address_list_of(found6 ? *found6 : *found4);
    if (!found6 || !found4) co_return list;
    auto more = address_list_of(*found4);
    list.addresses.insert(list.addresses.end(), more.addresses.begin(), more.addresses.end());
    list.ttl = std::min(list.ttl, more.ttl);
    co_return list;
}

DRAGLINE_DECL asio::awaitable<result<address_list>> resolve_all_body(resolver with, std::string name,
                                                                     query_options options) {
    options = options.over(with.defaults());
    auto core = with.core(options);
    const auto order = options.order();
    std::vector<std::string> names{name};
    auto until = async::no_deadline;
    if (must_search(name, options)) {
        names = names_to_try(name, *core, options);
        until = limit_of(options, core->loop().now(), until);  // one limit for all of them
    }
    result<address_list> found = errc::name_not_found;
    for (auto& each : names) {
        auto resolving = resolve_both(core, std::move(each), options, until);
        found = co_await std::move(resolving);
        if (found.error() != errc::name_not_found && found.error() != errc::no_data) break;
    }
    if (found && order == address_order::preference)
        found->addresses = order_addresses(with.get_executor(), std::move(found->addresses));
    co_return found;
}

}  // namespace dragline::dns::detail

#endif
