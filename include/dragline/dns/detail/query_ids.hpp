// The ids of the queries under way on one channel. No two are alike: a reply that says nothing but its id, as
// a refusal may, then has one owner.
#pragma once

#include <dragline/dns/detail/keyed_hash.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dragline::inline v1::dns::detail {

class query_ids {
public:
    explicit query_ids(async::random_source& random) : random_(random), taken_(most) {}

    // A random one that nobody has; when nearly all are taken, perhaps one that somebody has.
    std::uint16_t take() noexcept {
        auto id = random_.next16();
        for (int tries = 1; taken_[id] && tries < 1000; ++tries) id = random_.next16();
        taken_[id] = true;
        return id;
    }
    void give_back(std::uint16_t id) noexcept { taken_[id] = false; }

private:
    static constexpr std::size_t most = 0x10000;

    random_numbers random_;
    std::vector<bool> taken_;
};

}  // namespace dragline::dns::detail
