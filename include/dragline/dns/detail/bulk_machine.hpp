// Decides about every question of a bulk run: when it is sent and to whom, whether it is sent again, what it
// has come to and when that is reported. No clock, no I/O; time is an argument.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/dns/bulk/bulk.hpp>
#include <dragline/dns/detail/bulk_servers.hpp>
#include <dragline/dns/detail/bulk_slot.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <system_error>
#include <vector>

namespace dragline::inline v1::dns::detail {

// The way of a question: take(), then submit() or settle() or discard(); next_to_send() and an outcome, as
// often as it takes; next_to_report(), close().
class bulk_machine {
public:
    bulk_machine(const bulk_options& options, bulk_servers servers);

    bulk_slot& operator[](std::uint32_t at) noexcept { return slots_[at]; }
    bulk_servers& servers() noexcept { return servers_; }

    // A place for one more question; no_slot while the window is full.
    std::uint32_t take();
    void discard(std::uint32_t at);
    void submit(std::uint32_t at);
    void settle(std::uint32_t at, std::error_code ec);

    // The question to send now, to its `server`; its outcome is awaited from now on. no_slot: none may be
    // sent now.
    std::uint32_t next_to_send(async::time_point now);
    // When next_to_send() may have one only because time passes; no_deadline when only outcomes help.
    async::time_point send_again_at(async::time_point now) noexcept;

    // The outcome of the query that a slot has under way. Answered: `result.answer` holds it.
    void answered(std::uint32_t at, async::time_point now);
    void failed(std::uint32_t at, std::error_code ec, async::time_point now);

    // The same query goes on in another way: its time begins anew.
    void restarted(std::uint32_t at, async::time_point now);

    // A question whose query was not answered in time: call failed() with the timeout. Or no_slot.
    std::uint32_t next_expired(async::time_point now) const noexcept;
    async::time_point first_expiry() const noexcept;

    // Ends all that is under way or waits to be sent.
    void give_up(std::error_code ec, async::time_point now);

    std::uint32_t next_to_report();
    void close(std::uint32_t at);

    bool idle() const noexcept { return in_use_ == 0; }
    bool is_full() const noexcept { return in_use_ == window_; }
    bool has_finished() const noexcept { return finished_.size != 0; }
    std::size_t in_flight() const noexcept { return waiting_.size; }
    std::size_t reporting() const noexcept { return reporting_; }
    bulk_summary& summary() noexcept { return summary_; }

private:
    struct slot_list {
        std::uint32_t first = no_slot;
        std::uint32_t last = no_slot;
        std::size_t size = 0;
    };

    static constexpr std::size_t first_burst = 256;

    void append(slot_list& list, std::uint32_t at) noexcept;
    void remove(slot_list& list, std::uint32_t at) noexcept;
    void make_ready(std::uint32_t at) noexcept;
    void stop_waiting(std::uint32_t at) noexcept;
    std::optional<std::uint32_t> server_for(bulk_slot& slot, bool& hopeless, async::time_point now);
    void confirm(bulk_slot& slot);
    void exhausted(std::uint32_t at, async::time_point now);
    void finish(std::uint32_t at);
    void count(const bulk_slot& slot) noexcept;

    std::size_t window_;
    async::duration try_timeout_;
    int tries_;
    bool in_order_;
    bool may_drop_edns_;

    bulk_servers servers_;
    slot_table slots_;    // grows up to the window
    slot_list ready_[2];  // for plain servers, for trusted ones
    slot_list waiting_;   // the one that was sent first is the first to expire
    slot_list finished_;  // unless in order
    std::vector<std::uint32_t> free_;
    std::vector<std::uint32_t> by_order_;  // of what is not reported yet, modulo the window
    std::uint64_t next_order_ = 0;
    std::uint64_t next_reported_ = 0;
    std::size_t in_use_ = 0;
    std::size_t reporting_ = 0;
    std::size_t allowed_;  // in flight: grows with the outcomes, so that no burst floods a server at first
    bulk_summary summary_;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/bulk_machine.ipp>
