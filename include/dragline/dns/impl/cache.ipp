// Included by <dragline/dns/cache.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::dns {

// The name is that of the question where it is normal already, as the names of hosts are, or else `lowered`.
DRAGLINE_DECL cache::key cache::key_of(const question& asked, const query_form& form, std::string& lowered) {
    std::string_view name = asked.name;
    if (name.size() > 1 && name.back() == '.') name.remove_suffix(1);
    if (std::any_of(name.begin(), name.end(), ascii::is_upper)) {
        lowered = ascii::to_lower(name);
        name = lowered;
    }
    return {name, std::hash<std::string_view>()(name), static_cast<std::uint32_t>(asked.type),
            static_cast<std::uint16_t>(asked.klass),
            static_cast<std::uint16_t>((form.recursion_desired ? 0 : 1) | (form.checking_disabled ? 2 : 0) |
                                       (form.dnssec_ok ? 4 : 0))};
}

DRAGLINE_DECL std::chrono::seconds cache::lifetime(const answer& value) const noexcept {
    const std::chrono::seconds ttl(value.ttl);
    if (!value.error) return std::min(ttl, options_.max_ttl());
    if (value.error == errc::name_not_found || value.error == errc::no_data) {
        return std::min(ttl, options_.max_negative_ttl());
    }
    return value.error == errc::server_failure ? options_.failure_ttl() : std::chrono::seconds(0);
}

// The entry for this question, or the one for its whole name; it may have ended.
DRAGLINE_DECL cache::entry_map::iterator cache::look_up(const question& asked, const query_form& form) {
    std::string lowered;
    const auto wanted = key_of(asked, form, lowered);
    const auto found = entries_.find(wanted);
    if (found != entries_.end() || whole_names_ == 0) return found;
    return entries_.find(with_type(wanted, every_type));
}

DRAGLINE_DECL bool cache::is_gone(const entry& at, time_point now) const noexcept {
    return at.expires + (at.value.has_records() ? options_.max_stale() : std::chrono::seconds(0)) <= now;
}

DRAGLINE_DECL cache::hit cache::use(entry_map::value_type& used, time_point now) {
    unlink(used);
    link(used);
    auto& at = used.second;
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - at.stored).count();
    hit found;
    found.stored = at.value.unpack();
    found.age = static_cast<std::uint32_t>(std::max<decltype(age)>(age, 0));
    found.stale = at.expires <= now;
    if (found.stale) ++statistics_.stale;
    if (now >= at.refresh_at) {
        at.refresh_at = time_point::max();
        found.refresh = true;
        ++statistics_.refreshed;
    }
    return found;
}

DRAGLINE_DECL std::optional<cache::hit> cache::find(const question& asked, time_point now,
                                                    const query_form& form) {
    const auto found = look_up(asked, form);
    if (found != entries_.end()) {
        const auto& at = found->second;
        if (is_gone(at, now)) {
            ++statistics_.expired;
            erase(found);
        } else if (at.expires > now || at.trusted_until > now) {
            ++statistics_.hits;
            return use(*found, now);
        }
    }
    ++statistics_.misses;
    return std::nullopt;
}

DRAGLINE_DECL std::optional<cache::hit> cache::find_stale(const question& asked, time_point now,
                                                          const query_form& form) {
    const auto found = look_up(asked, form);
    if (found == entries_.end() || is_gone(found->second, now)) return std::nullopt;
    return use(*found, now);
}

DRAGLINE_DECL void cache::store(std::shared_ptr<const answer> value, time_point now, const query_form& form) {
    const bool tells = !value->error || value->error == errc::name_not_found || value->error == errc::no_data;
    if (!tells) {
        // A failure does not make untrue what is known.
        const auto known = look_up(value->asked, form);
        if (known != entries_.end() && known->second.value.has_records() && !is_gone(known->second, now)) {
            known->second.trusted_until = now + std::chrono::seconds(stale_ttl);
            return;
        }
    }
    std::string lowered;
    auto at = key_of(value->asked, form, lowered);
    // What is said now replaces what was said before, also when it may not be kept itself.
    forget(at);
    if (whole_names_ > 0) forget(with_type(at, every_type));
    const auto kept_for = lifetime(*value);
    if (kept_for <= std::chrono::seconds(0) || options_.max_entries() == 0) return;

    // An alias exists itself, wherever it leads; then only this question has its answer.
    if (value->error == errc::name_not_found && value->aliases.empty()) at.type = every_type;
    constexpr std::chrono::seconds worth_refreshing{10};
    const bool refresh = !value->error && options_.refresh_ahead() > 0 && kept_for >= worth_refreshing;
    entry made;
    made.value = detail::packed_answer(std::move(value), at.name);
    at.name = made.value.name();
    made.stored = now;
    made.expires = now + kept_for;
    made.refresh_at = refresh ? made.expires - kept_for * options_.refresh_ahead() / 100 : time_point::max();
    const auto bytes = made.bytes = made.value.memory() + sizeof(entry_map::value_type);
    if (bytes > options_.max_bytes()) return;
    make_room(bytes, now);
    link(*entries_.emplace(at, std::move(made)).first);
    bytes_ += bytes;
    if (at.type == every_type) ++whole_names_;
    ++statistics_.stored;
}

DRAGLINE_DECL void cache::make_room(std::size_t bytes, time_point now) noexcept {
    while (oldest_ && (entries_.size() >= options_.max_entries() || bytes_ + bytes > options_.max_bytes())) {
        const auto last = entries_.find(oldest_->first);
        ++(last->second.expires > now ? statistics_.evicted : statistics_.expired);
        erase(last);
    }
}

DRAGLINE_DECL cache_statistics cache::statistics() const noexcept {
    auto now = statistics_;
    now.entries = entries_.size();
    now.bytes = bytes_;
    return now;
}

DRAGLINE_DECL void cache::link(entry_map::value_type& used) noexcept {
    used.second.newer = nullptr;
    used.second.older = newest_;
    (newest_ ? newest_->second.newer : oldest_) = &used;
    newest_ = &used;
}

DRAGLINE_DECL void cache::unlink(entry_map::value_type& used) noexcept {
    const auto& at = used.second;
    (at.newer ? at.newer->second.older : newest_) = at.older;
    (at.older ? at.older->second.newer : oldest_) = at.newer;
}

DRAGLINE_DECL void cache::forget(const key& old) noexcept {
    if (const auto found = entries_.find(old); found != entries_.end()) erase(found);
}

DRAGLINE_DECL void cache::erase(entry_map::iterator at) noexcept {
    if (at->first.type == every_type) --whole_names_;
    bytes_ -= at->second.bytes;
    unlink(*at);
    entries_.erase(at);
}

DRAGLINE_DECL void cache::clear() noexcept {
    entries_.clear();
    newest_ = oldest_ = nullptr;
    whole_names_ = 0;
    bytes_ = 0;
}

}  // namespace dragline::dns

#endif
