// Included by <dragline/tls/ticket_cache.hpp> only.
#pragma once

#include <dragline/tls/detail/openssl.hpp>

#if DRAGLINE_HEADER_BODIES

#include <iterator>
#include <utility>

namespace dragline::inline v1::tls {

DRAGLINE_DECL void ticket_deleter::operator()(ssl_session_st* session) const noexcept {
    SSL_SESSION_free(session);
}

DRAGLINE_DECL void ticket_cache::put(std::string_view key, ticket session) {
    if (!session || SSL_SESSION_is_resumable(session.get()) != 1) return;
    if (options_.max_tickets() == 0 || options_.max_per_key() == 0) return;
    auto found = by_key_.find(key);
    if (found == by_key_.end()) {
        origins_.emplace_front();
        origins_.front().key = key;
        found = by_key_.emplace(origins_.front().key, origins_.begin()).first;
    } else {
        origins_.splice(origins_.begin(), origins_, found->second);
    }
    auto& tickets = origins_.front().tickets;
    // A TLS 1.2 session replaces the one before it: one serves any number of connections.
    const bool reusable = SSL_SESSION_get_protocol_version(session.get()) < TLS1_3_VERSION;
    if (reusable) size_ -= std::exchange(tickets, {}).size();
    tickets.push_back(std::move(session));
    ++size_;
    if (tickets.size() > options_.max_per_key()) drop_oldest(origins_.begin());
    if (size_ > options_.max_tickets()) drop_oldest(std::prev(origins_.end()));
}

DRAGLINE_DECL ticket ticket_cache::take(std::string_view key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    origins_.splice(origins_.begin(), origins_, found->second);
    auto& tickets = origins_.front().tickets;
    if (tickets.empty()) return nullptr;
    ticket& newest = tickets.back();
    if (SSL_SESSION_get_protocol_version(newest.get()) < TLS1_3_VERSION) {
        SSL_SESSION_up_ref(newest.get());
        return ticket(newest.get());
    }
    ticket taken = std::move(newest);
    tickets.pop_back();
    --size_;
    if (tickets.empty()) {
        by_key_.erase(found);
        origins_.pop_front();
    }
    return taken;
}

DRAGLINE_DECL void ticket_cache::drop_oldest(origins::iterator from) {
    if (!from->tickets.empty()) {
        from->tickets.erase(from->tickets.begin());
        --size_;
    }
    if (!from->tickets.empty()) return;
    by_key_.erase(from->key);
    origins_.erase(from);
}

DRAGLINE_DECL void ticket_cache::clear() noexcept {
    by_key_.clear();
    origins_.clear();
    size_ = 0;
}

}  // namespace dragline::inline v1::tls

#endif
