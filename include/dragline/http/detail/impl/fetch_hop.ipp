// Included by <dragline/http/detail/fetch_hop.hpp> only.
#pragma once

#include <dragline/http/detail/dialing.hpp>
#include <dragline/http/detail/fetch_check.hpp>
#include <dragline/http/detail/hop_connection.hpp>
#include <dragline/http/error.hpp>
#include <dragline/tls/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL fetch_hop::fetch_hop(std::shared_ptr<session_state> session, fetch_options&& options)
    : session_(std::move(session)),
      call_(*session_),
      options_(std::move(options)),
      started_(now()),
      until_(async::deadline_after(started_, options_.timeout())),
      reader_(session_->loop(), options_, until_),
      body_(options_.body()),
      authentication_(session_->challenges()),
      insight_(fetch_insight::make(*session_, options_, started_)) {
    reader_.watch(insight_.get());
}

DRAGLINE_DECL std::error_code fetch_hop::choose_tls() {
    tls_.reset();
    if (url_.scheme() != "https") return {};
    auto setup = options_.tls() ? loop_sessions::of(session_->loop().executor()).tls(*options_.tls())
                                : session_->tls_setup_of_session();
    if (setup) tls_ = *setup;
    return setup.error();
}

DRAGLINE_DECL stage_limit fetch_hop::limit_of(duration stage, phase where, time_point from) const noexcept {
    return {std::min(until_, async::deadline_after(from, stage)), where};
}

DRAGLINE_DECL asio::awaitable<result<void>> fetch_hop::hop() {
    cookies_.set_field(fields_, url_, !pinned_, session_->loop().time());
    bool stale = false;
    auto first = attempt(stale);
    auto done = co_await std::move(first);
    if (!stale) co_return done;
    // Once more, on a connection of its own: nothing else idle is to be trusted more.
    auto second = attempt(stale);
    co_return co_await std::move(second);
}

// `stale` says in whether this repeats a stale attempt, and out whether it may be repeated.
DRAGLINE_DECL asio::awaitable<result<void>> fetch_hop::attempt(bool& stale) {
    const bool repeats = std::exchange(stale, false);
    attempt_ = attempt_progress();
    attempt_started_ = now();
    if (insight_) insight_->begin(attempt_started_, method_, url_, repeats);
    if (auto ec = choose_tls()) co_return record(ec), ec;
    const hop_connection wanted(url_, options_, pinned_, tls_.get());
    const bool fresh = options_.fresh_connection() || repeats;
    auto& pool = session_->pool();
    wanted.write_key(pool.key_text());
    auto acquiring =
        pool.acquire(pool.key_text(), fresh, attempt_started_, {until_, phase::queue}, call_.ending());
    auto place = co_await std::move(acquiring);
    attempt_.queue = now() - attempt_started_;
    if (!place) co_return record(place.error()), place.error();
    attempt_.reused = place->connection() != nullptr;
    if (insight_) insight_->placed(attempt_started_ + attempt_.queue, attempt_);
    if (!attempt_.reused) {
        auto request = wanted.request();
        request.resolver = session_->resolver();
        request.until = until_;
        auto opening =
            open_or_reuse(session_, *place, std::move(request), fresh, attempt_.connection, call_.ending());
        auto opened = co_await std::move(opening);
        attempt_.reused = *opened;
        if (attempt_.reused) attempt_.queue = now() - attempt_started_;
        if (insight_) insight_->connected(now(), attempt_, opened.error());
        if (!opened) co_return record(opened.error()), opened.error();
    }
    auto& connection = *place->connection();
    auto exchanging = exchange_on(connection);
    auto done = co_await std::move(exchanging);
    if (done && is_answer()) {
        place_ = *std::move(place);
        co_return done;
    }
    record(done.error());
    if (done) {
        if (connection.reusable() && !options_.fresh_connection()) place->park(now());
    } else {
        stale = !repeats && attempt_.reused && may_repeat(connection, done.error());
        if (call_.ending().interrupted())
            co_return asio::error::make_error_code(asio::error::operation_aborted);
    }
    co_return done;
}

DRAGLINE_DECL asio::awaitable<result<void>> fetch_hop::exchange_on(h1_connection& connection) {
    const async::interrupter::scope scope(call_.ending(), &close_connection, &connection);
    if (call_.ending().interrupted()) co_return asio::error::make_error_code(asio::error::operation_aborted);
    auto asked = digest_request(method_, url_.request_target());
    if (body_.in_memory()) asked.body = body_.bytes();
    if (auto ec = authentication_.authorize(asked, fields_)) co_return ec;
    auto source = body_access::open(body_);
    if (!source) co_return source.error();
    source_ = *std::move(source);
    const auto host = options_.headers().find("Host");
    request_view request;
    request.method = method_;
    request.scheme = url_.scheme();
    request.host = host && pinned_ ? *host : url_.host();
    request.target = url_.request_target();
    request.fields = &fields_;
    request.body = body_.bytes();
    request.source = source_.get();
    request.max_interim = options_.max_interim();
    const bool has_body = (source_ && source_->size() != 0u) || !request.body.empty();
    if (has_body && !expectation_failed_) request.expect_continue = options_.expect_continue();
    connection.start(method_, options_.head_limits());

    const auto begun = attempt_.reused ? attempt_started_ + attempt_.queue : now();
    if (insight_) insight_->sending(begun, request, connection);
    write_limit_ = limit_of(options_.write_timeout(), phase::write, begun);
    auto writing = connection.write_request(request, write_limit_);
    auto written = co_await std::move(writing);
    attempt_.bytes_sent = connection.bytes_sent();
    if (!written) co_return written;
    const auto sent = has_body ? now() : begun;  // a head alone goes out at once
    if (insight_) insight_->sent(sent, attempt_);
    auto reading = connection.read_head(head_, options_.max_interim(),
                                        limit_of(options_.first_byte_timeout(), phase::first_byte, sent));
    auto read = co_await std::move(reading);
    if (!read) co_return read;
    const auto came = now();
    attempt_.first_byte = came - sent;
    if (insight_) insight_->answered(came, head_, connection);
    cookies_.store(head_.headers, url_, session_->loop().time());

    auto& peer = response_.peer;
    peer.address = connection.peer_address();
    peer.port = connection.peer_port();
    peer.reused = attempt_.reused;
    peer.tls = connection.peer_tls();
    next_ = next_step(options_.redirects(), response_.history, url_, method_, head_);
    if (auto ec = authentication_.on_response(head_, session_->loop().random(), body_.replayable()))
        co_return ec;
    again_ = authentication_.answer();
    if (insight_ && again_) insight_->repeats(attempt_cause::authentication);
    if (head_.status == 417 && request.expect_continue && body_.replayable()) {
        again_ = expectation_failed_ = true;
        if (insight_) insight_->repeats(attempt_cause::expectation);
    }
    if (insight_ && next_.target && !again_) insight_->redirects(*next_.target);
    if (is_answer()) co_return result<void>(reader_.start(head_));
    auto discarding = reader_.discard(connection);
    auto discarded = co_await std::move(discarding);
    attempt_.bytes_received = reader_.bytes_received();
    co_return discarded;
}

DRAGLINE_DECL bool fetch_hop::may_repeat(const h1_connection& connection, std::error_code ec) const noexcept {
    const bool gone = ec == errc::connection_closed || ec == asio::error::connection_reset ||
                      ec == asio::error::broken_pipe || ec == tls::errc::truncated;
    if (!gone || !options_.stale_retry() || connection.answered() || !body_.replayable()) return false;
    return connection.bytes_sent() == 0 || fields_.contains("Idempotency-Key") || is_idempotent(method_);
}

DRAGLINE_DECL void fetch_hop::fill_timings() noexcept {
    auto& timings = response_.timings;
    timings.queue = attempt_.queue;
    timings.resolve = attempt_.connection.resolve;
    timings.connect = attempt_.connection.connect;
    timings.tls = attempt_.connection.tls;
    timings.first_byte = attempt_.first_byte;
}

DRAGLINE_DECL void fetch_hop::record(std::error_code ec) {
    fill_timings();
    if (insight_) insight_->end_attempt(now(), attempt_, ec);
}

}  // namespace dragline::http::detail

#endif
