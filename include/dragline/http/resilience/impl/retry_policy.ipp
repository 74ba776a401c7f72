// Included by <dragline/http/resilience/retry_policy.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::http {

DRAGLINE_DECL retry_policy& retry_policy::status(int code, retry_when rule) {
    const auto at = std::lower_bound(rules_.begin(), rules_.end(), code,
                                     [](const auto& each, int status) { return each.first < status; });
    if (at != rules_.end() && at->first == code) {
        at->second = rule;
    } else {
        rules_.emplace(at, code, rule);
    }
    return *this;
}

DRAGLINE_DECL retry_when retry_policy::rule_of(int status) const noexcept {
    for (const auto& [code, rule] : rules_) {
        if (code == status) return rule;
    }
    const bool usual = status == 408 || status == 429 || (status >= 502 && status <= 504);
    return usual ? retry_when::if_repeatable : retry_when::never;
}

DRAGLINE_DECL bool retry_policy::valid() const noexcept {
    const bool statuses = std::all_of(rules_.begin(), rules_.end(), [](const auto& rule) {
        return rule.first >= 300 && rule.first <= 599;
    });
    return attempts_ >= 1 && async::valid_timeout(first_) && longest_ >= first_ &&
           async::valid_timeout(max_retry_after_) && statuses && (!budget_ || budget_->valid()) &&
           (!decide_ || *decide_);
}

}  // namespace dragline::http

#endif
