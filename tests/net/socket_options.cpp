#include <dragline/net/socket_options.hpp>

#include "../support/run.hpp"

#include <dragline/net/connect.hpp>
#include <dragline/net/server.hpp>
#include <dragline/net/stream_pair.hpp>

#include <asio/ip/tcp.hpp>
#include <catch2/catch_test_macros.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <chrono>
#include <optional>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

using namespace std::chrono_literals;
using dragline::net::connect_options;
using dragline::net::socket_options;
using dragline::net::stream;
using dragline::test::run_to_end;
using dragline::test::run_until;

static_assert(!std::is_aggregate_v<socket_options>);

namespace {

struct listening {
    explicit listening(dragline::event_loop& loop, const asio::ip::address& address)
        : acceptor(loop.get_executor(), {address, 0}) {}
    dragline::net::endpoint place() const {
        return {acceptor.local_endpoint().address(), acceptor.local_endpoint().port()};
    }
    asio::ip::tcp::acceptor acceptor;
};

struct connected_socket {
    connected_socket(dragline::event_loop& loop, const socket_options& options,
                     const asio::ip::address& address = asio::ip::address_v4::loopback())
        : server(loop, address),
          made(run_to_end(loop, open_connection(loop, server.place(), connect_options().socket(options),
                                                asio::use_awaitable))) {}
    listening server;
    stream made;
};

// Asked behind the stream's back: to be handed the socket tells it what it is still to be told.
bool sends_at_once(const listening& server) {
    for (int descriptor = 0; descriptor < 1024; ++descriptor) {
        ::sockaddr_in peer = {};
        ::socklen_t size = sizeof peer;
        const bool is_socket = ::getpeername(descriptor, reinterpret_cast<::sockaddr*>(&peer), &size) == 0;
        if (!is_socket || peer.sin_family != AF_INET || ntohs(peer.sin_port) != server.place().port())
            continue;
        int value = 0;
        size = sizeof value;
        CHECK(::getsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &value, &size) == 0);
        return value == 1;
    }
    FAIL("no such connection");
    return false;
}

int told(stream& of, int level, int name) {
    int value = -1;
    ::socklen_t size = sizeof value;
    CHECK(::getsockopt(of.layer().socket()->native_handle(), level, name, &value, &size) == 0);
    return value;
}

}  // namespace

TEST_CASE("a socket is told its options before it connects", "[net][socket_options]") {
    dragline::event_loop loop;
    auto options = socket_options().no_delay(false).keep_alive_idle(11s).keep_alive_interval(12s);
    options.keep_alive_count(3).dscp(10).time_to_live(7).fast_open(true);
    options.receive_buffer(20'000).send_buffer(30'000);
    connected_socket connected(loop, options);
    auto& made = connected.made;
    CHECK(told(made, IPPROTO_TCP, TCP_NODELAY) == 0);
    CHECK(told(made, SOL_SOCKET, SO_KEEPALIVE) == 1);
    CHECK(told(made, IPPROTO_TCP, TCP_KEEPIDLE) == 11);
    CHECK(told(made, IPPROTO_TCP, TCP_KEEPINTVL) == 12);
    CHECK(told(made, IPPROTO_TCP, TCP_KEEPCNT) == 3);
    CHECK(told(made, IPPROTO_IP, IP_TOS) == 40);
    CHECK(told(made, IPPROTO_IP, IP_TTL) == 7);
    CHECK(told(made, IPPROTO_TCP, TCP_FASTOPEN_CONNECT) == 1);
    CHECK(told(made, SOL_SOCKET, SO_RCVBUF) == 40'000);  // Linux doubles it
    CHECK(told(made, SOL_SOCKET, SO_SNDBUF) == 60'000);
}

TEST_CASE("by default small writes go at once, and the rest is the system's", "[net][socket_options]") {
    dragline::event_loop loop;
    connected_socket connected(loop, socket_options());
    auto& made = connected.made;
    CHECK(told(made, IPPROTO_TCP, TCP_NODELAY) == 1);
    CHECK(told(made, SOL_SOCKET, SO_KEEPALIVE) == 0);
    CHECK(!made.set(socket_options().keep_alive(true).no_delay(false)).error());
    CHECK(told(made, IPPROTO_TCP, TCP_NODELAY) == 0);
    CHECK(told(made, SOL_SOCKET, SO_KEEPALIVE) == 1);
    CHECK(made.remote_endpoint()->host() == "127.0.0.1");
    CHECK(made.local_endpoint()->port() != 0);
}

TEST_CASE("a system call is spared until there is a second write, or a long first one",
          "[net][socket_options]") {
    dragline::event_loop loop;
    connected_socket connected(loop, socket_options());
    CHECK(run_to_end(loop, connected.made.write(std::string(536, 'f'))) == 536);
    CHECK(!sends_at_once(connected.server));
    CHECK(run_to_end(loop, connected.made.write("second")) == 6);
    CHECK(sends_at_once(connected.server));

    connected_socket longer(loop, socket_options());
    CHECK(run_to_end(loop, longer.made.write(std::string(537, 'f'))) == 537);
    CHECK(sends_at_once(longer.server));
}

TEST_CASE("small writes wait where that is wanted, before and after the first", "[net][socket_options]") {
    dragline::event_loop loop;
    connected_socket never(loop, socket_options().no_delay(false)), no_more(loop, socket_options());
    CHECK(!no_more.made.set(socket_options().no_delay(false)).error());
    for (auto* each : {&never, &no_more}) {
        CHECK(run_to_end(loop, each->made.write("first")) == 5);
        CHECK(run_to_end(loop, each->made.write("second")) == 6);
        CHECK(!sends_at_once(each->server));
    }
}

TEST_CASE("in IPv6 they are the traffic class and the hop limit", "[net][socket_options]") {
    dragline::event_loop loop;
    connected_socket connected(loop, socket_options().type_of_service(8).time_to_live(9),
                               asio::ip::address_v6::loopback());
    auto& made = connected.made;
    CHECK(told(made, IPPROTO_IPV6, IPV6_TCLASS) == 8);
    CHECK(told(made, IPPROTO_IPV6, IPV6_UNICAST_HOPS) == 9);
}

TEST_CASE("a server on both families tells the sockets of IPv4 clients what is IPv4's",
          "[net][socket_options]") {
    dragline::event_loop loop;
    std::optional<stream> served;
    const auto keep = [&](stream accepted) -> asio::awaitable<void> {
        served.emplace(std::move(accepted));
        co_return;
    };
    const auto options =
        dragline::net::server_options().socket(socket_options().type_of_service(8).time_to_live(9));
    const dragline::net::endpoint everywhere("", 0);
    const auto server = run_to_end(loop, start_server(loop, everywhere, keep, options, asio::use_awaitable));
    const dragline::net::endpoint target("127.0.0.1", server.local_endpoint().port());
    const auto client = run_to_end(loop, open_connection(loop, target, asio::use_awaitable));
    run_until(loop, [&] { return served.has_value(); });
    CHECK(told(*served, IPPROTO_IP, IP_TOS) == 8);
    CHECK(told(*served, IPPROTO_IP, IP_TTL) == 9);
}

TEST_CASE("a mark is set by who may set it, and else is the system's error", "[net][socket_options]") {
    dragline::event_loop loop;
    const listening server(loop, asio::ip::address_v4::loopback());
    // Whether this process has CAP_NET_ADMIN, the socket tells best.
    asio::ip::tcp::socket probe(loop.get_executor(), asio::ip::tcp::v4());
    const int wanted = 7;
    const bool may = ::setsockopt(probe.native_handle(), SOL_SOCKET, SO_MARK, &wanted, sizeof wanted) == 0;
    dragline::test::kept_completion<stream> opened;
    open_connection(loop, server.place(), connect_options().socket(socket_options().mark(wanted)), opened);
    run_until(loop, [&] { return opened.done(); });
    if (may) {
        REQUIRE(!opened.ec());
        CHECK(told(opened.value(), SOL_SOCKET, SO_MARK) == wanted);
    } else {
        CHECK(opened.ec() == std::errc::operation_not_permitted);
    }
}

TEST_CASE("a value that the system refuses fails the connection, and memory has no options",
          "[net][socket_options]") {
    dragline::event_loop loop;
    CHECK_THROWS_AS(connected_socket(loop, socket_options().time_to_live(1000)), std::system_error);
    CHECK_THROWS_AS(connected_socket(loop, socket_options().keep_alive_idle(99'999'999'999s)),
                    std::system_error);
    auto pair = dragline::net::make_stream_pair(loop);
    CHECK(pair.first.set(socket_options()).error() == asio::error::operation_not_supported);
    CHECK(pair.first.remote_endpoint().error() == asio::error::operation_not_supported);
}
