// Included by <dragline/dns/detail/resolver_core.hpp> only.
#pragma once

#include <dragline/core/platform.hpp>
#include <dragline/dns/detail/ares_transport.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::dns::detail {

inline constexpr std::size_t max_resolv_conf = 64 * 1024;

DRAGLINE_DECL resolver_core::resolver_core(async::loop_state& loop, std::vector<server> servers,
                                           std::string_view resolv_conf)
    : loop_(loop),
      of_system_(servers.empty()),
      resolv_conf_(std::string(resolv_conf), max_resolv_conf),
      servers_(std::move(servers)) {}

DRAGLINE_DECL resolver_core::resolver_core(async::loop_state& loop, transport_list transports)
    : loop_(loop),
      resolv_conf_({}, max_resolv_conf),
      transports_(std::make_shared<const transport_list>(std::move(transports))) {}

DRAGLINE_DECL void resolver_core::refresh(async::time_point now) {
    if (of_system_ && resolv_conf_.changed(now)) read_system_servers();
}

DRAGLINE_DECL void resolver_core::read_system_servers() {
    std::vector<server> now;
    if (platform::windows && resolv_conf_.path() == query_options::default_resolv_conf) {
        now = ares_system_servers();
    } else {
        now = parse_resolv_conf(resolv_conf_.read());
    }
    if (now.empty()) now.emplace_back(asio::ip::address_v4::loopback());  // resolv.conf(5)
    if (now == servers_) return;
    servers_ = std::move(now);
    transports_.reset();
    preferred_ = 0;
    cache_.clear();  // another network may have other answers
}

DRAGLINE_DECL const std::shared_ptr<const transport_list>& resolver_core::transports(async::time_point now) {
    refresh(now);
    if (!transports_) {
        transport_list made;
        for (const auto& each : servers_) made.push_back(std::make_shared<ares_transport>(loop_, each));
        transports_ = std::make_shared<const transport_list>(std::move(made));
    }
    return transports_;
}

DRAGLINE_DECL std::shared_ptr<const answer> resolver_core::known(const question& asked, async::time_point now,
                                                                 std::uint32_t& age) {
    refresh(now);  // what was learnt in another network does not count
    auto hit = cache_.find(asked, now);
    if (!hit) return nullptr;
    age = hit->age;
    return std::move(hit->stored);
}

DRAGLINE_DECL std::shared_ptr<flight> resolver_core::flight_for(question asked, const lookup_plan& plan,
                                                                async::time_point now, bool& shared) {
    shared = false;
    const auto make = [&] {
        return std::make_shared<flight>(loop_, weak_from_this(), std::move(asked), plan, transports(now),
                                        preferred_);
    };
    if (plan.bypass_cache) return make();
    const auto found = flights_.find(flight_key{asked.name, asked.type, asked.klass});
    if (found != flights_.end()) {
        shared = found->second->plan() == plan;
        return shared ? found->second->shared_from_this() : make();
    }
    auto made = make();
    const auto& own = made->asked();
    flights_.emplace(flight_key{own.name, own.type, own.klass}, made.get());
    return made;
}

DRAGLINE_DECL void resolver_core::forget(const flight& gone) noexcept {
    const auto found = flights_.find(flight_key{gone.asked().name, gone.asked().type, gone.asked().klass});
    if (found != flights_.end() && found->second == &gone) flights_.erase(found);
}

DRAGLINE_DECL void resolver_core::landed(const flight& ended) {
    forget(ended);
    const auto& outcome = ended.outcome();
    if (!ended.plan().bypass_cache) cache_.store(outcome, loop_.now());
    // Perhaps the machine has moved to another network.
    if (outcome->error == condition::timeout || outcome->error == errc::servers_unreachable)
        resolv_conf_.look_again();
}

DRAGLINE_DECL void resolver_core::failed(std::size_t server, std::error_code ec) noexcept {
    const bool silent = ec == condition::timeout || ec == errc::servers_unreachable ||
                        ec == condition::tls_failed;  // of a transport from above
    if (!silent || server != preferred_ || !transports_ || transports_->empty()) return;
    preferred_ = (server + 1) % transports_->size();
}

DRAGLINE_DECL void resolver_core::shutdown() noexcept {
    flights_.clear();
    if (!transports_) return;
    for (const auto& each : *transports_) each->shutdown();
}

DRAGLINE_DECL std::shared_ptr<resolver_core> resolver_registry::core_for(const query_options& options) {
    for (auto at = entries_.begin(); at != entries_.end(); ++at) {
        if (at->resolv_conf != options.resolv_conf() || at->servers != options.servers()) continue;
        if (at != entries_.begin()) entries_.splice(entries_.begin(), entries_, at);
        return at->core;
    }
    make_room();
    auto core = std::make_shared<resolver_core>(loop_, options.servers(), options.resolv_conf());
    if (ended_) {
        core->shutdown();
    } else {
        entries_.push_front(entry{options.servers(), std::string(options.resolv_conf()), core});
    }
    return core;
}

// Drops those that were not used for longest, but none that somebody waits for.
DRAGLINE_DECL void resolver_registry::make_room() {
    for (auto at = entries_.end(); entries_.size() >= max_cores && at != entries_.begin();) {
        --at;
        if (at->core.use_count() == 1) at = entries_.erase(at);
    }
}

DRAGLINE_DECL std::shared_ptr<resolver_core> resolver_registry::core_for(
    const std::shared_ptr<const transport_list>& of) {
    std::erase_if(custom_,
                  [](const custom_entry& each) { return each.of.expired() && each.core.use_count() == 1; });
    for (const auto& each : custom_) {
        if (each.of.lock() == of) return each.core;
    }
    auto core = std::make_shared<resolver_core>(loop_, *of);
    if (ended_) {
        core->shutdown();
    } else {
        custom_.push_back(custom_entry{of, core});
    }
    return core;
}

DRAGLINE_DECL const hosts_table& resolver_registry::hosts(std::string_view path) {
    auto found = hosts_.find(path);
    if (found == hosts_.end()) found = hosts_.emplace(std::string(path), hosts_file(std::string(path))).first;
    return found->second.table(loop_.now());
}

DRAGLINE_DECL void resolver_registry::shutdown() noexcept {
    ended_ = true;
    for (const auto& each : entries_) each.core->shutdown();
    for (const auto& each : custom_) each.core->shutdown();
}

}  // namespace dragline::dns::detail

#endif
