// Included by <dragline/net/detail/upstream_machine.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace dragline::inline v1::net::detail {

// `time`, made longer by up to `part` of it.
inline async::duration jittered(async::duration time, double part, std::uint64_t random) noexcept {
    if (time > async::no_limit / 4) return async::no_limit;
    const auto unit = static_cast<double>(random >> 11) * 0x1p-53;  // 0 to 1
    return time + std::chrono::duration_cast<async::duration>(
                      std::chrono::duration<double, async::duration::period>(time) * (part * unit));
}

inline bool may_serve(const upstream_machine::record_pointer& server,
                      std::span<const upstream_machine::record_pointer> tried, async::time_point now) {
    if (server->dead && (now < server->revive_at || now < server->claimed_until)) return false;
    return std::find(tried.begin(), tried.end(), server) == tried.end();
}

DRAGLINE_DECL bool upstream_machine::assign(const std::vector<upstream_server>& servers) {
    std::unordered_map<std::string, record_pointer> known;
    for (auto& each : servers_) known.emplace(each->server.target.to_string(), each);
    std::unordered_map<std::string, record_pointer> wanted;
    servers_.clear();
    for (const auto& each : servers) {
        const auto name = each.target.to_string();
        auto old = known.find(name);
        auto record = old == known.end() ? std::make_shared<upstream_record>() : old->second;
        record->server = each;
        record->turn = 0;
        const bool usable =
            !each.target.host().empty() && each.weight >= 1 && each.weight <= upstream_server::most_weight;
        if (!usable || !wanted.emplace(name, record).second) return servers_.clear(), false;
        servers_.push_back(std::move(record));
    }
    by_weight_ = servers_;
    std::stable_sort(by_weight_.begin(), by_weight_.end(),
                     [](const auto& a, const auto& b) { return a->server.weight > b->server.weight; });
    if (!fill_ring()) servers_.clear();
    return !servers_.empty();
}

DRAGLINE_DECL bool upstream_machine::fill_ring() {
    ring_.clear();
    if (options_.policy() != upstream_policy::hash_ring) return true;
    std::uint32_t number = 0;
    for (const auto& each : servers_) {
        const auto count = each->server.weight * options_.ring_points();
        if (count > hash_ring::most_points - ring_.size()) return false;
        ring_.add(each->server.target.to_string(), number++, count);
    }
    ring_.sort();
    return true;
}

DRAGLINE_DECL bool upstream_machine::all_dead() const noexcept {
    return std::all_of(servers_.begin(), servers_.end(), [](const auto& each) { return each->dead; });
}

DRAGLINE_DECL upstream_machine::record_pointer upstream_machine::choose(std::optional<std::string_view> key,
                                                                        std::span<const record_pointer> tried,
                                                                        time_point now,
                                                                        std::uint64_t random) {
    auto chosen = pick(key, tried, now, random);
    if (!chosen && now >= next_probe_ && all_dead()) chosen = pick_probe(tried, now);
    if (!chosen) return nullptr;
    ++chosen->times_chosen;
    if (chosen->dead) {
        chosen->claimed_until = async::deadline_after(now, options_.probe_timeout());
        next_probe_ = async::deadline_after(now, options_.probe_interval());
    }
    return chosen;
}

DRAGLINE_DECL upstream_machine::record_pointer upstream_machine::pick(std::optional<std::string_view> key,
                                                                      std::span<const record_pointer> tried,
                                                                      time_point now, std::uint64_t random) {
    switch (options_.policy()) {
        case upstream_policy::master_slave:
            for (const auto& each : by_weight_) {
                if (may_serve(each, tried, now)) return each;
            }
            return nullptr;
        case upstream_policy::random: return pick_at_random(tried, now, random);
        case upstream_policy::hash_ring:
            if (key) {
                const auto none = static_cast<std::uint32_t>(servers_.size());
                const auto found = ring_.find(ring_hash(*key), none, [&](std::uint32_t number) {
                    return may_serve(servers_[number], tried, now);
                });
                return found == none ? nullptr : servers_[found];
            }
            [[fallthrough]];
        case upstream_policy::round_robin: break;
    }
    return pick_in_turn(tried, now);
}

// Smooth weighted round robin: each gains its weight, the one that has most pays for all.
DRAGLINE_DECL upstream_machine::record_pointer upstream_machine::pick_in_turn(
    std::span<const record_pointer> tried, time_point now) {
    record_pointer best;
    std::int64_t total = 0;
    for (const auto& each : servers_) {
        if (!may_serve(each, tried, now)) continue;
        total += each->server.weight;
        each->turn += each->server.weight;
        if (!best || each->turn > best->turn) best = each;
    }
    if (best) best->turn -= total;
    return best;
}

DRAGLINE_DECL upstream_machine::record_pointer upstream_machine::pick_at_random(
    std::span<const record_pointer> tried, time_point now, std::uint64_t random) const {
    std::uint64_t total = 0;
    for (const auto& each : servers_) total += may_serve(each, tried, now) ? each->server.weight : 0;
    if (total == 0) return nullptr;
    auto left = random % total;
    for (const auto& each : servers_) {
        if (!may_serve(each, tried, now)) continue;
        if (left < each->server.weight) return each;
        left -= each->server.weight;
    }
    return nullptr;
}

// The one that failed longest ago, unless somebody tries one.
DRAGLINE_DECL upstream_machine::record_pointer upstream_machine::pick_probe(
    std::span<const record_pointer> tried, time_point now) const {
    record_pointer best;
    for (const auto& each : servers_) {
        if (now < each->claimed_until) return nullptr;
        if (std::find(tried.begin(), tried.end(), each) != tried.end()) continue;
        if (!best || each->last_failure < best->last_failure) best = each;
    }
    return best;
}

DRAGLINE_DECL void upstream_machine::on_connected(upstream_record& server, std::uint64_t deaths,
                                                  duration took, time_point now) {
    if (deaths != server.deaths) return;
    server.latency = server.latency == duration() ? took : server.latency + (took - server.latency) / 8;
    if (server.dead) revive(server, now);
}

DRAGLINE_DECL void upstream_machine::on_success(upstream_record& server, std::uint64_t deaths,
                                                time_point now) {
    if (deaths != server.deaths) return;
    server.failures.clear();
    if (server.dead) revive(server, now);
}

DRAGLINE_DECL void upstream_machine::on_nothing(upstream_record& server, std::uint64_t deaths) {
    if (deaths == server.deaths) server.claimed_until = time_point();
}

DRAGLINE_DECL void upstream_machine::on_failure(upstream_record& server, std::uint64_t deaths, time_point now,
                                                std::uint64_t random) {
    if (deaths != server.deaths) return;
    ++server.times_failed;
    if (server.dead) {
        server.claimed_until = time_point();
        server.last_failure = now;
        // A try before its time, for want of others, tells nothing new.
        if (now >= server.revive_at) bury(server, server.dead_for, now, random);
        return;
    }
    auto& failures = server.failures;
    const auto passed = [&](time_point when) {
        return when > now || async::deadline_after(when, options_.error_window()) < now;
    };
    failures.erase(std::remove_if(failures.begin(), failures.end(), passed), failures.end());
    failures.push_back(now);
    if (failures.size() < options_.max_errors()) return;
    failures.clear();
    ++server.deaths;
    server.dead = true;
    server.last_failure = now;
    const bool again = server.revived_at && now < async::deadline_after(*server.revived_at, server.dead_for);
    bury(server, again ? server.dead_for : duration(), now, random);
}

// `time`: how long it was dead for before; nothing for the first time.
DRAGLINE_DECL void upstream_machine::bury(upstream_record& server, duration time, time_point now,
                                          std::uint64_t random) const {
    const auto most = std::max(options_.max_revive_time(), options_.revive_time());
    server.dead_for = time == duration() ? options_.revive_time() : time > most / 2 ? most : time * 2;
    server.claimed_until = time_point();
    server.resolve_at = time_point();
    server.resolve_anew = true;
    server.revive_at =
        async::deadline_after(now, jittered(server.dead_for, options_.revive_jitter(), random));
}

DRAGLINE_DECL void upstream_machine::revive(upstream_record& server, time_point now) const noexcept {
    server.dead = false;
    server.revived_at = now;
    server.claimed_until = time_point();
    server.turn = 0;
}

}  // namespace dragline::net::detail

#endif
