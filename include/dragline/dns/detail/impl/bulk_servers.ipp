// Included by <dragline/dns/detail/bulk_servers.hpp> only.
#pragma once

#include <dragline/core/error.hpp>
#include <dragline/dns/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <chrono>
#include <utility>

namespace dragline::inline v1::dns::detail {

inline constexpr double burst_seconds = 0.05;  // three ticks of the loop's timers

// Outcomes after which a server can be judged; sooner when it has answered nothing at all.
inline constexpr std::size_t outcomes_to_judge = 64;
inline constexpr std::size_t outcomes_of_the_dead = 16;

DRAGLINE_DECL bulk_servers::bulk_servers(const bulk_options& options, std::vector<std::string> names,
                                         std::size_t trusted)
    : all_(names.size()),
      plain_(names.size() - trusted),
      alive_(plain_),
      drops_(options.drop_bad_servers()),
      max_contradicted_(options.max_contradicted()) {
    next_[1] = plain_;
    const double rate = options.queries_per_second();
    const double burst = options.burst() != 0 ? static_cast<double>(options.burst()) : rate * burst_seconds;
    for (std::size_t i = 0; i < names.size(); ++i) {
        all_[i].summary.server = std::move(names[i]);
        all_[i].summary.trusted = i >= plain_;
        if (rate != 0) all_[i].bucket.emplace(rate, burst);
    }
}

DRAGLINE_DECL bool bulk_servers::may_send(std::uint32_t server, async::time_point now) {
    return has_token(all_[server], now);
}

DRAGLINE_DECL bulk_servers::choice bulk_servers::pick(bool trusted, std::span<const std::uint32_t> hopeless,
                                                      std::optional<std::uint32_t> last,
                                                      async::time_point now) {
    const std::size_t first = trusted ? plain_ : 0;
    const std::size_t count = trusted ? all_.size() - plain_ : plain_;
    auto& next = next_[trusted ? 1 : 0];
    choice chosen;
    chosen.hopeless = true;
    bool last_is_left = false;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = first + (next - first + i) % count;
        const auto server = static_cast<std::uint32_t>(at);
        auto& each = all_[at];
        if (each.summary.dropped != drop_reason::none) continue;
        if (!hopeless.empty() && std::find(hopeless.begin(), hopeless.end(), server) != hopeless.end())
            continue;
        if (last && server == *last) {
            last_is_left = true;
            continue;
        }
        chosen.hopeless = false;
        if (!has_token(each, now)) continue;
        next = first + (at + 1 - first) % count;
        chosen.server = server;
        return chosen;
    }
    if (chosen.hopeless && last_is_left) {
        chosen.hopeless = false;
        if (has_token(all_[*last], now)) chosen.server = last;
    }
    return chosen;
}

DRAGLINE_DECL async::time_point bulk_servers::free_at(async::time_point now) noexcept {
    auto when = async::no_deadline;
    for (auto& each : all_) {
        if (!each.bucket) return now;
        if (each.summary.dropped == drop_reason::none) when = std::min(when, each.bucket->next(now));
    }
    return when;
}

DRAGLINE_DECL void bulk_servers::sent(std::uint32_t server, async::time_point now) noexcept {
    ++all_[server].summary.sent;
    if (all_[server].bucket) all_[server].bucket->take(now);
}

DRAGLINE_DECL void bulk_servers::answered(std::uint32_t server, async::duration took) noexcept {
    auto& of = all_[server];
    ++of.summary.answered;
    of.time += took;
}

DRAGLINE_DECL void bulk_servers::failed(std::uint32_t server, std::error_code ec) noexcept {
    auto& of = all_[server].summary;
    if (ec == condition::timeout) {
        ++of.timed_out;
    } else if (ec == errc::refused) {
        ++of.refused;
    } else if (ec == errc::server_failure) {
        ++of.server_failures;
    } else {
        ++of.other_failures;
        if (ec == errc::servers_unreachable && of.answered == 0 && of.other_failures >= outcomes_of_the_dead)
            return drop(server, drop_reason::unreachable);
    }
    judge(server);
}

DRAGLINE_DECL void bulk_servers::contradicted(std::uint32_t server) noexcept {
    if (++all_[server].summary.contradicted > max_contradicted_) drop(server, drop_reason::lying);
}

// Names may be bad, and then fail everywhere: a server is bad when it fails most of what it is asked, and the
// others together fail less than half as often.
DRAGLINE_DECL void bulk_servers::judge(std::uint32_t server) noexcept {
    const auto& suspect = all_[server];
    const std::size_t outcomes = suspect.outcomes();
    if (outcomes < (suspect.summary.answered == 0 ? outcomes_of_the_dead : outcomes_to_judge)) return;
    if (outcomes % outcomes_of_the_dead != 0 || 2 * suspect.failures() <= outcomes) return;
    std::size_t others = 0;
    std::size_t failures_of_others = 0;
    for (std::size_t i = 0; i < plain_; ++i) {
        if (i == server || all_[i].summary.dropped != drop_reason::none) continue;
        others += all_[i].outcomes();
        failures_of_others += all_[i].failures();
    }
    if (others < outcomes_of_the_dead) return;
    const double share = static_cast<double>(suspect.failures()) / static_cast<double>(outcomes);
    const double share_of_others = static_cast<double>(failures_of_others) / static_cast<double>(others);
    if (share_of_others > share / 2) return;
    drop(server,
         2 * suspect.summary.timed_out > suspect.failures() ? drop_reason::silent : drop_reason::failing);
}

DRAGLINE_DECL void bulk_servers::drop(std::uint32_t server, drop_reason why) noexcept {
    auto& of = all_[server].summary;
    if (!drops_ || of.trusted || of.dropped != drop_reason::none || alive_ == 1) return;
    of.dropped = why;
    --alive_;
}

DRAGLINE_DECL std::vector<bulk_server_summary> bulk_servers::summaries() const {
    std::vector<bulk_server_summary> out;
    out.reserve(all_.size());
    for (const auto& each : all_) {
        out.push_back(each.summary);
        if (each.summary.answered != 0)
            out.back().mean_time = each.time / static_cast<async::duration::rep>(each.summary.answered);
    }
    return out;
}

}  // namespace dragline::dns::detail

#endif
