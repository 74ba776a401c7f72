// Session tickets that a client may resume with, per origin. One cache for each loop; a plain object.
#pragma once

#include <dragline/core/features.hpp>

#include <algorithm>
#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct ssl_session_st;

namespace dragline::inline v1::tls {

struct ticket_deleter {
    void operator()(ssl_session_st* session) const noexcept;
};

/// One session to resume; null when there is none.
using ticket = std::unique_ptr<ssl_session_st, ticket_deleter>;

class ticket_cache_options {
public:
    ticket_cache_options() {}

    /// Tickets that are kept in all. The origin that was idle longest loses its oldest first. 0 keeps none.
    ticket_cache_options& max_tickets(std::size_t value) { return max_tickets_ = value, *this; }
    std::size_t max_tickets() const noexcept { return max_tickets_; }

    /// Tickets that are kept for one key: as many connections as may be opened to an origin at once.
    ticket_cache_options& max_per_key(std::size_t value) { return max_per_key_ = value, *this; }
    std::size_t max_per_key() const noexcept { return max_per_key_; }

private:
    std::size_t max_tickets_ = 1000;
    std::size_t max_per_key_ = 10;
};

/// Keeps the tickets that servers hand out, and gives them to later connections.
///
/// The engine adds its context and its names to the key, so a ticket never passes between different options
/// or names, even when they share a cache. What the handshake proved of the server goes with the ticket. A
/// TLS 1.3 ticket is given once (RFC 8446, C.4); a TLS 1.2 session stays. Threads: none but its loop's.
class ticket_cache {
public:
    explicit ticket_cache(ticket_cache_options options = ticket_cache_options()) : options_(options) {}
    ticket_cache(const ticket_cache&) = delete;
    ticket_cache& operator=(const ticket_cache&) = delete;

    /// Keeps at least so many for one key from now on, unless it keeps none: for who opens more connections
    /// to an origin at once.
    void expect_connections(std::size_t per_key) noexcept {
        if (options_.max_per_key() != 0) options_.max_per_key(std::max(options_.max_per_key(), per_key));
    }

    /// Sessions that cannot be resumed are dropped.
    void put(std::string_view key, ticket session);

    /// The newest ticket of the key, or null.
    ticket take(std::string_view key);

    std::size_t size() const noexcept { return size_; }
    void clear() noexcept;

private:
    struct origin {
        std::string key;
        std::vector<ticket> tickets;  // oldest first; empty only where memory ran out
    };
    using origins = std::list<origin>;

    void drop_oldest(origins::iterator from);

    ticket_cache_options options_;
    origins origins_;  // the one used last is in front
    std::unordered_map<std::string_view, origins::iterator> by_key_;
    std::size_t size_ = 0;
};

}  // namespace dragline::inline v1::tls

#include <dragline/tls/impl/ticket_cache.ipp>
