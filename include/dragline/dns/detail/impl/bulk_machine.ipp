// Included by <dragline/dns/detail/bulk_machine.hpp> only.
#pragma once

#include <dragline/core/error.hpp>
#include <dragline/dns/detail/lookup_machine.hpp>
#include <dragline/dns/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <utility>

namespace dragline::inline v1::dns::detail {

DRAGLINE_DECL bulk_machine::bulk_machine(const bulk_options& options, bulk_servers servers)
    : window_(options.window()),
      try_timeout_(options.try_timeout()),
      tries_(options.tries()),
      in_order_(options.in_order()),
      may_drop_edns_(options.form().udp_size != 0 && !options.form().dnssec_ok),
      servers_(std::move(servers)),
      allowed_(std::min(window_, first_burst)) {
    if (in_order_) by_order_.assign(window_, no_slot);
}

DRAGLINE_DECL void bulk_machine::append(slot_list& list, std::uint32_t at) noexcept {
    slots_[at].link = {list.last, no_slot};
    (list.last == no_slot ? list.first : slots_[list.last].link.next) = at;
    list.last = at;
    ++list.size;
}

DRAGLINE_DECL void bulk_machine::remove(slot_list& list, std::uint32_t at) noexcept {
    const auto link = slots_[at].link;
    (link.previous == no_slot ? list.first : slots_[link.previous].link.next) = link.next;
    (link.next == no_slot ? list.last : slots_[link.next].link.previous) = link.previous;
    --list.size;
}

DRAGLINE_DECL std::uint32_t bulk_machine::take() {
    if (in_use_ == window_) return no_slot;
    if (free_.empty()) {
        free_.push_back(slots_.size());
        slots_.add();
    }
    const auto at = free_.back();
    free_.pop_back();
    ++in_use_;
    auto& slot = slots_[at];
    slot.state = slot_state::open;
    slot.same_server = slot.confirming = false;
    slot.tries_left = tries_;
    slot.error = {};
    slot.hopeless.clear();
    slot.began = {};
    slot.result.server = {};
    slot.result.tries = 0;
    slot.result.took = {};
    slot.result.confirmed = false;
    return at;
}

DRAGLINE_DECL void bulk_machine::discard(std::uint32_t at) {
    slots_[at].state = slot_state::free;
    free_.push_back(at);
    --in_use_;
}

DRAGLINE_DECL void bulk_machine::submit(std::uint32_t at) {
    auto& slot = slots_[at];
    slot.order = next_order_++;
    if (in_order_) by_order_[slot.order % window_] = at;
    make_ready(at);
}

DRAGLINE_DECL void bulk_machine::settle(std::uint32_t at, std::error_code ec) {
    auto& slot = slots_[at];
    slot.order = next_order_++;
    if (in_order_) by_order_[slot.order % window_] = at;
    slot.error = ec;
    exhausted(at, {});
}

DRAGLINE_DECL void bulk_machine::make_ready(std::uint32_t at) noexcept {
    slots_[at].state = slot_state::ready;
    append(ready_[slots_[at].confirming ? 1 : 0], at);
}

DRAGLINE_DECL std::optional<std::uint32_t> bulk_machine::server_for(bulk_slot& slot, bool& hopeless,
                                                                    async::time_point now) {
    hopeless = false;
    if (slot.same_server) {
        return servers_.may_send(slot.server, now) ? std::optional(slot.server) : std::nullopt;
    }
    const bool again = slot.tries_left != tries_;
    const auto chosen =
        servers_.pick(slot.confirming, slot.hopeless, again ? std::optional(slot.server) : std::nullopt, now);
    hopeless = chosen.hopeless;
    return chosen.server;
}

DRAGLINE_DECL std::uint32_t bulk_machine::next_to_send(async::time_point now) {
    if (waiting_.size >= allowed_) return no_slot;
    for (auto* list : {&ready_[1], &ready_[0]}) {
        while (list->first != no_slot) {
            const auto at = list->first;
            auto& slot = slots_[at];
            bool hopeless = false;
            const auto server = server_for(slot, hopeless, now);
            if (!server && !hopeless) break;  // of those behind it another server may be free: they wait, too
            remove(*list, at);
            if (!server) {
                exhausted(at, now);
                continue;
            }
            if (!std::exchange(slot.same_server, false)) {
                slot.edns = !servers_.without_edns(*server);
                --slot.tries_left;
            }
            slot.server = *server;
            servers_.sent(*server, now);
            if (slot.result.tries++ == 0) {
                slot.began = now;
            } else if (!slot.confirming) {
                ++summary_.retries;
            }
            ++slot.generation;
            slot.sent_at = now;
            slot.state = slot_state::waiting;
            append(waiting_, at);
            return at;
        }
    }
    return no_slot;
}

DRAGLINE_DECL async::time_point bulk_machine::send_again_at(async::time_point now) noexcept {
    const bool ready = ready_[0].size + ready_[1].size != 0;
    return ready && waiting_.size < allowed_ ? servers_.free_at(now) : async::no_deadline;
}

DRAGLINE_DECL void bulk_machine::stop_waiting(std::uint32_t at) noexcept {
    remove(waiting_, at);
    ++slots_[at].generation;
    if (allowed_ < window_) ++allowed_;
}

DRAGLINE_DECL void bulk_machine::answered(std::uint32_t at, async::time_point now) {
    auto& slot = slots_[at];
    auto& found = slot.result.answer;
    if (found.error == errc::format_error && may_drop_edns_ && slot.edns) {
        stop_waiting(at);  // RFC 6891, 6.2.2
        slot.edns = false;
        slot.same_server = true;
        return make_ready(at);
    }
    if (found.error && lookup_machine::is_retryable(found.error)) return failed(at, found.error, now);
    stop_waiting(at);
    servers_.answered(slot.server, now - slot.sent_at);
    if (may_drop_edns_ && !slot.edns) servers_.knows_no_edns(slot.server);
    slot.result.took = now - slot.began;
    slot.result.server = servers_.name(slot.server);
    if (slot.confirming) {
        slot.result.confirmed = true;
        if (!found.exists()) servers_.contradicted(slot.unconfirmed_server);
    } else if (!found.error && servers_.has_trusted()) {
        confirm(slot);
        return make_ready(at);
    }
    finish(at);
}

DRAGLINE_DECL void bulk_machine::confirm(bulk_slot& slot) {
    slot.unconfirmed = std::make_unique<dns::answer>(slot.result.answer);
    slot.unconfirmed_server = slot.server;
    slot.confirming = true;
    slot.tries_left = tries_;
    slot.hopeless.clear();
}

DRAGLINE_DECL void bulk_machine::failed(std::uint32_t at, std::error_code ec, async::time_point now) {
    auto& slot = slots_[at];
    stop_waiting(at);
    servers_.failed(slot.server, ec);
    const bool tells_more = !slot.error || lookup_machine::weight(ec) > lookup_machine::weight(slot.error);
    if (!slot.confirming && tells_more) slot.error = ec;
    if (ec != condition::timeout && ec != errc::malformed_message) slot.hopeless.push_back(slot.server);
    if (slot.tries_left > 0) return make_ready(at);
    exhausted(at, now);
}

DRAGLINE_DECL void bulk_machine::restarted(std::uint32_t at, async::time_point now) {
    remove(waiting_, at);
    slots_[at].sent_at = now;
    append(waiting_, at);
}

DRAGLINE_DECL std::uint32_t bulk_machine::next_expired(async::time_point now) const noexcept {
    return waiting_.first != no_slot && first_expiry() <= now ? waiting_.first : no_slot;
}

DRAGLINE_DECL async::time_point bulk_machine::first_expiry() const noexcept {
    if (waiting_.first == no_slot) return async::no_deadline;
    return async::deadline_after(slots_[waiting_.first].sent_at, try_timeout_);
}

DRAGLINE_DECL void bulk_machine::give_up(std::error_code ec, async::time_point now) {
    while (waiting_.first != no_slot) {
        const auto at = waiting_.first;
        stop_waiting(at);
        if (!slots_[at].confirming) slots_[at].error = ec;
        exhausted(at, now);
    }
    for (auto& list : ready_) {
        while (list.first != no_slot) {
            const auto at = list.first;
            remove(list, at);
            if (!slots_[at].confirming) slots_[at].error = ec;
            exhausted(at, now);
        }
    }
}

// Nobody is left to ask.
DRAGLINE_DECL void bulk_machine::exhausted(std::uint32_t at, async::time_point now) {
    auto& slot = slots_[at];
    auto& result = slot.result;
    if (result.tries != 0) result.took = now - slot.began;
    if (slot.confirming) {
        result.answer = std::move(*slot.unconfirmed);
        result.server = servers_.name(slot.unconfirmed_server);
    } else {
        if (!slot.error) slot.error = errc::no_servers;
        const bool said = lookup_machine::is_retryable(slot.error);
        result.answer = make_answer(std::move(result.answer.asked), slot.error);
        result.server = said ? std::string_view(servers_.name(slot.server)) : std::string_view();
    }
    finish(at);
}

DRAGLINE_DECL void bulk_machine::finish(std::uint32_t at) {
    slots_[at].state = slot_state::finished;
    if (!in_order_) append(finished_, at);
}

DRAGLINE_DECL std::uint32_t bulk_machine::next_to_report() {
    std::uint32_t at = finished_.first;
    if (in_order_) {
        if (reporting_ != 0 || next_reported_ == next_order_) return no_slot;
        at = by_order_[next_reported_ % window_];
        if (slots_[at].state != slot_state::finished) return no_slot;
        ++next_reported_;
    } else {
        if (at == no_slot) return no_slot;
        remove(finished_, at);
    }
    slots_[at].state = slot_state::reporting;
    ++reporting_;
    count(slots_[at]);
    return at;
}

DRAGLINE_DECL void bulk_machine::close(std::uint32_t at) {
    --reporting_;
    slots_[at].unconfirmed.reset();
    discard(at);
}

DRAGLINE_DECL void bulk_machine::count(const bulk_slot& slot) noexcept {
    const auto ec = slot.result.answer.error;
    auto& sum = summary_;
    ++sum.asked;
    if (!ec) {
        ++sum.answered;
    } else if (ec == errc::name_not_found) {
        ++sum.name_not_found;
    } else if (ec == errc::no_data) {
        ++sum.no_data;
    } else if (ec == errc::server_failure) {
        ++sum.server_failures;
    } else if (ec == errc::refused) {
        ++sum.refused;
    } else if (ec == errc::servers_unreachable) {
        ++sum.unreachable;
    } else if (ec == condition::timeout) {
        ++sum.timed_out;
    } else if (ec == errc::empty_name || ec == errc::name_too_long || ec == errc::label_too_long ||
               ec == errc::empty_label || ec == errc::invalid_name || ec == errc::non_ascii_name) {
        ++sum.bad_names;
    } else {
        ++sum.other_failures;
    }
}

}  // namespace dragline::dns::detail

#endif
