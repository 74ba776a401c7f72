// Consistent hashing: points on a ring, many for each server; a key belongs to the next point that may serve.
#pragma once

#include <dragline/core/features.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace dragline::inline v1::net::detail {

/// FNV-1a over 64 bits, then the finalizer of MurmurHash3: the same on every machine, in every release.
constexpr std::uint64_t ring_hash(std::string_view text) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
    hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
    return hash ^ (hash >> 33);
}

/// The points of servers that are told apart by number. Where a server stands depends on its name only.
class hash_ring {
public:
    static constexpr std::size_t most_points = std::size_t{1} << 20;  // 16 MiB

    void clear() noexcept { points_.clear(); }
    std::size_t size() const noexcept { return points_.size(); }

    /// Adds `count` points; call sort() after the last.
    void add(std::string_view name, std::uint32_t server, std::size_t count);
    void sort();

    /// The first server at or after the hash, round the ring, of which `may_serve(server)` holds; else
    /// `none`.
    template <class MayServe>
    std::uint32_t find(std::uint64_t hash, std::uint32_t none, MayServe may_serve) const {
        auto at = std::lower_bound(points_.begin(), points_.end(), point{hash, 0});
        for (std::size_t seen = 0; seen < points_.size(); ++seen, ++at) {
            if (at == points_.end()) at = points_.begin();
            if (may_serve(at->server)) return at->server;
        }
        return none;
    }

private:
    struct point {
        std::uint64_t hash;
        std::uint32_t server;
        friend bool operator<(const point& a, const point& b) noexcept { return a.hash < b.hash; }
    };

    std::vector<point> points_;
};

}  // namespace dragline::net::detail

#include <dragline/net/detail/impl/hash_ring.ipp>
