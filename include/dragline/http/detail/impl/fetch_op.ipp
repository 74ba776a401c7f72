// Included by <dragline/http/detail/fetch_op.hpp> only.
#pragma once

#include <dragline/h1/head_writer.hpp>
#include <dragline/http/detail/body_reader.hpp>
#include <dragline/http/detail/fetch_check.hpp>
#include <dragline/http/detail/request_fields.hpp>
#include <dragline/http/error.hpp>
#include <dragline/net/connector.hpp>
#include <dragline/tls/error.hpp>
#include <dragline/url/parse.hpp>

#if DRAGLINE_HEADER_BODIES

#include <asio/error.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace dragline::inline v1::http::detail {

DRAGLINE_DECL fetch_op::fetch_op(std::shared_ptr<session_state> session, fetch_options options)
    : session_(std::move(session)),
      call_(*session_),
      options_(std::move(options)),
      started_(now()),
      until_(async::deadline_after(started_, options_.timeout())),
      body_(options_.body()),
      authentication_(session_->challenges()) {}

DRAGLINE_DECL std::error_code fetch_op::prepare(const std::string& text) {
    if (session_->closed()) return errc::session_closed;
    const auto& shared = session_->options();
    if (auto ec = check_options(options_, shared)) return ec;
    auto parsed = url::parse(text);
    if (!parsed) return parsed.error();
    url_ = *std::move(parsed);
    if (url_.scheme() != "http" && url_.scheme() != "https") return errc::unsupported_scheme;

    method_ = !options_.method().empty() ? options_.method() : body_.has_value() ? "POST" : "GET";
    if (auto ec = h1::check_method(method_)) return ec;
    if (auto ec = check_fields(options_, shared)) return ec;
    if (auto ec = cookies_.prepare(options_, session_->cookies())) return ec;
    fields_ = request_fields(options_, shared, method_, body_);
    auto chosen = credentials_for(options_, shared, url_, {});
    if (url_.has_credentials()) url_ = url_.without_credentials();
    return authentication_.use(std::move(chosen), url_);
}

// Connections are shared by what may use them alike: origin, trust, and where they were told to go.
DRAGLINE_DECL result<std::string> fetch_op::pool_key() {
    tls_.reset();
    if (url_.scheme() == "https") {
        auto setup = options_.tls() ? loop_sessions::of(session_->loop().executor()).tls(*options_.tls())
                                    : session_->tls_setup_of_session();
        if (!setup) return setup.error();
        tls_ = *std::move(setup);
    }
    std::string key(url_.hostname());
    key += ':';
    key += std::to_string(url_.port_or_default());
    if (tls_) {
        key += " tls ";
        key += std::to_string(reinterpret_cast<std::uintptr_t>(tls_.get()));
    }
    if (pinned_ && options_.connect_to()) {
        key += " to ";
        key += options_.connect_to()->to_string();
    }
    return key;
}

DRAGLINE_DECL stage_limit fetch_op::limit_of(duration stage, phase where, time_point from) const noexcept {
    return {std::min(until_, async::deadline_after(from, stage)), where};
}

DRAGLINE_DECL asio::awaitable<result<response>> fetch_op::run(std::string url) {
    if (auto ec = prepare(url)) co_return ec;
    for (;;) {
        auto hopping = hop();
        auto hopped = co_await std::move(hopping);
        if (!hopped) co_return hopped.error();
        if (next_.ec) co_return next_.ec;
        if (again_) continue;
        if (!next_.target) break;
        if (auto ec = follow()) co_return ec;
    }
    response_.status = head_.status;
    response_.reason = std::move(head_.reason);
    response_.version_minor = head_.version_minor;
    response_.headers = std::move(head_.headers);
    response_.url = std::move(url_);
    response_.timings.total = now() - started_;
    co_return std::move(response_);
}

DRAGLINE_DECL std::error_code fetch_op::follow() {
    auto& taken = response_.history.emplace_back();
    taken.status = head_.status;
    taken.from = std::move(url_);
    taken.to = next_.target->without_credentials();
    if (next_.new_origin) {
        strip_credentials(fields_);
        pinned_ = false;
    }
    if (!next_.drop_body && !body_.replayable()) return errc::body_not_replayable;
    if (next_.drop_body) {
        strip_body_fields(fields_);
        body_ = http::body();
    }
    method_ = std::move(next_.method);
    url_ = taken.to;
    if (!next_.new_origin) return authentication_.next_request(), std::error_code();
    return authentication_.use(credentials_for(options_, session_->options(), url_, response_.history), url_);
}

DRAGLINE_DECL asio::awaitable<result<void>> fetch_op::hop() {
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
DRAGLINE_DECL asio::awaitable<result<void>> fetch_op::attempt(bool& stale) {
    const bool repeats = std::exchange(stale, false);
    attempt_ = attempt_record();
    attempt_.retried = repeats;
    attempt_started_ = now();
    auto key = pool_key();
    if (!key) co_return record(key.error()), key.error();
    auto acquiring = session_->pool().acquire(*std::move(key), options_.fresh_connection() || repeats,
                                              attempt_started_, {until_, phase::queue}, call_.ending());
    auto place = co_await std::move(acquiring);
    attempt_.queue = now() - attempt_started_;
    if (!place) co_return record(place.error()), place.error();
    attempt_.reused = place->connection() != nullptr;
    if (!attempt_.reused) {
        auto connecting = connect(*place);
        auto connected = co_await std::move(connecting);
        if (!connected) co_return record(connected.error()), connected;
    }
    auto& connection = *place->connection();
    auto exchanging = exchange_on(connection);
    auto done = co_await std::move(exchanging);
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

DRAGLINE_DECL asio::awaitable<result<void>> fetch_op::connect(connection_pool::place& place) {
    net::connect_request request;
    request.target = pinned_ && options_.connect_to()
                         ? *options_.connect_to()
                         : net::endpoint(url_.hostname(), url_.port_or_default());
    request.resolver = session_->resolver();
    if (tls_) {
        request.tls = tls_->context;
        request.tls_options.host(std::string(url_.bare_hostname()));
        request.tls_options.tickets(tls_->tickets, std::string(url_.host()));
    }
    request.until = until_;
    request.resolve_timeout = options_.resolve_timeout();
    request.connect_timeout = options_.connect_timeout();
    request.tls_timeout = options_.tls_timeout();
    const auto port = request.target.port();
    auto connecting = net::connect(session_->loop(), std::move(request), attempt_.connection, call_.ending());
    auto made = co_await std::move(connecting);
    if (!made) co_return made.error();
    place.put(
        std::make_unique<h1_connection>(std::move(made->stream), made->address, port, std::move(made->peer)));
    co_return result<void>();
}

DRAGLINE_DECL asio::awaitable<result<void>> fetch_op::exchange_on(h1_connection& connection) {
    async::interrupter::scope scope(
        call_.ending(), [](void* self) noexcept { static_cast<h1_connection*>(self)->close(); }, &connection);
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
    auto writing = connection.write_request(request, limit_of(options_.write_timeout(), phase::write, begun));
    auto written = co_await std::move(writing);
    attempt_.bytes_sent = connection.bytes_sent();
    if (!written) co_return written;
    const auto sent = has_body ? now() : begun;  // a head alone goes out at once
    auto reading = connection.read_head(head_, options_.max_interim(),
                                        limit_of(options_.first_byte_timeout(), phase::first_byte, sent));
    auto read = co_await std::move(reading);
    if (!read) co_return read;
    attempt_.first_byte = now() - sent;
    attempt_.status = head_.status;
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
    if (head_.status == 417 && request.expect_continue && body_.replayable()) {
        again_ = expectation_failed_ = true;
    }
    body_reader reader(session_->loop(), options_, until_);
    const bool unwanted = next_.target || next_.ec || again_;
    auto rest = unwanted ? reader.discard(connection) : reader.read(connection, head_, response_);
    auto done = co_await std::move(rest);
    attempt_.bytes_received = reader.bytes_received();
    co_return done;
}

DRAGLINE_DECL bool fetch_op::may_repeat(const h1_connection& connection, std::error_code ec) const noexcept {
    const bool gone = ec == errc::connection_closed || ec == asio::error::connection_reset ||
                      ec == asio::error::broken_pipe || ec == tls::errc::truncated;
    if (!gone || !options_.stale_retry() || connection.answered() || !body_.replayable()) return false;
    constexpr std::array<std::string_view, 6> idempotent{"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"};
    return connection.bytes_sent() == 0 || fields_.contains("Idempotency-Key") ||
           std::find(idempotent.begin(), idempotent.end(), method_) != idempotent.end();
}

DRAGLINE_DECL void fetch_op::record(std::error_code ec) {
    auto& timings = response_.timings;
    timings.queue = attempt_.queue;
    timings.resolve = attempt_.connection.resolve;
    timings.connect = attempt_.connection.connect;
    timings.tls = attempt_.connection.tls;
    timings.first_byte = attempt_.first_byte;
    if (!options_.trace()) return;
    attempt_.url = url_.without_credentials().href();
    attempt_.total = now() - attempt_started_;
    attempt_.ec = ec;
    options_.trace()->attempts.push_back(std::move(attempt_));
}

DRAGLINE_DECL asio::awaitable<result<response>> fetch_body(fetch_place place, std::string url,
                                                           fetch_options options) {
    auto session = place.session ? std::move(place.session) : loop_sessions::of(place.loop).get({}, nullptr);
    fetch_op operation(std::move(session), std::move(options));
    auto running = operation.run(std::move(url));
    co_return co_await std::move(running);
}

}  // namespace dragline::http::detail

#endif
