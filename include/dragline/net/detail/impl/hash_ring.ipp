// Included by <dragline/net/detail/hash_ring.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <string>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL void hash_ring::add(std::string_view name, std::uint32_t server, std::size_t count) {
    for (std::size_t number = 0; number < count; ++number) {
        points_.push_back({ring_hash(std::string(name) + '#' + std::to_string(number)), server});
    }
}

// Of two points in one place the order of insertion decides: lists in the same order agree.
DRAGLINE_DECL void hash_ring::sort() { std::stable_sort(points_.begin(), points_.end()); }

}  // namespace dragline::net::detail

#endif
