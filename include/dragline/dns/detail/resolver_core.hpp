// What resolvers that ask the same servers share on one loop: transports, cache and the questions on their
// way.
#pragma once

#include <dragline/async/loop_state.hpp>
#include <dragline/dns/cache.hpp>
#include <dragline/dns/detail/flight.hpp>
#include <dragline/dns/detail/watched_file.hpp>
#include <dragline/dns/hosts_file.hpp>
#include <dragline/dns/options.hpp>
#include <dragline/dns/resolv_conf.hpp>
#include <dragline/dns/server.hpp>
#include <dragline/dns/transport.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dragline::inline v1::dns::detail {

// An answer, and for how many seconds it still holds.
struct found_answer {
    std::shared_ptr<const answer> value;
    std::uint32_t age = 0;  // seconds since it was given
    bool stale = false;     // it has ended

    std::uint32_t ttl() const noexcept {
        if (stale) return cache::stale_ttl;
        return value->ttl > age ? value->ttl - age : 0;
    }
};

// What look-ups that share a core agree on.
struct core_settings {
    std::vector<server> servers;
    std::string resolv_conf;
    std::optional<address_family> family;
    cache_options cache;

    explicit core_settings(const query_options& from)
        : servers(from.servers()),
          resolv_conf(from.resolv_conf()),
          family(from.transport_family()),
          cache(from.cache()) {}
    bool agrees_with(const query_options& options) const {
        return resolv_conf == options.resolv_conf() && servers == options.servers() &&
               family == options.transport_family() && cache == options.cache();
    }
};

class resolver_core final : public flight_owner, public std::enable_shared_from_this<resolver_core> {
public:
    // With no servers, those of resolv.conf, for as long as it names the same.
    resolver_core(async::loop_state& loop, core_settings settings);
    resolver_core(async::loop_state& loop, core_settings settings, transport_list transports);

    async::loop_state& loop() noexcept { return loop_; }
    const core_settings& settings() const noexcept { return settings_; }
    cache& answers() noexcept { return cache_; }

    // Those that are asked now: servers, none where transports were given, and what carries questions to
    // each.
    const std::vector<server>& servers(async::time_point now) { return refresh(now), servers_; }
    const std::shared_ptr<const transport_list>& transports(async::time_point now);

    // From the cache; asks again in the background when that ends soon.
    std::optional<found_answer> known(const question& asked, const lookup_plan& plan, async::time_point now);

    // What may serve if the servers fail, or are slow.
    std::optional<found_answer> known_stale(const question& asked, const lookup_plan& plan,
                                            async::time_point now);

    // The search list and ndots of the system.
    const resolv_conf& system(async::time_point now);

    // Forgets what it knows of the network, and makes new sockets.
    void reconfigure();

    // A flight for this question, on its way (`shared`) or yet to be started. Take a seat in it at once.
    std::shared_ptr<flight> flight_for(question asked, const lookup_plan& plan, bool rotate,
                                       async::time_point now, bool& shared);

    void landed(const flight& ended) override;
    void abandoned(const flight& left) noexcept override { forget(left); }
    void failed(std::size_t server, std::error_code ec) noexcept override;
    query_pacer& pacer(std::size_t server) override;
    void shutdown() noexcept;

private:
    struct flight_key {
        std::string_view name;  // of the flight's own question
        record_type type;
        record_class klass;
        bool operator==(const flight_key&) const = default;
    };
    struct flight_key_hash {
        std::size_t operator()(const flight_key& key) const noexcept {
            return std::hash<std::string_view>()(key.name) + static_cast<std::size_t>(key.type) * 0x9e3779b9u;
        }
    };

    std::shared_ptr<flight> make_flight(question asked, const lookup_plan& plan, std::size_t first,
                                        async::time_point now);
    void add(flight& made);
    void refresh(async::time_point now);
    void read_system();
    void use_servers(std::vector<server> servers);
    void forget(const flight& gone) noexcept;

    async::loop_state& loop_;
    core_settings settings_;
    bool given_transports_ = false;
    watched_file resolv_conf_;
    resolv_conf system_;
    std::vector<server> servers_;
    std::shared_ptr<const transport_list> transports_;
    std::vector<std::unique_ptr<query_pacer>> pacers_;  // one for each server that has a limit
    std::size_t preferred_ = 0;  // the server to ask first: the first one that was not silent lately
    std::size_t rotation_ = 0;
    cache cache_;
    std::unordered_map<flight_key, flight*, flight_key_hash> flights_;
};

// What the resolvers of a loop have in common.
class resolver_registry final : public async::loop_object {
public:
    explicit resolver_registry(async::loop_state& loop) : loop_(loop) {}

    std::shared_ptr<resolver_core> core_for(const query_options& options);

    // The core of transports that somebody else made: they, and it, last until the loop ends or nobody holds
    // `of`.
    std::shared_ptr<resolver_core> core_for(const std::shared_ptr<const transport_list>& of,
                                            const query_options& options);

    const hosts_table& hosts(std::string_view path);

    // Reads the hosts files again, and reconfigures every core.
    void reconfigure();
    void shutdown() noexcept override;

private:
    static constexpr std::size_t max_cores = 256;

    struct custom_entry {
        std::shared_ptr<const transport_list>
            of;  // here, too, so that transports never end on another thread
        std::shared_ptr<resolver_core> core;
    };

    void make_room();

    async::loop_state& loop_;
    std::list<std::shared_ptr<resolver_core>> cores_;  // the last used in front
    std::vector<custom_entry> custom_;
    std::map<std::string, hosts_file, std::less<>> hosts_;
    bool ended_ = false;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/resolver_core.ipp>
