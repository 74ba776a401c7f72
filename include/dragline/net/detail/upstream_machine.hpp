// Decides which upstream serves next, and which are dead. No clock, no random source, no socket: the time and
// random numbers are parameters.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/net/detail/hash_ring.hpp>
#include <dragline/net/upstreams/upstream_options.hpp>

#include <asio/ip/address.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dragline::inline v1::net::detail {

// What is known of one server. Those who use it hold it, so it may outlive its place in the list.
struct upstream_record {
    using time_point = async::time_point;

    upstream_server server;

    bool dead = false;
    std::uint64_t deaths = 0;         // what was chosen before the last one no longer counts
    std::deque<time_point> failures;  // of a living one, within the window, since the last success
    time_point last_failure{};        // of a dead one
    time_point revive_at{};           // when it may be tried, though others live
    time_point claimed_until{};       // somebody tries it
    async::duration dead_for{};       // the last time it had to stay dead, without the jitter
    std::optional<time_point> revived_at;
    std::int64_t turn = 0;  // round robin: the greatest goes next

    std::uint64_t times_chosen = 0;
    std::uint64_t times_failed = 0;
    async::duration latency{};  // of connecting: an average that forgets

    // Kept for the shell: where the name led.
    std::vector<asio::ip::address> addresses;
    time_point resolve_at{};
    bool resolving = false;
    bool resolve_anew = false;  // past the cache
    std::size_t rotation = 0;
};

class upstream_machine {
public:
    using time_point = async::time_point;
    using duration = async::duration;
    using record_pointer = std::shared_ptr<upstream_record>;

    explicit upstream_machine(const upstream_options& options) : options_(options) {}

    /// Replaces the servers; those that stay keep what is known of them. False, and none, when the list is
    /// empty, has a server twice, or a weight or a ring that cannot be.
    bool assign(const std::vector<upstream_server>& servers);

    /// The server for the next try of a call that has `tried` some, or nothing. With a dead one the caller
    /// has a claim, until it reports or its time is over.
    record_pointer choose(std::optional<std::string_view> key, std::span<const record_pointer> tried,
                          time_point now, std::uint64_t random);

    // What became of it. `deaths`: that of the record when it was chosen.
    void on_connected(upstream_record& server, std::uint64_t deaths, duration took, time_point now);
    void on_success(upstream_record& server, std::uint64_t deaths, time_point now);
    void on_failure(upstream_record& server, std::uint64_t deaths, time_point now, std::uint64_t random);
    void on_nothing(upstream_record& server, std::uint64_t deaths);

    const std::vector<record_pointer>& servers() const noexcept { return servers_; }
    bool all_dead() const noexcept;

private:
    bool fill_ring();
    record_pointer pick(std::optional<std::string_view> key, std::span<const record_pointer> tried,
                        time_point now, std::uint64_t random);
    record_pointer pick_in_turn(std::span<const record_pointer> tried, time_point now);
    record_pointer pick_at_random(std::span<const record_pointer> tried, time_point now,
                                  std::uint64_t random) const;
    record_pointer pick_probe(std::span<const record_pointer> tried, time_point now) const;
    void bury(upstream_record& server, duration time, time_point now, std::uint64_t random) const;
    void revive(upstream_record& server, time_point now) const noexcept;

    upstream_options options_;
    std::vector<record_pointer> servers_;
    std::vector<record_pointer> by_weight_;
    hash_ring ring_;
    time_point next_probe_{};  // while all are dead
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/upstream_machine.ipp>
