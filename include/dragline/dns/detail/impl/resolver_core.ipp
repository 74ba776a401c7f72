// Included by <dragline/dns/detail/resolver_core.hpp> only.
#pragma once

#include <dragline/core/platform.hpp>
#include <dragline/dns/detail/ares_system_servers.hpp>
#include <dragline/dns/detail/ares_transport.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::dns::detail {

inline constexpr std::size_t max_resolv_conf = 64 * 1024;

DRAGLINE_DECL resolver_core::resolver_core(async::loop_state& loop, core_settings settings)
    : loop_(loop),
      settings_(std::move(settings)),
      resolv_conf_(settings_.resolv_conf, max_resolv_conf),
      cache_(settings_.cache) {
    if (!settings_.servers.empty()) use_servers(settings_.servers);
}

DRAGLINE_DECL resolver_core::resolver_core(async::loop_state& loop, core_settings settings,
                                           transport_list transports)
    : loop_(loop),
      settings_(std::move(settings)),
      given_transports_(true),
      resolv_conf_(settings_.resolv_conf, max_resolv_conf),
      transports_(std::make_shared<const transport_list>(std::move(transports))),
      cache_(settings_.cache) {}

DRAGLINE_DECL void resolver_core::refresh(async::time_point now) {
    const bool of_system = settings_.servers.empty() && !given_transports_;
    if (!of_system || !resolv_conf_.changed(now)) return;
    read_system();
    auto named = system_.servers;
    if (named.empty()) named.emplace_back(asio::ip::address_v4::loopback());  // resolv.conf(5)
    use_servers(std::move(named));
}

DRAGLINE_DECL void resolver_core::read_system() {
    if (platform::windows && resolv_conf_.path() == query_options::default_resolv_conf) {
        system_.servers = ares_system_servers();
    } else {
        system_ = parse_resolv_conf(resolv_conf_.read());
    }
}

DRAGLINE_DECL const resolv_conf& resolver_core::system(async::time_point now) {
    refresh(now);
    if (resolv_conf_.changed(now)) read_system();  // where the servers are not those of the system
    return system_;
}

DRAGLINE_DECL void resolver_core::use_servers(std::vector<server> servers) {
    std::erase_if(servers, [this](const server& each) {
        return settings_.family && each.address().is_v4() != (*settings_.family == address_family::v4);
    });
    if (servers == servers_) return;
    servers_ = std::move(servers);
    transports_.reset();
    preferred_ = 0;
    cache_.clear();  // another network may have other answers
}

DRAGLINE_DECL void resolver_core::reconfigure() {
    cache_.clear();
    preferred_ = 0;
    resolv_conf_.look_again();
    if (!given_transports_) transports_.reset();
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

DRAGLINE_DECL std::optional<found_answer> resolver_core::known(const question& asked, const lookup_plan& plan,
                                                               async::time_point now) {
    refresh(now);  // what was learnt in another network does not count
    auto hit = cache_.find(asked, now, plan.form);
    if (!hit || (plan.whole && !hit->stored->reply)) return std::nullopt;
    if (hit->refresh && !flights_.contains(flight_key{asked.name, asked.type, asked.klass})) {
        const auto made = make_flight(asked, plan, preferred_, now);
        add(*made);
        made->start_in_background(now);
    }
    return found_answer{std::move(hit->stored), hit->age, hit->stale};
}

DRAGLINE_DECL std::optional<found_answer> resolver_core::known_stale(const question& asked,
                                                                     const lookup_plan& plan,
                                                                     async::time_point now) {
    if (settings_.cache.max_stale() <= std::chrono::seconds(0)) return std::nullopt;
    auto hit = cache_.find_stale(asked, now, plan.form);
    if (!hit || (plan.whole && !hit->stored->reply)) return std::nullopt;
    return found_answer{std::move(hit->stored), hit->age, true};
}

DRAGLINE_DECL std::shared_ptr<flight> resolver_core::make_flight(question asked, const lookup_plan& plan,
                                                                 std::size_t first, async::time_point now) {
    return std::make_shared<flight>(loop_, weak_from_this(), std::move(asked), plan, transports(now), first);
}

DRAGLINE_DECL void resolver_core::add(flight& made) {
    const auto& own = made.asked();
    flights_.emplace(flight_key{own.name, own.type, own.klass}, &made);
}

DRAGLINE_DECL std::shared_ptr<flight> resolver_core::flight_for(question asked, const lookup_plan& plan,
                                                                bool rotate, async::time_point now,
                                                                bool& shared) {
    shared = false;
    const auto make = [&] {
        return make_flight(std::move(asked), plan, rotate ? rotation_++ : preferred_, now);
    };
    if (plan.bypass_cache) return make();
    const auto found = flights_.find(flight_key{asked.name, asked.type, asked.klass});
    if (found != flights_.end()) {
        shared = found->second->plan() == plan;
        return shared ? found->second->shared_from_this() : make();
    }
    auto made = make();
    add(*made);
    return made;
}

DRAGLINE_DECL query_pacer& resolver_core::pacer(std::size_t server) {
    if (pacers_.size() <= server) pacers_.resize(server + 1);
    auto& of = pacers_[server];
    if (!of) of = std::make_unique<query_pacer>(loop_);
    return *of;
}

DRAGLINE_DECL void resolver_core::forget(const flight& gone) noexcept {
    const auto found = flights_.find(flight_key{gone.asked().name, gone.asked().type, gone.asked().klass});
    if (found != flights_.end() && found->second == &gone) flights_.erase(found);
}

DRAGLINE_DECL void resolver_core::landed(const flight& ended) {
    forget(ended);
    const auto& outcome = ended.outcome();
    if (!ended.plan().bypass_cache) cache_.store(outcome, loop_.now(), ended.plan().form);
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
    for (auto at = cores_.begin(); at != cores_.end(); ++at) {
        if (!(*at)->settings().agrees_with(options)) continue;
        if (at != cores_.begin()) cores_.splice(cores_.begin(), cores_, at);
        return *at;
    }
    make_room();
    auto core = std::make_shared<resolver_core>(loop_, core_settings(options));
    if (ended_) {
        core->shutdown();
    } else {
        cores_.push_front(core);
    }
    return core;
}

// Drops those that were not used for longest, but none that somebody waits for.
DRAGLINE_DECL void resolver_registry::make_room() {
    for (auto at = cores_.end(); cores_.size() >= max_cores && at != cores_.begin();) {
        --at;
        if (at->use_count() == 1) at = cores_.erase(at);
    }
}

DRAGLINE_DECL std::shared_ptr<resolver_core> resolver_registry::core_for(
    const std::shared_ptr<const transport_list>& of, const query_options& options) {
    std::erase_if(custom_, [](const custom_entry& each) {
        return each.of.use_count() == 1 && each.core.use_count() == 1;
    });
    for (const auto& each : custom_) {
        if (each.of == of && each.core->settings().agrees_with(options)) return each.core;
    }
    auto core = std::make_shared<resolver_core>(loop_, core_settings(options), *of);
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

DRAGLINE_DECL void resolver_registry::reconfigure() {
    hosts_.clear();
    for (const auto& each : cores_) each->reconfigure();
    for (const auto& each : custom_) each.core->reconfigure();
}

DRAGLINE_DECL void resolver_registry::shutdown() noexcept {
    ended_ = true;
    for (const auto& each : cores_) each->shutdown();
    for (const auto& each : custom_) each.core->shutdown();
}

}  // namespace dragline::dns::detail

#endif
