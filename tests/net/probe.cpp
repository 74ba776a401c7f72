#include <dragline/net/probe.hpp>

#include "../support/tcp_peer.hpp"
#include "meddling_layers.hpp"

#include <dragline/net/detail/socket_layer.hpp>

#include <asio/ip/tcp.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <type_traits>

using namespace std::chrono_literals;
using dragline::net::connect_options;
using dragline::net::connect_trace;
using dragline::net::endpoint;
using dragline::net::probe;
using dragline::net::probe_result;
using dragline::test::kept_completion;
using dragline::test::run_until;
using dragline::test::tcp_peer;

static_assert(!std::is_aggregate_v<probe_result> && !std::is_aggregate_v<dragline::net::tcp_measurement>);

namespace {

kept_completion<probe_result> probed(dragline::event_loop& loop, const endpoint& target,
                                     const connect_options& options = connect_options()) {
    kept_completion<probe_result> outcome;
    probe(loop, target, options, outcome);
    run_until(loop, [&] { return outcome.done(); });
    return outcome;
}

}  // namespace

TEST_CASE("a probe connects, measures and closes", "[net][probe]") {
    dragline::event_loop loop;
    tcp_peer peer;
    const auto found = probed(loop, endpoint("127.0.0.1", peer.port()));
    REQUIRE(!found.ec());
    CHECK(found.value().remote == endpoint("127.0.0.1", peer.port()));
    CHECK(found.value().local.port() != 0);
    CHECK(found.value().trace.dials.size() == 1);
    CHECK(found.value().took >= found.value().trace.connect);
    REQUIRE(found.value().tcp);
    CHECK(found.value().tcp->round_trip > 0us);
    CHECK(found.value().tcp->send_segment > 0);
    CHECK(found.value().tcp->retransmits == 0);
    CHECK(dragline::test::receive(peer.accept()).empty());
}

TEST_CASE("a probe that does not get there is an error, and the trace tells how far it got", "[net][probe]") {
    dragline::event_loop loop;
    std::uint16_t port = 0;
    { port = tcp_peer().port(); }
    connect_trace trace;
    const auto found = probed(loop, endpoint("127.0.0.1", port), connect_options().trace(&trace));
    CHECK(found.ec() == asio::error::connection_refused);
    REQUIRE(trace.dials.size() == 1);
    CHECK(trace.dials[0].ec == asio::error::connection_refused);
}

TEST_CASE("a probe over TLS tells the peer", "[net][probe][tls]") {
    dragline::event_loop loop;
    asio::ip::tcp::acceptor acceptor(loop.context(), {asio::ip::address_v4::loopback(), 0});
    dragline::net::stream server;
    kept_completion<void> shaken;
    acceptor.async_accept([&](std::error_code, asio::ip::tcp::socket socket) {
        server = dragline::net::stream(std::make_shared<dragline::net::detail::socket_layer>(
            dragline::net::detail::stream_socket(std::move(socket))));
        server.start_tls(dragline::test::tls_ends::get().server, shaken);
    });
    auto client = dragline::test::tls_ends::get().client;
    const endpoint target("127.0.0.1", acceptor.local_endpoint().port());
    const auto found = probed(loop, target, connect_options().tls(client.server_name("a.test")));
    CHECK(!found.ec());
    CHECK(found.value().trace.peer.version() == "TLSv1.3");
    CHECK(found.value().trace.tls > 0ns);
}
