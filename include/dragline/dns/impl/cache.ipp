// Included by <dragline/dns/cache.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::dns {

// The name is that of the question where it is normal already, as the names of hosts are, or else `lowered`.
DRAGLINE_DECL cache::key cache::key_of(const question& asked, std::string& lowered) {
    std::string_view name = asked.name;
    if (name.size() > 1 && name.back() == '.') name.remove_suffix(1);
    if (std::any_of(name.begin(), name.end(), ascii::is_upper)) {
        lowered = ascii::to_lower(name);
        name = lowered;
    }
    return {name, std::hash<std::string_view>()(name), static_cast<std::uint32_t>(asked.type),
            static_cast<std::uint16_t>(asked.klass)};
}

DRAGLINE_DECL std::chrono::seconds cache::lifetime(const answer& value) const noexcept {
    const std::chrono::seconds ttl(value.ttl);
    if (!value.error) return std::min(ttl, options_.max_ttl());
    if (value.error == errc::name_not_found || value.error == errc::no_data) {
        return std::min(ttl, options_.max_negative_ttl());
    }
    return value.error == errc::server_failure ? options_.failure_ttl() : std::chrono::seconds(0);
}

DRAGLINE_DECL std::optional<cache::hit> cache::find(const question& asked, time_point now) {
    std::string lowered;
    const auto wanted = key_of(asked, lowered);
    auto found = find(wanted, now);
    if (!found && whole_names_ > 0) found = find(with_type(wanted, every_type), now);
    ++(found ? statistics_.hits : statistics_.misses);
    return found;
}

DRAGLINE_DECL std::optional<cache::hit> cache::find(const key& wanted, time_point now) {
    const auto found = entries_.find(wanted);
    if (found == entries_.end()) return std::nullopt;
    auto& at = found->second;
    if (at.expires <= now) {
        ++statistics_.expired;
        erase(found);
        return std::nullopt;
    }
    unlink(*found);
    link(*found);
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - at.stored).count();
    return hit{at.value, static_cast<std::uint32_t>(std::max<decltype(age)>(age, 0))};
}

DRAGLINE_DECL void cache::store(std::shared_ptr<const answer> value, time_point now) {
    std::string lowered;
    auto at = key_of(value->asked, lowered);
    // What is said now replaces what was said before, also when it may not be kept itself.
    forget(at);
    if (whole_names_ > 0) forget(with_type(at, every_type));
    const auto kept_for = lifetime(*value);
    if (kept_for <= std::chrono::seconds(0) || options_.max_entries() == 0) return;

    if (entries_.size() >= options_.max_entries()) {
        const auto last = entries_.find(oldest_->first);
        ++(last->second.expires > now ? statistics_.evicted : statistics_.expired);
        erase(last);
    }
    // An alias exists itself, wherever it leads; then only this question has its answer.
    if (value->error == errc::name_not_found && value->aliases.empty()) at.type = every_type;
    entry made;
    if (!lowered.empty()) {
        // On the heap, so that the key may point to it wherever the entry is moved.
        lowered.reserve(sizeof(std::string));
        made.name = std::move(lowered);
        at.name = made.name;
    }
    made.value = std::move(value);
    made.stored = now;
    made.expires = now + kept_for;
    link(*entries_.emplace(at, std::move(made)).first);
    if (at.type == every_type) ++whole_names_;
    ++statistics_.stored;
}

DRAGLINE_DECL void cache::link(entry_map::value_type& used) noexcept {
    used.second.newer = nullptr;
    used.second.older = newest_;
    (newest_ ? newest_->second.newer : oldest_) = &used;
    newest_ = &used;
}

DRAGLINE_DECL void cache::unlink(entry_map::value_type& used) noexcept {
    auto& [value, name, stored, expires, newer, older] = used.second;
    (newer ? newer->second.older : newest_) = older;
    (older ? older->second.newer : oldest_) = newer;
}

DRAGLINE_DECL void cache::forget(const key& old) noexcept {
    if (const auto found = entries_.find(old); found != entries_.end()) erase(found);
}

DRAGLINE_DECL void cache::erase(entry_map::iterator at) noexcept {
    if (at->first.type == every_type) --whole_names_;
    unlink(*at);
    entries_.erase(at);
}

DRAGLINE_DECL void cache::clear() noexcept {
    entries_.clear();
    newest_ = oldest_ = nullptr;
    whole_names_ = 0;
}

}  // namespace dragline::dns

#endif
