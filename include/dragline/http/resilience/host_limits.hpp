// How much of a session may go to one host: requests per second, and requests at once.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/features.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dragline::inline v1::http {

/// A token bucket: `per_second` requests on average, and at first or after a rest, `burst` at once.
///
/// Both above 0, else a fetch ends with dragline::errc::invalid_option. A burst counts as at least 1, and as
/// at least what comes in 32 ms, since the clockwork of a loop is no finer.
class rate_limit {
public:
    explicit rate_limit(double per_second, double burst = 1) noexcept
        : per_second_(per_second), burst_(burst) {}

    /// One request in this time.
    static rate_limit every(async::duration interval) noexcept {
        return rate_limit(1 / std::chrono::duration<double>(interval).count());
    }

    double per_second() const noexcept { return per_second_; }
    double burst() const noexcept { return burst_; }
    bool valid() const noexcept {
        // Not with `<`, which is false for what is no number; nor is a rate infinite.
        return per_second_ > 0 && per_second_ <= 1e9 && burst_ > 0 && burst_ <= 1e9;
    }

    friend bool operator==(const rate_limit&, const rate_limit&) = default;

private:
    double per_second_;
    double burst_;
};

/// The limits of one host; none unless set.
class host_limit {
public:
    static constexpr std::size_t no_cap = std::numeric_limits<std::size_t>::max();

    host_limit() {}

    host_limit& rate(rate_limit value) { return rate_ = value, *this; }
    const std::optional<rate_limit>& rate() const noexcept { return rate_; }

    /// Requests under way, from when a request may begin to the end of its body.
    host_limit& concurrency(std::size_t value) { return concurrency_ = value, *this; }
    std::size_t concurrency() const noexcept { return concurrency_; }

    bool limits_nothing() const noexcept { return !rate_ && concurrency_ == no_cap; }
    bool valid() const noexcept { return (!rate_ || rate_->valid()) && concurrency_ > 0; }

    friend bool operator==(const host_limit&, const host_limit&) = default;

private:
    std::optional<rate_limit> rate_;
    std::size_t concurrency_ = no_cap;
};

/// The limits of every host of a session, told apart by their names without regard to case, a final dot
/// and the port.
///
/// Each attempt of a fetch counts, redirects and retries included. Who has to wait does so in turn, and
/// within the deadline of the fetch: make_timeout(phase::queue).
class host_limits {
public:
    host_limits() {}

    /// For hosts that have none of their own.
    host_limits& each(host_limit value) { return each_ = value, *this; }
    const host_limit& each() const noexcept { return each_; }

    /// For one host: "example.com", "127.0.0.1", "[::1]"; or, with a dot in front, for the hosts below a
    /// name: ".example.com". Its own goes before that of the longest name.
    DRAGLINE_DECL host_limits& host(std::string_view name, host_limit value);

    /// Which limit is that of this host, in lower case.
    DRAGLINE_DECL const host_limit& limit_of(std::string_view host) const noexcept;

    /// Fetches that may wait for a host's limit; one more fails with dragline::errc::queue_full.
    host_limits& max_waiters(std::size_t value) { return max_waiters_ = value, *this; }
    std::size_t max_waiters() const noexcept { return max_waiters_; }

    /// Hosts that are remembered. Those whose limit has recovered are forgotten anyhow; beyond this many,
    /// so is the one that was left longest ago, and with it what it has used of its rate.
    host_limits& max_hosts(std::size_t value) { return max_hosts_ = value, *this; }
    std::size_t max_hosts() const noexcept { return max_hosts_; }

    /// With 429 or 503 and a Retry-After, nothing more is sent to a host that has a limit, for the time that
    /// it says, or this one, if that is less. Default: the field concerns one fetch alone.
    host_limits& pause_on_retry_after(std::optional<async::duration> longest) {
        return pause_ = longest, *this;
    }
    std::optional<async::duration> pause_on_retry_after() const noexcept { return pause_; }

    DRAGLINE_DECL bool valid() const noexcept;

    friend bool operator==(const host_limits&, const host_limits&) = default;

private:
    host_limit each_;
    std::map<std::string, host_limit, std::less<>> hosts_;
    std::size_t max_waiters_ = 100'000;
    std::size_t max_hosts_ = 100'000;
    std::optional<async::duration> pause_;
};

}  // namespace dragline::http

#include <dragline/http/resilience/impl/host_limits.ipp>
