#include <dragline/http/resilience/host_limits.hpp>

#include "../../support/http_client.hpp"

#include <dragline/http/detail/host_gates.hpp>
#include <dragline/testing/manual_clock.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

using namespace std::chrono_literals;
using dragline::event_loop_options;
using dragline::fetch_options;
using dragline::make_timeout;
using dragline::phase;
using dragline::session_options;
using dragline::http::host_limit;
using dragline::http::host_limits;
using dragline::http::rate_limit;
using dragline::http::detail::host_gate_machine;
using dragline::http::detail::host_gates;
using dragline::test::fetched;
using dragline::test::http_client;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;
namespace async = dragline::async;

namespace {

host_limit rate_of(double per_second, double burst = 1) {
    return host_limit().rate(rate_limit(per_second, burst));
}

// One who wants to enter a host.
struct gate_asker {
    bool done = false;
    std::error_code ec;
    host_gates::pass got;
    async::interrupter ending;
    asio::cancellation_signal cancel;
};

struct gates_run {
    explicit gates_run(const host_limits& limits) : gates(loop.state(), limits) {}
    ~gates_run() { loop.shutdown(); }  // who still waits dies before the gates

    gate_asker& ask(std::string_view name, async::time_point until = async::no_deadline) {
        askers.push_back(std::make_unique<gate_asker>());
        auto& who = *askers.back();
        asio::co_spawn(
            loop.get_executor(), gates.enter(name, until, who.ending),
            asio::bind_cancellation_slot(
                who.cancel.slot(), [&who](std::exception_ptr, dragline::result<host_gates::pass> given) {
                    who.done = true;
                    who.ec = given.error();
                    who.got = *std::move(given);
                }));
        dragline::test::settle(loop);
        return who;
    }
    void advance(async::duration by, const gate_asker& until) {
        time.advance(by + async::deadline_wheel::tick);
        dragline::test::run_until(loop, [&] { return until.done; });
        dragline::test::settle(loop);
    }

    dragline::testing::manual_clock time;
    dragline::event_loop loop{event_loop_options().time(time)};
    host_gates gates;
    std::vector<std::unique_ptr<gate_asker>> askers;
};

}  // namespace

TEST_CASE("host_limits have the documented defaults", "[http][host_limits]") {
    const host_limits usual;
    CHECK(usual.each().limits_nothing());
    CHECK(usual.max_waiters() == 100'000);
    CHECK(usual.max_hosts() == 100'000);
    CHECK(!usual.pause_on_retry_after());
    CHECK(usual.valid());
    CHECK(usual == host_limits());
    CHECK(!(usual == host_limits().each(rate_of(1))));
    CHECK(!(usual == host_limits().host("a", rate_of(1))));
    CHECK(rate_limit::every(500ms).per_second() == 2);
    CHECK(host_limit().concurrency() == host_limit::no_cap);
    STATIC_CHECK(!std::is_aggregate_v<host_limits>);
    STATIC_CHECK(!std::is_aggregate_v<host_limit>);
}

TEST_CASE("a rate of zero, below, or of no number is refused", "[http][host_limits]") {
    constexpr auto nan = std::numeric_limits<double>::quiet_NaN();
    constexpr auto infinite = std::numeric_limits<double>::infinity();
    for (const auto bad : {0.0, -1.0, nan, infinite}) {
        CHECK_FALSE(host_limits().each(rate_of(bad)).valid());
        CHECK_FALSE(host_limits().host("a", rate_of(1, bad)).valid());
        http_client client(session_options().host_limits(host_limits().each(rate_of(bad))));
        CHECK(client.fetch("http://127.0.0.1:1/").ec == dragline::errc::invalid_option);
        CHECK_FALSE(client.session.limit_host("a", rate_of(bad)));
    }
    CHECK_FALSE(rate_limit::every(0s).valid());
    CHECK_FALSE(rate_limit::every(-1s).valid());
    CHECK_FALSE(host_limits().each(host_limit().concurrency(0)).valid());
    CHECK_FALSE(host_limits().max_hosts(0).valid());
    CHECK_FALSE(host_limits().pause_on_retry_after(0s).valid());
}

TEST_CASE("a host has the limit of its name, else of the longest name above it, else that of all",
          "[http][host_limits]") {
    const auto limits = host_limits()
                            .each(rate_of(1))
                            .host("example.com", rate_of(2))
                            .host(".example.com", rate_of(3))
                            .host(".b.example.com", rate_of(4));
    const auto rate = [&](std::string_view name) { return limits.limit_of(name).rate()->per_second(); };
    CHECK(rate("other.org") == 1);
    CHECK(rate("com") == 1);
    CHECK(rate("badexample.com") == 1);
    CHECK(rate("example.com") == 2);
    CHECK(rate("a.example.com") == 3);
    CHECK(rate("b.example.com") == 3);
    CHECK(rate("x.y.b.example.com") == 4);
    CHECK(rate("") == 1);
}

TEST_CASE("a host has one limit, however its name is spelt", "[http][host_limits]") {
    const auto limits = host_limits().host("Example.com.", rate_of(2)).host(".B.test", rate_of(3));
    const auto rate = [&](std::string_view name) { return limits.limit_of(name).rate()->per_second(); };
    CHECK(rate("example.com") == 2);
    CHECK(rate("example.com.") == 2);
    CHECK(rate("a.b.test.") == 3);
    gates_run run(host_limits().each(host_limit().concurrency(1)));
    CHECK(run.ask("a.test").done);
    CHECK(!run.ask("a.test.").done);
    run.gates.set("A.test.", host_limit().concurrency(2));
    dragline::test::settle(run.loop);
    CHECK(run.gates.waiting() == 0);
}

TEST_CASE("no stretch of time sees more than its rate and the burst", "[http][host_limits]") {
    std::mt19937 random(7);
    for (const double rate : {0.5, 3.0, 40.0, 1000.0}) {
        for (const double burst : {1.0, 2.5, 10.0}) {
            host_gate_machine machine(rate_of(rate, burst));
            async::time_point now{1h};
            std::vector<double> entered;
            for (int i = 0; i < 3000; ++i) {
                // As one who waits does, and now and then one who does not.
                now = random() % 4 ? machine.next(now) : now + std::chrono::microseconds(random() % 100'000);
                if (!machine.enter(now)) continue;
                machine.leave();
                entered.push_back(std::chrono::duration<double>(now.time_since_epoch()).count());
            }
            const double most = std::max(burst, 0.032 * rate);
            for (std::size_t i = 0; i < entered.size(); i += 7) {
                for (std::size_t k = i + 1; k < entered.size() && k < i + 60; ++k) {
                    const auto count = static_cast<double>(k - i + 1);
                    if (count > most + rate * (entered[k] - entered[i]) + 1e-3) FAIL(rate << ' ' << burst);
                }
            }
            CHECK(entered.size() > 1500);
        }
    }
}

TEST_CASE("a host is entered in turn, at its rate", "[http][host_limits]") {
    gates_run run(host_limits().each(rate_of(1, 2)));
    std::vector<gate_asker*> askers;
    for (int i = 0; i < 5; ++i) askers.push_back(&run.ask("a"));
    CHECK(run.gates.waiting() == 3);
    CHECK(run.ask("b").done);
    for (std::size_t in = 2; in <= 5; ++in) {
        for (std::size_t i = 0; i < 5; ++i) CHECK(askers[i]->done == (i < in));
        if (in < 5) run.advance(1s, *askers[in]);
    }
    CHECK(run.gates.waiting() == 0);
}

TEST_CASE("no more are inside than allowed, and who leaves lets the next one in", "[http][host_limits]") {
    gates_run run(host_limits().each(host_limit().concurrency(2)));
    auto& first = run.ask("a");
    auto& second = run.ask("a");
    auto& third = run.ask("a");
    auto& fourth = run.ask("a");
    CHECK((first.done && second.done && !third.done && !fourth.done));
    second.got = {};
    dragline::test::settle(run.loop);
    CHECK((third.done && !fourth.done));
    first.got = {};
    dragline::test::settle(run.loop);
    CHECK(fourth.done);
}

TEST_CASE("who waits for a host ends in time, by its caller, or from outside", "[http][host_limits]") {
    gates_run run(host_limits().each(host_limit().concurrency(1)).max_waiters(3));
    auto& inside = run.ask("a");
    auto& late = run.ask("a", run.time.now() + 1s);
    auto& cancelled = run.ask("a");
    auto& interrupted = run.ask("a");
    CHECK(run.ask("a").ec == dragline::errc::queue_full);
    run.advance(1s, late);
    CHECK(late.ec == make_timeout(phase::queue));
    cancelled.cancel.emit(asio::cancellation_type::terminal);
    interrupted.ending.interrupt();
    dragline::test::settle(run.loop);
    CHECK(cancelled.ec == asio::error::operation_aborted);
    CHECK(interrupted.ec == asio::error::operation_aborted);
    CHECK(run.gates.waiting() == 0);
    inside.got = {};
    CHECK(run.ask("a").done);
}

TEST_CASE("the limit of a living host can be changed", "[http][host_limits]") {
    gates_run run(host_limits().each(host_limit().concurrency(1)));
    auto& inside = run.ask("a");
    auto& waiting = run.ask("a");
    run.gates.set("a", host_limit().concurrency(2));
    dragline::test::settle(run.loop);
    CHECK((inside.done && waiting.done));
    run.gates.set("c", rate_of(1));
    CHECK(run.ask("c").done);
    CHECK(!run.ask("c").done);
    run.gates.set("c", rate_of(1));  // as it is: no new burst
    CHECK(!run.ask("c").done);
    CHECK(run.gates.waiting() == 2);
}

TEST_CASE("100,000 hosts are forgotten when their limits have recovered, or are too many",
          "[http][host_limits]") {
    const auto visit = [](gates_run& run, int count) {
        std::size_t most = 0;
        auto main = [](gates_run& at, int hosts, std::size_t& largest) -> asio::awaitable<void> {
            async::interrupter ending;
            for (int i = 0; i < hosts; ++i) {
                const auto name = "h" + std::to_string(i) + ".test";
                auto entering = at.gates.enter(name, async::no_deadline, ending);
                const auto pass = co_await std::move(entering);
                at.time.advance(1ms);
                largest = std::max(largest, at.gates.hosts());
            }
        };
        dragline::test::run_to_end(run.loop, main(run, count, most));
        return most;
    };
    gates_run recovering(host_limits().each(rate_of(1)));
    CHECK(visit(recovering, 100'000) <= 1002);  // a second's worth
    gates_run slow(host_limits().each(rate_of(0.001)).max_hosts(500));
    CHECK(visit(slow, 5000) <= 500);
}

TEST_CASE("fetches wait for their host, and the wait is the queue of the trace", "[http][host_limits]") {
    dragline::testing::manual_clock time;
    http_server server;
    server.on("/", http_reply().body("x"));
    http_client client(session_options().host_limits(host_limits().each(rate_of(1))),
                       event_loop_options().time(time));
    REQUIRE(!client.fetch(server.url("/")).ec);
    auto second = client.start(server.url("/"));
    auto late = client.start(server.url("/"), fetch_options().timeout(1500ms));
    dragline::test::run_until(client.loop, [&] { return client.statistics().held_back == 2; });
    CHECK(server.request_count() == 1);
    time.advance(1s + async::deadline_wheel::tick);
    client.wait_for(second);
    CHECK(second->trace.attempts.at(0).queue >= 1s);
    CHECK(second->trace.attempts.at(0).total >= 1s);
    CHECK(second->response.timings.queue >= 1s);
    time.advance(600ms);
    client.wait_for(late);
    CHECK(late->ec == make_timeout(phase::queue));
    CHECK(late->trace.attempts.at(0).ec == late->ec);
    CHECK(late->trace.attempts.at(0).queue >= 1500ms);
    CHECK(server.request_count() == 2);
}

TEST_CASE("concurrency lasts to the end of a body, and retries and redirects count", "[http][host_limits]") {
    http_server server;
    server.on("/", http_reply().body(std::string(100, 'x')).drip_body(10, 1ms))
        .on("/a", http_reply::redirect("/"));
    http_client client(session_options().host_limits(host_limits().each(host_limit().concurrency(1))));
    std::vector<std::shared_ptr<fetched>> started;
    for (int i = 0; i < 10; ++i) started.push_back(client.start(server.url(i % 2 ? "/" : "/a")));
    client.wait_for(started);
    for (const auto& each : started) CHECK(each->response.body.size() == 100);
    CHECK(server.connection_count() == 1);
    CHECK(client.statistics().held_back == 0);
}

TEST_CASE("a Retry-After holds the whole host back where that is asked for", "[http][host_limits]") {
    dragline::testing::manual_clock time;
    http_server server;
    server.on("/busy", http_reply(429).header("Retry-After", "3600")).on("/", http_reply().body("x"));
    const auto limits = host_limits().each(rate_of(1000)).pause_on_retry_after(10s);
    http_client client(session_options().host_limits(limits), event_loop_options().time(time));
    CHECK(client.fetch(server.url("/busy")).response.status == 429);
    auto held = client.start(server.url("/"), fetch_options().timeout(1h));
    dragline::test::run_until(client.loop, [&] { return client.statistics().held_back == 1; });
    time.advance(10s + async::deadline_wheel::tick);
    client.wait_for(held);
    CHECK(held->response.body == "x");
    CHECK(held->trace.attempts.at(0).queue >= 10s);
}

TEST_CASE("a session without limits takes one for a host", "[http][host_limits]") {
    http_server server;
    server.on("/", http_reply().body("x"));
    http_client client;
    REQUIRE(client.session.limit_host("127.0.0.1", rate_of(0.001)));
    CHECK(!client.fetch(server.url("/")).ec);
    CHECK(client.fetch(server.url("/"), fetch_options().timeout(30ms)).ec == make_timeout(phase::queue));
    REQUIRE(client.session.limit_host("127.0.0.1", host_limit()));
    CHECK(!client.fetch(server.url("/")).ec);
}

TEST_CASE("a loop that ends takes along who waits for a host", "[http][host_limits]") {
    http_server server;
    server.on("/", http_reply().body("x"));
    for (const auto& limit : {rate_of(0.001), host_limit().concurrency(1)}) {
        http_client client(session_options().host_limits(host_limits().each(limit)));
        std::vector<std::shared_ptr<fetched>> started;
        for (int i = 0; i < 3; ++i) started.push_back(client.start(server.url("/")));
        dragline::test::run_until(client.loop, [&] { return client.statistics().held_back == 2; });
    }
}
