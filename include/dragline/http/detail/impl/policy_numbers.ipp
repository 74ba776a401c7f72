// Included by <dragline/http/detail/policy_numbers.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL std::uint64_t policy_numbers::number_of(const net::address_policy& policy) {
    auto found = std::find_if(known_.begin(), known_.end(),
                              [&policy](const auto& each) { return each.first == policy; });
    if (found == known_.end()) {
        if (known_.size() == most) known_.pop_back();
        found = known_.insert(known_.end(), {policy, ++made_});
    }
    std::rotate(known_.begin(), found, std::next(found));
    return known_.front().second;
}

}  // namespace dragline::http::detail

#endif
