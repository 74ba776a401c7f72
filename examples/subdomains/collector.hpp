// Asks servers for evidence of wildcards, below each domain once. Start with collector.
#pragma once

#include "../probe/as_values.hpp"
#include "judge.hpp"
#include "settings.hpp"

#include <dragline/async/event_loop.hpp>
#include <dragline/async/semaphore.hpp>
#include <dragline/dns/options.hpp>
#include <dragline/dns/wildcards/probe_wildcard.hpp>

#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace subdomains {

/// The servers that have the last word, asked as the settings say.
inline dragline::dns::query_options query_options_for(const settings& options) {
    auto made = dragline::dns::query_options().rotate(true).tries(options.tries);
    const auto& servers = options.trusted.empty() ? options.resolvers : options.trusted;
    if (!servers.empty()) made.servers(servers);
    if (options.rate > 0) made.queries_per_second(options.rate);
    return made.try_timeout(options.try_timeout).timeout(std::chrono::minutes(1));
}

class collector {
public:
    collector(dragline::event_loop& loop, const settings& options, judge& wanted_by)
        : loop_(loop), wanted_by_(wanted_by), places_(loop, at_once) {
        for_domains_.query(query_options_for(options)).levels(1).types(other_types(options));
        for_words_ = for_domains_;
        // No controls: whether the resolver rewrites is known from the domain.
        for_words_.probes(2).depth(1).controls({});
    }

    /// Gives the judge all that can be known about a domain of the command line.
    asio::awaitable<void> survey(std::string domain) { return collect(std::move(domain), for_domains_); }

    /// Makes sure that the judge knows the level right above a name that was found. Who asks while somebody
    /// else does waits for that answer.
    asio::awaitable<void> prepare(std::string name) {
        const auto domain = parent_of(name);
        if (wanted_by_.knows(domain)) co_return;
        if (const auto begun = begun_.find(domain); begun != begun_.end()) {
            const auto bell = begun->second;
            co_await bell->async_wait(probe::as_values());
            co_return;
        }
        if (wanted_by_.size() + begun_.size() >= most_levels) co_return;  // the level above must do
        const auto bell =
            std::make_shared<asio::steady_timer>(loop_.get_executor(), asio::steady_timer::time_point::max());
        begun_.emplace(domain, bell);
        auto collecting = collect(domain, for_words_);
        co_await std::move(collecting);
        begun_.erase(domain);
        bell->cancel();  // wakes all who wait
    }

private:
    static constexpr std::size_t at_once = 8;
    static constexpr std::size_t most_levels = 10'000;

    static std::vector<dragline::dns::record_type> other_types(const settings& options) {
        using dragline::dns::record_type;
        auto types = options.types;
        std::erase_if(types, [](record_type each) {
            return each == record_type::a || each == record_type::aaaa || each == record_type::cname;
        });
        return types;
    }

    // What cannot be found out leaves the judge with a level that says so.
    asio::awaitable<void> collect(std::string domain, dragline::dns::wildcard_options how) {
        auto waiting = places_.acquire();
        const auto place = co_await std::move(waiting);
        auto probing = dragline::dns::probe_wildcard(loop_, domain, std::move(how), probe::as_values());
        auto [error, evidence] = co_await std::move(probing);
        wanted_by_.add(domain, std::move(evidence));
    }

    dragline::event_loop& loop_;
    judge& wanted_by_;
    dragline::async::semaphore places_;
    dragline::dns::wildcard_options for_domains_;
    dragline::dns::wildcard_options for_words_;
    std::map<std::string, std::shared_ptr<asio::steady_timer>> begun_;
};

}  // namespace subdomains
