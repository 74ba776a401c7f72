// Retries of a fetch by its retry_policy: what is sent again and when, and what ends the waiting.
#include <dragline/http/fetch.hpp>

#include "../support/http_client.hpp"

#include <dragline/http/open_url.hpp>
#include <dragline/testing/manual_clock.hpp>
#include <dragline/testing/sockets.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using dragline::event_loop_options;
using dragline::fetch_options;
using dragline::http::retry_policy;
using dragline::http::retry_reason;
using dragline::http::retry_stop;
using dragline::test::fetched;
using dragline::test::http_client;
using dragline::testing::ending;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

// Hardly any pause, so that nothing waits for the clock.
retry_policy quick(int attempts = 3) { return retry_policy(attempts).backoff(1ns, 1ns); }

fetch_options retrying(int attempts = 3) { return fetch_options().retry(quick(attempts)); }

// Fails once, or more often, and then is well.
std::vector<http_reply> failing(const http_reply& bad, std::size_t times = 1) {
    std::vector<http_reply> replies(times, bad);
    replies.push_back(http_reply().body("good"));
    return replies;
}

// A fetch that waits between two attempts.
struct waiting_fetch {
    explicit waiting_fetch(const std::string& retry_after, fetch_options options = fetch_options()) {
        server.on("/", failing(http_reply(503).header("Retry-After", retry_after)));
        started = client.start(server.url("/"), options.retry(quick()));
        dragline::test::run_until(client.loop, [&] { return !started->trace.attempts.empty(); });
        dragline::test::settle(client.loop);
    }
    dragline::testing::manual_clock time;
    http_server server;
    http_client client{{}, event_loop_options().time(time)};
    std::shared_ptr<fetched> started;
};

}  // namespace

TEST_CASE("nothing is retried by default", "[http][fetch][retry]") {
    http_server server;
    server.on("/", failing(http_reply(503))).on("/cut", failing(http_reply().body("12345").cut_body(2)));
    http_client client;
    CHECK(client.fetch(server.url("/")).response.status == 503);
    CHECK(client.fetch(server.url("/cut")).ec);
    CHECK(server.request_count() == 2);
}

TEST_CASE("an answer that is to be retried is followed by the next attempt on the same connection",
          "[http][fetch][retry]") {
    http_server server;
    server.on("/", failing(http_reply(503).body("later"), 2));
    http_client client;
    const auto got = client.fetch(server.url("/"), retrying());
    REQUIRE(!got.ec);
    CHECK(got.response.body == "good");
    REQUIRE(got.trace.attempts.size() == 3);
    CHECK(got.trace.attempts[0].status == 503);
    CHECK(!got.trace.attempts[0].retried);
    for (int i : {1, 2}) {
        CHECK(got.trace.attempts[i].retried);
        CHECK(got.trace.attempts[i].retried_for == retry_reason::status);
        CHECK(got.trace.attempts[i].reused);
    }
    CHECK(server.connection_count() == 1);
}

TEST_CASE("when no attempt is left, the last answer is the result", "[http][fetch][retry]") {
    http_server server;
    server.on("/", http_reply(503).body("sorry"));
    http_client client;
    const auto got = client.fetch(server.url("/"), retrying(4));
    REQUIRE(!got.ec);
    CHECK(got.response.status == 503);
    CHECK(got.response.body == "sorry");
    CHECK(server.request_count() == 4);
    CHECK(got.trace.attempts.back().stopped == retry_stop::attempts);
}

TEST_CASE("a connection that fails is retried wherever it fails", "[http][fetch][retry]") {
    const struct {
        http_reply bad;
        retry_reason reason;
    } cases[] = {
        {http_reply().no_answer(ending::close), retry_reason::no_answer},
        {http_reply().no_answer(ending::reset), retry_reason::no_answer},
        {http_reply().cut_head(9), retry_reason::truncated},
        {http_reply().body("12345").cut_body(2), retry_reason::truncated},
        {http_reply().body("12345").cut_body(2, ending::reset), retry_reason::truncated},
        {http_reply().body("12345").chunks({2}).cut_body(9), retry_reason::truncated},
    };
    for (const auto& each : cases) {
        http_server server;
        server.on("/", failing(each.bad, 2));
        http_client client;
        const auto got = client.fetch(server.url("/"), retrying());
        REQUIRE(!got.ec);
        CHECK(got.response.body == "good");
        REQUIRE(got.trace.attempts.size() == 3);
        CHECK(got.trace.attempts[0].ec);
        CHECK(got.trace.attempts[2].retried_for == each.reason);
        CHECK(server.request_count() == 3);
        CHECK(client.statistics().connections == 1);

        // And never a POST.
        http_server other;
        other.on("/", failing(each.bad));
        const auto posted = client.fetch(other.url("/"), retrying().body("x"));
        CHECK(posted.ec);
        CHECK(other.request_count() == 1);
        CHECK(posted.trace.attempts.back().stopped == retry_stop::method);
    }
}

TEST_CASE("a POST is retried where nothing was sent, where it has a key, and where one says so",
          "[http][fetch][retry]") {
    http_client client;
    const dragline::testing::dead_port dead;
    const auto nobody = client.fetch("http://127.0.0.1:" + std::to_string(dead.port()) + "/",
                                     retrying().method("POST").body("x"));
    CHECK(nobody.ec == asio::error::connection_refused);
    REQUIRE(nobody.trace.attempts.size() == 3);
    CHECK(nobody.trace.attempts[1].retried_for == retry_reason::connect_failed);
    CHECK(nobody.trace.attempts[2].stopped == retry_stop::attempts);

    const auto count = [&](const fetch_options& options) {
        http_server server;
        server.on("/", failing(http_reply(503)));
        const auto got = client.fetch(server.url("/"), fetch_options(options).method("POST").body("text"));
        CHECK(!got.ec);
        for (const auto& request : server.requests()) CHECK(request.body == "text");
        return server.request_count();
    };
    CHECK(count(retrying()) == 1);
    CHECK(count(retrying().header("Idempotency-Key", "1")) == 2);
    CHECK(count(fetch_options().retry(quick().any_method(true))) == 2);
    CHECK(count(fetch_options().retry(quick().status(503, http::retry_when::always))) == 2);
}

TEST_CASE("a body that cannot be sent again is not, but one that was not begun is", "[http][fetch][retry]") {
    http_server server;
    server.on("/", failing(http_reply(503)));
    http_client client;
    const auto once = [] {
        bool given = false;
        return http::body::from_source([given](asio::mutable_buffer into) mutable -> std::size_t {
            if (std::exchange(given, true)) return 0;
            return asio::buffer_copy(into, asio::buffer("x", 1));
        });
    };
    const auto got = client.fetch(server.url("/"), retrying().method("PUT").body(once()));
    CHECK(!got.ec);
    CHECK(got.response.status == 503);
    CHECK(got.trace.attempts.back().stopped == retry_stop::body);
    const dragline::testing::dead_port dead;
    const auto unsent = client.fetch("http://127.0.0.1:" + std::to_string(dead.port()) + "/",
                                     retrying().method("PUT").body(once()));
    CHECK(unsent.trace.attempts.size() == 3);
}

TEST_CASE("what no repetition mends is not retried", "[http][fetch][retry]") {
    http_server server(dragline::test::usual_certificate());
    server.on("/", http_reply());
    http_client client;
    const auto refused = client.fetch(server.url("/"), retrying());
    CHECK(refused.ec == dragline::condition::tls_failed);
    REQUIRE(refused.trace.attempts.size() == 1);
    CHECK(refused.trace.attempts[0].stopped == retry_stop::final_error);
    http_server plain;
    plain.on("/", http_reply::garbage()).on("/large", http_reply().body("12345"));
    CHECK(client.fetch(plain.url("/"), retrying()).trace.attempts.size() == 1);
    const auto large = client.fetch(plain.url("/large"), retrying().max_body(4));
    CHECK(large.ec == http::errc::body_too_large);
    CHECK(large.trace.attempts.size() == 1);
}

TEST_CASE("attempts are counted over redirects, and a stale connection is none of them",
          "[http][fetch][retry]") {
    http_server server;
    const std::vector<http_reply> moved{http_reply(503), http_reply::redirect("/b")};
    server.on("/", moved).on("/b", http_reply(503));
    server.on("/warm", http_reply().body("x").next_request(ending::close));
    http_client client;
    REQUIRE(!client.fetch(server.url("/warm")).ec);
    const auto got = client.fetch(server.url("/"), retrying(3));
    REQUIRE(!got.ec);
    CHECK(got.response.status == 503);
    std::vector<int> seen;
    for (const auto& each : got.trace.attempts) seen.push_back(each.status);
    CHECK(seen == std::vector<int>{0, 503, 302, 503, 503});
    CHECK(got.trace.attempts[1].cause == dragline::http::attempt_cause::stale);
    CHECK(got.response.history.size() == 1);
}

TEST_CASE("a retried body begins anew, decoder included", "[http][fetch][retry]") {
    http_server server;
    http::body text(std::string(5000, 'x'));
    const auto coded = text.gzip();
    if (coded.error()) return;  // without zlib
    const http_reply whole = http_reply().body(std::string(coded.bytes())).header("Content-Encoding", "gzip");
    const std::vector<http_reply> replies{http_reply(whole).cut_body(15), http_reply().body("plain"),
                                          http_reply().body("half").cut_body(2), whole};
    server.on("/", replies);
    http_client client;
    CHECK(client.fetch(server.url("/"), retrying()).response.body == "plain");
    CHECK(client.fetch(server.url("/"), retrying()).response.body == std::string(5000, 'x'));
}

TEST_CASE("a Retry-After is waited for, and no longer", "[http][fetch][retry]") {
    waiting_fetch run("30", fetch_options().timeout(60s));
    CHECK(run.server.request_count() == 1);
    run.time.advance(29'900ms);
    run.client.run_for(10ms);
    CHECK(!run.started->done);
    CHECK(run.server.request_count() == 1);
    run.time.advance(200ms);
    run.client.wait_for(run.started);
    REQUIRE(!run.started->ec);
    CHECK(run.started->response.body == "good");
    const auto& second = run.started->trace.attempts.at(1);
    CHECK(second.waited == 30s);
    CHECK(second.queue < 1s);
    CHECK(run.started->response.timings.total >= 30s);
}

TEST_CASE("a wait that is too long is not begun: the answer is the result", "[http][fetch][retry]") {
    const struct {
        const char* value;
        retry_stop why;
    } cases[] = {{"31536000", retry_stop::retry_after},
                 {"61", retry_stop::retry_after},
                 {"Fri, 31 Dec 2100 23:59:59 GMT", retry_stop::retry_after},
                 {"30", retry_stop::deadline}};
    for (const auto& each : cases) {
        waiting_fetch run(each.value, fetch_options().timeout(30s));
        run.client.wait_for(run.started);
        CHECK(!run.started->ec);
        CHECK(run.started->response.status == 503);
        CHECK(run.started->trace.attempts.at(0).stopped == each.why);
    }
    for (const char* value : {"Wed, 01 Jan 1997 00:00:00 GMT", "garbage", "", "-1", "0"}) {
        waiting_fetch run(value);
        run.time.advance(20ms);
        run.client.wait_for(run.started);
        CHECK(run.started->response.body == "good");
    }
}

TEST_CASE("a redirect is followed after its Retry-After, or is the result", "[http][fetch][retry]") {
    dragline::testing::manual_clock time;
    http_server server;
    server.on("/", http_reply::redirect("/b").header("Retry-After", "5"));
    server.on("/far", http_reply::redirect("/b").header("Retry-After", "100"));
    server.on("/b", http_reply().body("good"));
    http_client client({}, event_loop_options().time(time));
    const auto started = client.start(server.url("/"), retrying());
    dragline::test::run_until(client.loop, [&] { return !started->trace.attempts.empty(); });
    client.run_for(10ms);
    CHECK(server.request_count() == 1);
    time.advance(5100ms);
    client.wait_for(started);
    CHECK(started->response.body == "good");
    CHECK(client.fetch(server.url("/far"), retrying()).response.status == 302);
    CHECK(client.fetch(server.url("/far")).response.body == "good");
}

TEST_CASE("a loop that ends takes along a fetch that waits for its retry", "[http][fetch][retry]") {
    const waiting_fetch run("20");
    CHECK(!run.started->done);
}

TEST_CASE("closing the session ends the wait for a retry", "[http][fetch][retry]") {
    waiting_fetch run("30", fetch_options().timeout(60s));
    dragline::test::kept_completion<void> closed;
    dragline::close_session(run.client.loop, "test", closed);
    run.client.wait_for(run.started);
    CHECK(run.started->ec == asio::error::operation_aborted);
    dragline::test::run_until(run.client.loop, [&] { return closed.done(); });
    CHECK(run.server.request_count() == 1);
}

TEST_CASE("cancelling the fetch ends the wait for a retry", "[http][fetch][retry]") {
    dragline::testing::manual_clock time;
    http_server server;
    server.on("/", http_reply(503).header("Retry-After", "20"));
    http_client client({}, event_loop_options().time(time));
    asio::cancellation_signal cancel;
    dragline::test::kept_completion<http::response> ended;
    http::trace trace;
    fetch_url(client.session, server.url("/"), retrying().trace(&trace),
              asio::bind_cancellation_slot(cancel.slot(), ended));
    dragline::test::run_until(client.loop, [&] { return !trace.attempts.empty(); });
    dragline::test::settle(client.loop);
    CHECK(!ended.done());
    cancel.emit(asio::cancellation_type::terminal);
    dragline::test::run_until(client.loop, [&] { return ended.done(); });
    CHECK(ended.ec() == asio::error::operation_aborted);
    CHECK(trace.attempts.size() == 1);
}

TEST_CASE("the fetches of a session share its policy and its budget", "[http][fetch][retry]") {
    http_server server;
    server.on("/", http_reply(503));
    dragline::testing::manual_clock time;  // stands still
    http_client client(http::session_options().retry(quick().budget(http::retry_budget(0, 2))),
                       event_loop_options().time(time));
    std::size_t attempts = 0;
    for (int i = 0; i < 10; ++i) {
        const auto got = client.fetch(server.url("/"));
        attempts += got.trace.attempts.size();
        if (i > 0) CHECK(got.trace.attempts.back().stopped == retry_stop::budget);
    }
    CHECK(attempts == 12);
    CHECK(client.fetch(server.url("/"), fetch_options().retry(retry_policy::none())).trace.attempts.size() ==
          1);
}

TEST_CASE("a policy that cannot work fails the fetch before anything is sent", "[http][fetch][retry]") {
    http_server server;
    server.on("/", http_reply());
    http_client client;
    for (const auto& bad :
         {retry_policy(0), retry_policy().backoff(0s, 1s), retry_policy().max_retry_after(0s)})
        CHECK(client.fetch(server.url("/"), fetch_options().retry(bad)).ec == dragline::errc::invalid_option);
    http_client other(http::session_options().retry(retry_policy(-1)));
    CHECK(other.fetch(server.url("/")).ec == dragline::errc::invalid_option);
    CHECK(server.request_count() == 0);
}

TEST_CASE("what the function of a policy throws ends the fetch", "[http][fetch][retry]") {
    http_server server;
    server.on("/", http_reply(503));
    http_client client;
    const auto policy = retry_policy().decide(
        [](const http::retry_proposal&) -> http::retry_decision { throw std::runtime_error("mine"); });
    CHECK(client.fetch(server.url("/"), fetch_options().retry(policy)).ec == dragline::errc::callback_failed);
    CHECK(client.statistics().calls == 0);
}

TEST_CASE("a response that is opened is retried up to its head", "[http][open_url][retry]") {
    http_server server;
    server.on("/", failing(http_reply(503))).on("/cut", http_reply().body("12345").cut_body(2));
    http_client client;
    dragline::test::kept_completion<http::response_stream> opened;
    open_url(client.session, server.url("/"), retrying(), opened);
    dragline::test::run_until(client.loop, [&] { return opened.done(); });
    CHECK(opened.value().status == 200);
    CHECK(server.request_count() == 2);
}
