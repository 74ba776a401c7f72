#include <dragline/net/upstreams/upstream_list.hpp>

#include "../../support/tcp_peer.hpp"

#include <dragline/testing/dns_server.hpp>
#include <dragline/testing/manual_clock.hpp>
#include <dragline/testing/sockets.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/use_future.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <future>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using dragline::condition;
using dragline::connect_options;
using dragline::net::endpoint;
using dragline::net::errc;
using dragline::net::upstream;
using dragline::net::upstream_connection;
using dragline::net::upstream_list;
using dragline::net::upstream_options;
using dragline::net::upstream_policy;
using dragline::net::upstream_server;
using dragline::test::kept_completion;
using dragline::test::run_until;
using dragline::test::tcp_peer;
using dragline::testing::dead_port;
using dragline::testing::dns_server;

namespace {

const std::error_code reset_by_peer = asio::error::connection_reset;

upstream_server at_port(std::uint16_t port) { return upstream_server(endpoint("127.0.0.1", port)); }

kept_completion<upstream_connection> connect_to(dragline::event_loop& loop, const upstream_list& list,
                                                std::string_view key = {}) {
    kept_completion<upstream_connection> made;
    list.connect(key, made);
    CHECK(!made.done());
    run_until(loop, [&] { return made.done(); });
    return made;
}

// A loop that takes its time from the test.
struct timed_loop {
    dragline::testing::manual_clock time;
    dragline::testing::seeded_random random;
    dragline::event_loop loop{dragline::event_loop_options().time(time).random(random)};
};

}  // namespace

TEST_CASE("connect passes over the servers that fail, and they die of it", "[net][upstream_list]") {
    const dead_port dead;
    tcp_peer peer;
    dragline::event_loop loop;
    const upstream_list list(loop, {at_port(dead.port()), at_port(peer.port())},
                             upstream_options().policy(upstream_policy::master_slave));
    for (int i = 0; i < 6; ++i) {
        const auto made = connect_to(loop, list);
        REQUIRE(!made.ec());
        CHECK(made.value().stream.is_open());
        CHECK(made.value().server.target().port() == peer.port());
        made.value().server.report({});
    }
    const auto status = list.statistics();
    REQUIRE(status.size() == 2);
    CHECK(status[0].dead);
    CHECK(status[0].chosen == 4);
    CHECK(status[0].failures == 4);
    CHECK(status[0].deaths == 1);
    CHECK(status[0].until_revival > 0s);
    CHECK(status[1].chosen == 6);
    CHECK(status[1].latency > 0s);
}

TEST_CASE("connect tries so many servers and no more", "[net][upstream_list]") {
    const dead_port first, second;
    tcp_peer peer;
    dragline::event_loop loop;
    const std::vector servers{at_port(first.port()), at_port(second.port()), at_port(peer.port())};
    const auto options = upstream_options().policy(upstream_policy::master_slave);
    const upstream_list two(loop, servers, upstream_options(options).max_attempts(2));
    CHECK(connect_to(loop, two).ec() == asio::error::connection_refused);
    const upstream_list three(loop, servers, options);
    CHECK(!connect_to(loop, three).ec());
}

TEST_CASE("when all are dead callers fail at once, but for the one that tries", "[net][upstream_list]") {
    dead_port dead;
    timed_loop timed;
    auto& loop = timed.loop;
    const upstream_list list(loop, {at_port(dead.port())}, upstream_options().max_errors(1));
    CHECK(connect_to(loop, list).ec() == asio::error::connection_refused);
    CHECK(connect_to(loop, list).ec() == asio::error::connection_refused);  // tries it, all being dead
    const auto refused = connect_to(loop, list).ec();
    CHECK(refused == errc::no_upstream);
    CHECK(refused == condition::connect_failed);
    timed.time.advance(1s);
    CHECK(connect_to(loop, list).ec() == asio::error::connection_refused);
}

TEST_CASE("a server comes back when it answers again", "[net][upstream_list]") {
    tcp_peer peer;
    timed_loop timed;
    auto& loop = timed.loop;
    const upstream_list list(loop, {at_port(peer.port())}, upstream_options().max_errors(2));
    const auto chosen = list.choose().value();
    chosen.report(reset_by_peer);
    chosen.report(std::make_error_code(std::errc::bad_message));  // an answer that is no good
    chosen.report(asio::error::operation_aborted);
    CHECK(!list.statistics()[0].dead);
    chosen.report(reset_by_peer);
    CHECK(list.statistics()[0].dead);
    CHECK(!connect_to(loop, list).ec());
    CHECK(!list.statistics()[0].dead);
}

TEST_CASE("a connection alone does not wipe out the failures of its use", "[net][upstream_list]") {
    tcp_peer peer;
    dragline::event_loop loop;
    const upstream_list list(loop, {at_port(peer.port())}, upstream_options().max_errors(3));
    for (int i = 0; i < 3; ++i) {
        CHECK(!list.statistics()[0].dead);
        connect_to(loop, list).value().server.report(make_timeout(dragline::phase::read));
    }
    CHECK(list.statistics()[0].dead);
}

TEST_CASE("a try that hangs leaves time for the next, and all tries have one limit", "[net][upstream_list]") {
    const dragline::testing::black_hole hole, other;
    tcp_peer peer;
    dragline::event_loop loop;
    const auto options =
        upstream_options().policy(upstream_policy::master_slave).connect(connect_options().timeout(20ms));
    const upstream_list list(loop, {at_port(hole.port()), at_port(peer.port())}, options);
    CHECK(!connect_to(loop, list).ec());
    const upstream_list lost(loop, {at_port(hole.port()), at_port(other.port())},
                             upstream_options(options).connect(connect_options()).timeout(20ms));
    CHECK(connect_to(loop, lost).ec() == make_timeout(dragline::phase::connect));
    CHECK(lost.statistics()[1].chosen == 0);
}

TEST_CASE("a caller that is cancelled counts against nobody", "[net][upstream_list]") {
    const dragline::testing::black_hole hole;
    dragline::event_loop loop;
    const upstream_list list(loop, {at_port(hole.port())}, upstream_options().max_errors(1));
    asio::cancellation_signal cancel;
    kept_completion<upstream_connection> made;
    list.connect(asio::bind_cancellation_slot(cancel.slot(), made));
    dragline::test::settle(loop);
    CHECK(!made.done());
    cancel.emit(asio::cancellation_type::terminal);
    run_until(loop, [&] { return made.done(); });
    CHECK(made.ec() == asio::error::operation_aborted);
    CHECK(list.statistics()[0].failures == 0);
}

TEST_CASE("a key keeps its server, also for connect", "[net][upstream_list]") {
    tcp_peer first, second;
    dragline::event_loop loop;
    const upstream_list list(loop, {at_port(first.port()), at_port(second.port())},
                             upstream_options().policy(upstream_policy::hash_ring));
    for (const char* key : {"alpha", "beta", "gamma"}) {
        const auto port = list.choose(key)->target().port();
        CHECK(list.choose(key)->target().port() == port);
        CHECK(connect_to(loop, list, key).value().server.target().port() == port);
    }
}

TEST_CASE("the addresses of a name take turns, and are looked up again after a death",
          "[net][upstream_list]") {
    dns_server server;
    server.host("a.test", {"127.0.0.1", "127.0.0.2"});
    tcp_peer first, second(asio::ip::make_address("127.0.0.2"), first.port());
    timed_loop timed;
    auto& loop = timed.loop;
    const dragline::dns::resolver resolver(
        loop, dragline::dns::query_options().add_server(server.to_string()).hosts_file(false));
    const upstream_list list(resolver, {upstream_server(endpoint("a.test", first.port()))},
                             upstream_options().max_errors(1));
    REQUIRE(!connect_to(loop, list).ec());
    REQUIRE(!connect_to(loop, list).ec());
    first.accept();
    second.accept();
    const auto asked = server.queries().size();
    REQUIRE(!connect_to(loop, list).ec());
    CHECK(server.queries().size() == asked);

    list.choose()->report(reset_by_peer);
    REQUIRE(!connect_to(loop, list).ec());
    CHECK(server.queries().size() > asked);  // though the answer was still in the cache
}

TEST_CASE("a name that is not found counts, and an old answer is better than none", "[net][upstream_list]") {
    dns_server server;
    server.host("a.test", {"127.0.0.1"});
    tcp_peer peer;
    timed_loop timed;
    auto& loop = timed.loop;
    const dragline::dns::resolver resolver(
        loop, dragline::dns::query_options().add_server(server.to_string()).hosts_file(false));
    const upstream_list lost(resolver, {upstream_server(endpoint("b.test", 80))}, upstream_options());
    CHECK(connect_to(loop, lost).ec() == condition::resolve_failed);
    CHECK(lost.statistics()[0].failures == 1);

    const upstream_list list(resolver, {upstream_server(endpoint("a.test", peer.port()))},
                             upstream_options().max_errors(1));
    REQUIRE(!connect_to(loop, list).ec());
    server.on("a.test", dragline::testing::dns_reply().code(dragline::dns::rcode::server_failure));
    list.choose()->report(reset_by_peer);
    CHECK(!connect_to(loop, list).ec());
}

TEST_CASE("lists and options that cannot work fail each operation", "[net][upstream_list]") {
    dragline::event_loop loop;
    const upstream_list empty(loop, {});
    CHECK(empty.choose().error() == errc::invalid_upstreams);
    CHECK(connect_to(loop, empty).ec() == errc::invalid_upstreams);
    const upstream_list bad(loop, {at_port(1)}, upstream_options().max_errors(0));
    CHECK(bad.choose().error() == dragline::errc::invalid_option);
    CHECK(bad.statistics().empty());
    upstream_list late(loop, {});
    late.assign({at_port(7)});
    CHECK(late.choose()->target().port() == 7);
}

TEST_CASE("connect takes any token on any thread, and a server outlives its list", "[net][upstream_list]") {
    tcp_peer peer;
    dragline::event_loop loop;
    upstream kept;
    {
        const upstream_list list(loop, {at_port(peer.port())});
        std::future<upstream_connection> promised;
        std::thread elsewhere([&] { promised = list.connect(asio::use_future); });
        elsewhere.join();
        run_until(loop, [&] { return promised.wait_for(0s) == std::future_status::ready; });
        kept = promised.get().server;
    }
    REQUIRE(kept);
    kept.report(reset_by_peer);
    CHECK(kept.target().port() == peer.port());
    upstream().report(reset_by_peer);
}

TEST_CASE("what is told of a server after the end of the loop is heard by nobody", "[net][upstream_list]") {
    upstream kept;
    {
        dragline::event_loop loop;
        kept = upstream_list(loop, {at_port(7)}).choose().value();
    }
    kept.report(reset_by_peer);
    kept.report({});
    CHECK(kept.target().port() == 7);
}
