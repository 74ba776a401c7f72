// Included by <dragline/http/detail/fetch_op.hpp> only.
#pragma once

#include <dragline/http/detail/fetch_check.hpp>
#include <dragline/http/error.hpp>
#include <dragline/url/parse.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL std::error_code fetch_op::prepare(const std::string& text) {
    if (session_->closed()) return errc::session_closed;
    const auto& shared = session_->options();
    if (auto ec = session_->error()) return ec;
    if (auto ec = check_options(options_)) return ec;
    auto parsed = url::parse(text);
    if (!parsed) [[unlikely]]
        return parsed.error();
    url_ = *std::move(parsed);
    if (url_.scheme() != "http" && url_.scheme() != "https") return errc::unsupported_scheme;
    if (auto ec = enter()) return ec;

    method_ = !options_.method().empty() ? options_.method() : body_.has_value() ? "POST" : "GET";
    if (auto ec = fields_.prepare(options_, shared, session_->request_fields(), method_, body_)) return ec;
    if (auto ec = fetch_cookies::prepare(cookies_, options_, session_->cookies())) return ec;
    auto chosen = credentials_for(options_, shared, url_, {});
    if (url_.has_credentials()) [[unlikely]]
        url_ = url_.without_credentials();
    if (auto ec = ask_as(std::move(chosen))) return ec;
    return choose_proxies();
}

// Before anything else is made of the URL.
DRAGLINE_DECL std::error_code fetch_op::enter() {
    if (auto secure = guard_.upgrade(url_)) {
        auto& step = history_.emplace_back();
        step.upgraded = true;
        step.from = url_.without_credentials();
        url_ = *std::move(secure);
        step.to = url_.without_credentials();
    }
    return guard_.judge(url_);
}

DRAGLINE_DECL asio::awaitable<result<void>> fetch_op::follow_hops(std::error_code ec, bool in_body) {
    if (in_body && retries()) [[unlikely]] {
        auto pausing = pause(ec, true);
        ec = (co_await std::move(pausing)).error();
    }
    if (ec) [[unlikely]]
        co_return ec;
    for (;;) {
        begin_hop();
        result<void> hopped;
        do {
            hopped = begin_attempt();
            if (hopped && !has_connection()) {
                auto getting = get_connection();
                hopped = co_await std::move(getting);
            }
            if (hopped) {
                auto exchanging = exchange_on(connection());
                hopped = co_await std::move(exchanging);
            }
            hopped = end_attempt(hopped);
        } while (another_follows(hopped));
        hopped = end_hop(hopped);
        if (retries()) [[unlikely]] {
            auto pausing = pause(hopped.error(), false);
            hopped = co_await std::move(pausing);
        }
        if (!hopped) [[unlikely]]
            co_return hopped.error();
        if (is_answer()) [[likely]]
            co_return hopped;
        if (next_ && next_->ec) co_return next_->ec;
        if (again_) continue;
        if (auto refused = follow()) co_return refused;
    }
}

DRAGLINE_DECL void fetch_op::take_record(response_record& into) {
    into.status = head_.status;
    into.reason = std::move(head_.reason);
    into.version_minor = head_.version_minor;
    into.headers = std::move(head_.headers);
    into.url = std::move(url_);
    into.history = std::move(history_);
    auto& peer = into.peer;
    peer.address = connection().peer_address();
    peer.port = connection().peer_port();
    peer.reused = attempt_.reused;
    peer.tls = connection().peer_tls();
    if (proxies_) [[unlikely]]
        peer.proxy = proxies_->text();
    auto& timings = into.timings;
    timings.queue = attempt_.queue;
    if (const auto& opened = attempt_.connection) {
        timings.resolve = opened->resolve;
        timings.connect = opened->connect;
        timings.proxy = opened->proxy;
        timings.tls = opened->tls;
    }
    timings.first_byte = attempt_.first_byte;
    timings.total = now() - started_;
}

DRAGLINE_DECL asio::awaitable<result<void>> fetch_op::read_body(std::string& into) {
    const async::interrupter::scope scope(ending(), &close_connection, &connection());
    auto reading = reader_.read_all(connection(), into);
    auto read = co_await std::move(reading);
    if (read && connection().sending()) {
        auto finishing = finish_request();
        read = co_await std::move(finishing);
    }
    co_return read;
}

DRAGLINE_DECL result<boxed<response>> fetch_op::answer(const result<void>& read, std::string&& body) {
    auto ec = read.error();
    if (ec && ending().interrupted()) ec = asio::error::operation_aborted;
    boxed<response> got;
    if (!ec) [[likely]] {
        got = boxed<response>::make();
        take_record(*got);
        got->body = std::move(body);
        got->truncated = reader_.truncated();
    }
    close_body(ec);
    if (insight_) [[unlikely]] {
        insight_->check();
        if (!ec) insight_->done(now(), ec);
        insight_->check();
    }
    if (ec) return ec;
    return got;
}

DRAGLINE_DECL asio::awaitable<result<void>> fetch_op::finish_request() {
    auto finishing = connection().finish_request(write_limit_);
    const auto finished = co_await std::move(finishing);
    if (is_gone(finished.error()) || finished.error() == condition::timeout) co_return result<void>();
    co_return finished;
}

DRAGLINE_DECL void fetch_op::close_body(std::error_code ec) {
    if (insight_) [[unlikely]] {
        count_bytes();
        insight_->end_attempt(now(), attempt_, ec);
    }
    if (!ec && connection().reusable() && !options_.fresh_connection()) place_.park(now());
    place_ = {};
    leave_host(ec);
}

DRAGLINE_DECL void fetch_op::count_bytes() noexcept {
    if (!has_connection()) return;
    attempt_.bytes_sent = connection().bytes_sent();
    attempt_.bytes_received = reader_.bytes_received();
}

DRAGLINE_DECL void fetch_op::give_up_throwing() noexcept {
    if (!insight_) return;
    count_bytes();
    insight_->fail(now(), attempt_);
}

DRAGLINE_DECL void fetch_op::finish(std::error_code ec) noexcept {
    if (insight_) insight_->done(now(), ec);
}

DRAGLINE_DECL std::error_code fetch_op::give_up(std::error_code ec) {
    if (insight_) insight_->check();
    finish(ec);
    if (insight_) insight_->check();
    return ec;
}

DRAGLINE_DECL std::error_code fetch_op::follow() {
    auto& taken = history_.emplace_back();
    taken.status = head_.status;
    taken.upgraded = next_->upgraded;
    taken.from = std::move(url_);
    taken.to = next_->target->without_credentials();
    if (next_->new_origin) {
        strip_credentials(fields_.own());
        for (const auto& name : options_.secret_names()) fields_.own().remove(name);
        pinned_ = false;
    }
    if (!next_->drop_body && !body_.replayable()) return errc::body_not_replayable;
    if (next_->drop_body) {
        strip_body_fields(fields_.own());
        body_ = http::body();
    }
    method_ = std::move(next_->method);
    url_ = taken.to;
    if (auto ec = choose_proxies()) return ec;
    if (!next_->new_origin) return next_request(), std::error_code();
    return ask_as(credentials_for(options_, session_->options(), url_, history_));
}

}  // namespace dragline::http::detail

#endif
