#include <dragline/http/insight/metrics.hpp>

#include "../../support/http_client.hpp"

#include <dragline/testing/sockets.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using dragline::fetch_options;
using dragline::phase;
using dragline::test::fetched;
using dragline::test::http_client;
using dragline::testing::ending;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

http::origin_metrics of_server(const http_client& client, const http_server& server) {
    const auto taken = client.session.metrics()->snapshot();
    const auto* found = taken.find(server.url("").substr(0, server.url("").find('/', 8)));
    return found ? *found : http::origin_metrics();
}

}  // namespace

TEST_CASE("a session counts nothing unless asked to", "[http][metrics]") {
    http_client client;
    CHECK(client.session.metrics() == nullptr);
    CHECK(http::session_options().make_metrics() == nullptr);
    const auto shared = std::make_shared<http::metrics>();
    CHECK(http::session_options().metrics(shared).make_metrics() == shared);
    CHECK(http::session_options().metrics(shared) == http::session_options().metrics(shared));
    CHECK(http::session_options().metrics(true) != http::session_options());
    const auto options = http::session_options().metrics(true);
    CHECK(options.make_metrics() != options.make_metrics());
}

TEST_CASE("the counters of 1,000 requests with failures add up to what the server saw", "[http][metrics]") {
    http_server server;
    server.on("/ok", http_reply().body("12345"))
        .on("/made", http_reply().status(201))
        .on("/from", http_reply::redirect("/ok"))
        .on("/missing", http_reply().status(404).body("gone"))
        .on("/broken", http_reply().status(503))
        .on("/cut", http_reply().body("123456789").cut_body(4, ending::close))
        .on("/reset", http_reply().no_answer(ending::reset))
        .on("/garbage", http_reply().raw("garbage\r\n\r\n").close());
    constexpr std::array<const char*, 8> targets{"/ok",     "/made", "/from",  "/missing",
                                                 "/broken", "/cut",  "/reset", "/garbage"};
    http_client client(http::session_options().metrics(true).connections_per_host(4));
    constexpr std::size_t rounds = 125;
    std::uint64_t failed = 0, retried = 0, bodies = 0;
    for (std::size_t round = 0; round < rounds; ++round) {
        std::vector<std::shared_ptr<fetched>> begun;
        for (const auto* target : targets) begun.push_back(client.start(server.url(target)));
        client.wait_for(begun);
        for (const auto& each : begun) {
            failed += each->ec ? 1 : 0;
            bodies += each->response.body.size();
            for (const auto& attempt : each->trace.attempts) retried += attempt.retried ? 1 : 0;
        }
    }
    CHECK(failed == 3 * rounds);
    const auto counted = of_server(client, server);
    CHECK(counted.in_flight == 0);
    CHECK(counted.attempts == 9 * rounds + retried);
    CHECK(counted.requests == server.request_count());
    CHECK(counted.attempts == counted.succeeded + counted.errors());
    CHECK(counted.succeeded == 6 * rounds);
    CHECK(counted.errors() == 3 * rounds + retried);
    CHECK(counted.retries == retried);
    CHECK(counted.redirects == rounds);
    CHECK(counted.statuses[2] == 4 * rounds);  // ok twice, made, cut
    CHECK(counted.statuses[3] == rounds);
    CHECK(counted.statuses[4] == rounds);
    CHECK(counted.statuses[5] == rounds);
    CHECK(counted.errors(http::failure_kind::protocol_error) >= 2 * rounds);
    CHECK(counted.connections_opened + counted.connections_reused == counted.attempts);
    CHECK(counted.connections_opened <= server.connection_count());
    CHECK(counted.total.count() == counted.succeeded);
    CHECK(counted.first_byte.count() == 7 * rounds);
    CHECK(counted.connect.count() == counted.connections_opened);
    CHECK(counted.resolve.count() == 0);
    CHECK(counted.bytes_received > bodies);
    std::uint64_t sent = 0;
    for (const auto& each : server.requests()) sent += each.method.size() + each.target.size();
    CHECK(counted.bytes_sent > sent);
}

TEST_CASE("errors are counted by what went wrong and where", "[http][metrics]") {
    const dragline::testing::dead_port dead;
    http_server server;
    server.on("/slow", http_reply().no_answer()).on("/drip", http_reply().body("12").drip_body(1, 10s));
    http_client client(http::session_options().metrics(true));
    const auto at = [](const http::origin_metrics& from, http::failure_kind kind, phase where) {
        return from.failed[static_cast<std::size_t>(kind)][static_cast<std::size_t>(where)];
    };
    CHECK(client.fetch(server.url("/slow"), fetch_options().first_byte_timeout(30ms)).ec);
    CHECK(client.fetch(server.url("/drip"), fetch_options().read_timeout(30ms)).ec);
    const auto counted = of_server(client, server);
    CHECK(at(counted, http::failure_kind::timeout, phase::first_byte) == 1);
    CHECK(at(counted, http::failure_kind::timeout, phase::read) == 1);
    CHECK(counted.errors() == 2);

    CHECK(client.fetch("http://127.0.0.1:" + std::to_string(dead.port()) + "/").ec);
    const auto all = client.session.metrics()->snapshot();
    const auto* refused = all.find("http://127.0.0.1:" + std::to_string(dead.port()));
    REQUIRE(refused);
    CHECK(refused->errors() == 1);
    CHECK(refused->requests == 0);
    CHECK(refused->connections_opened == 0);
    CHECK(at(*refused, http::failure_kind::connect_failed, phase::connect) +
              at(*refused, http::failure_kind::other, phase::connect) ==
          1);

    const auto begun = client.start(server.url("/slow"));
    client.run_for(30ms);
    CHECK(of_server(client, server).in_flight == 1);
    bool closed = false;
    dragline::close_session(client.loop, "test", [&](std::error_code) { closed = true; });
    dragline::test::run_until(client.loop, [&] { return closed && begun->done; });
    CHECK(of_server(client, server).in_flight == 0);
    CHECK(of_server(client, server).errors(http::failure_kind::cancelled) == 1);
}

TEST_CASE("attempts that limits, circuits, retries and deadlines end are counted, and none stays in flight",
          "[http][metrics]") {
    http_server server;
    server.on("/slow", http_reply().no_answer())
        .on("/busy", http_reply(503))
        .on("/gone", http_reply().no_answer(ending::reset));
    const auto limits = http::host_limits().each(http::host_limit().concurrency(1)).max_waiters(2);
    http_client client(http::session_options()
                           .metrics(true)
                           .host_limits(limits)
                           .circuit_breaker(http::circuit_breaker().failures(6, 0.1))
                           .retry(http::retry_policy(3).backoff(1ms, 1ms)));
    std::vector<std::shared_ptr<fetched>> begun;
    for (int i = 0; i < 4; ++i)
        begun.push_back(client.start(server.url("/slow"), fetch_options().timeout(50ms)));
    client.wait_for(begun);
    std::size_t full = 0;
    for (const auto& each : begun) {
        CHECK(each->ec);
        if (each->ec == dragline::errc::queue_full) ++full;
    }
    CHECK(full == 1);
    for (int i = 0; i < 2; ++i) client.fetch(server.url("/busy"));
    for (int i = 0; i < 4; ++i) client.fetch(server.url("/gone"));
    const auto refused = client.fetch(server.url("/gone"));
    CHECK(refused.ec == http::errc::circuit_open);
    CHECK(refused.trace.attempts.size() == 1);
    const auto counted = of_server(client, server);
    CHECK(counted.in_flight == 0);
    CHECK(counted.attempts == counted.succeeded + counted.errors());
    CHECK(counted.retries > 2);
    CHECK(counted.statuses[5] > 0);
    CHECK(counted.requests == server.request_count());
    CHECK(client.statistics().calls == 0);
}

TEST_CASE("origins beyond the cap are counted together", "[http][metrics]") {
    http_server server;
    server.on("*", http_reply().body("x"));
    const auto other = server.listen();
    const auto third = server.listen();
    const auto shared = std::make_shared<http::metrics>(1);
    http_client client(http::session_options().metrics(shared));
    CHECK(!client.fetch(server.url("/")).ec);
    for (const auto& where : {other, third, other})
        CHECK(!client.fetch("http://127.0.0.1:" + std::to_string(where.port()) + "/").ec);
    const auto taken = shared->snapshot();
    REQUIRE(taken.origins.size() == 2);
    CHECK(taken.origins[0].origin.empty());
    CHECK(taken.origins[0].attempts == 3);
    CHECK(of_server(client, server).attempts == 1);
    CHECK(taken.sum().attempts == 4);
}

TEST_CASE("snapshots of several loops merge", "[http][metrics]") {
    http_server server;
    server.on("*", http_reply().body("x"));
    http_client first(http::session_options().metrics(true)), second(http::session_options().metrics(true));
    for (int i = 0; i < 3; ++i) CHECK(!first.fetch(server.url("/")).ec);
    CHECK(!second.fetch(server.url("/")).ec);
    CHECK(!second.fetch("http://127.0.0.1:" + std::to_string(server.listen().port()) + "/").ec);
    auto merged = first.session.metrics()->snapshot();
    merged.merge(second.session.metrics()->snapshot());
    CHECK(merged.origins.size() == 2);
    CHECK(merged.sum().attempts == 5);
    CHECK(merged.sum().total.count() == 5);
    CHECK(merged.find("http://nowhere.test:80") == nullptr);
    auto turned = second.session.metrics()->snapshot();
    CHECK(turned.merge(first.session.metrics()->snapshot()) == merged);
}

TEST_CASE("no secret of a URL stands in the name of an origin", "[http][metrics][secrets]") {
    http_server server;
    server.on("*", http_reply());
    http_client client(http::session_options().metrics(true));
    const auto here = "127.0.0.1:" + std::to_string(server.port());
    CHECK(!client.fetch("http://me:secret@" + here + "/?key=secret").ec);
    const auto taken = client.session.metrics()->snapshot();
    REQUIRE(taken.origins.size() == 1);
    CHECK(taken.origins[0].origin == "http://" + here);
}
