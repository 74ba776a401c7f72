#include <dragline/http/response_stream.hpp>

#include "../codec/compress.hpp"
#include "stream_lab.hpp"

#include <dragline/codec/error.hpp>
#include <dragline/h1/error.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <asio/read.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

using namespace std::chrono_literals;
using dragline::fetch_options;
using dragline::make_timeout;
using dragline::phase;
using dragline::response_stream;
using dragline::test::http_client;
using dragline::test::kept_completion;
using dragline::test::open;
using dragline::test::read;
using dragline::test::read_rest;
using dragline::test::run_to_end;
using dragline::test::run_until;
using dragline::testing::ending;
using dragline::testing::http_framing;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

std::string text(std::size_t size) {
    std::string out;
    while (out.size() < size) out += "0123456789abcdef" + std::to_string(out.size());
    return out.substr(0, size);
}

kept_completion<std::string> start_read_all(response_stream& stream, std::uint64_t limit) {
    kept_completion<std::string> kept;
    stream.read_all(limit, kept);
    return kept;
}

kept_completion<std::string> read_all(http_client& client, response_stream& stream,
                                      std::uint64_t limit = ~std::uint64_t{0}) {
    auto kept = start_read_all(stream, limit);
    run_until(client.loop, [&] { return kept.done(); });
    return kept;
}

asio::awaitable<std::size_t> read_exactly(response_stream& stream, std::string& into) {
    co_return co_await asio::async_read(stream, asio::buffer(into), asio::use_awaitable);
}

// Pushes to sinks of every kind; says what they got.
asio::awaitable<std::string> push(http::session session, std::string url) {
    std::string got;
    const auto plain = [&got](std::string_view piece) { got += piece; };
    const auto until_ten = [&got](std::string_view piece) {
        got += piece;
        return got.size() < 10;
    };
    const auto awaited = [&got](std::string_view piece) -> asio::awaitable<void> {
        got += piece;
        co_return;
    };
    const auto awaited_once = [&got](std::string_view piece) -> asio::awaitable<bool> {
        got += piece;
        co_return false;
    };
    auto first = co_await http::open_url(session, url);
    got += '=' + std::to_string(co_await first.read_to(plain)) + ' ';
    auto second = co_await http::open_url(session, url);
    got += '=' + std::to_string(co_await second.read_to(awaited)) + ' ';
    auto third = co_await http::open_url(session, url);
    got.clear();
    const auto taken = co_await third.read_to(until_ten);
    if (taken != got.size()) throw std::logic_error("another count");
    if (third.is_open()) co_await third.read_to(awaited_once);
    co_return got;
}

asio::awaitable<std::string> push_to_thrower(response_stream stream) {
    const auto throws = [](std::string_view) { throw std::runtime_error("full"); };
    try {
        co_await stream.read_to(throws);
    } catch (const std::runtime_error& thrown) {
        co_return thrown.what();
    }
    co_return "nothing";
}

}  // namespace

TEST_CASE("a body is read in pieces, whatever its framing", "[http][response_stream]") {
    const auto how = GENERATE(http_framing::content_length, http_framing::chunked, http_framing::until_close);
    const auto body = text(50'000);
    http_server server;
    server.on("/", http_reply().body(body).framing(how));
    http_client client;
    for (const std::size_t room : {1u, 7u, 1000u, 100'000u}) {
        if (room == 1 && how == http_framing::until_close) continue;
        auto [ec, stream] = open(client, server.url("/"));
        REQUIRE(!ec);
        const auto all = read_rest(client, stream, room);
        CHECK((all.text == body));
        CHECK(all.ec == asio::error::eof);
        CHECK(read(client, stream).ec == asio::error::eof);
        CHECK(client.statistics().calls == 0);
    }
    CHECK((server.connection_count() == 1) == (how != http_framing::until_close));
    auto [ec, stream] = open(client, server.url("/"));
    std::string exact(30'000, '\0');
    CHECK(run_to_end(client.loop, read_exactly(stream, exact)) == 30'000);
    CHECK((exact == body.substr(0, 30'000)));
    const auto rest = read_all(client, stream);
    CHECK(!rest.ec());
    CHECK((rest.value() == body.substr(30'000)));
    CHECK(read_all(client, stream).value().empty());
}

TEST_CASE("max_body bounds a stream to the byte", "[http][response_stream]") {
    const auto how = GENERATE(http_framing::content_length, http_framing::chunked);
    const auto body = text(1000);
    http_server server;
    server.on("/", http_reply().body(body).framing(how));
    http_client client;
    auto fits = open(client, server.url("/"), fetch_options().max_body(1000));
    CHECK((read_rest(client, fits.stream, 300).text == body));
    auto exceeds = open(client, server.url("/"), fetch_options().max_body(999));
    CHECK(read_rest(client, exceeds.stream, 300).ec == http::errc::body_too_large);
    CHECK(!exceeds.stream.truncated());
    auto cut =
        open(client, server.url("/"), fetch_options().max_body(999).on_limit(http::on_limit::truncate));
    const auto got = read_rest(client, cut.stream, 300);
    CHECK(got.ec == asio::error::eof);
    CHECK((got.text == body.substr(0, 999)));
    CHECK(cut.stream.truncated());
    // read_all() counts from where it begins.
    for (const std::uint64_t limit : {899u, 900u, 901u}) {
        auto part = open(client, server.url("/"));
        REQUIRE(read(client, part.stream, 100).text.size() == 100);
        const auto rest = read_all(client, part.stream, limit);
        CHECK((rest.ec() == http::errc::body_too_large) == (limit == 899));
        if (limit >= 900) CHECK((rest.value() == body.substr(100)));
    }
}

TEST_CASE("a body is pushed to a sink, which may stop it", "[http][response_stream]") {
    const auto body = text(100);
    http_server server;
    server.on("/", http_reply().body(body).chunks({6, 6, 6, 100}));
    http_client client;
    const auto got = run_to_end(client.loop, push(client.session, server.url()));
    CHECK(got.size() >= 10);
    CHECK((got == body.substr(0, got.size())));
}

TEST_CASE("a sink that waits ends with its session, with its stream and with its caller",
          "[http][response_stream]") {
    http_server server;
    server.on("/", http_reply().body("12345").cut_body(3, ending::stall));
    http_client client;
    auto [ec, stream] = open(client, server.url());
    REQUIRE(!ec);
    bool waits = false, cancelled = false;
    const auto sink = [&](std::string_view) -> asio::awaitable<void> {
        asio::steady_timer never(co_await asio::this_coro::executor, 1h);
        waits = true;
        const auto [ended] = co_await never.async_wait(dragline::as_tuple(asio::use_awaitable));
        cancelled = ended == asio::error::operation_aborted;
    };
    kept_completion<std::uint64_t> kept;
    asio::cancellation_signal cancel;
    stream.read_to(sink, asio::bind_cancellation_slot(cancel.slot(), kept));
    run_until(client.loop, [&] { return waits; });
    CHECK(!kept.done());
    SECTION("the session") {
        dragline::close_session(client.loop, client.session.key(), [](std::error_code) {});
    }
    SECTION("the stream") { stream.close(); }
    SECTION("the caller") { cancel.emit(asio::cancellation_type::terminal); }
    run_until(client.loop, [&] { return kept.done(); });
    CHECK(kept.ec() == asio::error::operation_aborted);
    CHECK(cancelled);
}

TEST_CASE("what a sink throws reaches the coroutine, and callback_failed a handler",
          "[http][response_stream]") {
    http_server server;
    server.on("/", http_reply().body("abc"));
    http_client client;
    auto awaited = open(client, server.url("/"));
    CHECK(run_to_end(client.loop, push_to_thrower(std::move(awaited.stream))) == "full");
    auto handled = open(client, server.url("/"));
    kept_completion<std::uint64_t> kept;
    handled.stream.read_to([](std::string_view) -> bool { throw 4711; }, kept);
    run_until(client.loop, [&] { return kept.done(); });
    CHECK(kept.ec() == dragline::errc::callback_failed);
}

TEST_CASE("a cancelled read loses nothing, and another one goes on", "[http][response_stream]") {
    http_server server;
    server.on("/", http_reply().body(text(2000)).drip_body(1000, 100ms));
    http_client client;
    auto [ec, stream] = open(client, server.url("/"));
    std::string got = read(client, stream, 5000).text;
    while (got.size() < 1000) got += read(client, stream, 5000).text;
    asio::cancellation_signal cancel;
    kept_completion<std::size_t> kept;
    std::string room(5000, '\0');
    stream.read_some(asio::buffer(room), asio::bind_cancellation_slot(cancel.slot(), kept));
    kept_completion<std::size_t> second;
    stream.read_some(asio::buffer(room), second);
    cancel.emit(asio::cancellation_type::terminal);
    run_until(client.loop, [&] { return kept.done() && second.done(); });
    CHECK(kept.ec() == asio::error::operation_aborted);
    CHECK(second.ec() == http::errc::read_under_way);
    CHECK(stream.is_open());
    const auto rest = read_rest(client, stream);
    CHECK(rest.ec == asio::error::eof);
    CHECK((got + rest.text == text(2000)));
}

TEST_CASE("what a source of the request throws while the answer is read ends the response",
          "[http][response_stream]") {
    http_server server;
    server.on("/", http_reply().body("12345").before_body().cut_body(3, ending::stall));
    http_client client;
    int pulls = 0;
    const auto source = [&pulls](asio::mutable_buffer into) -> asio::awaitable<std::size_t> {
        asio::steady_timer pause(co_await asio::this_coro::executor, 50ms);
        if (pulls > 0) co_await pause.async_wait(asio::use_awaitable);
        if (++pulls == 3) throw std::runtime_error("lost");
        if (pulls > 3) co_return 0;
        co_return into.size();
    };
    // Two pieces go out; the answer is there behind the second one.
    auto [ec, stream] = open(client, server.url(), fetch_options().body(http::body::from_source(source)));
    REQUIRE(!ec);
    while (pulls < 3 && !read(client, stream, 1).ec) {
    }
    CHECK(pulls == 3);
    CHECK(read(client, stream).ec == dragline::errc::callback_failed);
    CHECK(!stream.is_open());
    CHECK(pulls == 3);
    CHECK(server.wait_for_open_connections(0));
}

TEST_CASE("a body that breaks off is an error, and stays one", "[http][response_stream]") {
    const auto how = GENERATE(http_framing::content_length, http_framing::chunked);
    http_server server;
    server.on("/", http_reply().body(text(1000)).framing(how).cut_body(500));
    http_client client;
    auto [ec, stream] = open(client, server.url("/"));
    const auto got = read_rest(client, stream);
    CHECK(got.ec == dragline::h1::errc::truncated);
    CHECK(got.text.size() <= 500);
    CHECK(got.text.size() >= 490);
    CHECK(read(client, stream).ec == dragline::h1::errc::truncated);
    CHECK(read_all(client, stream).ec() == dragline::h1::errc::truncated);
    CHECK(client.statistics().connections == 0);
}

TEST_CASE("each read has a deadline of its own, and the whole has none", "[http][response_stream]") {
    http_server server;
    server.on("/drip", http_reply().body(text(400)).drip_body(100, 30ms));
    server.on("/stall", http_reply().body("12345").cut_body(2, ending::stall));
    http_client client;
    auto slow = open(client, server.url("/drip"), fetch_options().timeout(60s).read_timeout(20s));
    CHECK(read_rest(client, slow.stream).ec == asio::error::eof);
    for (const auto& options : {fetch_options().read_timeout(20ms), fetch_options().timeout(200ms)}) {
        auto stalled = open(client, server.url("/stall"), options);
        REQUIRE(!stalled.ec);
        const auto got = read_rest(client, stalled.stream);
        CHECK(got.text == "12");
        CHECK(got.ec == make_timeout(phase::read));
        CHECK(client.statistics().connections == 0);
    }
}

TEST_CASE("an endless body waits for a slow reader, and takes no memory meanwhile",
          "[http][response_stream]") {
    const auto how = GENERATE(http_framing::chunked, http_framing::until_close);
    http_server server;
    server.on("/", http_reply().framing(how).endless_body(text(100'000)));
    http_client client;
    auto [ec, stream] = open(client, server.url("/"), fetch_options().max_body(~std::uint64_t{0}));
    // Nothing is read while nobody reads: the peer fills the kernel's buffers, no more.
    client.run_for(20ms);
    for (int i = 0; i < 100; ++i) CHECK(read(client, stream, 10).text.size() == 10);
    stream.close();
    CHECK(!stream.is_open());
    CHECK(read(client, stream).ec == asio::error::operation_aborted);
    CHECK(server.wait_for_open_connections(0));
}

#if DRAGLINE_WITH_ZLIB

TEST_CASE("a coded body is decoded as it is read", "[http][response_stream]") {
    const auto body = text(300'000);
    http_server server;
    server.on("/", http_reply().header("Content-Encoding", "gzip").body(dragline::test::gzip(body)));
    http_client client;
    for (const std::size_t room : {1000u, 100'000u}) {
        auto [ec, stream] = open(client, server.url("/"));
        const auto all = read_rest(client, stream, room);
        CHECK(all.ec == asio::error::eof);
        CHECK((all.text == body));
    }
    auto [ec, stream] = open(client, server.url("/"));
    const auto first = read(client, stream, 100);
    CHECK((first.text + read_all(client, stream).value() == body));
    CHECK(server.connection_count() == 1);
    server.on(
        "/cut",
        http_reply().header("Content-Encoding", "gzip").body(dragline::test::gzip(body).substr(0, 999)));
    auto cut = open(client, server.url("/cut"));
    CHECK(read_rest(client, cut.stream).ec == dragline::codec::errc::truncated);
}

TEST_CASE("a bomb is decoded no further than its reader reads, and stopped by its ratio",
          "[http][response_stream]") {
    const auto bomb = dragline::test::gzip(dragline::test::gzip(std::string(64 << 20, '\0')));
    CHECK(bomb.size() < 1000);
    http_server server;
    server.on("/", http_reply().header("Content-Encoding", "gzip, gzip").body(bomb));
    http_client client;
    auto slow = open(client, server.url("/"));
    CHECK(read(client, slow.stream, 10).text == std::string(10, '\0'));
    auto [ec, stream] = open(client, server.url("/"));
    const auto all = read_rest(client, stream, 100'000);
    CHECK(all.ec == dragline::codec::errc::ratio_exceeded);
    CHECK(all.text.size() <= 1024 * 1024);
}

#endif

TEST_CASE("a stream without a response is empty, and no aggregate", "[http][response_stream]") {
    STATIC_CHECK(!std::is_aggregate_v<response_stream>);
    STATIC_CHECK(!std::is_copy_constructible_v<response_stream>);
    response_stream none;
    CHECK(!none.is_open());
    CHECK(!none.truncated());
    none.close();
    response_stream moved = std::move(none);
    CHECK(moved.status == 0);
    http_client client;
    CHECK(read(client, moved).ec == asio::error::not_connected);
    CHECK(read_all(client, moved).ec() == asio::error::not_connected);
    kept_completion<std::uint64_t> pushed;
    moved.read_to([](std::string_view) {}, pushed);
    run_until(client.loop, [&] { return pushed.done(); });
    CHECK(pushed.ec() == asio::error::not_connected);
    const auto awaits = [](response_stream stream) -> asio::awaitable<std::error_code> {
        const auto [ec, text] = co_await stream.read_all(dragline::as_tuple(asio::use_awaitable));
        co_return ec;
    };
    CHECK(run_to_end(client.loop, awaits(response_stream())) == asio::error::not_connected);
}
