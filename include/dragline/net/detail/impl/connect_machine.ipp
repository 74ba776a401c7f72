// Included by <dragline/net/detail/connect_machine.hpp> only.
#pragma once

#include <dragline/core/error.hpp>
#include <dragline/net/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::net::detail {

DRAGLINE_DECL void connect_machine::on_resolved(bool v6, spare_vector<asio::ip::address> addresses,
                                                std::error_code ec, time_point now) {
    if (!addresses.empty() && !first_since_) first_since_ = now;
    auto& resolved = v6 ? v6_ : v4_;
    resolved.addresses = std::move(addresses);
    resolved.resolved = true;
    resolved.ec = ec;
}

DRAGLINE_DECL void connect_machine::on_dial_failed(std::size_t which, std::error_code ec, time_point now) {
    std::erase_if(alive_, [which](const attempt& each) { return each.which == which; });
    if (!first_failure_) first_failure_ = ec;
    next_dial_ = now;  // RFC 8305, 5: a failure starts the next one at once
}

// When the first address may be dialled. There is one.
DRAGLINE_DECL connect_machine::time_point connect_machine::start() const noexcept {
    if (v4_.resolved && v6_.resolved) return *first_since_;
    if (other_family_) return async::deadline_after(*first_since_, *other_family_);
    return v6_.resolved ? *first_since_ : async::deadline_after(*first_since_, resolution_delay_);
}

DRAGLINE_DECL connect_machine::duration connect_machine::turn() const noexcept {
    const auto delays = static_cast<duration::rep>(most_attempts_);
    if (attempt_delay_ > async::no_limit / delays) return async::no_limit;
    return std::max<duration>(attempt_delay_ * delays, std::chrono::seconds(2));
}

DRAGLINE_DECL connect_machine::step connect_machine::next(time_point now) {
    const bool has_next = v4_.has_next() || v6_.has_next();
    if (!has_next) {
        if (!alive_.empty() || !v4_.resolved || !v6_.resolved) return wait{async::no_deadline};
        if (first_failure_) return fail{first_failure_};
        // Neither family has an address: a failed look-up tells more than an empty one.
        if (v4_.ec) return fail{v4_.ec};
        return fail{v6_.ec ? v6_.ec : make_error_code(errc::no_address)};
    }
    if (dials_ == 0 && now < start()) return wait{start()};
    if (alive_.size() >= most_attempts_) {
        const auto [which, started] = alive_.front();
        const auto until = async::deadline_after(started, turn());
        if (now < until) return wait{until};
        alive_.pop_front();
        if (!first_failure_) first_failure_ = make_timeout(phase::connect);
        return drop{which};
    }
    if (!alive_.empty() && now < next_dial_) return wait{next_dial_};

    // IPv6 first, then the families in turn.
    const bool v6 = v6_.has_next() && (!v4_.has_next() || dials_ == 0 || !last_was_v6_);
    auto& chosen = v6 ? v6_ : v4_;
    last_was_v6_ = v6;
    alive_.push_back({dials_, now});
    next_dial_ = async::deadline_after(now, attempt_delay_);
    return dial{chosen.addresses[chosen.used++], dials_++};
}

}  // namespace dragline::net::detail

#endif
