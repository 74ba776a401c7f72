// Included by <dragline/http/detail/fetch_insight.hpp> only.
#pragma once

#if DRAGLINE_HEADER_BODIES

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <utility>

namespace dragline::inline v1::http::detail {

// One trace may be of several sessions.
inline std::atomic<std::uint64_t> traced_fetches = 0;

DRAGLINE_DECL fetch_insight::fetch_insight(session_state& session, const fetch_options& options,
                                           time_point started)
    : session_(session),
      options_(options),
      recording_(options.recording() ? *options.recording() : session.options().recording()),
      trace_(options.trace()),
      observers_(session.options().observer(), options.observer()),
      metrics_(session.metrics()),
      id_(traced_fetches.fetch_add(1, std::memory_order_relaxed) + 1),
      started_(started) {
    recorded_ = observers_ || trace_;
}

DRAGLINE_DECL fetch_insight::~fetch_insight() {
    // Only a fetch that dies with its loop is still under way: there is nobody left to tell.
    if (under_way_ && counters_) --counters_->in_flight;
}

template <class Event>
Event fetch_insight::event(time_point now) const noexcept {
    Event made;
    made.fetch = id_;
    made.attempt = attempts_;
    made.at = now;
    made.elapsed = now - began_;
    return made;
}

DRAGLINE_DECL void fetch_insight::copy_fields(fields& into, const fields& from) const {
    for (const auto& [name, value] : from)
        into.add(name, recording_.masking().value(name, value, options_.secret_names()));
}

DRAGLINE_DECL void fetch_insight::begin(time_point now, std::string_view method,
                                        const dragline::url::url& where, bool stale) {
    began_ = now;
    if (++attempts_ > 1) record_ = attempt_record();
    record_.fetch = id_;
    record_.number = attempts_;
    record_.cause = stale ? attempt_cause::stale : next_cause_;
    record_.retried = record_.cause >= attempt_cause::proxy;
    record_.retried_for = std::exchange(next_reason_, retry_reason::none);
    record_.waited = std::exchange(next_wait_, {});
    if (recorded_) {
        record_.method = method;
        record_.url = recording_.masking().url(where.href());
        record_.started_at = session_.loop().time().wall_time();
    }
    record_.started = now - started_;
    stage_ = attempt_stage::queue;
    if (metrics_) {
        counters_ = &metrics_->of(where.scheme(), where.hostname(), where.port_or_default());
        ++counters_->attempts;
        ++counters_->in_flight;
        if (record_.retried) ++counters_->retries;
        if (record_.cause == attempt_cause::redirect) ++counters_->redirects;
        if (record_.cause == attempt_cause::authentication) ++counters_->authentications;
    }
    under_way_ = true;
    if (!observers_) return;
    auto what = event<attempt_event>(now);
    what.method = record_.method;
    what.url = record_.url;
    what.cause = record_.cause;
    observers_.tell(&observer::on_attempt, what);
    check();
}

DRAGLINE_DECL void fetch_insight::placed(time_point now, const attempt_progress& progress) {
    stage_ = attempt_stage::connecting;
    if (progress.reused && counters_) ++counters_->connections_reused;
    if (!observers_) return;
    auto what = event<queue_event>(now);
    what.took = progress.queue;
    what.reused = progress.reused;
    observers_.tell(&observer::on_queue, what);
    check();
}

DRAGLINE_DECL void fetch_insight::connected(time_point now, const attempt_progress& progress,
                                            std::error_code ec) {
    if (progress.reused) {
        if (counters_) ++counters_->connections_reused;
        return;
    }
    const auto& made = *progress.connection;
    const auto transport = made.proxies.empty() ? made.connect : made.proxy;
    const bool resolved = !made.look_ups.empty() && (!ec || made.resolve.count() != 0);
    if (counters_) {
        if (resolved) counters_->resolve.record(made.resolve);
        if (!ec) ++counters_->connections_opened;
        if (!ec) counters_->connect.record(transport + made.tls);
    }
    if (!observers_) return;
    if (!made.look_ups.empty()) {
        auto what = event<dns_event>(now);
        what.took = made.resolve;
        what.look_ups = &made.look_ups;
        observers_.tell(&observer::on_dns, what);
    }
    auto what = event<connect_event>(now);
    what.took = transport;
    what.connection = &made;
    what.ec = ec;
    observers_.tell(&observer::on_connect, what);
    if (made.peer || made.tls.count() != 0 || !made.tls_detail.empty()) {
        auto secured = event<tls_event>(now);
        secured.took = made.tls;
        secured.peer = &made.peer;
        secured.ec = ec;
        observers_.tell(&observer::on_tls, secured);
    }
    check();
}

DRAGLINE_DECL void fetch_insight::sending(time_point begun, const request_view& request, h1_connection& on) {
    stage_ = attempt_stage::writing;
    record_.send_started = begun - began_;
    record_.address = on.peer_address();
    record_.port = on.peer_port();
    record_.local_port = on.local_port();
    record_.tls = on.peer_tls();
    if (!recorded_ || !recording_.headers()) return;
    if (!recording_.masking().active()) record_.secret_names = options_.secret_names();
    record_.request_headers.add("Host", request.host);
    copy_fields(record_.request_headers, *request.fields);
}

DRAGLINE_DECL void fetch_insight::sent(time_point now, const attempt_progress& progress) {
    stage_ = attempt_stage::waiting;
    record_.send = now - began_ - record_.send_started;
    if (counters_) ++counters_->requests;
    if (!observers_) return;
    auto what = event<request_event>(now);
    what.method = record_.method;
    what.url = record_.url;
    what.headers = &record_.request_headers;
    what.bytes = progress.bytes_sent;
    observers_.tell(&observer::on_request, what);
    check();
}

DRAGLINE_DECL void fetch_insight::answered(time_point now, const response_head& head,
                                           const h1_connection& on) {
    stage_ = attempt_stage::reading;
    answered_at_ = now;
    record_.first_byte = now - began_ - record_.send_started - record_.send;
    record_.status = head.status;
    record_.version_minor = head.version_minor;
    if (recorded_) {
        record_.reason = head.reason;
        record_.media_type = head.headers.get("Content-Type");
    }
    record_.head_sent = on.head_sent();
    record_.head_received = on.head_received();
    if (recorded_ && recording_.headers()) copy_fields(record_.response_headers, head.headers);
    if (counters_) {
        ++counters_->statuses[static_cast<std::size_t>(std::clamp(head.status / 100, 0, 5))];
        counters_->first_byte.record(record_.first_byte);
    }
    if (!observers_) return;
    auto what = event<first_byte_event>(now);
    what.took = record_.first_byte;
    what.status = head.status;
    what.headers = &record_.response_headers;
    observers_.tell(&observer::on_first_byte, what);
    check();
}

DRAGLINE_DECL void fetch_insight::chunk(std::uint64_t size) {
    if (size == 0) return;
    record_.bytes_decoded += size;
    if (!observers_) return;
    auto what = event<chunk_event>(session_.loop().now());
    what.size = size;
    what.total = record_.bytes_decoded;
    observers_.tell(&observer::on_chunk, what);
    check();
}

DRAGLINE_DECL void fetch_insight::pauses(retry_reason reason, async::duration wait) noexcept {
    next_wait_ = wait;
    if (reason == retry_reason::none) return;
    next_cause_ = attempt_cause::retry;
    next_reason_ = reason;
}

DRAGLINE_DECL void fetch_insight::stops(retry_stop why) noexcept {
    if (under_way_)
        record_.stopped = why;
    else if (auto* const over = trace_.last_of(id_))
        over->stopped = why;
}

DRAGLINE_DECL void fetch_insight::redirects(const dragline::url::url& to) {
    repeats(attempt_cause::redirect);
    record_.redirect_to = recording_.masking().url(to.without_credentials().href());
}

DRAGLINE_DECL void fetch_insight::fill(time_point now, const attempt_progress& progress) {
    record_.queue = progress.queue;
    record_.reused = progress.reused;
    record_.bytes_sent = progress.bytes_sent;
    record_.bytes_received = progress.bytes_received;
    record_.total = now - began_;
    if (record_.status != 0) record_.receive = now - answered_at_;
}

DRAGLINE_DECL void fetch_insight::leave_open(time_point now, const attempt_progress& progress) {
    fill(now, progress);
    if (!trace_) return;
    if (progress.connection) record_.connection = *progress.connection;
    trace_.add_unfinished(record_);
}

DRAGLINE_DECL void fetch_insight::count(std::error_code ec) noexcept {
    auto& counters = *counters_;
    --counters.in_flight;
    counters.bytes_sent += record_.bytes_sent;
    counters.bytes_received += record_.head_received + record_.bytes_received;
    if (!ec) {
        ++counters.succeeded;
        counters.total.record(record_.total);
        return;
    }
    const auto kind = static_cast<std::size_t>(failure_kind_of(ec));
    ++counters.failed[kind][static_cast<std::size_t>(record_.failed_in)];
}

DRAGLINE_DECL void fetch_insight::end_attempt(time_point now, attempt_progress& progress,
                                              std::error_code ec) noexcept {
    if (!std::exchange(under_way_, false)) return;
    if (progress.connection) record_.connection = std::move(*progress.connection);
    record_.failed_in = attempt_failed_in(ec, stage_, record_.connection);
    record_.ec = ec;
    record_.exception = exception_;
    record_.complete = true;
    fill(now, progress);
    if (counters_) count(ec);
    if (observers_) tell_attempt_done(now);
    if (!trace_) return;
    try {
        trace_.finish(std::move(record_));
    } catch (...) {
        // No memory for it: the trace lacks this attempt.
    }
}

DRAGLINE_DECL void fetch_insight::tell_attempt_done(time_point now) noexcept {
    auto what = event<attempt_done_event>(now);
    what.record = &record_;
    observers_.tell(&observer::on_attempt_done, what);
    // It has not been told of that end itself.
    if (!record_.exception) record_.exception = observers_.thrown();
}

DRAGLINE_DECL void fetch_insight::done(time_point now, std::error_code ec) noexcept {
    if (std::exchange(told_done_, true) || attempts_ == 0 || !observers_) return;
    auto what = event<done_event>(now);
    what.elapsed = now - started_;
    what.ec = ec;
    observers_.tell(&observer::on_done, what);
    auto* const over = trace_.last_of(id_);
    if (over && !over->exception) over->exception = observers_.thrown();
}

DRAGLINE_DECL void fetch_insight::fail(time_point now, attempt_progress& progress) noexcept {
    exception_ = std::current_exception();
    const auto ec = unwrap(exception_);
    // What is thrown between two attempts stands with the one before.
    if (auto* const over = under_way_ ? nullptr : trace_.last_of(id_); over && !over->exception)
        over->exception = exception_;
    end_attempt(now, progress, ec);
    done(now, ec);
}

}  // namespace dragline::http::detail

#endif
