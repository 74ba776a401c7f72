// What a cache of answers may keep, and for how long.
#pragma once

#include <chrono>
#include <cstddef>

namespace dragline::inline v1::dns {

/// How much a cache keeps, and for how long at most.
class cache_options {
public:
    cache_options() {}

    /// Entries; 0 keeps nothing.
    cache_options& max_entries(std::size_t value) {
        max_entries_ = value;
        return *this;
    }
    std::size_t max_entries() const noexcept { return max_entries_; }

    /// The longest that records are kept, whatever their TTL.
    cache_options& max_ttl(std::chrono::seconds value) {
        max_ttl_ = value;
        return *this;
    }
    std::chrono::seconds max_ttl() const noexcept { return max_ttl_; }

    /// The longest that the absence of a name or its data is kept (RFC 2308, 5).
    cache_options& max_negative_ttl(std::chrono::seconds value) {
        max_negative_ttl_ = value;
        return *this;
    }
    std::chrono::seconds max_negative_ttl() const noexcept { return max_negative_ttl_; }

    /// How long SERVFAIL is kept (RFC 9520, 3.2); other failures are not.
    cache_options& failure_ttl(std::chrono::seconds value) {
        failure_ttl_ = value;
        return *this;
    }
    std::chrono::seconds failure_ttl() const noexcept { return failure_ttl_; }

    /// Memory that the answers take, in bytes, by a fair estimate.
    cache_options& max_bytes(std::size_t value) {
        max_bytes_ = value;
        return *this;
    }
    std::size_t max_bytes() const noexcept { return max_bytes_; }

    /// An answer that is used when less than this part of its life is left, in percent, is asked for again
    /// in the background; 0 to 50, 0 never. Lives below 10 s are not worth it.
    cache_options& refresh_ahead(int percent) {
        refresh_ahead_ = percent;
        return *this;
    }
    int refresh_ahead() const noexcept { return refresh_ahead_; }

    /// How long after its end an answer still serves when the servers fail or are slow (RFC 8767); 0: never.
    cache_options& max_stale(std::chrono::seconds value) {
        max_stale_ = value;
        return *this;
    }
    std::chrono::seconds max_stale() const noexcept { return max_stale_; }

    /// How long a look-up waits for the servers before such an answer serves; 1.8 s (RFC 8767, 5).
    cache_options& stale_after(std::chrono::milliseconds value) {
        stale_after_ = value;
        return *this;
    }
    std::chrono::milliseconds stale_after() const noexcept { return stale_after_; }

    bool operator==(const cache_options&) const = default;

private:
    std::size_t max_entries_ = 10'000;
    std::chrono::seconds max_ttl_ = std::chrono::hours(1);
    std::chrono::seconds max_negative_ttl_ = std::chrono::minutes(15);
    std::chrono::seconds failure_ttl_ = std::chrono::seconds(5);
    std::size_t max_bytes_ = 64 * 1024 * 1024;
    int refresh_ahead_ = 10;
    std::chrono::seconds max_stale_{0};
    std::chrono::milliseconds stale_after_{1800};
};

}  // namespace dragline::dns
