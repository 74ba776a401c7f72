// Tells trace, observers and metrics what one fetch does. There is none unless one of them is asked for.
#pragma once

#include <dragline/async/clock.hpp>
#include <dragline/core/boxed.hpp>
#include <dragline/http/detail/attempt_stage.hpp>
#include <dragline/http/detail/fetch_observers.hpp>
#include <dragline/http/detail/session_state.hpp>
#include <dragline/http/detail/trace_writer.hpp>
#include <dragline/http/exchange.hpp>
#include <dragline/http/insight/metrics.hpp>
#include <dragline/http/insight/observer.hpp>
#include <dragline/http/insight/recording.hpp>
#include <dragline/http/options.hpp>
#include <dragline/http/trace.hpp>
#include <dragline/net/connect_trace.hpp>
#include <dragline/url/url.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace dragline::inline v1::http::detail {

/// What a fetch itself keeps of an attempt.
struct attempt_progress {
    boxed<net::connect_trace> connection;  // once one is dialled
    async::duration queue{};
    async::duration first_byte{};
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    bool reused = false;
};

/// Its calls come in the order of their declaration, again for each attempt. What an observer throws is kept,
/// and thrown as async::callback_failure by every call but those that are noexcept.
class fetch_insight {
public:
    using time_point = async::time_point;

    /// nullptr when nobody wants to know.
    static std::unique_ptr<fetch_insight> make(session_state& session, const fetch_options& options,
                                               time_point started) {
        if (!options.trace() && !options.observer() && !session.watched()) [[likely]]
            return nullptr;
        return std::make_unique<fetch_insight>(session, options, started);
    }
    fetch_insight(session_state& session, const fetch_options& options, time_point started);
    ~fetch_insight();
    fetch_insight(const fetch_insight&) = delete;

    void begin(time_point now, std::string_view method, const dragline::url::url& where, bool stale);
    void goes_through(std::string proxies) noexcept { record_.proxy = std::move(proxies); }
    void placed(time_point now, const attempt_progress& progress);
    void connected(time_point now, const attempt_progress& progress, std::error_code ec);
    void sending(time_point begun, const request_view& request, h1_connection& on);
    void sent(time_point now, const attempt_progress& progress);
    void answered(time_point now, const response_head& head, const h1_connection& on);
    void chunk(std::uint64_t size);

    /// What the next attempt is made for.
    void repeats(attempt_cause cause) noexcept { next_cause_ = cause; }
    /// It is made after `wait`, and by a retry_policy unless there is no reason.
    void pauses(retry_reason reason, async::duration wait) noexcept;
    /// A retry_policy makes none after this one, which may be over.
    void stops(retry_stop why) noexcept;
    void redirects(const dragline::url::url& to);

    /// The body is still to be read, but the operation ends here.
    void leave_open(time_point now, const attempt_progress& progress);

    /// The attempt is over, whatever it came to, or `thrown`.
    void end_attempt(time_point now, attempt_progress& progress, std::error_code ec) noexcept;

    /// The fetch is over; once.
    void done(time_point now, std::error_code ec) noexcept;

    /// Both are over with the exception that is being handled.
    void fail(time_point now, attempt_progress& progress) noexcept;

    void check() const { observers_.check(); }

private:
    void fill(time_point now, const attempt_progress& progress);
    void count(std::error_code ec) noexcept;
    void tell_attempt_done(time_point now) noexcept;
    void copy_fields(fields& into, const fields& from) const;
    template <class Event>
    Event event(time_point now) const noexcept;

    session_state& session_;
    const fetch_options& options_;
    const recording& recording_;
    trace_writer trace_;
    fetch_observers observers_;
    std::shared_ptr<metrics> metrics_;
    origin_metrics* counters_ = nullptr;  // of the attempt
    attempt_record record_;
    std::uint64_t id_;
    int attempts_ = 0;
    time_point started_;
    time_point began_{};  // of the attempt
    time_point answered_at_{};
    std::exception_ptr exception_;  // that ends the fetch
    attempt_cause next_cause_ = attempt_cause::first;
    retry_reason next_reason_ = retry_reason::none;
    async::duration next_wait_{};
    attempt_stage stage_ = attempt_stage::queue;
    bool under_way_ = false;  // an attempt
    bool recorded_ = false;   // by a trace or an observer: metrics need no texts
    bool told_done_ = false;
};

}  // namespace dragline::http::detail

#include <dragline/http/detail/impl/fetch_insight.ipp>
