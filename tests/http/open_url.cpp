#include <dragline/http/open_url.hpp>

#include "stream_lab.hpp"

#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/use_future.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <utility>

using namespace std::chrono_literals;
using dragline::event_loop;
using dragline::fetch_options;
using dragline::open_url;
using dragline::response_stream;
using dragline::test::http_client;
using dragline::test::open;
using dragline::test::read_rest;
using dragline::test::run_to_end;
using dragline::test::run_until;
using dragline::testing::ending;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

asio::awaitable<std::string> every_awaitable_form(event_loop& loop, http::session session, std::string url) {
    const auto with_tuple = dragline::as_tuple(asio::use_awaitable);
    std::string bodies;
    auto here = co_await open_url(url);
    bodies += co_await here.read_all();
    auto with_options = co_await open_url(url, fetch_options().header("X", "y"));
    bodies += co_await with_options.read_all(1);
    auto on_loop = co_await open_url(loop, url);
    bodies += co_await on_loop.read_all();
    auto on_session = co_await open_url(session, url, fetch_options());
    bodies += co_await on_session.read_all();
    auto [ec, as_tuple] = co_await open_url(session, url, with_tuple);
    bodies += std::get<1>(co_await as_tuple.read_all(with_tuple));
    co_return bodies;
}

}  // namespace

TEST_CASE("a response is open when its head has come, and says all that a fetched one does",
          "[http][open_url]") {
    http_server server;
    server.on("/from", http_reply::redirect("/to"));
    server.on("/to", http_reply(404).reason("Gone Fishing").header("X", "1").header("x", "2").body("abc"));
    http_client client;
    http::trace trace;
    auto [ec, stream] = open(client, server.url("/from"), fetch_options().trace(&trace));
    REQUIRE(!ec);
    CHECK(stream.status == 404);
    CHECK(stream.reason == "Gone Fishing");
    CHECK(stream.headers.all("X").size() == 2);
    CHECK(stream.url.href() == server.url("/to"));
    CHECK(stream.history.size() == 1);
    CHECK(stream.peer.port == server.port());
    CHECK(stream.peer.reused);
    CHECK(stream.timings.total >= stream.timings.first_byte);
    CHECK(trace.attempts.size() == 2);
    CHECK_THROWS(stream.raise_for_status());
    CHECK(stream.is_open());
    const auto body = read_rest(client, stream);
    CHECK(body.text == "abc");
    CHECK(body.ec == asio::error::eof);
    CHECK(!stream.is_open());
}

TEST_CASE("open_url takes every awaitable form", "[http][open_url]") {
    http_server server;
    server.on("/", http_reply().body("x"));
    http_client client;
    CHECK(run_to_end(client.loop, every_awaitable_form(client.loop, client.session, server.url())) ==
          "xxxxx");
    CHECK(server.connection_count() == 2);  // of two sessions
}

TEST_CASE("open_url fails as fetch_url does", "[http][open_url]") {
    http_server server;
    server.on("/silent", http_reply().no_answer());
    server.on("/compress", http_reply().header("Content-Encoding", "compress").body("x"));
    http_client client;
    CHECK(open(client, "ftp://a.test/").ec == http::errc::unsupported_scheme);
    CHECK(open(client, server.url("/silent"), fetch_options().timeout(20ms)).ec ==
          dragline::condition::timeout);
    CHECK(open(client, server.url("/compress")).ec == dragline::codec::errc::unknown_coding);
    CHECK(server.wait_for_open_connections(0));
    CHECK(client.statistics().calls == 0);
    CHECK(client.statistics().connections == 0);
}

TEST_CASE("the connection goes back with the last byte of an announced body", "[http][open_url]") {
    http_server server;
    server.on("/", http_reply().body("12345"));
    server.on("/none", http_reply(204)).on("/empty", http_reply());
    http_client client;
    auto first = open(client, server.url("/"));
    CHECK(client.statistics().calls == 1);
    CHECK(client.statistics().idle_connections == 0);
    CHECK(dragline::test::read(client, first.stream, 5).text == "12345");
    CHECK(client.statistics().calls == 0);
    CHECK(client.statistics().idle_connections == 1);
    CHECK(dragline::test::read(client, first.stream).ec == asio::error::eof);
    for (const auto* path : {"/none", "/empty"}) {
        auto empty = open(client, server.url(path));
        CHECK(empty.stream.peer.reused);
        CHECK(client.statistics().idle_connections == 1);
        CHECK(read_rest(client, empty.stream).ec == asio::error::eof);
    }
    CHECK(server.connection_count() == 1);
}

TEST_CASE("a stream that is dropped in the middle closes its connection", "[http][open_url]") {
    http_server server;
    server.on("/", http_reply().body(std::string(1 << 20, 'x')));
    http_client client;
    {
        auto half = open(client, server.url("/"));
        CHECK(dragline::test::read(client, half.stream).text.size() == 1000);
        auto moved = std::move(half.stream);
        auto other = open(client, server.url("/"));
        moved = std::move(other.stream);  // drops the first
        run_until(client.loop, [&] { return client.statistics().connections == 1; });
        CHECK(moved.is_open());
    }
    run_until(client.loop, [&] { return client.statistics().connections == 0; });
    CHECK(server.wait_for_open_connections(0));
    CHECK(client.statistics().calls == 0);
}

TEST_CASE("a stream holds its place under the cap of the session", "[http][open_url]") {
    http_server server;
    server.on("/", http_reply().body(std::string(100, 'x')));
    http_client client(http::session_options().connections_per_host(1));
    auto first = std::make_optional(open(client, server.url("/")));
    auto waiting = dragline::test::start_open(client, server.url("/"));
    client.run_for(20ms);
    CHECK(!waiting.done());
    first.reset();
    run_until(client.loop, [&] { return waiting.done(); });
    CHECK(!waiting.ec());
}

TEST_CASE("closing the session ends open responses, read or not", "[http][open_url]") {
    http_server server;
    server.on("/", http_reply().body("12345").cut_body(2, ending::stall));
    http_client client;
    auto idle = open(client, server.url("/"));
    auto busy = open(client, server.url("/"));
    CHECK(dragline::test::read(client, busy.stream).text == "12");
    std::string room(10, '\0');
    dragline::test::kept_completion<std::size_t> reading;
    busy.stream.read_some(asio::buffer(room), reading);
    client.run_for(10ms);
    CHECK(!reading.done());
    dragline::test::kept_completion<void> closed;
    http::close_session(client.loop, "test", closed);
    run_until(client.loop, [&] { return closed.done() && reading.done(); });
    CHECK(!closed.ec());
    CHECK(reading.ec() == asio::error::operation_aborted);
    CHECK(dragline::test::read(client, idle.stream).ec == asio::error::operation_aborted);
    CHECK(!idle.stream.is_open());
    CHECK(server.wait_for_open_connections(0));
}

TEST_CASE("a stream may outlive its loop, with a read under way", "[http][open_url]") {
    http_server server;
    server.on("/", http_reply().body("12345").cut_body(2, ending::stall));
    response_stream idle, busy;
    std::string room(10, '\0');
    {
        http_client client;
        idle = std::move(open(client, server.url("/")).stream);
        busy = std::move(open(client, server.url("/")).stream);
        CHECK(dragline::test::read(client, busy).text == "12");
        busy.read_some(asio::buffer(room), dragline::test::kept_completion<std::size_t>());
        client.run_for(10ms);
    }
    CHECK(!idle.is_open());
    CHECK(!busy.is_open());
    CHECK(server.wait_for_open_connections(0));
}

TEST_CASE("a stream is opened, read and dropped from another thread", "[http][open_url]") {
    http_server server;
    server.on("/", http_reply().body(std::string(1 << 20, 'x')));
    event_loop loop;
    const auto work = asio::make_work_guard(loop.context());
    std::thread runner([&] { loop.run(); });
    {
        auto stream = open_url(loop, server.url("/"), asio::use_future).get();
        std::string room(10, '\0');
        CHECK(stream.read_some(asio::buffer(room), asio::use_future).get() == 10);
    }
    CHECK(server.wait_for_open_connections(0));
    loop.stop();
    runner.join();
}
