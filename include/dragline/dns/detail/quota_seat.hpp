// The place of one look-up under the limits of a scope.
#pragma once

#include <dragline/async/event.hpp>

#include <cstddef>
#include <list>
#include <memory>
#include <utility>

namespace dragline::inline v1::dns::detail {

class quota_seat;

struct quota_state {
    std::size_t max_lookups;
    std::size_t max_at_once;
    std::size_t used = 0;
    std::size_t refused = 0;
    std::size_t under_way = 0;
    std::list<quota_seat*> lanes[2];  // who waits: important ones, others

    quota_state(std::size_t lookups, std::size_t at_once) noexcept
        : max_lookups(lookups), max_at_once(at_once) {}
};

// Exists for as long as the look-up does; `wake` is notified when it may go on.
class quota_seat {
public:
    quota_seat(std::shared_ptr<quota_state> quota, bool important, async::event& wake)
        : quota_(std::move(quota)), wake_(wake), lane_(quota_->lanes[important ? 0 : 1]) {
        if (!important && quota_->used >= quota_->max_lookups) {
            ++quota_->refused;
            stage_ = stage::refused;
            return;
        }
        ++quota_->used;
        if (quota_->under_way < quota_->max_at_once) {
            ++quota_->under_way;
            stage_ = stage::admitted;
        } else {
            place_ = lane_.insert(lane_.end(), this);
        }
    }
    ~quota_seat() {
        if (stage_ == stage::waiting) lane_.erase(place_);
        if (stage_ == stage::admitted) quota_->under_way -= pass_on() ? 0 : 1;
    }
    quota_seat(const quota_seat&) = delete;
    quota_seat& operator=(const quota_seat&) = delete;

    bool refused() const noexcept { return stage_ == stage::refused; }
    bool admitted() const noexcept { return stage_ == stage::admitted; }

private:
    enum class stage { waiting, admitted, refused };

    bool pass_on() {
        for (auto& lane : quota_->lanes) {
            if (lane.empty()) continue;
            auto& next = *lane.front();
            lane.pop_front();
            next.stage_ = stage::admitted;
            next.wake_.notify();
            return true;
        }
        return false;
    }

    std::shared_ptr<quota_state> quota_;
    async::event& wake_;
    std::list<quota_seat*>& lane_;
    std::list<quota_seat*>::iterator place_;
    stage stage_ = stage::waiting;
};

}  // namespace dragline::dns::detail
