// Keeps the queries to one server below a rate: what is beyond waits in one of two lanes.
#pragma once

#include <dragline/async/deadline.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/async/token_bucket.hpp>

#include <cstdint>
#include <list>
#include <optional>

namespace dragline::inline v1::dns::detail {

// Who may have to wait for its turn.
class paced {
public:
    // It is its turn. May throw, and may make others wait or leave.
    virtual void send_now() = 0;

protected:
    ~paced() = default;
};

class query_pacer {
public:
    using place = std::list<paced*>::iterator;

    explicit query_pacer(async::loop_state& loop) noexcept : loop_(loop), turn_(&on_turn, this) {}

    // The place where `who` waits; nothing when it may send at once.
    std::optional<place> enter(paced& who, double per_second, bool important);

    // Before its turn.
    void leave(place where, bool important) noexcept;

private:
    void wait_for_turn();
    static void on_turn(void* self) noexcept;

    async::loop_state& loop_;
    std::optional<async::token_bucket> bucket_;
    std::list<paced*> lanes_[2];  // important ones, others
    async::deadline turn_;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/query_pacer.ipp>
