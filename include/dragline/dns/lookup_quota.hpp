// How many look-ups one scope may cause: a message that is scanned, a task, a request that is served.
#pragma once

#include <dragline/dns/detail/quota_seat.hpp>

#include <cstddef>
#include <limits>
#include <memory>

namespace dragline::inline v1::dns {

/// Limits of one scope, shared by its copies; give it to look-ups with query_options::quota().
///
/// Only look-ups that must be asked of a server count. Beyond `max_lookups` they end with
/// errc::quota_exceeded; beyond `max_at_once` they wait, within their timeout, in two lanes: important ones
/// (query_options::important()) go first, and have no total. Threads: those of one loop only.
class lookup_quota {
public:
    static constexpr std::size_t no_count = std::numeric_limits<std::size_t>::max();

    explicit lookup_quota(std::size_t max_lookups = 64, std::size_t max_at_once = no_count)
        : state_(std::make_shared<detail::quota_state>(max_lookups, max_at_once)) {}

    std::size_t used() const noexcept { return state_->used; }  ///< Admitted so far.
    std::size_t refused() const noexcept { return state_->refused; }
    std::size_t under_way() const noexcept { return state_->under_way; }
    std::size_t waiting() const noexcept { return state_->lanes[0].size() + state_->lanes[1].size(); }

    /// For look-ups of this module.
    const std::shared_ptr<detail::quota_state>& state() const noexcept { return state_; }

    /// The same scope.
    bool operator==(const lookup_quota&) const = default;

private:
    std::shared_ptr<detail::quota_state> state_;
};

}  // namespace dragline::dns
