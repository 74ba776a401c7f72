// One run of resolve_many(): takes names, has the machine decide and the carrier send, hands out answers.
#pragma once

#include <dragline/async/deadline.hpp>
#include <dragline/async/event.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/bulk/bulk.hpp>
#include <dragline/dns/detail/bulk_carrier.hpp>
#include <dragline/dns/detail/bulk_machine.hpp>
#include <dragline/dns/detail/keyed_hash.hpp>
#include <dragline/dns/resolver.hpp>

#include <asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace dragline::inline v1::dns::detail {

// What a run needs besides names and a sink.
struct bulk_plan {
    bulk_options options;
    std::vector<record_type> types;

    bulk_plan(bulk_options o, std::vector<record_type> t) : options(std::move(o)), types(std::move(t)) {}
};

// Held by the coroutine that waits for it, and by those of its sink; carriers hold it weakly.
class bulk_run : public bulk_listener, public std::enable_shared_from_this<bulk_run> {
public:
    bulk_run(async::loop_state& loop, bulk_plan plan);
    virtual ~bulk_run();
    bulk_run(const bulk_run&) = delete;
    bulk_run& operator=(const bulk_run&) = delete;

    // Runs it to its end, with the servers that `with` names where the options name none.
    static asio::awaitable<result<bulk_summary>> run(std::shared_ptr<bulk_run> self, resolver with);

    void batch_begins() override { now_ = loop_.now(); }
    void on_bytes(std::uint32_t at, byte_view reply, bool echoed) override;
    void on_message(std::uint32_t at, std::uint64_t generation, result<wire::message> reply) override;
    bool on_message_bytes(std::uint32_t at, std::uint64_t generation, byte_view reply) override;
    void on_failure(std::uint32_t at, std::error_code ec) override { machine_->failed(at, ec, now_); }
    void on_restart(std::uint32_t at) override { machine_->restarted(at, now_); }
    bulk_slot& slot(std::uint32_t at) noexcept override { return (*machine_)[at]; }
    void batch_ends() override { pump(); }

protected:
    // The next name; false after the last one.
    virtual bool pull(std::string& name) = 0;
    // Whether there is an end of names to be reported when time is up.
    virtual bool pulls_from_range() const noexcept = 0;
    // Hands an answer to the sink; false when reported() will tell the end of that.
    virtual bool report(std::uint32_t at, const bulk_answer& what) = 0;
    // Ends what report() has begun, soon.
    virtual void cancel_reports() = 0;

    void reported(std::uint32_t at, std::exception_ptr thrown);
    async::loop_state& loop() noexcept { return loop_; }

private:
    bool is_awaited(std::uint32_t at, std::uint64_t generation) noexcept;
    std::error_code open(const resolver& with);
    void pump();
    void pump_later();
    void report_finished();
    void closed(std::uint32_t at);
    bool has_names() const noexcept;
    void take_some();
    void take_one(record_type type);
    bool send_some();
    void arm_timers(bool more_to_come);
    void time_is_up();
    void stop(std::error_code ec);
    void break_off(std::exception_ptr thrown);
    void end_if_done();
    void show_progress();
    bulk_summary summary();
    bool over() const noexcept { return over_; }
    static void on_expiry(void* context) noexcept;
    static void on_pace(void* context) noexcept;

    async::loop_state& loop_;
    bulk_plan plan_;
    async::event ended_;
    async::deadline expiry_;
    async::deadline pace_;
    std::optional<bulk_machine> machine_;
    std::shared_ptr<bulk_carrier> carrier_;
    std::optional<seen_set> seen_;
    async::time_point began_;
    async::time_point now_;

    std::string name_;  // that of which not all types may have been taken yet
    std::size_t index_ = 0;
    std::size_t next_type_;
    std::size_t awaited_ = 0;  // sinks
    std::size_t since_progress_ = 0;

    bool exhausted_ = false;  // no more names
    bool late_ = false;       // the time is up
    bool stopping_ = false;
    bool over_ = false;
    bool pumping_ = false;
    bool pump_posted_ = false;
    std::error_code error_;
    std::exception_ptr thrown_;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/bulk_run.ipp>
