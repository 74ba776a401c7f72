#include <dragline/http/resilience/circuit_breaker.hpp>

#include "../../support/http_client.hpp"
#include "../stream_lab.hpp"

#include <dragline/dns/error.hpp>
#include <dragline/http/detail/circuit_machine.hpp>
#include <dragline/http/detail/host_guard.hpp>
#include <dragline/net/error.hpp>
#include <dragline/testing/manual_clock.hpp>
#include <dragline/testing/sockets.hpp>
#include <dragline/tls/error.hpp>

#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

using namespace std::chrono_literals;
using dragline::event_loop_options;
using dragline::fetch_options;
using dragline::make_timeout;
using dragline::phase;
using dragline::session_options;
using dragline::http::circuit_breaker;
using dragline::http::circuit_state;
using dragline::http::detail::circuit_machine;
using dragline::http::detail::circuit_outcome;
using dragline::http::detail::outcome_of;
using dragline::test::http_client;
using dragline::testing::ending;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;
namespace async = dragline::async;

namespace {

struct circuit_run {
    explicit circuit_run(const circuit_breaker& chosen = circuit_breaker()) : options(chosen) {}
    // Makes a request that comes to this; false when it may not be made.
    bool request(circuit_outcome what) {
        const auto ticket = machine.admit(now);
        if (ticket) machine.report(*ticket, what, now);
        return ticket.has_value();
    }
    bool fails() { return request(circuit_outcome::failure); }
    bool works() { return request(circuit_outcome::success); }
    circuit_state state() const { return machine.state(now); }

    circuit_breaker options;
    circuit_machine machine{options};
    async::time_point now{1h};
};

}  // namespace

TEST_CASE("a circuit_breaker has the documented defaults", "[http][circuit_breaker]") {
    const circuit_breaker usual;
    CHECK(usual.failures() == 5);
    CHECK(usual.ratio() == 0.5);
    CHECK(usual.window() == 10s);
    CHECK(usual.first_open_time() == 1s);
    CHECK(usual.longest_open_time() == 60s);
    CHECK(usual.server_errors());
    CHECK(usual.max_origins() == 10'000);
    CHECK(usual == circuit_breaker());
    CHECK(!(usual == circuit_breaker().failures(6)));
    CHECK(usual.valid());
    STATIC_CHECK(!std::is_aggregate_v<circuit_breaker>);
}

TEST_CASE("a circuit_breaker that cannot work is not valid", "[http][circuit_breaker]") {
    CHECK_FALSE(circuit_breaker().failures(0).valid());
    CHECK(circuit_breaker().failures(1, 0).valid());
    CHECK(circuit_breaker().failures(1, 1).valid());
    CHECK_FALSE(circuit_breaker().failures(1, 1.01).valid());
    CHECK_FALSE(circuit_breaker().failures(1, -0.01).valid());
    CHECK_FALSE(circuit_breaker().failures(1, std::numeric_limits<double>::quiet_NaN()).valid());
    CHECK_FALSE(circuit_breaker().window(999us).valid());
    CHECK_FALSE(circuit_breaker().window(dragline::no_limit).valid());
    CHECK_FALSE(circuit_breaker().open_time(0s, 1s).valid());
    CHECK_FALSE(circuit_breaker().open_time(2s, 1s).valid());
    CHECK_FALSE(circuit_breaker().open_time(1s, dragline::no_limit).valid());
    CHECK_FALSE(circuit_breaker().max_origins(0).valid());
}

TEST_CASE("a circuit opens at so many failures, if they are enough of all", "[http][circuit_breaker]") {
    circuit_run run;
    for (int i = 0; i < 4; ++i) CHECK(run.fails());
    CHECK(run.state() == circuit_state::closed);
    CHECK(run.fails());
    CHECK(run.state() == circuit_state::open);
    CHECK_FALSE(run.works());

    circuit_run mostly_good;
    for (int i = 0; i < 6; ++i) CHECK(mostly_good.works());
    for (int i = 0; i < 5; ++i) CHECK(mostly_good.fails());
    CHECK(mostly_good.state() == circuit_state::closed);
    CHECK(mostly_good.fails());
    CHECK(mostly_good.state() == circuit_state::open);

    circuit_run of_no_account;
    for (int i = 0; i < 100; ++i) CHECK(of_no_account.request(circuit_outcome::neither));
    for (int i = 0; i < 4; ++i) CHECK(of_no_account.fails());
    CHECK(of_no_account.state() == circuit_state::closed);
}

TEST_CASE("failures count for the length of the window", "[http][circuit_breaker]") {
    circuit_run run;
    for (int i = 0; i < 4; ++i) run.fails();
    run.now += 9s;
    run.fails();
    CHECK(run.state() == circuit_state::open);

    circuit_run late;
    for (int i = 0; i < 4; ++i) late.fails();
    late.now += 10s;
    late.fails();
    CHECK(late.state() == circuit_state::closed);
    for (int i = 0; i < 1000; ++i) {  // one in 3 s is never five in 10 s
        late.now += 3s;
        CHECK(late.fails());
    }
}

TEST_CASE("an open circuit is probed by one at a time, after a pause that doubles",
          "[http][circuit_breaker]") {
    circuit_run run(circuit_breaker().failures(1).open_time(1s, 5s));
    run.fails();
    for (const auto pause : {1s, 2s, 4s, 5s, 5s}) {
        run.now += pause - 1ms;
        CHECK(run.state() == circuit_state::open);
        CHECK_FALSE(run.machine.admits(run.now));
        run.now += 1ms;
        CHECK(run.state() == circuit_state::half_open);
        CHECK(run.fails());
    }
    run.now += 5s;
    const auto probe = run.machine.admit(run.now);
    REQUIRE(probe);
    CHECK_FALSE(run.works());  // one is enough
    run.machine.report(*probe, circuit_outcome::neither, run.now);
    CHECK(run.works());  // that one told nothing: the next
    CHECK(run.state() == circuit_state::closed);
    run.fails();
    run.now += 1s;  // from the beginning
    CHECK(run.state() == circuit_state::half_open);
}

TEST_CASE("what was under way when the circuit opened does not count", "[http][circuit_breaker]") {
    circuit_run run(circuit_breaker().failures(1));
    const auto good = run.machine.admit(run.now);
    const auto bad = run.machine.admit(run.now);
    run.fails();
    run.machine.report(*good, circuit_outcome::success, run.now);
    CHECK(run.state() == circuit_state::open);
    run.now += 1s;
    run.machine.report(*bad, circuit_outcome::failure, run.now);
    CHECK(run.works());
    CHECK(run.state() == circuit_state::closed);
}

TEST_CASE("which errors speak against an origin", "[http][circuit_breaker]") {
    for (const std::error_code bad :
         {std::error_code(asio::error::connection_refused), std::error_code(asio::error::connection_reset),
          make_error_code(dragline::dns::errc::server_failure),
          make_error_code(dragline::dns::errc::name_not_found),
          make_error_code(dragline::tls::errc::certificate_expired),
          make_error_code(dragline::tls::errc::truncated), make_error_code(http::errc::connection_closed),
          make_timeout(phase::connect), make_timeout(phase::first_byte), make_timeout(phase::read)}) {
        INFO(bad.message());
        CHECK(outcome_of(bad) == circuit_outcome::failure);
    }
    for (const std::error_code neutral :
         {std::error_code(asio::error::operation_aborted), make_error_code(http::errc::body_too_large),
          make_error_code(dragline::errc::queue_full), make_error_code(dragline::errc::callback_failed),
          make_error_code(dragline::net::errc::address_blocked),
          make_error_code(dragline::net::errc::proxy_unreachable), make_timeout(phase::queue),
          make_timeout(phase::proxy), make_timeout(phase::total)}) {
        INFO(neutral.message());
        CHECK(outcome_of(neutral) == circuit_outcome::neither);
    }
}

TEST_CASE("a failing origin is left alone, and asked again after a while", "[http][circuit_breaker]") {
    dragline::testing::manual_clock time;
    http_server server;
    http_server other;
    std::vector<http_reply> replies(3, http_reply(500));
    replies.push_back(http_reply().body("good"));
    server.on("/", replies);
    other.on("/", http_reply().body("good"));
    http_client client(session_options().circuit_breaker(circuit_breaker().failures(3)),
                       event_loop_options().time(time));
    const auto origin = "http://127.0.0.1:" + std::to_string(server.port());
    for (int i = 0; i < 3; ++i) {
        CHECK(client.session.circuit(origin) == circuit_state::closed);
        CHECK(client.fetch(server.url("/")).response.status == 500);
    }
    CHECK(client.session.circuit(origin) == circuit_state::open);
    const auto refused = client.fetch(server.url("/"));
    CHECK(refused.ec == http::errc::circuit_open);
    CHECK(refused.ec == dragline::condition::connect_failed);
    REQUIRE(refused.trace.attempts.size() == 1);
    CHECK(refused.trace.attempts[0].ec == refused.ec);
    CHECK(refused.trace.attempts[0].connection.dials.empty());
    CHECK(client.fetch(other.url("/")).response.body == "good");
    CHECK(server.request_count() == 3);
    time.advance(1s);
    CHECK(client.session.circuit(origin) == circuit_state::half_open);
    CHECK(client.fetch(server.url("/")).response.body == "good");
    CHECK(client.session.circuit(origin) == circuit_state::closed);
    CHECK(client.session.circuit("http://never.asked") == circuit_state::closed);
}

TEST_CASE("a circuit opens on dead ports and broken bodies, and on 500 only if told so",
          "[http][circuit_breaker]") {
    http_client client(session_options().circuit_breaker(
        circuit_breaker().failures(2).server_errors(false).open_time(1h, 1h)));
    const dragline::testing::dead_port dead;
    const auto nobody = "http://127.0.0.1:" + std::to_string(dead.port()) + "/";
    for (int i = 0; i < 2; ++i) CHECK(client.fetch(nobody).ec == asio::error::connection_refused);
    CHECK(client.fetch(nobody).ec == http::errc::circuit_open);

    http_server server;
    server.on("/", http_reply(500)).on("/cut", http_reply().body("12345").cut_body(2));
    for (int i = 0; i < 5; ++i) CHECK(client.fetch(server.url("/")).response.status == 500);
    for (int i = 0; i < 5; ++i) CHECK(client.fetch(server.url("/cut")).ec != http::errc::circuit_open);
    CHECK(client.fetch(server.url("/cut")).ec == http::errc::circuit_open);
}

TEST_CASE("the retries of a fetch end when the circuit opens", "[http][circuit_breaker]") {
    http_server server;
    server.on("/", http_reply(503));
    http_client client(session_options().circuit_breaker(circuit_breaker().failures(2).open_time(1h, 1h)));
    const auto got =
        client.fetch(server.url("/"), fetch_options().retry(http::retry_policy(9).backoff(1ns, 1ns)));
    CHECK(got.ec == http::errc::circuit_open);
    CHECK(got.trace.attempts.size() == 3);
    CHECK(server.request_count() == 2);
}

TEST_CASE("a fetch that is cancelled says nothing about its origin", "[http][circuit_breaker]") {
    http_server server;
    server.on("/", http_reply().no_answer());
    http_client client(session_options().circuit_breaker(circuit_breaker().failures(1)));
    auto started = client.start(server.url("/"));
    dragline::test::run_until(client.loop, [&] { return server.request_count() == 1; });
    dragline::test::kept_completion<void> closed;
    dragline::close_session(client.loop, "test", closed);
    client.wait_for(started);
    CHECK(started->ec == asio::error::operation_aborted);
    CHECK(client.session.circuit("http://127.0.0.1:" + std::to_string(server.port())) ==
          circuit_state::closed);
}

TEST_CASE("a proxy that fails says nothing about the origins behind it", "[http][circuit_breaker]") {
    http_server by;
    by.on("*", http_reply().no_answer(ending::close));
    http_client client(session_options().circuit_breaker(circuit_breaker().failures(1)));
    const auto through = fetch_options().proxy("http://127.0.0.1:" + std::to_string(by.port()));
    const auto fetch = [&] { return client.fetch("http://a.invalid/", through); };
    for (int i = 0; i < 2; ++i) CHECK(fetch().ec == http::errc::connection_closed);
    by.on("*", http_reply(407));
    CHECK(fetch().response.status == 407);
    CHECK(client.session.circuit("http://a.invalid") == circuit_state::closed);
    by.on("*", http_reply(502));
    CHECK(fetch().response.status == 502);
    CHECK(fetch().ec == http::errc::circuit_open);
}

TEST_CASE("a circuit that is tried with a stream waits for its head, not for its body",
          "[http][circuit_breaker]") {
    dragline::testing::manual_clock time;
    http_server server;
    server.on("/", http_reply(500)).on("/stream", http_reply().body("12345").cut_body(2, ending::stall));
    http_client client(session_options().circuit_breaker(circuit_breaker().failures(1)),
                       event_loop_options().time(time));
    CHECK(client.fetch(server.url("/")).response.status == 500);
    time.advance(1s);
    auto bad = dragline::test::open(client, server.url("/"));
    CHECK(bad.stream.status == 500);
    CHECK(client.fetch(server.url("/")).ec == http::errc::circuit_open);
    time.advance(2s);
    auto endless = dragline::test::open(client, server.url("/stream"));
    CHECK(endless.stream.status == 200);
    CHECK(client.fetch(server.url("/")).response.status == 500);
}

TEST_CASE("no more origins are remembered than allowed", "[http][circuit_breaker]") {
    http_client client(
        session_options().circuit_breaker(circuit_breaker().failures(1).open_time(1h, 1h).max_origins(2)));
    const dragline::testing::dead_port dead;
    const auto fetch = [&](const std::string& host) {
        const dragline::net::endpoint nobody("127.0.0.1", dead.port());
        return client.fetch("http://" + host + "/", fetch_options().connect_to(nobody)).ec;
    };
    for (const char* host : {"a.test", "b.test"}) CHECK(fetch(host) == asio::error::connection_refused);
    CHECK(fetch("a.test") == http::errc::circuit_open);
    CHECK(fetch("c.test") == asio::error::connection_refused);  // b is forgotten
    CHECK(fetch("a.test") == http::errc::circuit_open);
    CHECK(fetch("b.test") == asio::error::connection_refused);
    http_client bad(session_options().circuit_breaker(circuit_breaker().failures(0)));
    CHECK(bad.fetch("http://a.test/").ec == dragline::errc::invalid_option);
}
