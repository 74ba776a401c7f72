// Included by <dragline/dns/wildcards/wildcard_canary.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::dns {

DRAGLINE_DECL wildcard_canary::wildcard_canary(std::string domain, std::size_t every,
                                               async::random_source& random)
    : domain_(std::move(domain)), every_(std::max<std::size_t>(every, 1)), names_(random) {}

DRAGLINE_DECL std::optional<std::string> wildcard_canary::next() {
    if (++counted_ < every_) return std::nullopt;
    counted_ = 0;
    return fresh();
}

DRAGLINE_DECL std::string wildcard_canary::fresh() { return names_.next(domain_, 1, shape_++); }

}  // namespace dragline::dns

#endif
