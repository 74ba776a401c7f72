// Included by <dragline/http/detail/cookie_store.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL bool has_expired(const cookie& which, std::chrono::sys_seconds now) noexcept {
    return which.expires && *which.expires <= now;
}

DRAGLINE_DECL const cookie_store::bucket& cookie_store::of(std::string_view owner) const noexcept {
    const auto found = by_owner_.find(owner);
    return found == by_owner_.end() ? nothing_ : found->second;
}

DRAGLINE_DECL std::vector<const cookie_store::entry*> cookie_store::all() const {
    std::vector<const entry*> found;
    found.reserve(size());
    for (const auto& each : by_use_) found.push_back(&each);
    std::sort(found.begin(), found.end(), [](const auto* a, const auto* b) { return a->made < b->made; });
    return found;
}

DRAGLINE_DECL void cookie_store::put(cookie made, const std::string& owner, seconds now) {
    const auto& known = of(owner);
    const auto same = std::find_if(known.begin(), known.end(), [&](const auto& each) {
        const auto& old = each->value;
        return std::tie(old.name, old.domain, old.host_only, old.path) ==
               std::tie(made.name, made.domain, made.host_only, made.path);
    });
    if (has_expired(made, now)) {
        if (same != known.end()) erase(*same);
        return;
    }
    if (made.expires) first_expiry_ = std::min(first_expiry_, *made.expires);
    if (same != known.end()) {
        // It keeps the place of the old one in the order of making, unless that was dead already.
        if (has_expired((*same)->value, now)) (*same)->made = ++made_;
        (*same)->value = std::move(made);
        return touch(*same);
    }
    const auto place = by_owner_.try_emplace(owner).first;
    place->second.reserve(place->second.size() + 1);  // so that nothing throws between the two
    by_use_.push_back({std::move(made), place, ++made_, ++used_});
    place->second.push_back(std::prev(by_use_.end()));
    make_room(place, now);
}

DRAGLINE_DECL void cookie_store::make_room(buckets::iterator owner, seconds now) {
    auto crowded = owner->second.size() > per_owner_;  // `owner` is never empty here
    if (!crowded && size() <= total_) return;
    if (first_expiry_ <= now) {
        remove_expired(now);
        crowded = owner->second.size() > per_owner_;  // the newest has not expired, so the place is there
    }
    if (crowded) {
        const auto& all = owner->second;
        erase(*std::min_element(all.begin(), all.end(), [](const auto& a, const auto& b) {
            return std::tie(a->value.secure, a->used) < std::tie(b->value.secure, b->used);
        }));
    }
    if (size() > total_) erase(by_use_.begin());
}

DRAGLINE_DECL void cookie_store::touch(entries::iterator which) noexcept {
    which->used = ++used_;
    by_use_.splice(by_use_.end(), by_use_, which);
}

DRAGLINE_DECL void cookie_store::erase(entries::iterator which) noexcept {
    const auto owner = which->owner;
    auto& same_owner = owner->second;
    same_owner.erase(std::find(same_owner.begin(), same_owner.end(), which));
    if (same_owner.empty()) by_owner_.erase(owner);
    by_use_.erase(which);
}

DRAGLINE_DECL std::size_t cookie_store::remove_expired(seconds now) {
    first_expiry_ = seconds::max();
    return erase_if([&](const cookie& each) {
        if (has_expired(each, now)) return true;
        if (each.expires) first_expiry_ = std::min(first_expiry_, *each.expires);
        return false;
    });
}

DRAGLINE_DECL void cookie_store::clear() noexcept {
    by_owner_.clear();
    by_use_.clear();
    first_expiry_ = seconds::max();
}

}  // namespace dragline::http::detail

#endif
