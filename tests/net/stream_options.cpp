#include <dragline/net/stream_options.hpp>

#include "../support/tcp_peer.hpp"

#include <dragline/net/connect.hpp>
#include <dragline/net/stream_pair.hpp>
#include <dragline/testing/dns_server.hpp>
#include <dragline/testing/manual_clock.hpp>
#include <dragline/testing/sockets.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <type_traits>

using namespace std::chrono_literals;
using dragline::make_timeout;
using dragline::phase;
using dragline::net::connect_options;
using dragline::net::make_stream_pair;
using dragline::net::read_options;
using dragline::net::stream_options;
using dragline::net::stream_pair_options;
using dragline::net::write_options;
using dragline::test::kept_completion;
using dragline::test::run_to_end;
using dragline::test::run_until;

static_assert(!std::is_aggregate_v<read_options> && !std::is_aggregate_v<write_options>);
static_assert(!std::is_aggregate_v<stream_options> && !std::is_aggregate_v<dragline::net::read_shortfall>);

TEST_CASE("the budgets and limits of a stream have their defaults", "[net][stream_options]") {
    const stream_options options;
    CHECK(options.read_timeout() == 60s);
    CHECK(options.write_timeout() == 60s);
    CHECK(options.tls_timeout() == 10s);
    CHECK(options.total_timeout() == dragline::no_limit);
    CHECK(options.read_limit() == 64 * 1024);
    CHECK(options.high_water() == 64 * 1024);
    CHECK(options.low_water() == 16 * 1024);
    CHECK(options.most_queued() == 16 * 1024 * 1024);
    CHECK(!read_options().timeout());
    CHECK(!read_options().limit());
    CHECK(!read_options().keep_delimiter());
    CHECK(!write_options().timeout());
}

TEST_CASE("a slow banner is a read timeout", "[net][stream_options]") {
    dragline::event_loop loop;
    dragline::test::tcp_peer silent;
    const dragline::net::endpoint target("127.0.0.1", silent.port());
    const auto budgets = stream_options().read_timeout(10ms);
    auto made = run_to_end(
        loop, open_connection(loop, target, connect_options().stream(budgets), asio::use_awaitable));
    kept_completion<std::string> banner;
    made.read_line(banner);
    run_until(loop, [&] { return banner.done(); });
    CHECK(banner.ec() == make_timeout(phase::read));
}

TEST_CASE("a slow drip is bounded by the total of the connection", "[net][stream_options]") {
    dragline::testing::manual_clock clock;
    dragline::event_loop loop(dragline::event_loop_options().time(clock));
    auto pair = make_stream_pair(
        loop, stream_pair_options().stream(stream_options().read_timeout(1h).total_timeout(50s)));
    kept_completion<std::string> line;
    pair.first.read_line(line);
    int drops = 0;
    run_until(loop, [&] {
        clock.advance(1s);
        if (!line.done() && !pair.second.queue(".").error()) ++drops;
        return line.done();
    });
    CHECK(line.ec() == make_timeout(phase::total));
    CHECK(drops > 10);
    kept_completion<std::size_t> written;
    CHECK(pair.first.incomplete_read().partial.size() > 10);
    pair.first.write(std::string(1'000'000, 'x'), written);
    run_until(loop, [&] { return clock.advance(1s), written.done(); });
    CHECK(written.ec() == make_timeout(phase::total));
}

TEST_CASE("the total counts from when opening begins, and names itself there, too", "[net][stream_options]") {
    dragline::event_loop loop;
    dragline::test::tcp_peer silent;
    const dragline::net::endpoint target("127.0.0.1", silent.port());
    kept_completion<dragline::net::stream> opened;
    auto options = connect_options().tls(dragline::tls::client_options().verify(false));
    open_connection(loop, target, options.stream(stream_options().total_timeout(20ms)), opened);
    run_until(loop, [&] { return opened.done(); });
    CHECK(opened.ec() == make_timeout(phase::total));
}

TEST_CASE("a black hole is left at the connect timeout, a silent resolver at its own",
          "[net][stream_options]") {
    dragline::event_loop loop;
    const dragline::testing::black_hole hole;
    kept_completion<dragline::net::stream> opened, looked_up;
    open_connection(loop, dragline::net::endpoint("127.0.0.1", hole.port()),
                    connect_options().timeout(1h).connect_timeout(20ms), opened);
    run_until(loop, [&] { return opened.done(); });
    CHECK(opened.ec() == make_timeout(phase::connect));

    dragline::testing::dns_server silent;
    silent.on("*", dragline::testing::dns_reply().silent());
    const dragline::dns::resolver asking(
        loop, dragline::dns::query_options().add_server(silent.to_string()).hosts_file(false));
    open_connection(asking, dragline::net::endpoint("a.test", 80),
                    connect_options().timeout(1h).resolve_timeout(20ms), looked_up);
    run_until(loop, [&] { return looked_up.done(); });
    CHECK(looked_up.ec() == make_timeout(phase::resolve));
}

TEST_CASE("budgets of zero are refused", "[net][stream_options]") {
    dragline::event_loop loop;
    auto pair = make_stream_pair(loop);
    kept_completion<std::string> line;
    kept_completion<void> closed;
    pair.first.read_line(read_options().timeout(0s), line);
    pair.first.close(write_options().timeout(-1s), closed);
    run_until(loop, [&] { return line.done() && closed.done(); });
    CHECK(line.ec() == dragline::errc::invalid_option);
    CHECK(closed.ec() == dragline::errc::invalid_option);
    kept_completion<dragline::net::stream> opened;
    open_connection(loop, dragline::net::endpoint("127.0.0.1", 1),
                    connect_options().stream(stream_options().total_timeout(0s)), opened);
    run_until(loop, [&] { return opened.done(); });
    CHECK(opened.ec() == dragline::errc::invalid_option);
}
