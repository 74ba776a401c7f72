// Included by <dragline/dns/cache.hpp> only.
#pragma once

#include <dragline/core/ascii.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::dns {

DRAGLINE_DECL cache::key cache::key_of(const entry& of) noexcept {
    return {of.name, of.type, static_cast<std::uint16_t>(of.value->asked.klass)};
}

DRAGLINE_DECL std::string cache::lower_name(std::string_view name) {
    if (name.size() > 1 && name.back() == '.') name.remove_suffix(1);
    return ascii::to_lower(name);
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
    const auto name = lower_name(asked.name);
    const auto klass = static_cast<std::uint16_t>(asked.klass);
    auto found = find(key{name, static_cast<std::uint32_t>(asked.type), klass}, now);
    if (!found) found = find(key{name, every_type, klass}, now);
    ++(found ? statistics_.hits : statistics_.misses);
    return found;
}

DRAGLINE_DECL std::optional<cache::hit> cache::find(const key& wanted, time_point now) {
    const auto found = index_.find(wanted);
    if (found == index_.end()) return std::nullopt;
    const auto at = found->second;
    if (at->expires <= now) {
        ++statistics_.expired;
        erase(at);
        return std::nullopt;
    }
    entries_.splice(entries_.begin(), entries_, at);
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - at->stored).count();
    return hit{at->value, static_cast<std::uint32_t>(std::max<decltype(age)>(age, 0))};
}

DRAGLINE_DECL void cache::store(std::shared_ptr<const answer> value, time_point now) {
    const auto name = lower_name(value->asked.name);
    const auto klass = static_cast<std::uint16_t>(value->asked.klass);
    const auto type = static_cast<std::uint32_t>(value->asked.type);
    // What is said now replaces what was said before, also when it may not be kept itself.
    for (const auto old : {type, every_type}) {
        if (const auto found = index_.find(key{name, old, klass}); found != index_.end())
            erase(found->second);
    }
    const auto kept_for = lifetime(*value);
    if (kept_for <= std::chrono::seconds(0) || options_.max_entries() == 0) return;

    // An alias exists itself, wherever it leads; then only this question has its answer.
    const bool whole_name = value->error == errc::name_not_found && value->aliases.empty();
    entry made{name, std::move(value), now, now + kept_for, whole_name ? every_type : type};
    entries_.push_front(std::move(made));
    index_.emplace(key_of(entries_.front()), entries_.begin());
    ++statistics_.stored;
    if (index_.size() > options_.max_entries()) {
        ++(entries_.back().expires > now ? statistics_.evicted : statistics_.expired);
        erase(std::prev(entries_.end()));
    }
}

DRAGLINE_DECL void cache::erase(entry_list::iterator at) noexcept {
    index_.erase(key_of(*at));
    entries_.erase(at);
}

}  // namespace dragline::dns

#endif
