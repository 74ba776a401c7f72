// Answers for as long as their TTL says. No clock of its own: the time is a parameter. Start with `cache`.
#pragma once

#include <dragline/dns/answer.hpp>
#include <dragline/dns/detail/packed_answer.hpp>
#include <dragline/dns/record.hpp>
#include <dragline/dns/wire/query_form.hpp>

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

/// Since the cache was made.
struct cache_statistics {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t stored = 0;
    std::uint64_t expired = 0;
    std::uint64_t evicted = 0;    ///< Pushed out while they still held.
    std::uint64_t stale = 0;      ///< Served after their end.
    std::uint64_t refreshed = 0;  ///< Asked for again before their end.
    std::size_t entries = 0;      ///< Now.
    std::size_t bytes = 0;        ///< Now.
};

/// A bounded cache of answers; when it is full, the one that was not asked for longest goes.
///
/// NXDOMAIN answers every type of its name, NODATA its own type. What has a TTL of 0 is not stored, nor is an
/// absence without SOA record. Answers to queries whose form changes them are kept apart. Every call takes
/// constant time, one for each entry that must go. Threads: one at a time.
class cache {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// The longest TTL that a stale answer is given out with, in seconds, and the time until it is worth to
    /// ask again after that failed (RFC 8767, 5).
    static constexpr std::uint32_t stale_ttl = 30;

    explicit cache(cache_options options = {}) : options_(options) {}
    cache(const cache&) = delete;
    cache& operator=(const cache&) = delete;

    /// An answer, and how many seconds ago it was stored: answer::aged() with them is what holds now. The
    /// answer may be to a question for another type, when it says that the name does not exist.
    struct hit {
        std::shared_ptr<const answer> stored;
        std::uint32_t age = 0;
        bool stale = false;    ///< It has ended, and the servers failed less than stale_ttl ago.
        bool refresh = false;  ///< It ends soon: ask again. Said once.
    };

    DRAGLINE_DECL std::optional<hit> find(const question& asked, time_point now, const query_form& form = {});

    /// What may serve if the servers fail: an answer that ended less than cache_options::max_stale() ago.
    DRAGLINE_DECL std::optional<hit> find_stale(const question& asked, time_point now,
                                                const query_form& form = {});

    /// Keeps what may be kept. An older answer to the same question goes, unless this is a failure.
    DRAGLINE_DECL void store(std::shared_ptr<const answer> value, time_point now,
                             const query_form& form = {});

    /// Forgets everything, for instance after a change of network.
    DRAGLINE_DECL void clear() noexcept;

    std::size_t size() const noexcept { return entries_.size(); }
    DRAGLINE_DECL cache_statistics statistics() const noexcept;
    const cache_options& options() const noexcept { return options_; }

private:
    struct key {
        std::string_view name;  // lower case; that of an entry stands in its value
        std::size_t hash;       // of the name, so that it is read once
        std::uint32_t type;
        std::uint16_t klass;
        std::uint16_t form;  // what of it changes answers
        bool operator==(const key& other) const noexcept {
            return hash == other.hash && type == other.type && klass == other.klass && form == other.form &&
                   name == other.name;
        }
    };
    struct key_hash {
        std::size_t operator()(const key& k) const noexcept { return k.hash + k.type * 0x9e3779b9u + k.form; }
    };
    struct entry;
    using entry_map = std::unordered_map<key, entry, key_hash>;  // its nodes stay where they are
    struct entry {
        detail::packed_answer value;
        time_point stored;
        time_point expires;
        time_point refresh_at;       // max when that was said, or is not wanted
        time_point trusted_until{};  // when stale: no use in asking before
        std::size_t bytes = 0;
        entry_map::value_type* newer = nullptr;  // by their last use
        entry_map::value_type* older = nullptr;
    };

    static constexpr std::uint32_t every_type = 0x10000;  // above all types
    static key key_of(const question& asked, const query_form& form, std::string& lowered);
    static key with_type(key of, std::uint32_t type) noexcept {
        of.type = type;
        return of;
    }
    std::chrono::seconds lifetime(const answer& value) const noexcept;
    entry_map::iterator look_up(const question& asked, const query_form& form);
    bool is_gone(const entry& at, time_point now) const noexcept;
    void make_room(std::size_t bytes, time_point now) noexcept;
    hit use(entry_map::value_type& at, time_point now);
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
    std::size_t bytes_ = 0;
};

}  // namespace dragline::dns

#include <dragline/dns/impl/cache.ipp>
