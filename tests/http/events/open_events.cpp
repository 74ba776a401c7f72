#include <dragline/http/events/open_events.hpp>

#include "../../codec/compress.hpp"
#include "../../support/http_client.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::events_options;
using dragline::make_timeout;
using dragline::phase;
using dragline::test::http_client;
using dragline::test::kept_completion;
using dragline::test::run_to_end;
using dragline::test::run_until;
using dragline::testing::ending;
using dragline::testing::http_framing;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

http_reply stream(std::string text) {
    return http_reply()
        .header("Content-Type", "text/event-stream")
        .body(std::move(text))
        .framing(http_framing::chunked);
}

events_options reconnecting(int times) { return events_options().reconnects(times).retry(1ms); }

struct opened {
    std::error_code ec;
    http::event_stream stream;
};

opened open(http_client& client, const std::string& url, const events_options& options = events_options()) {
    kept_completion<http::event_stream> kept;
    http::open_events(client.session, url, options, kept);
    run_until(client.loop, [&] { return kept.done(); });
    return {kept.ec(), std::move(kept.value())};
}

kept_completion<http::server_event> start_next(http::event_stream& stream) {
    kept_completion<http::server_event> kept;
    stream.next(kept);
    return kept;
}

// The events up to the first failure: "data(id) data(id) : what ended it".
std::string read(http_client& client, http::event_stream& stream) {
    for (std::string out;;) {
        auto kept = start_next(stream);
        run_until(client.loop, [&] { return kept.done(); });
        if (kept.ec()) return out + ": " + kept.ec().message();
        out += kept.value().data + "(" + kept.value().id + ") ";
    }
}

std::string read(const http_reply& reply, const events_options& options = events_options()) {
    http_server server;
    server.on("/", reply);
    http_client client;
    auto [ec, events] = open(client, server.url(), options);
    return ec ? ec.message() : read(client, events);
}

std::string text(std::error_code ec) { return ec.message(); }

const std::string at_end = ": " + make_error_code(asio::error::eof).message();

asio::awaitable<std::string> awaiting(http::session session, std::string url) {
    auto events = co_await dragline::open_events(session, url);
    const auto first = co_await events.next();
    const auto second = co_await events.next();
    co_return first.type + " " + second.type + " " + events.last_event_id();
}

}  // namespace

TEST_CASE("events come one after the other, to the end of the stream", "[http][open_events]") {
    CHECK(read(stream("id: 1\ndata: a\n\ndata: b\n\ndata: lost")) == "a(1) b(1) " + at_end);
    CHECK(read(stream("data: a\n\nid:2\ndata: b\n\n").chunks({1})) == "a() b(2) " + at_end);
    CHECK(read(stream("")) == at_end);
    CHECK(read(stream("data: a\n\n").header("Content-Type", "TEXT/Event-Stream ; charset=utf-8")) ==
          "a() " + at_end);
    http_server server;
    server.on("/", stream("id: x\nevent: e\ndata: 1\n\ndata: 2\n\n"));
    http_client client;
    CHECK(run_to_end(client.loop, awaiting(client.session, server.url())) == "e message x");
    const auto request = server.requests().at(0);
    CHECK(request.field("Accept") == "text/event-stream");
    CHECK(request.field("Cache-Control") == "no-store");
    CHECK(!request.has_field("Last-Event-ID"));
}

TEST_CASE("what is no event stream is refused", "[http][open_events]") {
    CHECK(read(http_reply().header("Content-Type", "text/plain").body("data: a\n\n")) ==
          text(http::errc::unexpected_type));
    CHECK(read(http_reply().body("data: a\n\n")) == text(http::errc::unexpected_type));
    CHECK(read(stream("data: a\n\n").status(500)) == text(http::errc::unexpected_status));
    CHECK(read(stream("data: a\n\n").status(206)) == text(http::errc::unexpected_status));
    CHECK(read(http_reply(204)) == text(asio::error::eof));
    for (const auto& bad : {events_options().reconnects(-1), events_options().retry(0s),
                            events_options().max_retry(0s), events_options().idle_timeout(0s)}) {
        CHECK(read(stream(""), bad) == text(dragline::errc::invalid_option));
    }
}

TEST_CASE("limits, broken streams and silence end it for good", "[http][open_events]") {
    const auto limits = http::event_stream_limits().max_line(10).max_data(10);
    CHECK(read(stream("data: 123\n\n:" + std::string(20, 'x')), reconnecting(1).limits(limits)) ==
          "123() : " + text(http::errc::event_too_large));
    CHECK(read(stream("data: 123\n\ndata: 4").cut_body(16)) ==
          "123() : " + text(dragline::h1::errc::truncated));
    CHECK(read(stream("data: 123\n\n").cut_body(16, ending::stall), events_options().idle_timeout(30ms)) ==
          "123() : " + text(make_timeout(phase::read)));
    const auto endless = stream("").endless_body(":" + std::string(1000, ' ') + "\n");
    http_server server;
    server.on("/", endless);
    http_client client;
    auto [ec, events] = open(client, server.url());
    auto waiting = start_next(events);
    client.run_for(20ms);  // comments are no events, and take no memory
    CHECK(!waiting.done());
    events.close();
    run_until(client.loop, [&] { return waiting.done(); });
    CHECK(waiting.ec() == asio::error::operation_aborted);
    CHECK(read(client, events) == ": " + text(asio::error::operation_aborted));
    CHECK(server.wait_for_open_connections(0));
}

TEST_CASE("a stream that ends is opened again where it was left, as often as allowed",
          "[http][open_events]") {
    http_server server;
    server.on("/", std::vector<http_reply>{
                       stream("id: 1\ndata: a\n\ndata: half"), stream("").cut_body(0, ending::reset),
                       stream("data: b\n\nid: 2\n\n"), stream(""), stream(""), stream("data: never\n\n")});
    http_client client;
    auto [ec, events] = open(client, server.url(), reconnecting(2));
    CHECK(read(client, events) == "a(1) b(1) " + at_end);
    CHECK(read(client, events) == at_end);
    const auto requests = server.requests();
    REQUIRE(requests.size() == 5);
    CHECK(!requests[0].has_field("Last-Event-ID"));
    CHECK(requests[1].field("Last-Event-ID") == "1");
    CHECK(requests[2].field("Last-Event-ID") == "1");
    CHECK(requests[3].field("Last-Event-ID") == "2");
    CHECK(events.last_event_id() == "2");
    auto resumed = open(client, server.url(), events_options().last_event_id("77"));
    CHECK(server.requests().back().field("Last-Event-ID") == "77");
}

TEST_CASE("a server says that there is no more by 204, or by another status", "[http][open_events]") {
    for (const int status : {204, 500}) {
        http_server server;
        server.on("/", std::vector<http_reply>{stream("data: a\n\n"), http_reply(status),
                                               stream("data: never\n\n")});
        http_client client;
        auto [ec, events] = open(client, server.url(), reconnecting(5));
        CHECK(read(client, events) ==
              "a() " + (status == 204 ? at_end : ": " + text(http::errc::unexpected_status)));
        CHECK(server.request_count() == 2);
    }
}

TEST_CASE("the server's wish for a pause is heeded, up to a limit", "[http][open_events]") {
    http_server server;
    server.on("/", std::vector<http_reply>{stream("retry: 9223372036854775807\ndata: a\n\n"),
                                           stream("data: b\n\n"), http_reply(204)});
    http_client client;
    auto [ec, events] = open(client, server.url(), reconnecting(1).max_retry(10ms));
    CHECK(read(client, events).starts_with("a() b() "));

    server.on("/long", std::vector<http_reply>{stream("retry: 60000\ndata: a\n\n"), stream("data: b\n\n")});
    auto pausing = open(client, server.url("/long"), reconnecting(1)).stream;
    for (const bool close_session : {false, true}) {
        auto first = start_next(pausing);
        if (!close_session) run_until(client.loop, [&] { return first.done(); });
        if (close_session) {
            client.run_for(20ms);  // it pauses
            CHECK(!first.done());
            kept_completion<void> closed;
            http::close_session(client.loop, "test", closed);
            run_until(client.loop, [&] { return closed.done() && first.done(); });
            CHECK(first.ec() == asio::error::operation_aborted);
        }
    }
    CHECK(server.request_count() == 4);
}

TEST_CASE("a cancelled next loses nothing", "[http][open_events]") {
    http_server server;
    server.on("/", stream("data: a\n\n").body_delay(100ms));
    http_client client;
    auto [ec, events] = open(client, server.url());
    asio::cancellation_signal cancel;
    kept_completion<http::server_event> kept;
    events.next(asio::bind_cancellation_slot(cancel.slot(), kept));
    auto second = start_next(events);
    cancel.emit(asio::cancellation_type::terminal);
    run_until(client.loop, [&] { return kept.done() && second.done(); });
    CHECK(kept.ec() == asio::error::operation_aborted);
    CHECK(second.ec() == http::errc::read_under_way);
    CHECK(read(client, events) == "a() " + at_end);
}

TEST_CASE("a stream that is dropped closes its connection, and may outlive its loop", "[http][open_events]") {
    http_server server;
    server.on("/", stream("data: a\n\n").cut_body(3, ending::stall));
    http::event_stream left;
    {
        http_client client;
        {
            auto dropped = open(client, server.url()).stream;
            start_next(dropped);
        }
        run_until(client.loop, [&] { return client.statistics().connections == 0; });
        CHECK(server.wait_for_open_connections(0));
        left = open(client, server.url()).stream;
        start_next(left);
        client.run_for(5ms);
    }
    CHECK(server.wait_for_open_connections(0));
}

TEST_CASE("closing a stream, or dropping it, ends the connection that it is opening anew",
          "[http][open_events]") {
    const bool drop = GENERATE(false, true);
    http_server server;
    server.on("/", std::vector<http_reply>{stream("data: a\n\n"), http_reply().no_answer()});
    http_client client;
    auto events = open(client, server.url(), reconnecting(1)).stream;
    auto first = start_next(events);
    run_until(client.loop, [&] { return first.done(); });
    auto waiting = start_next(events);
    run_until(client.loop, [&] { return server.request_count() == 2; });
    CHECK(!waiting.done());
    if (drop) {
        events = http::event_stream();
    } else {
        events.close();
    }
    run_until(client.loop, [&] { return waiting.done(); });
    CHECK(waiting.ec() == asio::error::operation_aborted);
    CHECK(server.wait_for_open_connections(0));
}

TEST_CASE("a last id that would break the request is refused, and a stream without a response has no event",
          "[http][open_events]") {
    http_server server;
    server.on("/", stream("data: a\n\n"));
    http_client client;
    for (const char* id : {"7\r\nX: y", "7\n", "\r"}) {
        const auto refused = open(client, server.url(), http::events_options().last_event_id(id));
        CHECK(refused.ec == dragline::h1::errc::invalid_field_value);
    }
    CHECK(server.request_count() == 0);
    http::event_stream none;
    auto next = start_next(none);
    run_until(client.loop, [&] { return next.done(); });
    CHECK(next.ec() == asio::error::not_connected);
    CHECK(none.last_event_id().empty());
}

#if DRAGLINE_WITH_ZLIB

TEST_CASE("a coded event stream is decoded", "[http][open_events]") {
    CHECK(read(stream(dragline::test::gzip("data: a\n\n")).header("Content-Encoding", "gzip")) ==
          "a() " + at_end);
}

#endif
