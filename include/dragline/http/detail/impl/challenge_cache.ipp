// Included by <dragline/http/detail/challenge_cache.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL known_challenge challenge_cache::find(std::string_view origin) {
    const auto found = entries_.find(origin);
    if (found == entries_.end()) return {};
    found->second.used = ++uses_;
    return found->second.known;
}

DRAGLINE_DECL known_challenge challenge_cache::put_basic(std::string_view origin) {
    known_challenge known;
    known.basic = true;
    return put(origin, std::move(known));
}

DRAGLINE_DECL known_challenge challenge_cache::put_digest(std::string_view origin, digest_challenge asked,
                                                          std::string_view client_nonce) {
    auto old = find(origin);
    if (old.digest && !old.digest->exhausted()) {
        const auto& before = old.digest->challenge();
        if (before.nonce == asked.nonce && before.realm == asked.realm &&
            before.algorithm == asked.algorithm) {
            return old;
        }
    }
    known_challenge known;
    known.digest = std::make_shared<digest_session>(std::move(asked), client_nonce);
    return put(origin, std::move(known));
}

DRAGLINE_DECL known_challenge challenge_cache::put(std::string_view origin, known_challenge known) {
    if (limit_ == 0) return known;
    auto at = entries_.find(origin);
    if (at == entries_.end()) {
        if (entries_.size() >= limit_) {
            const auto older = [](const auto& a, const auto& b) { return a.second.used < b.second.used; };
            entries_.erase(std::min_element(entries_.begin(), entries_.end(), older));
        }
        at = entries_.try_emplace(std::string(origin)).first;
    }
    at->second.known = known;
    at->second.used = ++uses_;
    return known;
}

}  // namespace dragline::http::detail

#endif
