// Included by <dragline/dns/detail/wildcard_check.hpp> only.
#pragma once

#include <dragline/dns/detail/lookup.hpp>
#include <dragline/dns/name.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <deque>
#include <string_view>
#include <utility>

namespace dragline::inline v1::dns::detail {

inline constexpr std::size_t longest_probe_label = 24;

DRAGLINE_DECL probe_verdict verdict_of(const answer& outcome) noexcept {
    if (outcome.exists()) return probe_verdict::answered;  // an alias is an answer, wherever it leads
    const bool denied = outcome.error == errc::name_not_found || outcome.error == errc::no_data;
    return denied ? probe_verdict::denied : probe_verdict::unclear;
}

DRAGLINE_DECL std::string random_label(async::random_source& random) {
    constexpr std::string_view characters = "abcdefghijklmnopqrstuvwxyz0123456789";
    constexpr std::size_t shortest = 12;
    const std::size_t size = shortest + random() % (longest_probe_label - shortest + 1);
    std::string label(1, characters[random() % 26]);
    while (label.size() < size) {
        auto bits = random();
        for (int i = 0; i < 10 && label.size() < size; ++i, bits /= characters.size()) {
            label += characters[bits % characters.size()];
        }
    }
    return label;
}

DRAGLINE_DECL asio::awaitable<result<bool>> check_wildcard(std::shared_ptr<resolver_core> core,
                                                           std::string domain, wildcard_options options) {
    if (const auto ec = options.problem()) co_return ec;
    auto name = normal_host_name(domain);
    if (!name) co_return name.error();
    if (name->size() + 1 + longest_probe_label > max_host_name) co_return errc::name_too_long;

    auto& loop = core->loop();
    const auto now = loop.now();
    const auto until = limit_of(options.query(), now, async::no_deadline);
    auto plan = plan_of(options.query());
    plan.bypass_cache = true;

    async::event wake(loop);  // one for all the probes, which are sent at once
    std::deque<flight_seat> probes;
    for (int i = 0; i < options.probes(); ++i) {
        const auto probe = random_label(loop.random()) + '.' + *name;
        for (const auto type : {record_type::a, record_type::aaaa, record_type::cname}) {
            bool shared = false;
            probes.emplace_back(core->flight_for(question(probe, type), plan, false, now, shared), wake);
            probes.back().in().start();
        }
    }
    for (;;) {
        const auto waited = co_await wake.wait(until, phase::resolve);
        const auto has = [&probes](probe_verdict verdict) {
            return std::any_of(probes.begin(), probes.end(), [verdict](const auto& each) {
                return each.in().outcome() && verdict_of(*each.in().outcome()) == verdict;
            });
        };
        if (has(probe_verdict::answered)) co_return true;
        if (waited.error() == asio::error::operation_aborted) co_return waited.error();
        const bool all = std::all_of(probes.begin(), probes.end(),
                                     [](const auto& each) { return each.in().outcome() != nullptr; });
        if (!all && waited) continue;
        if (!all || has(probe_verdict::unclear)) co_return errc::inconclusive;
        co_return false;
    }
}

}  // namespace dragline::dns::detail

#endif
