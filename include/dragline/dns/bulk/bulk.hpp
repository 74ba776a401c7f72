// What resolve_many() takes and gives besides names: bulk_options, bulk_answer, bulk_summary.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/dns/answer.hpp>
#include <dragline/dns/record.hpp>
#include <dragline/dns/server.hpp>
#include <dragline/dns/wire/query_form.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dragline::inline v1::dns {

/// What is asked of every name: one type, or several.
class record_types {
public:
    record_types(record_type one) : types_{one} {}
    record_types(std::initializer_list<record_type> some) : types_(some) {}
    record_types(std::vector<record_type> some) : types_(std::move(some)) {}

    const std::vector<record_type>& list() const noexcept { return types_; }

private:
    std::vector<record_type> types_;
};

/// What one question of a run came to. A sink that keeps it makes a copy.
struct bulk_answer {
    std::size_t index = 0;  ///< Of the name among those that were given.
    std::string name;       ///< As it was given.

    /// The records, or why there are none; `answer.asked` has the name in lower case.
    dns::answer answer;

    std::string_view server;  ///< Who said so: "192.0.2.1:53"; empty when nobody did. Valid during the run.
    int tries = 0;            ///< Queries that were sent for it.
    async::duration took{};   ///< From the first of them; zero when there was none.
    bool confirmed = false;   ///< A trusted server said so.

    bulk_answer() {}
    record_type type() const noexcept { return answer.asked.type; }
    std::error_code error() const noexcept { return answer.error; }
};

/// Why a run asks a server no more.
enum class drop_reason {
    none,
    unreachable,  ///< Nobody listens there.
    silent,       ///< It leaves far more unanswered than the others.
    failing,      ///< REFUSED, SERVFAIL and the like far more often than from the others.
    lying,        ///< It gave records of names that do not exist, as a trusted server says.
};

/// "unreachable"
DRAGLINE_DECL const char* to_string(drop_reason why) noexcept;

/// One server's part of a run.
struct bulk_server_summary {
    std::string server;
    bool trusted = false;
    std::size_t sent = 0;             ///< Queries.
    std::size_t answered = 0;         ///< With records, or that there are none.
    std::size_t timed_out = 0;        ///< No answer in time.
    std::size_t refused = 0;          ///< REFUSED.
    std::size_t server_failures = 0;  ///< SERVFAIL.
    std::size_t other_failures = 0;   ///< Unreachable, garbled, other codes.
    std::size_t contradicted = 0;     ///< Answers that a trusted server denied.
    async::duration mean_time{};      ///< From query to answer, over `answered`.
    drop_reason dropped = drop_reason::none;

    bulk_server_summary() {}
};

/// What a run did. `asked` is the sum of `answered` and the kinds of failure.
struct bulk_summary {
    std::size_t asked = 0;     ///< Questions, a name and a type each, that were reported.
    std::size_t answered = 0;  ///< With records.

    std::size_t name_not_found = 0;
    std::size_t no_data = 0;
    std::size_t timed_out = 0;
    std::size_t refused = 0;
    std::size_t server_failures = 0;
    std::size_t unreachable = 0;
    std::size_t bad_names = 0;  ///< Names that cannot be asked for.
    std::size_t other_failures = 0;

    std::size_t duplicates = 0;         ///< Questions that had been asked before, and were not reported.
    std::size_t retries = 0;            ///< Queries beyond the first of a question.
    std::size_t tcp_fallbacks = 0;      ///< After truncation; bulk_engine::udp only, c-ares does not tell.
    std::size_t ignored_datagrams = 0;  ///< Forged, late or garbled; bulk_engine::udp only.
    std::vector<bulk_server_summary> servers;
    async::duration elapsed{};

    bulk_summary() {}
};

/// How far a run has come.
struct bulk_progress {
    std::size_t reported = 0;
    std::size_t answered = 0;  ///< Among these.
    std::size_t in_flight = 0;
    std::size_t retries = 0;
};

/// What sends and receives.
enum class bulk_engine {
    ares,  ///< c-ares, or the transports of the resolver that is asked.
    udp,   ///< Our own: many sockets, many datagrams in a system call. TCP for truncated answers.
};

/// How resolve_many() goes about it. A value that cannot work is kept, and the call gives
/// errc::invalid_option or dns::errc::invalid_server.
class bulk_options {
public:
    using duration = async::duration;
    using progress_callback = std::function<void(const bulk_progress&)>;

    bulk_options() {}

    /// The servers to ask, each as often as the others; none: those of the resolver or the system.
    bulk_options& servers(std::vector<server> value) { return servers_ = std::move(value), *this; }
    DRAGLINE_DECL bulk_options& add_server(std::string_view text);
    const std::vector<server>& servers() const noexcept { return servers_; }

    /// Servers that confirm each answer with records; what they say counts. Their silence leaves the answer
    /// as it is, not confirmed.
    bulk_options& trusted(std::vector<server> value) { return trusted_ = std::move(value), *this; }
    DRAGLINE_DECL bulk_options& add_trusted(std::string_view text);
    const std::vector<server>& trusted() const noexcept { return trusted_; }

    /// Questions on their way, or waiting for the sink, at most: 1 to 100,000; 1,000.
    bulk_options& window(std::size_t value) { return window_ = value, *this; }
    std::size_t window() const noexcept { return window_; }

    /// The wait for an answer before another server is asked; 1.5 s.
    bulk_options& try_timeout(duration value) { return try_timeout_ = value, *this; }
    duration try_timeout() const noexcept { return try_timeout_; }

    /// Queries for one question at most, 1 to 100; 5. Those to trusted servers are counted apart.
    bulk_options& tries(int value) { return tries_ = value, *this; }
    int tries() const noexcept { return tries_; }

    /// The limit for the whole run; no_limit.
    bulk_options& timeout(duration value) { return timeout_ = value, *this; }
    duration timeout() const noexcept { return timeout_; }

    /// Report in the order of the names: an answer that comes early keeps its place in the window. Off.
    bulk_options& in_order(bool value) { return in_order_ = value, *this; }
    bool in_order() const noexcept { return in_order_; }

    /// Ask each question once, and count the rest. On. Takes 20 to 50 bytes for each name: a keyed 128-bit
    /// hash, which confuses two of 10^12 names with a probability of 10^-15.
    bulk_options& dedupe(bool value) { return dedupe_ = value, *this; }
    bool dedupe() const noexcept { return dedupe_; }

    /// Queries a second to one server at most, and how many of them may come at once; 0: as many as can be,
    /// and a burst of 50 ms. Timers are coarse: a burst below 20 ms costs speed.
    bulk_options& queries_per_second(double value, std::size_t burst = 0) {
        return rate_ = value, burst_ = burst, *this;
    }
    double queries_per_second() const noexcept { return rate_; }
    std::size_t burst() const noexcept { return burst_; }

    bulk_options& form(query_form value) { return form_ = value, *this; }
    const query_form& form() const noexcept { return form_; }

    bulk_options& engine(bulk_engine value) { return engine_ = value, *this; }
    bulk_engine engine() const noexcept { return engine_; }

    /// Ask a server no more when it does far worse than the others; never the last one. On.
    bulk_options& drop_bad_servers(bool value) { return drop_bad_servers_ = value, *this; }
    bool drop_bad_servers() const noexcept { return drop_bad_servers_; }

    /// Denied answers that make a server count as lying; 3.
    bulk_options& max_contradicted(std::size_t value) { return max_contradicted_ = value, *this; }
    std::size_t max_contradicted() const noexcept { return max_contradicted_; }

    /// Called on the loop after every `every` reports, and at the end. What it throws ends the run.
    bulk_options& on_progress(progress_callback callback, std::size_t every = 1000) {
        return on_progress_ = std::move(callback), progress_step_ = every, *this;
    }
    const progress_callback& on_progress() const noexcept { return on_progress_; }
    std::size_t progress_step() const noexcept { return progress_step_; }

    /// Why these options cannot work, or nothing.
    DRAGLINE_DECL std::error_code problem() const noexcept;

    static constexpr std::size_t max_window = 100'000;
    static constexpr std::size_t max_servers = 10'000;

private:
    std::vector<server> servers_;
    std::vector<server> trusted_;
    std::size_t window_ = 1000;
    duration try_timeout_ = std::chrono::milliseconds(1500);
    duration timeout_ = async::no_limit;
    int tries_ = 5;
    bool in_order_ = false;
    bool dedupe_ = true;
    bool drop_bad_servers_ = true;
    bool bad_server_ = false;
    double rate_ = 0;
    std::size_t burst_ = 0;
    query_form form_;
    bulk_engine engine_ = bulk_engine::ares;
    std::size_t max_contradicted_ = 3;
    progress_callback on_progress_;
    std::size_t progress_step_ = 1000;
};

}  // namespace dragline::dns

#include <dragline/dns/bulk/impl/bulk.ipp>
