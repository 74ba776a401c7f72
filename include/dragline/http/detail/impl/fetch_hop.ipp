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

#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL std::error_code fetch_hop::choose_tls() {
    tls_.reset();
    if (url_.scheme() != "https") return {};
    auto setup = options_.tls() ? loop_sessions::of(session_->loop().executor()).tls(*options_.tls())
                                : session_->tls_setup_of_session();
    if (!setup) return setup.error();
    tls_ = *setup;
    tls_->tickets->expect_connections(session_->options().connections_per_host());
    return {};
}

DRAGLINE_DECL std::error_code fetch_hop::choose_proxies() {
    const auto& policy = options_.proxy() ? *options_.proxy() : session_->options().proxy();
    if (policy.is_none()) [[likely]]
        return {};
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
    hop_connection(url_, options_, pinned_, tls_.get(), proxies_.get()).write_request(request);
    request.address_policy = guard_.addresses();
    if (proxies_ || !request.target.address()) request.resolver = session_->resolver();
    request.until = until_;
    if (!proxies_) [[likely]]
        return {};
    request.proxy_context = [&all = loop_sessions::of(session_->loop().executor())](
                                const tls::client_options& options) -> result<tls::context> {
        const auto setup = all.tls(options);
        if (!setup) return setup.error();
        return (*setup)->context;
    };
    return proxies_->set_up(request);
}

DRAGLINE_DECL bool fetch_hop::another_follows(const result<void>& done) noexcept {
    if (stale_) [[unlikely]]
        return true;
    if (done || !proxies_ || !proxies_->again()) [[likely]]
        return false;
    if (insight_) insight_->repeats(attempt_cause::proxy);
    return true;
}

DRAGLINE_DECL result<void> fetch_hop::end_hop(result<void> done) noexcept {
    // However it shows: what is ended would have gone on otherwise.
    if (!done && call_.ending().interrupted()) [[unlikely]]
        done = asio::error::make_error_code(asio::error::operation_aborted);
    if (!(done && is_answer())) [[unlikely]]
        leave_host(done.error());
    return done;
}

DRAGLINE_DECL std::error_code fetch_hop::begin_attempt() {
    // After a stale one, on a connection of its own: nothing else idle is to be trusted more.
    repeats_ = std::exchange(stale_, false);
    attempt_ = attempt_progress();
    attempt_started_ = now();
    if (insight_) [[unlikely]] {
        insight_->begin(attempt_started_, method_, url_, repeats_);
        if (proxies_) insight_->goes_through(proxies_->text());
    }
    if (auto ec = choose_tls()) [[unlikely]]
        return ec;
    if (proxies_ && proxies_->forwards()) [[unlikely]] {  // on connections that serve every target
        if (auto ec = guard_.judge_told(url_)) return ec;
    }
    if (!has_to_enter()) find_place();
    return {};
}

DRAGLINE_DECL asio::awaitable<result<void>> fetch_hop::wait_for_connection() {
    if (has_to_enter()) [[unlikely]] {
        auto entering = enter_host();
        if (auto entered = co_await std::move(entering); !entered) co_return entered;
        find_place();
    }
    if (!place_) {
        auto& pool = session_->pool();
        auto waiting = pool.wait(pool.key_text(), fresh(), {until_, phase::queue}, call_.ending());
        auto granted = co_await std::move(waiting);
        attempt_.queue = now() - attempt_started_;
        if (!granted) co_return granted.error();
        take_place(*std::move(granted));
    }
    if (has_connection()) co_return result<void>();
    auto opening = open_connection();
    co_return co_await std::move(opening);
}

DRAGLINE_DECL result<void> fetch_hop::end_attempt(result<void> done) {
    if (done && is_answer()) [[likely]]
        return done;
    record(done.error());
    if (!done) {
        const bool ended = call_.ending().interrupted();
        stale_ = !ended && !repeats_ && attempt_.reused && may_repeat(*place_.connection(), done.error());
    } else if (place_.connection()->reusable() && !options_.fresh_connection()) {
        place_.park(now());
    }
    place_ = {};
    return done;
}

// None where it has to be waited for, by the key_text() of the pool.
DRAGLINE_DECL void fetch_hop::find_place() {
    const hop_connection wanted(url_, options_, pinned_, tls_.get(), proxies_.get());
    auto& pool = session_->pool();
    wanted.write_key(pool.key_text());
    guard_.write_key(pool.key_text(), session_->address_policies());
    auto found = pool.try_acquire(pool.key_text(), fresh(), attempt_started_ + attempt_.queue);
    if (found) take_place(*std::move(found));
}

DRAGLINE_DECL void fetch_hop::take_place(connection_pool::place&& granted) {
    place_ = std::move(granted);
    attempt_.reused = has_connection();
    if (insight_) [[unlikely]]
        insight_->placed(attempt_started_ + attempt_.queue, attempt_);
}

DRAGLINE_DECL asio::awaitable<result<void>> fetch_hop::open_connection() {
    if (call_.ending().interrupted()) [[unlikely]]
        co_return asio::error::make_error_code(asio::error::operation_aborted);
    opening begun(session_, place_, fresh(), call_.ending());
    if (auto ec = set_up(begun.request())) [[unlikely]]
        co_return ec;
    begun.start();
    result<void> woken;
    while (woken && !begun.over()) {
        auto waiting = begun.wait();
        woken = co_await std::move(waiting);
    }
    const auto opened = begun.take(woken, place_, attempt_.connection);
    if (!opened && proxies_) [[unlikely]] {
        const bool goes_on = now() < until_ && !call_.ending().interrupted();
        proxies_->on_failed(opened.error(), *attempt_.connection, goes_on);
    }
    attempt_.reused = *opened;
    if (attempt_.reused) attempt_.queue = now() - attempt_started_;
    if (insight_) [[unlikely]]
        insight_->connected(now(), attempt_, opened.error());
    co_return opened.error();
}

// Once for all attempts of a hop, inside the time that the first of them is queued.
DRAGLINE_DECL asio::awaitable<result<void>> fetch_hop::enter_host() {
    auto entering = session_->guard()->enter(url_, until_, call_.ending());
    auto entered = co_await std::move(entering);
    attempt_.queue = now() - attempt_started_;
    if (entered) admission_ = *std::move(entered);
    co_return result<void>(entered.error());
}

DRAGLINE_DECL void fetch_hop::leave_host(std::error_code ec) noexcept {
    if (admission_) [[unlikely]]
        tell_host(ec);
    admission_.reset();
}

// Of a proxy that forwards only the answers speak of the origin, and not the one that concerns itself.
DRAGLINE_DECL void fetch_hop::tell_host(std::error_code ec) noexcept {
    const bool forwards = proxies_ && proxies_->forwards();
    if (!forwards || !(ec || head_.status == proxy_side.status)) session_->guard()->finish(*admission_, ec);
}

DRAGLINE_DECL void fetch_hop::leave_probe() noexcept {
    if (admission_ && admission_->is_probe()) tell_host({});
}

DRAGLINE_DECL bool fetch_hop::may_repeat(const h1_connection& connection, std::error_code ec) const noexcept {
    const bool gone = ec == errc::connection_closed || ec == asio::error::connection_reset ||
                      ec == asio::error::broken_pipe || ec == tls::errc::truncated;
    if (!gone || !options_.stale_retry() || connection.answered() || !body_.replayable()) return false;
    return connection.bytes_sent() == 0 || fields_->contains("Idempotency-Key") || is_idempotent(method_);
}

DRAGLINE_DECL asio::awaitable<result<void>> fetch_hop::pause(std::error_code failed, bool in_body) {
    if (failed) {
        // A cancellation ends it for good, however it shows.
        if (call_.ending().interrupted() || failed == asio::error::operation_aborted) co_return failed;
        auto asked = question(failed);
        if (in_body) asked.head = &head_;
        if (!retry_->retry(asked, session_->loop().random())) {
            if (insight_) insight_->stops(retry_->stopped());
            co_return failed;
        }
        if (in_body) reader_.reset();
        if (auto ec = choose_proxies()) co_return ec;  // from the first choice on
        next_request();
        next_ = {};
        again_ = true;
    }
    const auto wait = retry_->take_pause();
    const auto reason = retry_->take_reason();
    if (insight_) insight_->pauses(reason, wait);
    if (wait <= duration::zero()) co_return result<void>();
    auto waiting = async::pause(session_->loop(), now() + wait, call_.ending());
    co_return co_await std::move(waiting);
}

}  // namespace dragline::http::detail

#endif
