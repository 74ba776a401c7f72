// One look-up of a host or an address, from its checks to its answer, wherever that is known: in itself, the
// hosts file, the cache, the DNS.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/event.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/detail/flight.hpp>
#include <dragline/dns/detail/resolver_core.hpp>
#include <dragline/dns/options.hpp>
#include <dragline/dns/record.hpp>
#include <dragline/dns/trace.hpp>

#include <asio/awaitable.hpp>
#include <asio/ip/address.hpp>

#include <memory>
#include <optional>
#include <string>
#include <system_error>

namespace dragline::inline v1::dns::detail {

// Stands in the frame of the coroutine that looks up, and costs it no other:
//
//     host_lookup looking(...);                                            // asks, unless the answer is at
//     hand if (looking.must_wait()) looking.waited(co_await looking.wait()); const auto found =
//     looking.finish();                                 // an answer with records, or an error
class host_lookup {
public:
    // `type` is A or AAAA; the options are complete.
    host_lookup(std::shared_ptr<resolver_core> core, std::string name, record_type type,
                const query_options& options, async::time_point until);

    // The PTR records of an address.
    host_lookup(std::shared_ptr<resolver_core> core, asio::ip::address address, const query_options& options,
                async::time_point until);

    bool must_wait() const noexcept { return seat_ && !seat_->in().outcome(); }
    asio::awaitable<result<void>> wait() { return wake_.wait(until_, phase::resolve); }
    void waited(const result<void>& ended) noexcept { error_ = ended.error(); }

    // Fills the trace.
    result<found_answer> finish();

private:
    void begin(const question& asked);
    std::optional<std::string> name_to_ask(std::string name, record_type type, const query_options& options);
    void settle(answer_source source, answer found);
    void ask(question asked, const query_options& options);

    std::shared_ptr<resolver_core> core_;
    lookup_trace* trace_;
    async::time_point began_;
    async::time_point until_;
    answer_source source_ = answer_source::none;
    bool shared_ = false;
    std::error_code error_;
    found_answer found_;
    async::event wake_;
    std::optional<flight_seat> seat_;
};

DRAGLINE_DECL lookup_plan plan_of(const query_options& options) noexcept;

// The earlier of `until` and the timeout of the options; their default counts only when nobody else sets a
// limit.
DRAGLINE_DECL async::time_point limit_of(const query_options& options, async::time_point now,
                                         async::time_point until) noexcept;

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/host_lookup.ipp>
