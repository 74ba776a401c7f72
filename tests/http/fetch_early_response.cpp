// A peer that answers while the request is still sent, and one that takes no more of it.
#include <dragline/http/fetch.hpp>

#include "../net/stream_pair.hpp"
#include "../support/http_client.hpp"
#include "../support/request_body.hpp"
#include "../support/tcp_peer.hpp"
#include "read_head.hpp"
#include "send_request.hpp"
#include "stream_lab.hpp"

#include <dragline/h1/error.hpp>
#include <dragline/http/detail/h1_connection.hpp>
#include <dragline/http/error.hpp>
#include <dragline/testing/manual_clock.hpp>

#include <asio/read.hpp>
#include <asio/read_until.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/write.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

using dragline::fetch_options;
using dragline::http::body;
using dragline::http::detail::h1_connection;
using dragline::test::http_client;
using dragline::test::run_until;
using dragline::test::stream_pair;
using dragline::testing::ending;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace h1 = dragline::h1;
namespace http = dragline::http;
namespace net = dragline::net;

namespace {

const std::string large(8 * 1024 * 1024, 'b');

http::request_view request_of(const http::fields& fields) {
    http::request_view request;
    request.method = "POST";
    request.host = "a.test";
    request.target = "/";
    request.fields = &fields;
    return request;
}

// An upload that does not fit into what the kernels take, and its peer played by hand. It is much more than
// goes out before the answer.
struct uploading {
    explicit uploading(bool pulled)
        : pair(loop, GENERATE(false, true)),
          connection(dragline::async::loop_state::of(loop.get_executor()), pair.connected(), 80) {
        connection.start("POST", h1::head_limits());
        fields.add("Content-Length", std::to_string(large.size()));
        auto request = request_of(fields);
        if (pulled) {
            fields.clear();
            source = *http::body_access::open(content);
            request.source = source.get();
        } else {
            request.body = large;
        }
        request.max_interim = 3;
        spawn(dragline::test::send_request(connection, request), written);
        dragline::test::settle(loop);
        CHECK(!written.done());
    }

    void spawn(asio::awaitable<dragline::result<void>> what, dragline::test::kept_completion<void> done) {
        asio::co_spawn(
            loop.get_executor(), std::move(what),
            [done](std::exception_ptr, dragline::result<void> ended) mutable { done(ended.error()); });
    }

    void answer(std::string text) {
        dragline::test::kept_completion<std::size_t> sent;
        asio::async_write(pair.server, asio::buffer(text), sent);
        run_until(loop, [&] { return sent.done(); });
    }

    std::error_code finish() {
        run_until(loop, [&] { return written.done(); });
        if (written.ec()) return written.ec();
        return dragline::test::run_to_end(loop, dragline::test::read_head(connection, head, 3, {})).error();
    }

    std::string read_body() {
        std::string all, piece(100'000, '\0');
        for (;;) {
            const auto size = dragline::test::run_to_end(loop, connection.read_body(asio::buffer(piece), {}));
            if (!size) return all + "[" + size.error().message() + "]";
            if (*size == 0) return all;
            all.append(piece, 0, *size);
        }
    }

    dragline::event_loop loop;
    stream_pair pair;
    h1_connection connection;
    http::fields fields;
    body content = body::from_factory([] { return dragline::test::text_reading(large, 50'000); });
    std::unique_ptr<http::detail::body_source> source;
    dragline::test::kept_completion<void> written;
    http::response_head head;
};

// Takes the request as it comes, and sends so many bytes of it back as the body of its answer.
asio::awaitable<void> echo(net::stream& peer, std::size_t size) {
    std::string head;
    co_await asio::async_read_until(peer, asio::dynamic_buffer(head), "\r\n\r\n", asio::use_awaitable);
    auto rest = head.substr(head.find("\r\n\r\n") + 4);
    const auto answer = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" + rest;
    co_await asio::async_write(peer, asio::buffer(answer), asio::use_awaitable);
    std::string piece(30'000, '\0');
    for (auto done = rest.size(); done < size;) {
        const auto got = co_await peer.async_read_some(asio::buffer(piece), asio::use_awaitable);
        co_await asio::async_write(peer, asio::buffer(piece.data(), got), asio::use_awaitable);
        done += got;
    }
}

}  // namespace

TEST_CASE("a peer that refuses the body and reads no more of it is heard at once", "[http][fetch][early]") {
    uploading run(GENERATE(false, true));
    const auto status = GENERATE(200, 413);
    run.answer("HTTP/1.1 " + std::to_string(status) + " Enough\r\nContent-Length: 2\r\n\r\nno");
    REQUIRE(!run.finish());
    CHECK(run.head.status == status);
    CHECK(run.read_body() == "no");
    CHECK(run.connection.bytes_sent() > 0);
    CHECK(run.connection.bytes_sent() < large.size());
    CHECK(!run.connection.reusable());
}

TEST_CASE("an answer in pieces ends the body when its head is whole", "[http][fetch][early]") {
    uploading run(GENERATE(false, true));
    for (const auto* piece : {"HTTP/1.1 4", "13 Enough\r\nContent-", "Length: 0\r\n"}) {
        run.answer(piece);
        dragline::test::settle(run.loop);
        CHECK(!run.written.done());
    }
    run.answer("\r\n");
    REQUIRE(!run.finish());
    CHECK(run.head.status == 413);
    CHECK(run.read_body().empty());
}

TEST_CASE("interim answers do not end the body, but too many of them do", "[http][fetch][early]") {
    uploading run(GENERATE(false, true));
    for (int i = 0; i < 3; ++i) {
        run.answer("HTTP/1.1 102 Processing\r\n\r\n");
        dragline::test::settle(run.loop);
        CHECK(!run.written.done());
    }
    SECTION("the body goes on") {
        std::string bytes(large.size(), '\0');
        dragline::test::kept_completion<std::size_t> read;
        asio::async_read(run.pair.server, asio::buffer(bytes), read);
        run_until(run.loop, [&] { return read.done(); });
        std::string more(1'000'000, '\0');
        dragline::test::kept_completion<std::size_t> rest;
        run.pair.server.async_read_some(asio::buffer(more), rest);
        run_until(run.loop, [&] { return rest.done() && run.written.done(); });
        run.answer("HTTP/1.1 204 No Content\r\n\r\n");
        REQUIRE(!run.finish());
        CHECK(run.connection.reusable());
    }
    SECTION("the fourth is one too many") {
        run.answer("HTTP/1.1 102 Processing\r\n\r\n");
        CHECK(run.finish() == http::errc::too_many_interim);
    }
}

TEST_CASE("what is no answer ends the body with an error", "[http][fetch][early]") {
    uploading run(GENERATE(false, true));
    SECTION("garbage") {
        run.answer("SMTP ready\r\n\r\n");
        CHECK(run.finish() == h1::errc::malformed_status_line);
    }
    SECTION("an upgrade") {
        run.answer("HTTP/1.1 101 Switching\r\n\r\n");
        CHECK(run.finish() == http::errc::unexpected_upgrade);
    }
    SECTION("the end") {
        dragline::test::run_to_end(run.loop, run.pair.server.shutdown(asio::use_awaitable));
        CHECK(run.finish() == http::errc::connection_closed);
    }
    SECTION("the end within a head") {
        run.answer("HTTP/1.1 200");
        dragline::test::run_to_end(run.loop, run.pair.server.shutdown(asio::use_awaitable));
        CHECK(run.finish() == h1::errc::truncated);
    }
    SECTION("close() here") {
        run.connection.close();
        CHECK(run.finish() == asio::error::operation_aborted);
    }
}

TEST_CASE("a peer that answers as it reads gets the whole request", "[http][fetch][early]") {
    stream_pair* peer = nullptr;
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    peer = &pair;
    h1_connection connection(dragline::async::loop_state::of(loop.get_executor()), pair.connected(), 80);
    connection.start("POST", h1::head_limits());
    http::fields fields;
    const auto content = body::from_factory([] { return dragline::test::text_reading(large); }, large.size());
    const auto source = http::body_access::open(content);
    auto request = request_of(fields);
    if (GENERATE(false, true)) {
        request.source = source->get();
    } else {
        fields.add("Content-Length", std::to_string(large.size()));
        request.body = large;
    }
    bool echoed = false;
    asio::co_spawn(loop.get_executor(), echo(peer->server, large.size()),
                   [&](std::exception_ptr thrown) { echoed = !thrown; });
    http::response_head head;
    REQUIRE(dragline::test::run_to_end(loop, dragline::test::send_request(connection, request)));
    REQUIRE(dragline::test::run_to_end(loop, dragline::test::read_head(connection, head, 3, {})));
    std::string all(large.size(), '\0');
    for (std::size_t size = 0; size < all.size();) {
        const auto room = asio::buffer(all.data() + size, all.size() - size);
        const auto got = dragline::test::run_to_end(loop, connection.read_body(room, {}));
        REQUIRE(got);
        size += *got;
    }
    CHECK((all == large));
    run_until(loop, [&] { return echoed; });
    CHECK(connection.reusable());
}

TEST_CASE("an early answer is the response of a fetch, over TLS too", "[http][fetch][early]") {
    http_server plain, secure(dragline::test::usual_certificate());
    http_client client(http::session_options().tls(dragline::test::trusting_test_ca()));
    for (auto* server : {&plain, &secure}) {
        server->on("/", http_reply(413).body("too much").before_body().finish(ending::stall));
        const auto pulled = body::from_factory([] { return dragline::test::text_reading(large); });
        for (const auto& sent : {body(large), pulled}) {
            const auto got = client.fetch(server->url(), fetch_options().body(sent).fresh_connection(true));
            CHECK(!got.ec);
            CHECK(got.response.status == 413);
            CHECK(got.response.body == "too much");
            CHECK(client.statistics().connections == 0);
        }
        CHECK(server->wait_for_open_connections(0));
    }
}

TEST_CASE("a good answer that is whole does not end the upload, and its connection is used again",
          "[http][fetch][early]") {
    http_server plain, secure(dragline::test::usual_certificate());
    http_client client(http::session_options().tls(dragline::test::trusting_test_ca()));
    const auto pulled = body::from_factory([] { return dragline::test::text_reading(large, 50'000); });
    const auto slow = body::from_factory([] { return dragline::test::slow_text_reading(large, 50'000); });
    for (auto* server : {&plain, &secure}) {
        server->on("/", http_reply().body("taken").before_body());
        server->on("/empty", http_reply(204).before_body());
        for (const auto& sent : {body(large), pulled, slow}) {
            const auto got = client.fetch(server->url(), fetch_options().body(sent));
            CHECK(!got.ec);
            CHECK(got.response.body == "taken");
            auto [ec, stream] =
                dragline::test::open(client, server->url("/empty"), fetch_options().body(sent));
            CHECK(!ec);
            CHECK(dragline::test::read(client, stream).ec == asio::error::eof);
            CHECK(got.trace.attempts.at(0).bytes_sent > large.size());
        }
        CHECK(server->connection_count() == 1);
    }
}

TEST_CASE("a good answer stands, though the rest of the upload fails", "[http][fetch][early]") {
    dragline::test::tcp_peer peer;
    dragline::testing::manual_clock time;
    http_client client(http::session_options(), dragline::event_loop_options().time(time));
    const auto kept = client.start(
        peer.url(),
        fetch_options().body(large).timeout(dragline::no_limit).write_timeout(std::chrono::hours(1)));
    dragline::test::settle(client.loop);  // on loopback it connects at once
    auto& connection = peer.accept();
    run_until(client.loop, [&] { return connection.available() > 0; });
    dragline::test::receive_head(connection);  // and no more than comes with it
    dragline::test::send(connection, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ntaken");
    dragline::test::settle(client.loop);
    CHECK(!kept->done);
    time.advance(std::chrono::hours(2));
    client.wait_for(kept);
    CHECK(!kept->ec);
    CHECK(kept->response.body == "taken");
    CHECK(client.statistics().connections == 0);
    // But a body that turns out to be none is the caller's to know.
    http_server server;
    server.on("/", http_reply().body("taken").before_body());
    const auto wrong = body::from_factory([] { return dragline::test::slow_text_reading(large); }, 9'000'000);
    CHECK(client.fetch(server.url(), fetch_options().body(wrong)).ec == http::errc::body_size_differs);
}

TEST_CASE("an answer that announces the end, bytes behind it, or a peer that is gone end the upload",
          "[http][fetch][early]") {
    uploading run(GENERATE(false, true));
    const auto* rest = GENERATE("Connection: close\r\n\r\nok", "\r\nok, and more", "\r\nok");
    run.answer(std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n") + rest);
    REQUIRE(!run.finish());
    CHECK(run.read_body() == "ok");
    CHECK(run.connection.sending());
    const bool gone = std::string(rest) == "\r\nok";
    if (gone) run.pair.server = net::stream();
    const auto finished = dragline::test::run_to_end(run.loop, run.connection.finish_request({}));
    CHECK(http::detail::is_gone(finished.error()) == gone);
    CHECK(!run.connection.reusable());
    CHECK(run.connection.bytes_sent() < large.size());
}

TEST_CASE("an answer that comes while a coroutine makes the body up is heard at once",
          "[http][fetch][early]") {
    http_server plain, secure(dragline::test::usual_certificate());
    http_client client(http::session_options().tls(dragline::test::trusting_test_ca()));
    for (auto* server : {&plain, &secure}) {
        server->on("/", http_reply(413).interim(102).body("too much").before_body().finish(ending::stall));
        server->on("/good", http_reply().interim(102).body("taken").before_body());
        bool waits = false, ended = false;
        const auto endless = [&,
                              pulls = 0](asio::mutable_buffer into) mutable -> asio::awaitable<std::size_t> {
            if (++pulls < 3) co_return into.size();
            asio::steady_timer never(co_await asio::this_coro::executor, std::chrono::hours(1));
            waits = true;
            co_await never.async_wait(dragline::as_tuple(asio::use_awaitable));
            ended = true;
            co_return 0;
        };
        const auto refused = client.fetch(server->url(), fetch_options().body(body::from_source(endless)));
        CHECK(!refused.ec);
        CHECK(refused.response.status == 413);
        CHECK(refused.response.body == "too much");
        CHECK(waits == ended);  // the answer may come before it waits
        const auto slow = [pulls = 0](asio::mutable_buffer into) mutable -> asio::awaitable<std::size_t> {
            asio::steady_timer pause(co_await asio::this_coro::executor, std::chrono::milliseconds(20));
            co_await pause.async_wait(asio::use_awaitable);
            co_return ++pulls < 4 ? into.size() : 0;
        };
        const auto got = client.fetch(server->url("/good"), fetch_options().body(body::from_source(slow)));
        CHECK(!got.ec);
        CHECK(got.response.body == "taken");
        CHECK(client.fetch(server->url("/good")).response.peer.reused);
    }
}
