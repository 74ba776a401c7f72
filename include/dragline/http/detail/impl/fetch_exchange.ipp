// Included by <dragline/http/detail/fetch_exchange.hpp> only.
#pragma once

#include <dragline/http/error.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL fetch_exchange::fetch_exchange(std::shared_ptr<session_state> session,
                                             const fetch_options& options)
    : session_(std::move(session)),
      call_(*session_),
      options_(options),
      started_(now()),
      until_(async::deadline_after(started_, options_.timeout())),
      reader_(session_->loop(), options_, until_),
      body_(options_.body()),
      guard_(options_, session_->options(), session_->hsts().get(), session_->loop().time()),
      insight_(fetch_insight::make(*session_, options_, started_)) {
    reader_.watch(insight_.get());
    const auto& shared = session_->options().retry();
    if (const auto* policy = options_.retry() ? options_.retry().get()
                             : shared         ? &*shared
                                              : nullptr) [[unlikely]] {
        const auto& own = policy->budget();
        retry_ = std::make_unique<retry_machine>(*policy, own ? *own : session_->budget());
    }
}

DRAGLINE_DECL stage_limit fetch_exchange::limit_of(duration stage, phase where,
                                                   time_point from) const noexcept {
    return {std::min(until_, async::deadline_after(from, stage)), where};
}

DRAGLINE_DECL asio::awaitable<result<void>> fetch_exchange::exchange_on(h1_connection& connection) {
    const async::interrupter::scope scope(call_.ending(), &close_connection, &connection);
    if (call_.ending().interrupted()) [[unlikely]]
        co_return asio::error::make_error_code(asio::error::operation_aborted);
    if (auto ec = prepare_request()) [[unlikely]]
        co_return ec;
    const auto begun = attempt_.reused ? attempt_started_ + attempt_.queue : now();
    const auto gone = begin_request(connection, begun);
    result<void> written = gone.error();
    if (gone && !*gone) [[unlikely]] {
        auto sending = connection.send_request(write_limit_);
        written = co_await std::move(sending);
    }
    attempt_.bytes_sent = connection.bytes_sent();
    if (!written) [[unlikely]]
        co_return written;
    const auto sent = has_body() ? now() : begun;  // a head alone goes out at once
    if (insight_) [[unlikely]]
        insight_->sent(sent, attempt_);
    const auto limit = limit_of(options_.first_byte_timeout(), phase::first_byte, sent);
    auto taken = connection.take_head(head_, options_.max_interim(), std::size_t{0});
    while (taken && !*taken) {
        auto receiving = connection.receive(limit);
        const auto received = co_await std::move(receiving);
        taken = connection.take_head(head_, options_.max_interim(), received);
    }
    if (!taken) [[unlikely]]
        co_return taken.error();
    const auto came = now();
    attempt_.first_byte = came - sent;
    if (insight_) [[unlikely]]
        insight_->answered(came, head_, connection);
    if (auto ec = judge_head()) [[unlikely]]
        co_return ec;
    if (is_answer()) [[likely]]
        co_return reader_.start(head_);
    auto discarding = reader_.discard(connection, head_);
    auto discarded = co_await std::move(discarding);
    attempt_.bytes_received = reader_.bytes_received();
    co_return discarded;
}

DRAGLINE_DECL std::error_code fetch_exchange::ask_as(credentials who) {
    if (!authentication_) {
        if (who.kind() == credentials_kind::none) return {};
        authentication_ = std::make_unique<authentication_machine>(session_->challenges());
    }
    return authentication_->use(std::move(who), url_);
}

DRAGLINE_DECL std::error_code fetch_exchange::authorize() {
    auto asked = digest_request(method_, url_.request_target());
    if (body_.in_memory()) asked.body = body_.bytes();
    if (authentication_) {
        if (auto ec = authentication_->authorize(asked, fields_.own())) return ec;
    }
    if (!proxies_) return {};
    if (proxies_->forwards()) asked.target = proxies_->target();
    return proxies_->authorize(asked, fields_.own());
}

// Credentials, and the body from its beginning.
DRAGLINE_DECL std::error_code fetch_exchange::prepare_request() {
    if (authentication_ || proxies_) [[unlikely]] {
        if (auto ec = authorize()) return ec;
    }
    auto source = body_access::open(body_);
    source_ = *std::move(source);
    return source.error();
}

DRAGLINE_DECL bool fetch_exchange::has_body() const noexcept {
    if (source_) [[unlikely]]
        return source_->size() != 0u;
    return !body_.bytes().empty();
}

DRAGLINE_DECL bool fetch_exchange::asks_for_continue() const noexcept {
    return options_.expect_continue() && has_body() && !expectation_failed_;
}

DRAGLINE_DECL result<bool> fetch_exchange::begin_request(h1_connection& connection, time_point begun) {
    const auto host = options_.headers().find("Host");
    request_view request;
    request.method = method_;
    request.scheme = url_.scheme();
    request.host = host && pinned_ ? *host : url_.host();
    request.target =
        proxies_ && proxies_->forwards() ? std::string_view(proxies_->target()) : url_.request_target();
    request.fields = &*fields_;
    request.body = body_.bytes();
    request.source = source_.get();
    request.max_interim = options_.max_interim();
    if (asks_for_continue()) [[unlikely]]
        request.expect_continue = options_.expect_continue();
    connection.start(method_, options_.head_limits(), std::as_bytes(std::span(this, 1)));
    if (insight_) [[unlikely]]
        insight_->sending(begun, request, connection);
    write_limit_ = limit_of(options_.write_timeout(), phase::write, begun);
    return connection.begin_request(request);
}

// What follows from it, and what it leaves for other fetches.
DRAGLINE_DECL std::error_code fetch_exchange::judge_head() {
    const bool from_proxy = proxies_ && proxies_->forwards() && head_.status == proxy_side.status;
    if (!from_proxy) {
        if (cookies_) [[unlikely]]
            cookies_->store(head_.headers, url_, session_->loop().time());
        guard_.note(head_.headers, url_);
    }
    next_ = {};
    if (leads_on(options_.redirects(), head_)) [[unlikely]] {
        auto step = next_step(options_.redirects(), history_, url_, method_, head_, &guard_);
        if (step.ec || step.target) next_ = boxed<redirect_step>::make(std::move(step));
    }
    again_ = false;
    if (authentication_) [[unlikely]] {
        auto& random = session_->loop().random();
        if (auto ec = authentication_->on_response(head_, random, body_.replayable())) return ec;
        again_ = authentication_->answer();
    }
    if (proxies_) [[unlikely]] {
        if (auto ec = proxies_->on_response(head_, body_.replayable())) return ec;
        again_ = again_ || proxies_->answer();
    }
    if (insight_ && again_) [[unlikely]]
        insight_->repeats(attempt_cause::authentication);
    if (head_.status == 417 && asks_for_continue() && body_.replayable()) [[unlikely]] {
        again_ = expectation_failed_ = true;
        if (insight_) [[unlikely]]
            insight_->repeats(attempt_cause::expectation);
    }
    if (admission_) [[unlikely]]
        session_->guard()->head(*admission_, head_);
    if (retry_) [[unlikely]]
        look_at_answer();
    if (insight_ && next_ && next_->target && !again_) [[unlikely]]
        insight_->redirects(*next_->target);
    return {};
}

// An answer that is to be retried is none, and so is no redirect that asks for too long a pause.
DRAGLINE_DECL void fetch_exchange::look_at_answer() {
    if (again_ || (next_ && next_->ec) || !retry_->concerns(head_.status)) return;
    auto asked = question({});
    asked.head = &head_;
    if (!next_) {
        again_ = retry_->retry(asked, session_->loop().random());
        if (again_) next_request();
        if (again_ && proxies_) proxies_->next_request();
    } else if (!retry_->follow(asked)) {
        next_ = {};
    }
    if (insight_) [[unlikely]]
        insight_->stops(retry_->stopped());
}

DRAGLINE_DECL retry_question fetch_exchange::question(std::error_code ec) const {
    retry_question asked;
    asked.ec = ec;
    asked.method = method_;
    asked.keyed = fields_->contains("Idempotency-Key");
    asked.replayable = body_.replayable();
    asked.sent = attempt_.bytes_sent > 0;
    asked.now = now();
    asked.until = until_;
    asked.wall_time = session_->loop().time().wall_time();
    return asked;
}

DRAGLINE_DECL void fetch_exchange::record(std::error_code ec) {
    if (insight_) [[unlikely]]
        insight_->end_attempt(now(), attempt_, ec);
}

}  // namespace dragline::http::detail

#endif
