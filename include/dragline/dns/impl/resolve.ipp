// Included by <dragline/dns/resolve.hpp> only.
#pragma once

#include <dragline/async/loop_state.hpp>
#include <dragline/dns/detail/find.hpp>
#include <dragline/dns/detail/lookup.hpp>
#include <dragline/dns/detail/wildcard_op.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <utility>

namespace dragline::inline v1::dns::detail {

// Apart from its callers, whose frames need not hold what it takes; the arguments are theirs.
DRAGLINE_DECL asio::awaitable<result<found_answer>> search_host(const resolver& with, const std::string& name,
                                                                record_type type,
                                                                const query_options& options) {
    return find(with.core(options), name, type, name_kind::host, options, async::no_deadline);
}

DRAGLINE_DECL asio::awaitable<result<address_list_v4>> resolve_host_body(resolver with, std::string name,
                                                                         query_options options) {
    options = options.over(with.defaults());
    if (must_search(name, options)) {
        auto searching = search_host(with, name, record_type::a, options);
        const auto found = co_await std::move(searching);
        if (!found) co_return found.error();
        co_return addresses_v4(*found->value);
    }
    lookup looking(with.core(options), std::move(name), record_type::a, options, async::no_deadline);
    while (looking.must_wait()) looking.waited(co_await looking.wait());
    const auto found = looking.finish();
    if (!found) co_return found.error();
    co_return addresses_v4(*found->value);
}

DRAGLINE_DECL asio::awaitable<result<address_list_v6>> resolve_host6_body(resolver with, std::string name,
                                                                          query_options options) {
    options = options.over(with.defaults());
    if (must_search(name, options)) {
        auto searching = search_host(with, name, record_type::aaaa, options);
        const auto found = co_await std::move(searching);
        if (!found) co_return found.error();
        co_return addresses_v6(*found->value);
    }
    lookup looking(with.core(options), std::move(name), record_type::aaaa, options, async::no_deadline);
    while (looking.must_wait()) looking.waited(co_await looking.wait());
    const auto found = looking.finish();
    if (!found) co_return found.error();
    co_return addresses_v6(*found->value);
}

DRAGLINE_DECL bool holds_address(const answer& found, const asio::ip::address& address) {
    const auto has = [&address](const auto& addresses) {
        return std::find(addresses.begin(), addresses.end(), address) != addresses.end();
    };
    return address.is_v4() ? has(addresses_v4(found)) : has(addresses_v6(found));
}

// Of these names, those that lead to `address`.
DRAGLINE_DECL asio::awaitable<result<name_list>> confirm_forward(std::shared_ptr<resolver_core> core,
                                                                 name_list names, asio::ip::address address,
                                                                 query_options options,
                                                                 async::time_point until) {
    constexpr std::size_t most_names = 32;
    if (names.size() > most_names) names.resize(most_names);
    options.trace(nullptr);  // it holds the look-up of the address
    address = plain_address(address);
    std::deque<lookup> looking;
    for (const auto& name : names)
        looking.emplace_back(core, name, address.is_v4() ? record_type::a : record_type::aaaa, options,
                             until);
    name_list confirmed;
    for (std::size_t i = 0; i < names.size(); ++i) {
        while (looking[i].must_wait()) looking[i].waited(co_await looking[i].wait());
        const auto found = looking[i].finish();
        if (found.error() == asio::error::operation_aborted) co_return found.error();
        if (found && holds_address(*found->value, address)) confirmed.push_back(std::move(names[i]));
    }
    if (confirmed.empty()) co_return errc::not_confirmed;
    co_return confirmed;
}

DRAGLINE_DECL asio::awaitable<result<name_list>> reverse_resolve_body(resolver with,
                                                                      asio::ip::address address,
                                                                      query_options options) {
    options = options.over(with.defaults());
    auto core = with.core(options);
    const auto until = limit_of(options, core->loop().now(), async::no_deadline);
    lookup looking(core, address, options, until);
    while (looking.must_wait()) looking.waited(co_await looking.wait());
    const auto found = looking.finish();
    if (!found) co_return found.error();
    if (!options.forward_confirmed()) co_return pointer_names(*found->value);
    auto confirming =
        confirm_forward(std::move(core), pointer_names(*found->value), address, std::move(options), until);
    co_return co_await std::move(confirming);
}

DRAGLINE_DECL asio::awaitable<result<bool>> check_dns_wildcard_body(resolver with, std::string domain,
                                                                    wildcard_options options) {
    options.query(options.query().over(with.defaults()));
    auto core = with.core(options.query());
    auto checking = check_wildcard(std::move(core), std::move(domain), std::move(options));
    co_return co_await std::move(checking);
}

}  // namespace dragline::dns::detail

#endif
