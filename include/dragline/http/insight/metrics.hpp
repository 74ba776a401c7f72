// Counters and latencies per origin: session_options().metrics(true), then session.metrics()->snapshot().
#pragma once

#include <dragline/core/error.hpp>
#include <dragline/core/features.hpp>
#include <dragline/http/insight/histogram.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <vector>

namespace dragline::inline v1::http {

namespace detail {
class fetch_insight;
}

/// What an attempt failed with, for counting: a condition of the error, or what is none.
enum class failure_kind : std::uint8_t {
    timeout,
    resolve_failed,
    connect_failed,
    tls_failed,
    protocol_error,
    limit_exceeded,
    blocked,
    proxy_failed,
    cancelled,
    other,
};
inline constexpr std::size_t failure_kinds = 10;
inline constexpr std::size_t phases = static_cast<std::size_t>(phase::file) + 1;

/// "timeout"
DRAGLINE_DECL const char* to_string(failure_kind kind) noexcept;
DRAGLINE_DECL failure_kind failure_kind_of(const std::error_code& ec) noexcept;

/// What became of the attempts at one origin: each hop of a fetch is one at least.
class origin_metrics {
public:
    origin_metrics() {}

    std::string origin;  ///< "https://example.com:443"; empty for all those beyond the cap.

    std::uint64_t attempts = 0;  ///< Begun: those in flight, those that succeeded, and errors().
    std::uint64_t in_flight =
        0;  ///< Waiting for a connection, or on one; with open_url(), to the body's end.
    std::uint64_t succeeded = 0;  ///< With a response that came whole, whatever its status.
    std::array<std::array<std::uint64_t, phases>, failure_kinds> failed{};

    std::uint64_t requests = 0;               ///< Sent whole, or answered before that.
    std::array<std::uint64_t, 6> statuses{};  ///< Response heads by the first digit of the status.
    std::uint64_t retries = 0;  ///< Attempts that repeat one that failed: on a stale connection, by a policy.
    std::uint64_t redirects = 0;           ///< Attempts that a redirect led here.
    std::uint64_t authentications = 0;     ///< Attempts that repeat one with credentials.
    std::uint64_t bytes_sent = 0;          ///< Heads and bodies, before TLS.
    std::uint64_t bytes_received = 0;      ///< The same, as they came.
    std::uint64_t connections_opened = 0;  ///< For these attempts; what another one opened first is reused.
    std::uint64_t connections_reused = 0;

    histogram total;       ///< Attempts that succeeded, from wanting a connection to the last byte.
    histogram first_byte;  ///< From the request sent to the end of the response head.
    histogram connect;  ///< Opened connections, TLS and all of proxies included; look-ups of origins are not.
    histogram resolve;  ///< Look-ups, until the first address was known; cached ones too.

    std::uint64_t errors() const noexcept;
    std::uint64_t errors(failure_kind kind) const noexcept;

    /// Adds the counters; the name stays.
    origin_metrics& merge(const origin_metrics& other) noexcept;

    friend bool operator==(const origin_metrics&, const origin_metrics&) = default;
};

/// The counters of a moment, as a plain value.
class metrics_snapshot {
public:
    metrics_snapshot() {}

    std::vector<origin_metrics> origins;  ///< By name.

    const origin_metrics* find(std::string_view origin) const noexcept;

    /// Adds what another loop or session has counted.
    metrics_snapshot& merge(const metrics_snapshot& other);

    /// Of all origins.
    origin_metrics sum() const;

    friend bool operator==(const metrics_snapshot&, const metrics_snapshot&) = default;
};

/// Counts for one session, or for all sessions of one loop that share it. A fetch that is counted
/// takes one block of memory; counting an attempt takes none once its origin is known, which has 11 KiB.
/// Threads: those of the loop.
class metrics {
public:
    /// Beyond `max_origins` all others are counted together, under the empty name.
    explicit metrics(std::size_t max_origins = 100) : max_origins_(max_origins) {}
    metrics(const metrics&) = delete;
    metrics& operator=(const metrics&) = delete;

    metrics_snapshot snapshot() const;

private:
    friend class detail::fetch_insight;
    origin_metrics& of(std::string_view scheme, std::string_view host, std::uint16_t port);

    std::size_t max_origins_;
    std::unordered_map<std::string_view, std::unique_ptr<origin_metrics>> origins_;  // named by themselves
    std::unique_ptr<origin_metrics> others_;
    std::string name_;  // of the one that is looked for; kept for its memory
};

}  // namespace dragline::http

#include <dragline/http/insight/impl/metrics.ipp>
