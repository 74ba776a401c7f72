// Asks many questions of the servers themselves, so many at a time, and waits for all or for the first that
// has an answer.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/async/event.hpp>
#include <dragline/core/result.hpp>
#include <dragline/dns/answer.hpp>
#include <dragline/dns/detail/flight.hpp>
#include <dragline/dns/detail/quota_seat.hpp>
#include <dragline/dns/detail/resolver_core.hpp>
#include <dragline/dns/options.hpp>

#include <asio/awaitable.hpp>

#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <vector>

namespace dragline::inline v1::dns::detail {

// Lives in the frame of the coroutine that awaits ask(); destroyed, it lets go of what is on its way.
class question_batch {
public:
    // The cache and the hosts file play no part. `whole`: the replies are wanted word for word.
    question_batch(std::shared_ptr<resolver_core> core, const query_options& options, bool whole,
                   std::size_t at_once);

    // Signatures are wanted too; but not of a server that says that it does not understand.
    void want_signatures() noexcept { plan_.form.dnssec_ok = plan_.form.udp_size != 0; }

    // Ends when every question has an outcome, or, `first`, when one has an answer. At `until` the others
    // have failed of the timeout. The only error is that of cancellation.
    asio::awaitable<result<void>> ask(std::vector<question> asked, async::time_point until,
                                      bool first = false);

    // Of the questions, in their order; not null, but of those after the first answer.
    const std::vector<std::shared_ptr<const answer>>& outcomes() const noexcept { return outcomes_; }

    // Whether the time of the last ask() was not enough.
    bool timed_out() const noexcept { return timed_out_; }

private:
    struct place {
        std::size_t which;
        std::optional<quota_seat> quota;
        std::optional<flight_seat> seat;
    };

    void start(std::size_t which, const question& asked);
    void send(place& of, const question& asked);
    bool collect(const std::vector<question>& asked);
    bool has_answer() const noexcept;

    std::shared_ptr<resolver_core> core_;
    std::optional<lookup_quota> quota_;
    lookup_plan plan_;
    std::size_t at_once_;
    bool important_;
    bool rotate_;
    bool timed_out_ = false;
    std::vector<std::shared_ptr<const answer>> outcomes_;
    async::event wake_;  // one for all of them
    std::list<place> places_;
};

}  // namespace dragline::dns::detail

#include <dragline/dns/detail/impl/question_batch.ipp>
