// The servers of an upstream_list, as values or as text, and how it chooses among them.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/result.hpp>
#include <dragline/net/endpoint.hpp>
#include <dragline/net/options.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace dragline::inline v1::net {

enum class upstream_policy {
    master_slave,  ///< The server of the greatest weight that is alive; of equal ones the first.
    round_robin,   ///< In turn, as often as the weights say, evenly spread.
    random,        ///< By chance, as often as the weights say.
    hash_ring,     ///< The one that the key belongs to: few keys move when a server dies or is added.
};

/// One server of a list. Its name, when it has one, may stand for several addresses.
class upstream_server {
public:
    upstream_server() {}
    explicit upstream_server(endpoint where, std::uint32_t share = 1)
        : target(std::move(where)), weight(share) {}

    endpoint target;
    std::uint32_t weight = 1;  ///< Its share of the load beside the others', 1 to most_weight.

    static constexpr std::uint32_t most_weight = 1'000;

    friend bool operator==(const upstream_server& a, const upstream_server& b) noexcept {
        return a.target == b.target && a.weight == b.weight;
    }
};

/// What parse_upstreams() reads.
class upstream_definition {
public:
    upstream_definition() {}

    std::optional<upstream_policy> policy;  ///< Where the text begins with one.
    std::vector<upstream_server> servers;
};

/// Reads "host:port:weight, [::1]:port, host, /run/a.sock:weight", split at commas, semicolons and spaces.
/// Port and weight may be left out. The text may begin with a policy: "master-slave:", "round-robin:",
/// "random:" or "hash:".
///
/// Errors: errc::invalid_upstreams: no server, no such number, a server twice, or no port and no default.
DRAGLINE_DECL result<upstream_definition> parse_upstreams(std::string_view text,
                                                          std::uint16_t default_port = 0);

/// How an upstream_list chooses, and when it takes a server for dead. A value that cannot work is kept and
/// fails each operation with errc::invalid_option.
class upstream_options {
public:
    using duration = async::duration;

    upstream_options() { connect_.timeout(std::chrono::seconds(3)); }

    upstream_options& policy(upstream_policy value) { return policy_ = value, *this; }
    upstream_policy policy() const noexcept { return policy_; }

    /// So many failures within error_window(), without a success between them, are a death; 1 to 1,000.
    upstream_options& max_errors(std::size_t value) { return max_errors_ = value, *this; }
    std::size_t max_errors() const noexcept { return max_errors_; }
    upstream_options& error_window(duration value) { return error_window_ = value, *this; }
    duration error_window() const noexcept { return error_window_; }

    /// How long a server stays dead, then one caller tries it. Doubled when that fails, or when it dies again
    /// before it has lived for as long as it was dead; up to max_revive_time().
    upstream_options& revive_time(duration value) { return revive_time_ = value, *this; }
    duration revive_time() const noexcept { return revive_time_; }
    upstream_options& max_revive_time(duration value) { return max_revive_time_ = value, *this; }
    duration max_revive_time() const noexcept { return max_revive_time_; }

    /// By which part of itself each such time is made longer at random, at most; 0 to 1. So the servers of a
    /// network that has failed as a whole do not come back in step.
    upstream_options& revive_jitter(double value) { return revive_jitter_ = value, *this; }
    double revive_jitter() const noexcept { return revive_jitter_; }

    /// While all servers are dead: how often a caller may try one of them.
    upstream_options& probe_interval(duration value) { return probe_interval_ = value, *this; }
    duration probe_interval() const noexcept { return probe_interval_; }

    /// A caller that tries a dead server and reports nothing for so long is taken for lost.
    upstream_options& probe_timeout(duration value) { return probe_timeout_ = value, *this; }
    duration probe_timeout() const noexcept { return probe_timeout_; }

    /// upstream_list::connect(): all tries together, and how many servers it tries at most.
    upstream_options& timeout(duration value) { return timeout_ = value, *this; }
    duration timeout() const noexcept { return timeout_; }
    upstream_options& max_attempts(std::size_t value) { return max_attempts_ = value, *this; }
    std::size_t max_attempts() const noexcept { return max_attempts_; }

    /// How each try connects; its timeout is that of one try, 3 s unless it is set here.
    upstream_options& connect(connect_options value) { return connect_ = std::move(value), *this; }
    const connect_options& connect() const noexcept { return connect_; }

    /// How often a name is looked up again; a death has that done at once.
    upstream_options& resolve_interval(duration value) { return resolve_interval_ = value, *this; }
    duration resolve_interval() const noexcept { return resolve_interval_; }

    /// Points on the hash ring for each unit of weight, 1 to 1,000; more spread the keys more evenly. Lists
    /// that must agree need the same number.
    upstream_options& ring_points(std::size_t value) { return ring_points_ = value, *this; }
    std::size_t ring_points() const noexcept { return ring_points_; }

    /// Whether all of this can work.
    DRAGLINE_DECL bool valid() const noexcept;

private:
    upstream_policy policy_ = upstream_policy::round_robin;
    std::size_t max_errors_ = 4;
    duration error_window_ = std::chrono::seconds(10);
    duration revive_time_ = std::chrono::seconds(60);
    duration max_revive_time_ = std::chrono::minutes(10);
    double revive_jitter_ = 0.4;
    duration probe_interval_ = std::chrono::seconds(1);
    duration probe_timeout_ = std::chrono::seconds(10);
    duration timeout_ = std::chrono::seconds(10);
    std::size_t max_attempts_ = 3;
    connect_options connect_;
    duration resolve_interval_ = std::chrono::hours(1);
    std::size_t ring_points_ = 160;
};

}  // namespace dragline::net

#include <dragline/net/upstreams/impl/upstream_options.ipp>
