// Included by <dragline/http/detail/circuit_machine.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL circuit_state circuit_machine::state(async::time_point now) const noexcept {
    if (!tripped_) return circuit_state::closed;
    return now < probe_at_ ? circuit_state::open : circuit_state::half_open;
}

DRAGLINE_DECL bool circuit_machine::admits(async::time_point now) const noexcept {
    return !tripped_ || (now >= probe_at_ && !probing_);
}

DRAGLINE_DECL std::optional<circuit_machine::ticket> circuit_machine::admit(async::time_point now) noexcept {
    if (!admits(now)) return std::nullopt;
    if (tripped_) probing_ = true;
    return ticket{turn_, tripped_};
}

DRAGLINE_DECL circuit_machine::part& circuit_machine::part_of(async::time_point now) noexcept {
    const auto number = now.time_since_epoch() / (options_.window() / part_count);
    auto& found = parts_[static_cast<std::size_t>(number % part_count)];
    if (found.number != number) found = part{number, 0, 0};
    return found;
}

DRAGLINE_DECL bool circuit_machine::is_too_bad(std::int64_t number) const noexcept {
    std::uint64_t good = 0;
    std::uint64_t bad = 0;
    for (const auto& each : parts_) {
        if (each.number <= number - part_count) continue;
        good += each.good;
        bad += each.bad;
    }
    return bad >= static_cast<std::uint64_t>(options_.failures()) &&
           static_cast<double>(bad) >= options_.ratio() * static_cast<double>(good + bad);
}

DRAGLINE_DECL void circuit_machine::open(async::time_point now) noexcept {
    open_time_ = !tripped_                                       ? options_.first_open_time()
                 : open_time_ > options_.longest_open_time() / 2 ? options_.longest_open_time()
                                                                 : 2 * open_time_;
    tripped_ = true;
    probe_at_ = now + open_time_;
    ++turn_;
}

DRAGLINE_DECL void circuit_machine::report(ticket of, circuit_outcome what, async::time_point now) noexcept {
    if (of.turn != turn_) return;
    if (of.probe) {
        probing_ = false;
        if (what == circuit_outcome::failure) return open(now);
        if (what == circuit_outcome::neither) return;  // the next one is the probe
        tripped_ = false;
        parts_ = {};
        ++turn_;
        return;
    }
    if (what == circuit_outcome::neither) return;
    auto& current = part_of(now);
    if (what == circuit_outcome::success) {
        ++current.good;
        return;
    }
    ++current.bad;
    if (is_too_bad(current.number)) open(now);
}

}  // namespace dragline::http::detail

#endif
