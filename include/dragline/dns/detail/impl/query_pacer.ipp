// Included by <dragline/dns/detail/query_pacer.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL std::optional<query_pacer::place> query_pacer::enter(paced& who, double per_second,
                                                                   bool important) {
    const auto now = loop_.now();
    // A wake-up comes with the ticks of the loop: what came due since the last one may go at once.
    constexpr double bursts_per_second = 20;
    if (!bucket_ || bucket_->per_second() != per_second)
        bucket_.emplace(per_second, per_second / bursts_per_second);
    if (lanes_[0].empty() && lanes_[1].empty() && bucket_->take(now)) return std::nullopt;
    auto& lane = lanes_[important ? 0 : 1];
    const auto where = lane.insert(lane.end(), &who);
    wait_for_turn();
    return where;
}

DRAGLINE_DECL void query_pacer::leave(place where, bool important) noexcept {
    lanes_[important ? 0 : 1].erase(where);
    if (lanes_[0].empty() && lanes_[1].empty()) turn_.disarm();
}

DRAGLINE_DECL void query_pacer::wait_for_turn() {
    if (!turn_.armed()) loop_.deadlines().arm(turn_, bucket_->next(loop_.now()));
}

DRAGLINE_DECL void query_pacer::on_turn(void* context) noexcept {
    auto& self = *static_cast<query_pacer*>(context);
    const auto now = self.loop_.now();
    for (auto& lane : self.lanes_) {
        while (!lane.empty() && self.bucket_->take(now)) {
            auto& next = *lane.front();
            lane.pop_front();
            next.send_now();
        }
    }
    if (!self.lanes_[0].empty() || !self.lanes_[1].empty()) self.wait_for_turn();
}

}  // namespace dragline::dns::detail

#endif
