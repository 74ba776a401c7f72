#include <dragline/net/connector.hpp>

#include "../support/tcp_peer.hpp"

#include <dragline/net/stream.hpp>
#include <dragline/testing/certificate_authority.hpp>
#include <dragline/testing/dns_server.hpp>
#include <dragline/testing/http_server.hpp>
#include <dragline/testing/manual_clock.hpp>
#include <dragline/testing/sockets.hpp>
#include <dragline/tls/ticket_cache.hpp>

#include <asio/local/stream_protocol.hpp>
#include <catch2/catch_test_macros.hpp>

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

using namespace std::chrono_literals;
using dragline::phase;
using dragline::net::connect_request;
using dragline::net::connect_trace;
using dragline::net::connected;
using dragline::net::endpoint;
using dragline::test::run_to_end;
using dragline::test::run_until;
using dragline::testing::dns_reply;
using dragline::testing::dns_server;

namespace async = dragline::async;
namespace dns = dragline::dns;
namespace tls = dragline::tls;

namespace {

dns::resolver asking(dragline::event_loop& loop, const dns_server& server) {
    return dns::resolver(loop, dns::query_options().add_server(server.to_string()).hosts_file(false));
}

connect_request to(const std::string& host, std::uint16_t port) {
    connect_request request;
    request.target = endpoint(host, port);
    return request;
}

struct listener : dragline::net::connect_owner, std::enable_shared_from_this<listener> {
    connect_request request;
    connect_trace trace;
    dragline::result<dragline::net::connected> outcome;
    bool heard = false;

    void connect(dragline::event_loop& loop, async::interrupter& ending) {
        dragline::net::connect_directly(loop.state(), request, trace, ending, shared_from_this());
    }
    void connected(std::error_code ec, dragline::net::connected& made) override {
        if (ec) outcome = ec;
        if (!ec) outcome = std::move(made);
        heard = true;
    }
};

tls::context unverified() { return tls::context::make_client(tls::client_options().verify(false)).value(); }

// Connects, and interrupts after a while when it is told to.
dragline::result<connected> connect(dragline::event_loop& loop, connect_request request, connect_trace& trace,
                                    bool interrupts = false) {
    async::interrupter ending;
    dragline::result<connected> outcome;
    bool done = false;
    asio::co_spawn(loop.get_executor(), dragline::net::connect(loop.state(), request, trace, ending),
                   [&](std::exception_ptr, dragline::result<connected> made) {
                       outcome = std::move(made);
                       done = true;
                   });
    if (interrupts) {
        const auto until = std::chrono::steady_clock::now() + 20ms;
        run_until(loop, [&] { return std::chrono::steady_clock::now() >= until; });
        CHECK(!done);
        ending.interrupt();
    }
    run_until(loop, [&] { return done; });
    return outcome;
}

}  // namespace

TEST_CASE("connect tells which address it reached", "[net][connector]") {
    dns_server server;
    server.host("a.test", {"127.0.0.1"});
    dragline::test::tcp_peer peer;
    dragline::event_loop loop;
    auto request = to("a.test", peer.port());
    request.resolver = asking(loop, server);
    connect_trace trace;
    const auto made = connect(loop, std::move(request), trace);
    REQUIRE(!made.error());
    CHECK(made->address == peer.endpoint().address());
    CHECK(!made->peer);
    CHECK(made->layer->is_open());
}

TEST_CASE("a name without a resolver has no address", "[net][connector]") {
    dragline::event_loop loop;
    connect_trace trace;
    CHECK(connect(loop, to("a.test", 80), trace).error() == dragline::net::errc::no_address);
}

TEST_CASE("an interrupter ends connecting at every stage", "[net][connector]") {
    dns_server server;
    server.on("*", dns_reply().silent());
    const dragline::testing::black_hole hole;
    dragline::test::tcp_peer silent;
    dragline::event_loop loop;
    connect_request request;
    SECTION("looking up") {
        request = to("a.test", 80);
        request.resolver = asking(loop, server);
    }
    SECTION("dialling") { request = to("127.0.0.1", hole.port()); }
    SECTION("shaking hands") {
        request = to("127.0.0.1", silent.port());
        request.tls = unverified();
        request.tls_options.host("127.0.0.1");
    }
    connect_trace trace;
    CHECK(connect(loop, std::move(request), trace, true).error() == asio::error::operation_aborted);
    dragline::test::settle(loop);
}

TEST_CASE("an interrupter ends connecting in whatever turn of the loop it comes", "[net][connector]") {
    dragline::test::tcp_peer silent;
    for (const bool through_proxy : {false, true}) {
        for (int turns = 0; turns < 10; ++turns) {
            CAPTURE(through_proxy, turns);
            dragline::event_loop loop;
            auto request = to("127.0.0.1", silent.port());
            request.tls = unverified();
            request.tls_timeout = 5s;
            request.proxy_timeout = 5s;
            if (through_proxy)
                request.proxies = {{dragline::net::proxy_scheme::socks5, "127.0.0.1", silent.port()}};
            connect_trace trace;
            async::interrupter ending;
            std::optional<std::error_code> ec;
            asio::co_spawn(
                loop.get_executor(), dragline::net::connect(loop.state(), request, trace, ending),
                [&](std::exception_ptr, const dragline::result<connected>& made) { ec = made.error(); });
            for (int turn = 0; turn < turns; ++turn) loop.context().poll_one();
            ending.interrupt();
            run_until(loop, [&] { return ec.has_value(); });
            CHECK(*ec == asio::error::operation_aborted);
        }
    }
}

TEST_CASE("known addresses are the target's, and never a proxy's", "[net][connector]") {
    dragline::test::tcp_peer target;
    dragline::event_loop loop;
    auto request = to("a.test", target.port());
    request.addresses = {target.endpoint().address()};
    request.proxies = {{dragline::net::proxy_scheme::socks5h, "proxy.test", target.port()}};
    connect_trace trace;
    CHECK(connect(loop, std::move(request), trace).error() == dragline::net::errc::proxy_not_resolved);
    CHECK(trace.dials.empty());
}

TEST_CASE("a Unix socket has no address, and no record among those of others", "[net][connector]") {
    const auto path =
        std::filesystem::temp_directory_path() / ("dragline_connector_" + std::to_string(::getpid()));
    std::filesystem::remove(path);
    dragline::event_loop loop;
    asio::local::stream_protocol::acceptor acceptor(loop.context(), path.string());
    connect_request request;
    request.target = endpoint::local_socket(path.string());
    connect_trace trace;
    trace.dials.emplace_back();
    trace.dials[0].address = asio::ip::address_v4::loopback();
    trace.dials[0].ec = asio::error::connection_refused;
    CHECK(connect(loop, std::move(request), trace)->address == asio::ip::address());
    CHECK(trace.dials[0].ec == asio::error::connection_refused);
    std::filesystem::remove(path);
}

TEST_CASE("a call that was ended before it connects starts nothing", "[net][connector]") {
    dns_server server;
    server.host("a.test", {"127.0.0.1"});
    dragline::event_loop loop;
    async::interrupter ending;
    ending.interrupt();
    auto request = to("a.test", 80);
    request.resolver = asking(loop, server);
    auto trace = std::make_unique<connect_trace>();
    const auto made = run_to_end(loop, dragline::net::connect(loop.state(), request, *trace, ending));
    CHECK(made.error() == asio::error::operation_aborted);
    trace.reset();
    dragline::test::settle(loop);  // its look-ups, which may have been started, find nobody
}

TEST_CASE("each stage has a limit of its own, and the deadline bounds them all", "[net][connector]") {
    dns_server server;
    server.on("*", dns_reply().silent());
    const dragline::testing::black_hole hole;
    dragline::test::tcp_peer silent;
    dragline::event_loop loop;
    connect_trace trace;

    auto name = to("a.test", 80);
    name.resolver = asking(loop, server);
    name.resolve_timeout = 20ms;
    CHECK(connect(loop, name, trace).error() == dragline::make_timeout(phase::resolve));

    auto dial = to("127.0.0.1", hole.port());
    dial.connect_timeout = 20ms;
    CHECK(connect(loop, dial, trace).error() == dragline::make_timeout(phase::connect));
    dial.connect_timeout = dragline::no_limit;
    dial.until = loop.state().now() + 20ms;
    CHECK(connect(loop, dial, trace).error() == dragline::make_timeout(phase::connect));

    auto handshake = to("127.0.0.1", silent.port());
    handshake.tls = unverified();
    handshake.tls_options.host("127.0.0.1");
    handshake.tls_timeout = 20ms;
    CHECK(connect(loop, handshake, trace).error() == dragline::make_timeout(phase::tls));
}

TEST_CASE("a limit that is over comes before the next dial, when both are due", "[net][connector]") {
    const dragline::testing::black_hole hole;
    dragline::testing::manual_clock time;
    dragline::event_loop loop(dragline::event_loop_options().time(time));
    async::interrupter ending;
    const auto owner = std::make_shared<listener>();
    owner->request = to("a.test", hole.port());
    owner->request.addresses = {hole.endpoint().address(), asio::ip::make_address("127.0.0.2")};
    owner->request.attempt_delay = 250ms;
    owner->request.connect_timeout = 260ms;
    owner->connect(loop, ending);
    run_until(loop, [&] { return !owner->trace.dials.empty(); });
    time.advance(1s);
    run_until(loop, [&] { return owner->heard; });
    CHECK(owner->outcome.error() == dragline::make_timeout(phase::connect));
    CHECK(owner->trace.dials.size() == 1);
}

TEST_CASE("a ticket of an earlier connection resumes the next", "[net][connector]") {
    const dragline::testing::certificate_authority authority;
    dragline::testing::http_server server(
        authority.issue(dragline::testing::certificate_request().address("127.0.0.1")));
    server.on("/", dragline::testing::http_reply().body("abc"));
    dragline::event_loop loop;
    auto request = to("127.0.0.1", server.port());
    request.tls =
        tls::context::make_client(tls::client_options().ca_pem(authority.certificate_pem())).value();
    auto tickets = std::make_shared<tls::ticket_cache>();
    request.tls_options.host("127.0.0.1").tickets(tickets, "origin");

    connect_trace first_trace, second_trace;
    auto first = connect(loop, request, first_trace);
    REQUIRE(!first.error());
    CHECK(!first_trace.tls_resumed);
    std::array<char, 64> bytes{};  // tickets come with or before the first bytes of the server
    const std::string text = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    dragline::test::kept_completion<std::size_t> written, read;
    dragline::net::stream speaking(first->layer);
    speaking.async_write_some(asio::buffer(text), written);
    speaking.async_read_some(asio::buffer(bytes), read);
    run_until(loop, [&] { return read.done(); });
    CHECK(tickets->size() > 0);

    auto second = connect(loop, request, second_trace);
    REQUIRE(!second.error());
    CHECK(second_trace.tls_resumed);
    CHECK(second->peer.resumed());
    CHECK(second->peer.version() == "TLSv1.3");
}

TEST_CASE("a direct connection is told to its owner, which is let go of", "[net][connector]") {
    dragline::test::tcp_peer server;
    dragline::event_loop loop;
    async::interrupter ending;
    const auto owner = std::make_shared<listener>();
    owner->request = to("127.0.0.1", server.port());
    owner->connect(loop, ending);
    run_until(loop, [&] { return owner->heard; });
    REQUIRE(owner->outcome);
    CHECK(owner->outcome->layer->is_open());
    CHECK(owner->outcome->address == asio::ip::make_address("127.0.0.1"));
    CHECK(owner->trace.dials.size() == 1);
    CHECK(owner.use_count() == 1);
}

TEST_CASE("a direct connection hears of a failed look-up, and of its interruption", "[net][connector]") {
    dns_server server;
    server.on("silent.test", dns_reply().silent());
    dragline::event_loop loop;
    for (const std::string name : {"none.test", "silent.test"}) {
        async::interrupter ending;
        const auto owner = std::make_shared<listener>();
        owner->request = to(name, 80);
        owner->request.resolver = asking(loop, server);
        owner->connect(loop, ending);
        if (name == "silent.test") ending.interrupt();
        CHECK_FALSE(owner->heard);
        run_until(loop, [&] { return owner->heard; });
        const auto ec = owner->outcome.error();
        if (name == "silent.test") CHECK(ec == asio::error::operation_aborted);
        if (name == "none.test") CHECK(ec == dragline::condition::resolve_failed);
        CHECK(owner.use_count() == 1);
    }
}

TEST_CASE("a direct connection is over with the loop, and its owner goes unheard", "[net][connector]") {
    const dragline::testing::black_hole hole;
    async::interrupter ending;
    std::weak_ptr<listener> gone;
    {
        dragline::event_loop loop;
        auto owner = std::make_shared<listener>();
        gone = owner;
        owner->request = to("127.0.0.1", hole.port());
        owner->connect(loop, ending);
        loop.poll();
        CHECK_FALSE(owner->heard);
        owner.reset();
        CHECK_FALSE(gone.expired());
    }
    CHECK(gone.expired());
}
