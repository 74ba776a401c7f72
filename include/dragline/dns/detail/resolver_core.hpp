// What resolvers that ask the same servers share on one loop: transports, cache and the questions on their
// way.
#pragma once

#include <dragline/async/loop_state.hpp>
#include <dragline/dns/cache.hpp>
#include <dragline/dns/detail/flight.hpp>
#include <dragline/dns/detail/watched_file.hpp>
#include <dragline/dns/hosts_file.hpp>
#include <dragline/dns/options.hpp>
#include <dragline/dns/server.hpp>
#include <dragline/dns/transport.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dragline::inline v1::dns::detail {

// An answer and how many seconds ago it was given.
struct found_answer {
    std::shared_ptr<const answer> value;
    std::uint32_t age = 0;
};

class resolver_core final : public flight_owner, public std::enable_shared_from_this<resolver_core> {
public:
    // With no servers, those of `resolv_conf`, for as long as it names the same.
    resolver_core(async::loop_state& loop, std::vector<server> servers, std::string_view resolv_conf);
    resolver_core(async::loop_state& loop, transport_list transports);

    async::loop_state& loop() noexcept { return loop_; }
    cache& answers() noexcept { return cache_; }

    // Those that are asked now: servers, none where transports were given, and what carries questions to each.
    const std::vector<server>& servers(async::time_point now) { return refresh(now), servers_; }
    const std::shared_ptr<const transport_list>& transports(async::time_point now);

    // From the cache, or null.
    std::shared_ptr<const answer> known(const question& asked, async::time_point now, std::uint32_t& age);

    // A flight for this question, on its way (`shared`) or yet to be started. Take a seat in it at once.
    std::shared_ptr<flight> flight_for(question asked, const lookup_plan& plan, async::time_point now,
                                       bool& shared);

    void landed(const flight& ended) override;
    void abandoned(const flight& left) noexcept override { forget(left); }
    void failed(std::size_t server, std::error_code ec) noexcept override;
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

    void refresh(async::time_point now);
    void read_system_servers();
    void forget(const flight& gone) noexcept;

    async::loop_state& loop_;
    bool of_system_ = false;
    watched_file resolv_conf_;
    std::vector<server> servers_;
    std::shared_ptr<const transport_list> transports_;
    std::size_t preferred_ = 0;  // the server to ask first: the first one that was not silent lately
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
    std::shared_ptr<resolver_core> core_for(const std::shared_ptr<const transport_list>& of);

    const hosts_table& hosts(std::string_view path);
    void shutdown() noexcept override;

private:
    static constexpr std::size_t max_cores = 256;

    struct entry {
        std::vector<server> servers;
        std::string resolv_conf;
        std::shared_ptr<resolver_core> core;
    };
    struct custom_entry {
        std::weak_ptr<const transport_list> of;
        std::shared_ptr<resolver_core> core;
    };

    void make_room();

    async::loop_state& loop_;
    std::list<entry> entries_;  // the last used in front
    std::vector<custom_entry> custom_;
    std::map<std::string, hosts_file, std::less<>> hosts_;
    bool ended_ = false;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/resolver_core.ipp>
