// Included by <dragline/http/detail/fetch_hop.hpp> only.
#pragma once

#include <dragline/async/event.hpp>
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
      guard_(options_, session_->options(), session_->hsts().get(), session_->loop().time()),
      authentication_(session_->challenges()) {
    const auto& shared = session_->options().retry();
    if (const auto* policy = options_.retry() ? options_.retry().get() : shared ? &*shared : nullptr) {
        const auto& own = policy->budget();
        retry_ = std::make_unique<retry_machine>(*policy, own ? *own : session_->budget());
    }
}

DRAGLINE_DECL std::error_code fetch_hop::choose_tls() {
    tls_.reset();
    if (url_.scheme() != "https") return {};
    auto setup = options_.tls() ? loop_sessions::of(session_->loop().executor()).tls(*options_.tls())
                                : session_->tls_setup_of_session();
    if (setup) tls_ = *setup;
    return setup.error();
}

DRAGLINE_DECL std::error_code fetch_hop::choose_proxies() {
    const auto& policy = options_.proxy() ? *options_.proxy() : session_->options().proxy();
    if (policy.is_none()) return {};
    if (!proxies_) {
        auto& random = session_->loop().random();
        proxies_ = std::make_unique<proxy_machine>(policy, session_->proxies(), random);
    }
    // A proxy that forwards takes its target from the URL, whatever the Host field says.
    const auto host = options_.headers().find("Host");
    const bool elsewhere = pinned_ && (options_.connect_to() || (host && *host != url_.host()));
    return proxies_->choose(url_, !elsewhere);
}

DRAGLINE_DECL std::error_code fetch_hop::set_up(net::connect_request& request) {
    request.resolver = session_->resolver();
    request.until = until_;
    if (!proxies_) return {};
    request.proxy_context = [&all = loop_sessions::of(session_->loop().executor())](
                                const tls::client_options& options) -> result<tls::context> {
        const auto setup = all.tls(options);
        if (!setup) return setup.error();
        return (*setup)->context;
    };
    return proxies_->set_up(request);
}

DRAGLINE_DECL stage_limit fetch_hop::limit_of(duration stage, phase where, time_point from) const noexcept {
    return {std::min(until_, async::deadline_after(from, stage)), where};
}

DRAGLINE_DECL asio::awaitable<result<void>> fetch_hop::hop() {
    cookies_.set_field(fields_, url_, !pinned_, session_->loop().time());
    if (session_->guard()) [[unlikely]] {
        auto entering = enter_host();
        auto entered = co_await std::move(entering);
        if (!entered) co_return entered;
    }
    result<void> done;
    do {
        bool stale = false;
        auto first = attempt(stale);
        done = co_await std::move(first);
        if (stale) {
            // Once more, on a connection of its own: nothing else idle is to be trusted more.
            auto second = attempt(stale);
            done = co_await std::move(second);
        }
    } while (!done && proxies_ && proxies_->again());
    if (admission_ && !(done && is_answer())) leave_host(done.error());
    co_return done;
}

DRAGLINE_DECL asio::awaitable<result<void>> fetch_hop::enter_host() {
    attempt_started_ = now();
    auto entering = session_->guard()->enter(url_, until_, call_.ending());
    auto entered = co_await std::move(entering);
    const auto waited = now() - attempt_started_;
    if (entered) {
        admission_ = *std::move(entered);
        held_back_ = waited;
        co_return result<void>();
    }
    attempt_ = attempt_record();
    if (retry_) retry_->label(attempt_);
    attempt_.queue = waited;
    sent_ = false;
    record(entered.error());
    co_return entered.error();
}

DRAGLINE_DECL void fetch_hop::leave_host(std::error_code ec) noexcept {
    if (const auto left = std::move(admission_)) session_->guard()->finish(*left, ec);
}

DRAGLINE_DECL retry_question fetch_hop::question(std::error_code ec) const {
    retry_question asked;
    asked.ec = ec;
    asked.method = method_;
    asked.keyed = fields_.contains("Idempotency-Key");
    asked.replayable = body_.replayable();
    asked.sent = sent_;
    asked.now = now();
    asked.until = until_;
    asked.wall_time = session_->loop().time().wall_time();
    return asked;
}

// An answer that is to be retried is none, and so is no redirect that asks for too long a pause.
DRAGLINE_DECL void fetch_hop::look_at_answer() {
    if (again_ || next_.ec || !retry_->concerns(head_.status)) return;
    auto asked = question({});
    asked.head = &head_;
    if (!next_.target) {
        again_ = retry_->retry(asked, session_->loop().random());
        if (again_) authentication_.next_request();
    } else if (!retry_->follow(asked)) {
        next_.target.reset();
    }
    attempt_.stopped = retry_->stopped();
}

DRAGLINE_DECL asio::awaitable<result<void>> fetch_hop::pause(std::error_code failed, bool in_body) {
    if (failed) {
        // A cancellation ends it for good, however it shows.
        if (call_.ending().interrupted() || failed == asio::error::operation_aborted) co_return failed;
        auto asked = question(failed);
        if (in_body) asked.head = &head_;
        if (!retry_->retry(asked, session_->loop().random())) {
            if (options_.trace()) options_.trace()->attempts.back().stopped = retry_->stopped();
            co_return failed;
        }
        if (in_body) reader_.reset();
        if (auto ec = choose_proxies()) co_return ec;  // from the first choice on
        authentication_.next_request();
        next_ = redirect_step();
        again_ = true;
    }
    const auto wait = retry_->take_pause();
    if (wait <= duration::zero()) co_return result<void>();
    auto waiting = async::pause(session_->loop(), now() + wait, call_.ending());
    co_return co_await std::move(waiting);
}

// `stale` says in whether this repeats a stale attempt, and out whether it may be repeated.
DRAGLINE_DECL asio::awaitable<result<void>> fetch_hop::attempt(bool& stale) {
    const bool repeats = std::exchange(stale, false);
    attempt_ = attempt_record();
    attempt_.retried = repeats;
    if (repeats) attempt_.reason = retry_reason::stale_connection;
    if (retry_) retry_->label(attempt_);
    sent_ = false;
    attempt_started_ = now();
    if (auto ec = choose_tls()) co_return record(ec), ec;
    if (proxies_ && proxies_->forwards()) {  // on connections that serve every target
        if (auto ec = guard_.judge_told(url_)) co_return record(ec), ec;
    }
    const hop_connection wanted(url_, options_, pinned_, tls_.get(), proxies_.get());
    const bool fresh = options_.fresh_connection() || repeats;
    auto& pool = session_->pool();
    wanted.write_key(pool.key_text());
    guard_.write_key(pool.key_text(), session_->address_policies());
    auto acquiring =
        pool.acquire(pool.key_text(), fresh, attempt_started_, {until_, phase::queue}, call_.ending());
    auto place = co_await std::move(acquiring);
    attempt_.queue = now() - attempt_started_;
    if (!place) co_return record(place.error()), place.error();
    attempt_.reused = place->connection() != nullptr;
    if (!attempt_.reused) {
        auto request = wanted.request();
        request.address_policy = guard_.addresses();
        if (auto ec = set_up(request)) co_return record(ec), ec;
        auto opening =
            open_or_reuse(session_, *place, std::move(request), fresh, attempt_.connection, call_.ending());
        auto opened = co_await std::move(opening);
        if (!opened && proxies_) {
            const bool goes_on = now() < until_ && !call_.ending().interrupted();
            proxies_->on_failed(opened.error(), attempt_.connection, goes_on);
        }
        if (!opened) co_return record(opened.error()), opened.error();
        attempt_.reused = *opened;
        if (attempt_.reused) attempt_.queue = now() - attempt_started_;
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
    const bool forwards = proxies_ && proxies_->forwards();
    if (proxies_) {
        if (forwards) asked.target = proxies_->target();
        if (auto ec = proxies_->authorize(asked, fields_)) co_return ec;
    }
    auto source = body_access::open(body_);
    if (!source) co_return source.error();
    source_ = *std::move(source);
    const auto host = options_.headers().find("Host");
    request_view request;
    request.method = method_;
    request.scheme = url_.scheme();
    request.host = host && pinned_ ? *host : url_.host();
    request.target = forwards ? std::string_view(proxies_->target()) : url_.request_target();
    request.fields = &fields_;
    request.body = body_.bytes();
    request.source = source_.get();
    request.max_interim = options_.max_interim();
    const bool has_body = (source_ && source_->size() != 0u) || !request.body.empty();
    if (has_body && !expectation_failed_) request.expect_continue = options_.expect_continue();
    connection.start(method_, options_.head_limits());

    const auto begun = attempt_.reused ? attempt_started_ + attempt_.queue : now();
    write_limit_ = limit_of(options_.write_timeout(), phase::write, begun);
    auto writing = connection.write_request(request, write_limit_);
    auto written = co_await std::move(writing);
    attempt_.bytes_sent = connection.bytes_sent();
    sent_ = attempt_.bytes_sent > 0;
    if (!written) co_return written;
    const auto sent = has_body ? now() : begun;  // a head alone goes out at once
    auto reading = connection.read_head(head_, options_.max_interim(),
                                        limit_of(options_.first_byte_timeout(), phase::first_byte, sent));
    auto read = co_await std::move(reading);
    if (!read) co_return read;
    attempt_.first_byte = now() - sent;
    attempt_.status = head_.status;
    cookies_.store(head_.headers, url_, session_->loop().time());
    guard_.note(head_.headers, url_);

    auto& peer = response_.peer;
    peer.address = connection.peer_address();
    peer.port = connection.peer_port();
    peer.reused = attempt_.reused;
    peer.tls = connection.peer_tls();
    if (proxies_) peer.proxy = proxies_->text();
    next_ = next_step(options_.redirects(), response_.history, url_, method_, head_, &guard_);
    if (auto ec = authentication_.on_response(head_, session_->loop().random(), body_.replayable()))
        co_return ec;
    again_ = authentication_.answer();
    if (proxies_) {
        if (auto ec = proxies_->on_response(head_, body_.replayable())) co_return ec;
        again_ = again_ || proxies_->answer();
    }
    if (head_.status == 417 && request.expect_continue && body_.replayable()) {
        again_ = expectation_failed_ = true;
    }
    if (admission_) session_->guard()->head(*admission_, head_);
    if (retry_) look_at_answer();
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

DRAGLINE_DECL void fetch_hop::record(std::error_code ec) {
    auto& timings = response_.timings;
    const auto before = std::exchange(held_back_, {});
    attempt_.queue += before;
    timings.queue = attempt_.queue;
    timings.resolve = attempt_.connection.resolve;
    timings.connect = attempt_.connection.connect;
    timings.proxy = attempt_.connection.proxy;
    timings.tls = attempt_.connection.tls;
    timings.first_byte = attempt_.first_byte;
    if (!options_.trace()) return;
    attempt_.url = url_.without_credentials().href();
    attempt_.total = now() - attempt_started_ + before;
    attempt_.ec = ec;
    options_.trace()->attempts.push_back(std::move(attempt_));
}

}  // namespace dragline::http::detail

#endif
