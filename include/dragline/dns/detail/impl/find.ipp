// Included by <dragline/dns/detail/find.hpp> only.
#pragma once

#include <dragline/dns/name.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL bool must_search(std::string_view name, const query_options& options) noexcept {
    return (options.system_search() || !options.search().empty()) && !name.ends_with('.');
}

// What needs no DNS needs no search.
DRAGLINE_DECL bool is_known_here(const std::string& name, resolver_core& core, const query_options& options) {
    if (literal_address(name)) return true;
    const auto normal = normal_host_name(name);
    if (!normal || is_localhost(*normal)) return true;
    if (!options.hosts_file()) return false;
    const auto& hosts = core.loop().get<resolver_registry>().hosts(options.hosts_path());
    return !hosts.addresses_of(*normal).empty();
}

DRAGLINE_DECL std::vector<std::string> names_to_try(const std::string& name, resolver_core& core,
                                                    const query_options& options) {
    if (is_known_here(name, core, options)) return {name};
    const auto now = core.loop().now();
    const bool system = options.system_search();
    const auto& suffixes = system && options.search().empty() ? core.system(now).search : options.search();
    const long ndots = options.ndots().value_or(system ? core.system(now).ndots : 1);
    std::vector<std::string> names;
    const bool as_it_stands_first = std::count(name.begin(), name.end(), '.') >= ndots;
    if (as_it_stands_first) names.push_back(name);
    for (const auto& suffix : suffixes) names.push_back(name + '.' + suffix);
    if (!as_it_stands_first) names.push_back(name);
    return names;
}

DRAGLINE_DECL asio::awaitable<result<found_answer>> find_one(std::shared_ptr<resolver_core> core,
                                                             std::string name, record_type type,
                                                             name_kind kind, query_options options,
                                                             async::time_point until) {
    if (kind == name_kind::host) {
        lookup looking(std::move(core), std::move(name), type, options, until);
        while (looking.must_wait()) looking.waited(co_await looking.wait());
        co_return looking.finish();
    }
    question asked(std::move(name), type);
    lookup looking(std::move(core), std::move(asked), false, options, until);
    while (looking.must_wait()) looking.waited(co_await looking.wait());
    co_return looking.finish();
}

DRAGLINE_DECL asio::awaitable<result<found_answer>> find(std::shared_ptr<resolver_core> core,
                                                         std::string name, record_type type, name_kind kind,
                                                         query_options options, async::time_point until) {
    if (!must_search(name, options)) {
        auto finding = find_one(std::move(core), std::move(name), type, kind, std::move(options), until);
        co_return co_await std::move(finding);
    }
    until = limit_of(options, core->loop().now(), until);  // one limit for all of them
    // That one name has no data tells more than that another does not exist.
    std::error_code absent = errc::name_not_found;
    auto names = names_to_try(name, *core, options);
    for (auto& each : names) {
        auto finding = find_one(core, std::move(each), type, kind, options, until);
        auto found = co_await std::move(finding);
        if (found) co_return found;
        if (found.error() != errc::name_not_found && found.error() != errc::no_data) co_return found.error();
        if (found.error() == errc::no_data) absent = found.error();
    }
    co_return absent;
}

}  // namespace dragline::dns::detail

#endif
