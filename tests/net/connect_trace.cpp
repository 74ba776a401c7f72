#include <dragline/net/connect_trace.hpp>

#include "../support/run.hpp"

#include <dragline/net/connect.hpp>
#include <dragline/testing/sockets.hpp>

#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <type_traits>

using dragline::test::kept_completion;
using dragline::test::run_until;

namespace net = dragline::net;

TEST_CASE("a connect trace is empty until something happens", "[net][connect_trace]") {
    const net::connect_trace trace;
    CHECK(trace.look_ups.empty());
    CHECK(trace.dials.empty());
    CHECK(trace.tls_detail.empty());
    CHECK(!trace.tls_resumed);
    STATIC_CHECK(!std::is_aggregate_v<net::connect_trace>);
    STATIC_CHECK(!std::is_aggregate_v<net::dial_record>);
}

TEST_CASE("a connect trace tells of the dial that failed", "[net][connect_trace]") {
    const dragline::testing::dead_port dead;
    dragline::event_loop loop;
    net::connect_trace trace;
    kept_completion<net::stream> opened;
    net::open_connection(loop, net::endpoint("127.0.0.1", dead.port()), net::connect_options().trace(&trace),
                         opened);
    run_until(loop, [&] { return opened.done(); });
    CHECK(trace.look_ups.empty());
    REQUIRE(trace.dials.size() == 1);
    CHECK(trace.dials[0].address == dead.endpoint().address());
    CHECK(trace.dials[0].port == dead.port());
    CHECK(trace.dials[0].ec == asio::error::connection_refused);
    CHECK(trace.dials[0].took >= std::chrono::nanoseconds(0));
}
