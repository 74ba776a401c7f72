#include <dragline/net/detail/direct_connect.hpp>

#include "../../support/tls_peer.hpp"

#include <dragline/async/event_loop.hpp>
#include <dragline/net/connector.hpp>
#include <dragline/net/stream.hpp>
#include <dragline/testing/manual_clock.hpp>

#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::phase;
using dragline::net::connect_request;
using dragline::net::connect_trace;
using dragline::net::connected;
using dragline::test::run_until;
using dragline::test::tcp_peer;
using dragline::test::tls_peer;

namespace async = dragline::async;
namespace tls = dragline::tls;

namespace {

// Opens a connection in either way, and keeps what came of it.
struct opening : dragline::net::connect_owner, std::enable_shared_from_this<opening> {
    explicit opening(const tcp_peer& server, tls::client_options options = dragline::test::trusting()) {
        request.target = {"127.0.0.1", server.port()};
        request.tls = tls::context::make_client(options).value();
        request.tls_options.host("example.com");
    }

    void start(dragline::event_loop& loop, bool directly = true) {
        if (directly) {
            return dragline::net::connect_directly(loop.state(), request, trace, ending, shared_from_this());
        }
        asio::co_spawn(loop.get_executor(), dragline::net::connect(loop.state(), request, trace, ending),
                       [this](std::exception_ptr, dragline::result<dragline::net::connected> made) {
                           connected(made.error(), *made);
                       });
    }
    void connected(std::error_code ec, dragline::net::connected& made) override {
        if (ec) outcome = ec;
        if (!ec) outcome = std::move(made);
        heard = true;
    }

    connect_request request;
    connect_trace trace;
    async::interrupter ending;
    dragline::result<dragline::net::connected> outcome;
    bool heard = false;
};

}  // namespace

TEST_CASE("the last flight of a handshake waits for the first bytes, when these were announced",
          "[net][direct_connect]") {
    const bool directly = GENERATE(true, false);
    const bool writes_first = GENERATE(true, false);
    const auto version = GENERATE(tls::version::tls_1_2, tls::version::tls_1_3);
    CAPTURE(directly, writes_first, version == tls::version::tls_1_3);
    tcp_peer peer;
    dragline::event_loop loop;
    const auto client = std::make_shared<opening>(peer);
    client->request.writes_first = writes_first;
    client->start(loop, directly);
    dragline::test::settle(loop);  // a coroutine has not begun before
    tls_peer server(peer.accept(),
                    dragline::test::example_server(tls::server_options().max_version(version)));
    server.wait(loop);
    server.step();
    if (version == tls::version::tls_1_2) {  // the server has the last word
        server.wait(loop);
        server.step();
        CHECK(server.engine().handshake_done());
    }
    run_until(loop, [&] { return client->heard; });
    REQUIRE(!client->outcome.error());
    CHECK(client->trace.tls > 0ns);
    CHECK(client->outcome->peer.version() == (version == tls::version::tls_1_2 ? "TLSv1.2" : "TLSv1.3"));
    CHECK(server.has_input() == (version == tls::version::tls_1_3 && !writes_first));

    dragline::test::kept_completion<std::size_t> written;
    dragline::net::stream writer(client->outcome->layer);
    writer.async_write_some(asio::buffer("hello", 5), written);
    run_until(loop, [&] { return written.done(); });
    CHECK(server.read() == "hello");
}

TEST_CASE("a last flight that was kept goes out before a read", "[net][direct_connect]") {
    tcp_peer peer;
    dragline::event_loop loop;
    const auto client = std::make_shared<opening>(peer);
    client->request.writes_first = true;
    client->start(loop);
    tls_peer server(peer.accept());
    server.wait(loop);
    server.step();
    run_until(loop, [&] { return client->heard; });
    REQUIRE(!client->outcome.error());
    std::array<char, 8> bytes{};
    dragline::test::kept_completion<std::size_t> read;
    dragline::net::stream reader(client->outcome->layer);
    reader.async_read_some(asio::buffer(bytes), read);
    server.wait(loop);
    server.step();
    CHECK(server.engine().handshake_done());
    server.write("hi");
    run_until(loop, [&] { return read.done(); });
    CHECK(std::string(bytes.data(), 2) == "hi");
}

TEST_CASE("a direct handshake that fails tells why, and sends its alert", "[net][direct_connect]") {
    tcp_peer peer;
    dragline::event_loop loop;
    const auto client = std::make_shared<opening>(peer);
    client->request.tls_options.host("other.test");
    client->request.writes_first = true;
    client->start(loop);
    auto& socket = peer.accept();
    tls_peer server(socket);
    server.wait(loop);
    server.step();
    run_until(loop, [&] { return client->heard; });
    CHECK(client->outcome.error() == tls::errc::host_mismatch);
    CHECK(client->trace.peer.failure());
    CHECK_FALSE(client->trace.tls_detail.empty());
    server.wait(loop);
    server.step();
    CHECK(server.engine().handshake().error());
    CHECK(dragline::test::receive(socket).empty());  // closed behind it
    CHECK(client.use_count() == 1);
}

TEST_CASE("a direct handshake ends when the peer speaks no TLS, or goes", "[net][direct_connect]") {
    const bool speaks = GENERATE(true, false);
    tcp_peer peer;
    dragline::event_loop loop;
    const auto client = std::make_shared<opening>(peer);
    client->start(loop);
    auto& socket = peer.accept();
    run_until(loop, [&] { return socket.available() > 0; });
    dragline::test::receive(socket);
    if (speaks) dragline::test::send(socket, "220 mail.test\r\n");
    if (!speaks) socket.close();
    run_until(loop, [&] { return client->heard; });
    CHECK(client->outcome.error() == (speaks ? tls::errc::not_tls : tls::errc::handshake_closed));
}

TEST_CASE("a direct handshake is over at its limit", "[net][direct_connect]") {
    tcp_peer silent;
    dragline::testing::manual_clock time;
    dragline::event_loop loop(dragline::event_loop_options().time(time));
    const auto client = std::make_shared<opening>(silent);
    client->request.connect_timeout = 100ms;
    client->request.tls_timeout = 200ms;
    client->start(loop);
    auto& socket = silent.accept();
    run_until(loop, [&] { return socket.available() > 0; });
    time.advance(150ms);
    dragline::test::settle(loop);
    CHECK_FALSE(client->heard);
    time.advance(100ms);
    run_until(loop, [&] { return client->heard; });
    CHECK(client->outcome.error() == dragline::make_timeout(phase::tls));
    CHECK(client->trace.tls >= 200ms);
}

TEST_CASE("a direct handshake is interrupted in whatever turn of the loop it comes",
          "[net][direct_connect]") {
    tcp_peer silent;
    for (int turns = 0; turns < 10; ++turns) {
        CAPTURE(turns);
        dragline::event_loop loop;
        const auto client = std::make_shared<opening>(silent);
        client->start(loop);
        for (int turn = 0; turn < turns; ++turn) loop.context().poll_one();
        client->ending.interrupt();
        run_until(loop, [&] { return client->heard; });
        CHECK(client->outcome.error() == asio::error::operation_aborted);
        CHECK(client.use_count() == 1);
    }
}

TEST_CASE("a direct handshake is over with the loop, and its owner goes unheard", "[net][direct_connect]") {
    tcp_peer silent;
    std::weak_ptr<opening> gone;
    {
        dragline::event_loop loop;
        auto client = std::make_shared<opening>(silent);
        gone = client;
        client->start(loop);
        auto& socket = silent.accept();
        run_until(loop, [&] { return socket.available() > 0; });
        CHECK_FALSE(client->heard);
        client.reset();
        CHECK_FALSE(gone.expired());
    }
    CHECK(gone.expired());
}

TEST_CASE("a direct handshake goes on when a peer has no room for its first flight",
          "[net][direct_connect]") {
    const bool goes_on = GENERATE(true, false);
    tcp_peer peer;
    peer.take_little();
    dragline::event_loop loop;
    // 60 KiB of names, more than both ends of the connection hold together.
    const std::vector<std::string> names(240, std::string(250, 'a'));
    const auto client = std::make_shared<opening>(peer, dragline::test::trusting().alpn(names));
    client->request.socket.send_buffer(4096);
    if (!goes_on) client->request.tls_timeout = 50ms;
    client->start(loop);
    auto& socket = peer.accept();
    tls_peer server(socket);
    server.wait(loop);
    dragline::test::settle(loop);
    CHECK(socket.available() < 60'000);
    run_until(loop, [&] {
        if (goes_on && server.has_input()) server.step();
        return client->heard;
    });
    CHECK(client->outcome.error() == (goes_on ? std::error_code() : dragline::make_timeout(phase::tls)));
}
