// One look-up, from its checks to its answer, wherever that is known: in itself, the hosts file, the cache,
// the DNS.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/event.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/detail/flight.hpp>
#include <dragline/dns/detail/quota_seat.hpp>
#include <dragline/dns/detail/resolver_core.hpp>
#include <dragline/dns/options.hpp>
#include <dragline/dns/record.hpp>
#include <dragline/dns/trace.hpp>

#include <asio/awaitable.hpp>
#include <asio/ip/address.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>

namespace dragline::inline v1::dns::detail {

// Stands in the frame of the coroutine that looks up, and costs it no other:
//
//     lookup looking(...);  // asks, unless the answer is at hand
//
//     while (looking.must_wait()) looking.waited(co_await looking.wait());
//
//     const auto found = looking.finish();  // an answer with records, or an error
class lookup {
public:
    // The addresses of a name that may be written as one, be local, or stand in the hosts file: `type` is A
    // or AAAA. The options are complete.
    lookup(std::shared_ptr<resolver_core> core, std::string name, record_type type,
           const query_options& options, async::time_point until);

    // The PTR records of an address.
    lookup(std::shared_ptr<resolver_core> core, asio::ip::address address, const query_options& options,
           async::time_point until);

    // What the DNS says. `whole`: word for word, which finish() then gives for what it says of failure too.
    lookup(std::shared_ptr<resolver_core> core, question asked, bool whole, const query_options& options,
           async::time_point until);

    bool must_wait() const noexcept;
    asio::awaitable<result<void>> wait() {
        return wake_.wait(rare_ ? std::min(until_, rare_->stale_until) : until_, phase::resolve);
    }
    void waited(const result<void>& ended);

    // Fills the trace.
    result<found_answer> finish();

    answer_source source() const noexcept { return source_; }

private:
    lookup(std::shared_ptr<resolver_core> core, const query_options& options, async::time_point until);

    void begin(const question& asked);
    std::optional<std::string> name_to_ask(std::string name, record_type type, const query_options& options);
    void settle(answer_source source, answer found);
    void ask(question asked, const query_options& options);
    void send(question asked, bool rotate, bool important);

    // What only a look-up under a quota, or one with a stale answer at hand, needs: since the frames of those
    // that are under way should be small.
    struct rare_state {
        std::optional<quota_seat> quota;
        std::optional<question> to_ask;  // while the quota makes it wait
        bool rotate = false;
        bool important = false;
        std::optional<found_answer> stale;  // what serves when no server does
        async::time_point stale_until = async::no_deadline;
    };
    rare_state& rare();

    std::shared_ptr<resolver_core> core_;
    lookup_trace* trace_;
    async::time_point began_;
    async::time_point until_;
    lookup_plan plan_;
    answer_source source_ = answer_source::none;
    bool shared_ = false;
    std::error_code error_;
    std::optional<found_answer> found_;
    async::event wake_;
    std::optional<flight_seat> seat_;
    std::unique_ptr<rare_state> rare_;
};

// An answer that no server gave. It has no TTL.
DRAGLINE_DECL answer local_answer(question asked, std::span<const asio::ip::address> addresses);

// What localhost and all below it stand for.
DRAGLINE_DECL std::span<const asio::ip::address> loopback_addresses() noexcept;

DRAGLINE_DECL lookup_plan plan_of(const query_options& options) noexcept;

// The earlier of `until` and the timeout of the options; their default counts only when nobody else sets a
// limit.
DRAGLINE_DECL async::time_point limit_of(const query_options& options, async::time_point now,
                                         async::time_point until) noexcept;

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/lookup.ipp>
