// One question on its way, shared by every caller that asks it at the same time.
#pragma once

#include <dragline/async/deadline.hpp>
#include <dragline/async/event.hpp>
#include <dragline/async/loop_state.hpp>
#include <dragline/dns/answer.hpp>
#include <dragline/dns/detail/lookup_machine.hpp>
#include <dragline/dns/detail/query_pacer.hpp>
#include <dragline/dns/trace.hpp>
#include <dragline/dns/transport.hpp>
#include <dragline/dns/wire/query_form.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns::detail {

class flight;
class flight_seat;

// Who started a flight, told of its ends.
class flight_owner {
public:
    virtual void landed(const flight& ended) = 0;             // it has an outcome
    virtual void abandoned(const flight& left) noexcept = 0;  // nobody waits any more
    virtual void failed(std::size_t server, std::error_code ec) noexcept = 0;
    virtual query_pacer& pacer(std::size_t server) = 0;

protected:
    ~flight_owner() = default;
};

// How a question is asked; callers share a flight only when they agree.
struct lookup_plan {
    async::duration try_timeout{};
    double queries_per_second = 0;  // 0: no limit
    int tries = 1;
    bool bypass_cache = false;
    bool retry_elsewhere = true;
    bool whole = false;  // the reply is wanted word for word
    query_form form;
    bool operator==(const lookup_plan&) const = default;
};

using transport_list = std::vector<std::shared_ptr<transport>>;

// Asks one server after the other, and listens to all that were asked. It lives as long as a caller waits, or
// a transport may still answer: an answer that comes when nobody waits fills the cache.
class flight final : public reply_sink, public paced, public std::enable_shared_from_this<flight> {
public:
    flight(async::loop_state& loop, std::weak_ptr<flight_owner> owner, question asked, lookup_plan plan,
           std::shared_ptr<const transport_list> servers, std::size_t first);
    ~flight() override;

    // Asks the first server; once. An important caller who comes later does not overtake any more.
    void start(bool important = false);

    // Asks one server, once, without keeping the loop running. A caller who comes later makes it a flight
    // like others.
    void start_in_background(async::time_point now);

    void on_reply(std::size_t tag, result<wire::message> reply) override;

    // The answer, its error included; null while there is none.
    const std::shared_ptr<const answer>& outcome() const noexcept { return outcome_; }
    bool was_answered() const noexcept { return answered_; }

    const question& asked() const noexcept { return asked_; }
    const lookup_plan& plan() const noexcept { return plan_; }
    void report(lookup_trace& trace) const;

private:
    friend class flight_seat;
    struct attempt {
        std::size_t server;
        async::time_point began;
        async::time_point ended;
        std::error_code error;
    };

    void send_now() override;
    void ask_next();
    void ask(std::size_t server);
    void join(flight_seat& seat) noexcept;
    void leave(flight_seat& seat) noexcept;
    void failed(std::size_t tag, std::error_code ec);
    void ended(attempt& which, std::error_code ec) noexcept;
    void finish(answer found);
    void hold_all();
    void release_all() noexcept;
    void leave_pacer() noexcept;
    static void on_try_timeout(void* self) noexcept;

    async::loop_state& loop_;
    std::weak_ptr<flight_owner> owner_;
    question asked_;
    lookup_plan plan_;
    query_form form_;
    lookup_machine machine_;
    std::shared_ptr<const transport_list> servers_;  // only while somebody waits, since they hold this flight
    std::weak_ptr<const transport_list> known_servers_;
    std::vector<attempt> attempts_;
    flight_seat* waiting_ = nullptr;
    async::deadline try_limit_;
    std::optional<query_pacer::place> turn_;  // while it waits to send
    std::size_t server_ = 0;                  // that it waits to ask, or asked last
    std::unique_ptr<answer> refusal_;         // what a server said instead of an answer
    std::shared_ptr<const answer> outcome_;
    bool started_ = false;
    bool important_ = false;
    bool answered_ = false;
    bool holding_ = true;
    bool background_ = false;
};

// The place of one caller in a flight: while it exists, `wake` is notified when the answer is there.
class flight_seat {
public:
    flight_seat(std::shared_ptr<flight> in, async::event& wake) noexcept
        : flight_(std::move(in)), wake_(wake) {
        flight_->join(*this);
    }
    ~flight_seat() { flight_->leave(*this); }
    flight_seat(const flight_seat&) = delete;
    flight_seat& operator=(const flight_seat&) = delete;

    flight& in() const noexcept { return *flight_; }

private:
    friend class flight;
    std::shared_ptr<flight> flight_;
    async::event& wake_;
    flight_seat* previous_ = nullptr;
    flight_seat* next_ = nullptr;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/flight.ipp>
