// Included by <dragline/dns/resolve.hpp> only.
#pragma once

#include <dragline/async/loop_state.hpp>
#include <dragline/dns/detail/find.hpp>
#include <dragline/dns/detail/lookup.hpp>
#include <dragline/dns/detail/wildcard_check.hpp>

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL asio::awaitable<result<address_list_v4>> resolve_host_body(resolver with, std::string name,
                                                                         query_options options) {
    options = options.over(with.defaults());
    if (must_search(name, options)) {
        auto finding = find(with.core(options), std::move(name), record_type::a, name_kind::host, options,
                            async::no_deadline);
        const auto found = co_await std::move(finding);
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
        auto finding = find(with.core(options), std::move(name), record_type::aaaa, name_kind::host, options,
                            async::no_deadline);
        const auto found = co_await std::move(finding);
        if (!found) co_return found.error();
        co_return addresses_v6(*found->value);
    }
    lookup looking(with.core(options), std::move(name), record_type::aaaa, options, async::no_deadline);
    while (looking.must_wait()) looking.waited(co_await looking.wait());
    const auto found = looking.finish();
    if (!found) co_return found.error();
    co_return addresses_v6(*found->value);
}

DRAGLINE_DECL asio::awaitable<result<name_list>> reverse_resolve_body(resolver with,
                                                                      asio::ip::address address,
                                                                      query_options options) {
    options = options.over(with.defaults());
    lookup looking(with.core(options), std::move(address), options, async::no_deadline);
    while (looking.must_wait()) looking.waited(co_await looking.wait());
    const auto found = looking.finish();
    if (!found) co_return found.error();
    co_return pointer_names(*found->value);
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
