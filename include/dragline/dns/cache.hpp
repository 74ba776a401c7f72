// Answers for as long as their TTL says. No clock of its own: the time is a parameter. Start with `cache`.
#pragma once

#include <dragline/dns/answer.hpp>
#include <dragline/dns/record.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

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

private:
    std::size_t max_entries_ = 10'000;
    std::chrono::seconds max_ttl_ = std::chrono::hours(1);
    std::chrono::seconds max_negative_ttl_ = std::chrono::minutes(15);
    std::chrono::seconds failure_ttl_ = std::chrono::seconds(5);
};

/// Since the cache was made.
struct cache_statistics {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t stored = 0;
    std::uint64_t expired = 0;
    std::uint64_t evicted = 0;  ///< Pushed out while they still held.
};

/// A bounded cache of answers; when it is full, the one that was not asked for longest goes.
///
/// NXDOMAIN answers every type of its name, NODATA its own type. What has a TTL of 0 is not stored, nor is an
/// absence without SOA record. Every call takes constant time. Threads: one at a time.
class cache {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit cache(cache_options options = {}) : options_(options) {}
    cache(const cache&) = delete;
    cache& operator=(const cache&) = delete;

    /// An answer, and how many seconds ago it was stored: answer::aged() with them is what holds now. The
    /// answer may be to a question for another type, when it says that the name does not exist.
    struct hit {
        std::shared_ptr<const answer> stored;
        std::uint32_t age = 0;
    };

    DRAGLINE_DECL std::optional<hit> find(const question& asked, time_point now);

    /// Keeps what may be kept. An older answer to the same question goes.
    DRAGLINE_DECL void store(std::shared_ptr<const answer> value, time_point now);

    /// Forgets everything, for instance after a change of network.
    DRAGLINE_DECL void clear() noexcept;

    std::size_t size() const noexcept { return entries_.size(); }
    const cache_statistics& statistics() const noexcept { return statistics_; }
    const cache_options& options() const noexcept { return options_; }

private:
    struct key {
        std::string_view name;  // lower case; that of an entry lives in the entry
        std::size_t hash;       // of the name, so that it is read once
        std::uint32_t type;
        std::uint16_t klass;
        bool operator==(const key& other) const noexcept {
            return hash == other.hash && type == other.type && klass == other.klass && name == other.name;
        }
    };
    struct key_hash {
        std::size_t operator()(const key& k) const noexcept { return k.hash + k.type * 0x9e3779b9u; }
    };
    struct entry;
    using entry_map = std::unordered_map<key, entry, key_hash>;  // its nodes stay where they are
    struct entry {
        std::shared_ptr<const answer> value;
        std::string name;  // when that of the answer is not in lower case
        time_point stored;
        time_point expires;
        entry_map::value_type* newer = nullptr;  // by their last use
        entry_map::value_type* older = nullptr;
    };

    static constexpr std::uint32_t every_type = 0x10000;  // above all types
    static key key_of(const question& asked, std::string& lowered);
    static key with_type(key of, std::uint32_t type) noexcept {
        of.type = type;
        return of;
    }
    std::chrono::seconds lifetime(const answer& value) const noexcept;
    std::optional<hit> find(const key& wanted, time_point now);
    void link(entry_map::value_type& used) noexcept;
    void unlink(entry_map::value_type& used) noexcept;
    void erase(entry_map::iterator at) noexcept;
    void forget(const key& old) noexcept;

    cache_options options_;
    cache_statistics statistics_;
    entry_map entries_;
    entry_map::value_type* newest_ = nullptr;
    entry_map::value_type* oldest_ = nullptr;
    std::size_t whole_names_ = 0;  // entries for every type
};

}  // namespace dragline::dns

#include <dragline/dns/impl/cache.ipp>
