// The knobs of a look-up. Every one has a default; start with query_options.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/error.hpp>
#include <dragline/core/platform.hpp>
#include <dragline/dns/cache.hpp>
#include <dragline/dns/error.hpp>
#include <dragline/dns/lookup_quota.hpp>
#include <dragline/dns/server.hpp>
#include <dragline/dns/trace.hpp>
#include <dragline/dns/wire/query_form.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns {

enum class address_family { v4, v6 };

/// How resolve_all() orders what it found.
enum class address_order {
    preference,   ///< RFC 6724, from the addresses that this machine would use.
    as_received,  ///< IPv6 before IPv4, each in the order of its answer.
};

/// How a name is looked up. What is not set here comes from the resolver or session that is asked, then from
/// the defaults. A value that cannot work is kept, and the call gives errc::invalid_option or
/// dns::errc::invalid_server.
class query_options {
public:
    using duration = async::duration;

    query_options() {}

    /// The servers to ask, in this order; an empty list means those of the system, which is the default.
    query_options& servers(std::vector<server> value) {
        edit().servers = std::move(value);
        return *this;
    }
    const std::vector<server>& servers() const noexcept {
        return rare().servers ? *rare().servers : no_servers();
    }

    /// Appends a server, written as for server::parse().
    DRAGLINE_DECL query_options& add_server(std::string_view text);

    /// The wait for one server's answer before the next is asked; 1.5 s. An answer that comes later still
    /// counts.
    query_options& try_timeout(duration value) {
        try_timeout_ = value;
        return *this;
    }
    duration try_timeout() const noexcept {
        return try_timeout_ == unset ? std::chrono::milliseconds(1500) : try_timeout_;
    }

    /// Queries that are sent at most, to all servers together, 1 to 100; 3.
    query_options& tries(int value) {
        tries_ = value;
        return *this;
    }
    int tries() const noexcept { return tries_ == no_tries ? 3 : tries_; }

    /// The limit for the whole look-up, or no_limit; 5 s, or the deadline of the operation that it is a part
    /// of.
    query_options& timeout(duration value) {
        timeout_ = value;
        return *this;
    }
    duration timeout() const noexcept { return has_timeout() ? timeout_ : std::chrono::seconds(5); }
    bool has_timeout() const noexcept { return timeout_ != unset; }

    /// Ask a server even when the answer is known, and do not keep what it says; off.
    query_options& bypass_cache(bool value) {
        bypass_cache_ = value;
        return *this;
    }
    bool bypass_cache() const noexcept { return bypass_cache_.value_or(false); }

    /// Look into the hosts file first; on. What it says about a name of only one address family goes for
    /// both.
    query_options& hosts_file(bool value) {
        hosts_file_ = value;
        return *this;
    }
    bool hosts_file() const noexcept { return hosts_file_.value_or(true); }

    /// Where the hosts file is.
    query_options& hosts_path(std::string value) {
        edit().hosts_path = std::move(value);
        return *this;
    }
    std::string_view hosts_path() const noexcept {
        return rare().hosts_path ? std::string_view(*rare().hosts_path) : platform::hosts_file;
    }

    /// Where the servers of the system are named, in the format of resolv.conf(5), whose other lines play no
    /// part. It is read again when it changes.
    query_options& resolv_conf(std::string value) {
        edit().resolv_conf = std::move(value);
        return *this;
    }
    std::string_view resolv_conf() const noexcept {
        return rare().resolv_conf ? std::string_view(*rare().resolv_conf) : default_resolv_conf;
    }

    /// Begin with another server at each look-up, instead of the one that was not silent lately; off.
    query_options& rotate(bool value) { return edit().rotate = value, *this; }
    bool rotate() const noexcept { return rare().rotate.value_or(false); }

    /// After a failure ask another server, if there is one; on. Off: all tries go to the first one.
    query_options& retry_elsewhere(bool value) { return edit().retry_elsewhere = value, *this; }
    bool retry_elsewhere() const noexcept { return rare().retry_elsewhere.value_or(true); }

    /// Ask only servers that are reached over this family; either.
    query_options& transport_family(address_family value) { return edit().family = value, *this; }
    std::optional<address_family> transport_family() const noexcept { return rare().family; }

    /// Queries that are sent to each server in a second at most, for all look-ups that say the same; no
    /// limit. What is beyond waits for its turn, important look-ups before others.
    query_options& queries_per_second(double value) { return edit().queries_per_second = value, *this; }
    double queries_per_second() const noexcept { return rare().queries_per_second.value_or(0); }

    /// The largest UDP answer that is taken, 512 to 4,096 bytes, or 0: no EDNS; 1,232. More comes over TCP.
    query_options& udp_size(std::uint16_t value) { return edit().udp_size = value, *this; }
    /// Ask for signatures (DO, RFC 3225); off. They are not validated here; see answer::authentic.
    query_options& dnssec_ok(bool value) { return edit().dnssec_ok = value, *this; }
    /// Take data that the server finds bogus too (CD); off.
    query_options& checking_disabled(bool value) { return edit().checking_disabled = value, *this; }
    /// Ask the server to ask others (RD); on.
    query_options& recursion_desired(bool value) { return edit().recursion_desired = value, *this; }
    /// Do not try UDP first; off.
    query_options& tcp_only(bool value) { return edit().tcp_only = value, *this; }
    /// Send names in random case, which answers must repeat (0x20), where the transport can; off.
    query_options& mixed_case(bool value) { return edit().mixed_case = value, *this; }

    /// What the six above come to.
    DRAGLINE_DECL query_form form() const noexcept;

    /// Suffixes that are tried for a name without a dot at its end; none, which is right for scanning.
    query_options& search(std::vector<std::string> value) { return edit().search = std::move(value), *this; }
    const std::vector<std::string>& search() const noexcept {
        return rare().search ? *rare().search : no_names();
    }

    /// Search as resolv.conf says, with its suffixes and its ndots; off.
    query_options& system_search(bool value) { return edit().system_search = value, *this; }
    bool system_search() const noexcept { return rare().system_search.value_or(false); }

    /// A name with as many dots as this is tried as it stands before any suffix; 1.
    query_options& ndots(unsigned value) { return edit().ndots = value, *this; }
    std::optional<unsigned> ndots() const noexcept { return rare().ndots; }

    /// How resolve_all() orders addresses; by RFC 6724.
    query_options& order(address_order value) { return edit().order = value, *this; }
    address_order order() const noexcept { return rare().order.value_or(address_order::preference); }

    /// What the cache may keep. Look-ups that say different things have different caches.
    query_options& cache(cache_options value) { return edit().cache = value, *this; }
    const cache_options& cache() const noexcept { return rare().cache ? *rare().cache : default_cache(); }

    /// Count this look-up, if it must be asked of a server, against the limits of a scope; see lookup_quota.
    query_options& quota(lookup_quota value) { return edit().quota = std::move(value), *this; }
    const std::optional<lookup_quota>& quota() const noexcept { return rare().quota; }

    /// Goes before others where look-ups wait for their turn, and past the total of a quota; off.
    query_options& important(bool value) { return important_ = value, *this; }
    bool important() const noexcept { return important_.value_or(false); }

    /// Of the names of an address, give only those that lead back to it (reverse_resolve(); at most 32 are
    /// tried, all at once); off.
    query_options& forward_confirmed(bool value) { return edit().forward_confirmed = value, *this; }
    bool forward_confirmed() const noexcept { return rare().forward_confirmed.value_or(false); }

    /// Filled when the look-up ends. `record` must outlive it.
    query_options& trace(lookup_trace* record) {
        trace_ = record;
        return *this;
    }
    lookup_trace* trace() const noexcept { return trace_; }

    /// These options, and where they say nothing, those of `base`.
    DRAGLINE_DECL query_options over(const query_options& base) const;

    /// Why these options cannot work, or nothing.
    DRAGLINE_DECL std::error_code problem() const noexcept;

    DRAGLINE_DECL friend bool operator==(const query_options& a, const query_options& b) noexcept;

    static constexpr const char* default_resolv_conf = "/etc/resolv.conf";

private:
    // What few callers set; shared by copies, since every look-up copies its options.
    struct rare_options {
        std::optional<std::vector<server>> servers;
        std::optional<std::string> hosts_path;
        std::optional<std::string> resolv_conf;
        std::optional<address_family> family;
        std::optional<double> queries_per_second;
        std::optional<cache_options> cache;
        std::optional<lookup_quota> quota;
        std::optional<std::vector<std::string>> search;
        std::optional<unsigned> ndots;
        std::optional<bool> system_search;
        std::optional<address_order> order;
        std::optional<bool> forward_confirmed;
        std::optional<bool> rotate;
        std::optional<bool> retry_elsewhere;
        std::optional<std::uint16_t> udp_size;
        std::optional<bool> dnssec_ok;
        std::optional<bool> checking_disabled;
        std::optional<bool> recursion_desired;
        std::optional<bool> tcp_only;
        std::optional<bool> mixed_case;
        bool bad_server = false;

        bool operator==(const rare_options&) const = default;
    };
    DRAGLINE_DECL static const std::vector<server>& no_servers() noexcept;
    DRAGLINE_DECL static const std::vector<std::string>& no_names() noexcept;
    DRAGLINE_DECL static const cache_options& default_cache() noexcept;
    DRAGLINE_DECL static const rare_options& no_rare_options() noexcept;
    DRAGLINE_DECL rare_options& edit();
    const rare_options& rare() const noexcept { return rare_ ? *rare_ : no_rare_options(); }

    std::shared_ptr<const rare_options> rare_;
    // Every look-up has several copies of these: hence no optional.
    static constexpr duration unset = duration::min();
    static constexpr int no_tries = std::numeric_limits<int>::min();
    duration try_timeout_ = unset;
    duration timeout_ = unset;
    int tries_ = no_tries;
    std::optional<bool> bypass_cache_;
    std::optional<bool> hosts_file_;
    std::optional<bool> important_;
    lookup_trace* trace_ = nullptr;
};

}  // namespace dragline::dns

#include <dragline/dns/impl/options.ipp>
