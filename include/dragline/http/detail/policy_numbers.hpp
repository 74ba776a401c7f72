// Gives each address policy of a session a number, so that fetches with equal ones share connections.
#pragma once

#include <dragline/net/address_policy.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace dragline::inline v1::http::detail {

class policy_numbers {
public:
    /// The same for equal policies; used for no other one ever. One that has not come for a while, with many
    /// others since, gets a new one.
    std::uint64_t number_of(const net::address_policy& policy);

private:
    static constexpr std::size_t most = 64;

    std::vector<std::pair<net::address_policy, std::uint64_t>> known_;  // the last used is in front
    std::uint64_t made_ = 0;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/policy_numbers.ipp>
