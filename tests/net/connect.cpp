#include <dragline/net/connect.hpp>

#include "../support/tcp_peer.hpp"

#include <dragline/net/address_policy.hpp>
#include <dragline/net/error.hpp>
#include <dragline/testing/dns_server.hpp>
#include <dragline/testing/manual_clock.hpp>
#include <dragline/testing/sockets.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/ip/address.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/use_future.hpp>
#include <asio/write.hpp>
#include <catch2/catch_test_macros.hpp>

#include <unistd.h>
#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <future>
#include <memory>
#include <new>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::condition;
using dragline::connect_options;
using dragline::make_timeout;
using dragline::open_connection;
using dragline::phase;
using dragline::net::connect_trace;
using dragline::net::endpoint;
using dragline::net::stream;
using dragline::test::kept_completion;
using dragline::test::run_until;
using dragline::test::tcp_peer;
using dragline::testing::black_hole;
using dragline::testing::dead_port;
using dragline::testing::dns_reply;
using dragline::testing::dns_server;

namespace dns = dragline::dns;

namespace {

template <class Where>
kept_completion<stream> open(dragline::event_loop& loop, Where&& where, const endpoint& target,
                             const connect_options& options = connect_options()) {
    kept_completion<stream> opened;
    open_connection(where, target, options, opened);
    CHECK(!opened.done());
    run_until(loop, [&] { return opened.done(); });
    return opened;
}

kept_completion<stream> open(dragline::event_loop& loop, const endpoint& target,
                             const connect_options& options = connect_options()) {
    return open(loop, loop, target, options);
}

dns::resolver asking(dragline::event_loop& loop, const dns_server& server) {
    return dns::resolver(loop, dns::query_options().add_server(server.to_string()).hosts_file(false));
}

asio::awaitable<std::string> read_three(endpoint target) {
    auto opened = co_await open_connection(std::move(target));
    std::array<char, 3> bytes{};
    const auto size = co_await opened.async_read_some(asio::buffer(bytes));
    co_return std::string(bytes.data(), size);
}

}  // namespace

TEST_CASE("open_connection connects to an address, and bytes pass both ways", "[net][connect]") {
    tcp_peer peer;
    dragline::event_loop loop;
    auto opened = open(loop, endpoint("127.0.0.1", peer.port()));
    REQUIRE(!opened.ec());
    auto& other = peer.accept();
    CHECK(opened.value().is_open());

    kept_completion<std::size_t> written;
    opened.value().async_write_some(asio::buffer("ping", 4), written);
    run_until(loop, [&] { return written.done(); });
    CHECK(written.value() == 4);
    CHECK(dragline::test::receive(other) == "ping");

    dragline::test::send(other, "pong");
    std::array<char, 16> bytes{};
    kept_completion<std::size_t> read;
    opened.value().async_read_some(asio::buffer(bytes), read);
    run_until(loop, [&] { return read.done(); });
    CHECK(std::string(bytes.data(), read.value()) == "pong");
}

TEST_CASE("open_connection takes any completion token, and no WHERE in a coroutine", "[net][connect]") {
    tcp_peer peer;
    dragline::event_loop loop;
    const endpoint target("127.0.0.1", peer.port());

    std::future<stream> promised = open_connection(loop, target, asio::use_future);
    run_until(loop, [&] { return promised.wait_for(0s) == std::future_status::ready; });
    CHECK(promised.get().is_open());
    peer.accept();

    auto text = asio::co_spawn(loop.get_executor(), read_three(target), asio::use_future);
    loop.poll();  // on loopback it connects at once
    dragline::test::send(peer.accept(), "abc");
    run_until(loop, [&] { return text.wait_for(0s) == std::future_status::ready; });
    CHECK(text.get() == "abc");
}

TEST_CASE("a name is looked up with the resolver of WHERE", "[net][connect]") {
    dns_server server;
    server.host("a.test", {"127.0.0.1"});
    tcp_peer peer;
    dragline::event_loop loop;
    connect_trace trace;
    auto opened =
        open(loop, asking(loop, server), endpoint("a.test", peer.port()), connect_options().trace(&trace));
    CHECK(!opened.ec());
    CHECK(!trace.look_ups.empty());  // the slower family may not have counted any more
    REQUIRE(trace.dials.size() == 1);
    CHECK(trace.dials[0].address.to_string() == "127.0.0.1");
}

TEST_CASE("localhost is tried over IPv6 first, then over IPv4", "[net][connect]") {
    tcp_peer peer;
    dragline::event_loop loop;
    connect_trace trace;
    auto opened = open(loop, endpoint("localhost", peer.port()), connect_options().trace(&trace));
    CHECK(!opened.ec());
    REQUIRE(trace.dials.size() == 2);
    CHECK(trace.dials[0].address.to_string() == "::1");
    CHECK(trace.dials[0].ec == asio::error::connection_refused);
    CHECK(trace.dials[1].address.to_string() == "127.0.0.1");
    CHECK(!trace.dials[1].ec);
}

TEST_CASE("a host whose first address is dead and whose second lives is reached", "[net][connect]") {
    const auto first = asio::ip::make_address("127.0.0.2");
    const auto second = asio::ip::make_address("127.0.0.3");
    dns_server server;
    server.host("two.test", {"127.0.0.2", "127.0.0.3"});
    dragline::event_loop loop;
    connect_trace trace;
    const auto options = connect_options().attempt_delay(20ms).trace(&trace);

    SECTION("refused: the second is dialled at once") {
        tcp_peer peer(second);
        auto opened = open(loop, asking(loop, server), endpoint("two.test", peer.port()),
                           connect_options().attempt_delay(1h).trace(&trace));
        CHECK(!opened.ec());
        REQUIRE(trace.dials.size() == 2);
        CHECK(trace.dials[0].address == first);
        CHECK(trace.dials[0].ec == asio::error::connection_refused);
        CHECK(!trace.dials[1].ec);
    }
    SECTION("silent: the second is dialled after the head start, and the first is given up") {
        const black_hole hole(first);
        tcp_peer peer(second, hole.port());
        auto opened = open(loop, asking(loop, server), endpoint("two.test", hole.port()), options);
        CHECK(!opened.ec());
        REQUIRE(trace.dials.size() == 2);
        CHECK(trace.dials[0].address == first);
        CHECK(trace.dials[0].ec == asio::error::operation_aborted);
        CHECK(trace.dials[1].started - trace.dials[0].started >= 20ms);
        CHECK(!trace.dials[1].ec);
    }
}

TEST_CASE("a refused connection is the error of the first address", "[net][connect]") {
    const dead_port dead;
    dragline::event_loop loop;
    auto opened = open(loop, endpoint("127.0.0.1", dead.port()));
    CHECK(opened.ec() == asio::error::connection_refused);
    CHECK(opened.ec() == condition::connect_failed);
    CHECK(!opened.value().is_open());
}

TEST_CASE("a black hole is left at the timeout, which says connect", "[net][connect]") {
    const black_hole hole;
    dragline::event_loop loop;
    auto opened = open(loop, endpoint("127.0.0.1", hole.port()), connect_options().timeout(30ms));
    CHECK(opened.ec() == make_timeout(phase::connect));
    CHECK(opened.ec() == condition::timeout);
}

TEST_CASE("a silent DNS server is left at the timeout, which says resolve", "[net][connect]") {
    dns_server server;
    server.on("*", dns_reply().silent());
    dragline::event_loop loop;
    auto opened = open(loop, asking(loop, server), endpoint("a.test", 80), connect_options().timeout(30ms));
    CHECK(opened.ec() == make_timeout(phase::resolve));
}

TEST_CASE("an answer that is blocked as a whole does not start the time for connecting", "[net][connect]") {
    tcp_peer peer;
    dns_server server;
    using dns::record_type;
    server.on("a.test", record_type::aaaa, dns_reply().answer(record_type::aaaa, {"fd00::1"}))
        .on("a.test", record_type::a, dns_reply().answer(record_type::a, {"127.0.0.1"}).delay(200ms));
    dragline::event_loop loop;
    connect_trace trace;
    const auto options =
        connect_options()
            .connect_timeout(100ms)
            .address_policy(dragline::net::address_policy().deny("fd00::/8").partial_answers(true))
            .trace(&trace);
    CHECK(!open(loop, asking(loop, server), endpoint("a.test", peer.port()), options).ec());
    CHECK(trace.resolve >= 200ms);
}

TEST_CASE("a look-up that throws is a look-up that failed", "[net][connect]") {
    struct throwing final : dns::transport {
        void ask(const dns::question&, const dns::query_form&, std::shared_ptr<dns::reply_sink>,
                 std::size_t) override {
            throw std::bad_alloc();
        }
        void hold() override {}
        void release() noexcept override {}
        void shutdown() noexcept override {}
        std::string description() const override { return "throwing"; }
    };
    dragline::event_loop loop;
    const std::vector<std::shared_ptr<dns::transport>> transports{std::make_shared<throwing>()};
    const dns::resolver resolver(loop, transports, dns::query_options().hosts_file(false));
    const auto opened = open(loop, resolver, endpoint("a.test", 80), connect_options().timeout(5s));
    CHECK(opened.ec() == std::errc::not_enough_memory);
}

TEST_CASE("an address behind six that are silent is reached", "[net][connect]") {
    const black_hole hole(asio::ip::address_v4::any());
    tcp_peer peer(asio::ip::address_v6::loopback(), hole.port());
    dns_server server;
    using dns::record_type;
    server.host("a.test",
                {"127.0.0.11", "127.0.0.12", "127.0.0.13", "127.0.0.14", "127.0.0.15", "127.0.0.16"});
    server.on("a.test", record_type::aaaa, dns_reply().answer(record_type::aaaa, {"::1"}).delay(100ms));
    dragline::testing::manual_clock time;
    dragline::event_loop loop(dragline::event_loop_options().time(time));
    connect_trace trace;
    kept_completion<stream> opened;
    open_connection(asking(loop, server), endpoint("a.test", hole.port()),
                    connect_options().attempt_delay(5ms).trace(&trace), opened);
    run_until(loop, [&] { return time.advance(5ms), opened.done(); });
    CHECK(!opened.ec());
    REQUIRE(trace.dials.size() == 7);
    CHECK(trace.dials[0].ec == make_timeout(phase::connect));
    CHECK(trace.dials[0].took >= 2s);
    for (std::size_t at = 1; at < 6; ++at) CHECK(trace.dials[at].ec);
    CHECK(trace.dials[6].address == peer.endpoint().address());
    CHECK(!trace.dials[6].ec);
}

TEST_CASE("a name that does not exist is the error of the look-up", "[net][connect]") {
    dns_server server;
    dragline::event_loop loop;
    auto opened = open(loop, asking(loop, server), endpoint("no.test", 80));
    CHECK(opened.ec() == dns::errc::name_not_found);
    CHECK(opened.ec() == condition::resolve_failed);
}

TEST_CASE("timeouts of zero and less are refused, and so is an endpoint without a host", "[net][connect]") {
    dragline::event_loop loop;
    const endpoint target("127.0.0.1", 1);
    for (const auto bad : {0ms, -1ms}) {
        CHECK(open(loop, target, connect_options().timeout(bad)).ec() == dragline::errc::invalid_option);
        CHECK(open(loop, target, connect_options().tls_timeout(bad)).ec() == dragline::errc::invalid_option);
    }
    CHECK(open(loop, endpoint()).ec() == dragline::net::errc::invalid_endpoint);
    CHECK(open(loop, endpoint("", 80)).ec() == dragline::net::errc::invalid_endpoint);
}

TEST_CASE("a cancelled connection ends as operation_aborted, wherever it waits", "[net][connect]") {
    dns_server server;
    server.on("*", dns_reply().silent());
    const black_hole hole;
    tcp_peer silent;
    dragline::event_loop loop;
    const auto cancel_at = [&](const endpoint& target, const connect_options& options) {
        asio::cancellation_signal signal;
        kept_completion<stream> opened;
        open_connection(asking(loop, server), target, options,
                        asio::bind_cancellation_slot(signal.slot(), opened));
        const auto until = std::chrono::steady_clock::now() + 20ms;
        run_until(loop, [&] { return std::chrono::steady_clock::now() >= until; });
        CHECK(!opened.done());
        signal.emit(asio::cancellation_type::total);
        run_until(loop, [&] { return opened.done(); });
        CHECK(opened.calls() == 1);
        return opened.ec();
    };
    CHECK(cancel_at(endpoint("a.test", 80), connect_options()) == asio::error::operation_aborted);
    CHECK(cancel_at(endpoint("127.0.0.1", hole.port()), connect_options()) == asio::error::operation_aborted);
    const auto secure = connect_options().tls(dragline::tls::client_options().verify(false));
    CHECK(cancel_at(endpoint("127.0.0.1", silent.port()), secure) == asio::error::operation_aborted);
}

TEST_CASE("a loop that dies with connections under way takes them along", "[net][connect]") {
    const black_hole hole;
    kept_completion<stream> opened;
    {
        dragline::event_loop loop;
        for (int i = 0; i < 10; ++i) open_connection(loop, endpoint("127.0.0.1", hole.port()), opened);
        loop.poll();
    }
    CHECK(!opened.done());
}

TEST_CASE("a Unix socket is connected to by its path", "[net][connect]") {
    const auto path = std::filesystem::temp_directory_path() / ("dragline_" + std::to_string(::getpid()));
    std::filesystem::remove(path);
    dragline::event_loop loop;
    {
        asio::local::stream_protocol::acceptor acceptor(loop.context(), path.string());
        auto opened = open(loop, endpoint::local_socket(path.string()));
        REQUIRE(!opened.ec());
        auto other = acceptor.accept();
        asio::write(other, asio::buffer("abc", 3));
        std::array<char, 16> bytes{};
        kept_completion<std::size_t> read;
        opened.value().async_read_some(asio::buffer(bytes), read);
        run_until(loop, [&] { return read.done(); });
        CHECK(std::string(bytes.data(), read.value()) == "abc");
    }
    std::filesystem::remove(path);
    CHECK(open(loop, endpoint::local_socket(path.string())).ec() ==
          std::error_code(ENOENT, asio::system_category()));
    const std::string too_long(200, 'x');
    CHECK(open(loop, endpoint::local_socket(too_long)).ec());
}
