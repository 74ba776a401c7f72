#include <dragline/http/detail/h1_connection.hpp>

#include "../../net/stream_pair.hpp"
#include "../read_head.hpp"
#include "../send_request.hpp"

#include <dragline/h1/error.hpp>
#include <dragline/http/error.hpp>

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/write.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::phase;
using dragline::http::detail::h1_connection;
using dragline::test::run_to_end;
using dragline::test::run_until;
using dragline::test::stream_pair;

namespace h1 = dragline::h1;
namespace http = dragline::http;

namespace {

// A connection, and its peer played by hand.
struct dialogue {
    explicit dialogue(bool secure = false)
        : pair(loop, secure),
          connection(dragline::async::loop_state::of(loop.get_executor()), pair.connected(), 80) {}

    void start(std::string_view method = "GET", std::string_view body = {}) {
        connection.start(method, h1::head_limits());
        http::request_view request;
        request.method = method;
        request.host = "a.test";
        request.target = "/x";
        request.fields = &fields;
        request.body = body;
        CHECK(!run_to_end(loop, dragline::test::send_request(connection, request)).error());
    }

    void answer(std::string text) {
        dragline::test::kept_completion<std::size_t> written;
        asio::async_write(pair.server, asio::buffer(text), written);
        run_until(loop, [&] { return written.done(); });
    }

    std::error_code read_head(http::stage_limit limit = {}) {
        return run_to_end(loop, dragline::test::read_head(connection, head, 32, limit)).error();
    }

    // Begins to read the head before it is there.
    void start_reading() {
        head_read = false;
        asio::co_spawn(loop.get_executor(), dragline::test::read_head(connection, head, 32, {}),
                       [this](std::exception_ptr, dragline::result<void> read) {
                           CHECK(!read.error());
                           head_read = true;
                       });
        dragline::test::settle(loop);
    }

    // The body to its end, at most `most` bytes at a time; an error in brackets behind it.
    std::string read_body(std::size_t most = 1000) {
        std::string all, piece(most, '\0');
        for (;;) {
            const auto size = run_to_end(loop, connection.read_body(asio::buffer(piece), {}));
            if (!size) return all + "[" + size.error().message() + "]";
            if (*size == 0) return all;
            all.append(piece, 0, *size);
        }
    }

    std::string sent() {
        std::array<char, 4096> bytes{};
        dragline::test::kept_completion<std::size_t> read;
        pair.server.async_read_some(asio::buffer(bytes), read);
        run_until(loop, [&] { return read.done(); });
        return std::string(bytes.data(), read.value());
    }

    dragline::event_loop loop;
    stream_pair pair;
    h1_connection connection;
    http::fields fields;
    http::response_head head;
    bool head_read = false;
};

// Reads a body, and how many turns of the loop each read has taken.
asio::awaitable<dragline::result<std::vector<int>>> turns_of_reads(h1_connection& from, const int& turns,
                                                                   std::vector<std::size_t> sizes) {
    std::vector<int> taken;
    for (const auto most : sizes) {
        std::string piece(most, '\0');
        const int before = turns;
        auto reading = from.read_body(asio::buffer(piece), {});
        const auto size = co_await std::move(reading);
        if (!size) co_return size.error();
        taken.push_back(turns - before);
    }
    co_return taken;
}

const std::string lengthy = "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 5\r\n\r\n12345";
const std::string chunky =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\n12\r\n3\r\n345\r\n0\r\nT: t\r\n\r\n";

}  // namespace

TEST_CASE("a request goes out as written, a small body with its head", "[http][h1_connection]") {
    dialogue run;
    run.fields.add("A", "1").add("Content-Length", "4");
    run.start("PUT", "text");
    const std::string wire = "PUT /x HTTP/1.1\r\nHost: a.test\r\nA: 1\r\nContent-Length: 4\r\n\r\ntext";
    CHECK(run.sent() == wire);
    CHECK(run.connection.bytes_sent() == wire.size());
    CHECK(!run.connection.answered());
    CHECK(!run.connection.reusable());
}

TEST_CASE("a response is read however it is split", "[http][h1_connection]") {
    for (const auto& text : {lengthy, chunky}) {
        for (std::size_t at = 1; at < text.size(); ++at) {
            CAPTURE(at);
            dialogue run;
            run.start();
            run.start_reading();
            run.answer(text.substr(0, at));
            run.answer(text.substr(at));
            run_until(run.loop, [&] { return run.head_read; });
            CHECK(run.read_body(at % 7 + 1) == "12345");
            CHECK(run.connection.reusable());
        }
    }
}

TEST_CASE("a response is read byte by byte, over TLS too", "[http][h1_connection]") {
    dialogue run(GENERATE(false, true));
    for (const auto& text : {lengthy, chunky}) {
        run.start();
        run.start_reading();
        const auto head_size = text.find("\r\n\r\n") + 4;
        for (const char byte : text.substr(0, head_size)) run.answer(std::string(1, byte));
        run_until(run.loop, [&] { return run.head_read; });
        for (const char byte : text.substr(head_size)) run.answer(std::string(1, byte));
        CHECK(run.read_body(1) == "12345");
        CHECK(run.connection.reusable());
        CHECK(run.connection.is_quiet());
    }
}

TEST_CASE("the head has status, reason, fields, length and keep-alive time", "[http][h1_connection]") {
    dialogue run;
    run.start();
    run.answer("HTTP/1.0 201 Made It\r\nA: 1\r\na: 2\r\nKeep-Alive: timeout=7\r\nContent-Length: 0\r\n\r\n");
    REQUIRE(!run.read_head());
    CHECK(run.head.status == 201);
    CHECK(run.head.reason == "Made It");
    CHECK(run.head.version_minor == 0);
    CHECK(run.head.headers.all("a").size() == 2);
    CHECK(run.head.content_length == 0u);
    CHECK(run.connection.keep_alive() == 7s);
    CHECK(run.read_body().empty());
    CHECK(!run.connection.reusable());  // HTTP/1.0
    CHECK(run.connection.answered());
}

TEST_CASE("a body is taken whole when all of it is at hand, and else left alone", "[http][h1_connection]") {
    dialogue run;
    std::string body = "kept ";
    run.start();
    run.answer(lengthy);
    CHECK(!run.read_head());
    CHECK(run.connection.take_body(body));
    CHECK(body == "kept 12345");
    CHECK(run.connection.reusable());

    run.start();
    run.answer(lengthy + "6");
    CHECK(!run.read_head());
    char first = 0;
    CHECK(*run_to_end(run.loop, run.connection.read_body(asio::buffer(&first, 1), {})) == 1);
    CHECK(run.connection.take_body(body));
    CHECK(body == "kept 123452345");
    CHECK(!run.connection.reusable());

    const std::string broken = lengthy.substr(0, lengthy.size() - 1);
    for (const auto& [text, rest] : {std::pair(broken, "5"), std::pair(chunky, "")}) {
        dialogue other;
        other.start();
        other.answer(text);
        CHECK(!other.read_head());
        CHECK(!other.connection.take_body(body));
        CHECK(body == "kept 123452345");
        other.answer(rest);
        CHECK(other.read_body() == "12345");
    }
}

TEST_CASE("one connection carries one exchange after the other", "[http][h1_connection]") {
    dialogue run;
    for (int round = 0; round < 3; ++round) {
        run.start("HEAD");
        run.answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        REQUIRE(!run.read_head());
        CHECK(run.read_body().empty());
        REQUIRE(run.connection.reusable());
        run.start("GET");
        CHECK(!run.connection.answered());
        run.answer(lengthy);
        REQUIRE(!run.read_head());
        CHECK(run.read_body() == "12345");
        REQUIRE(run.connection.reusable());
    }
}

TEST_CASE("a connection is not reusable before its body was read, nor with bytes left over",
          "[http][h1_connection]") {
    dialogue run;
    run.start();
    run.answer(lengthy + "x");
    REQUIRE(!run.read_head());
    CHECK(!run.connection.reusable());
    CHECK(run.read_body() == "12345");
    CHECK(!run.connection.reusable());
    CHECK(!run.connection.is_quiet());
}

TEST_CASE("a body read by itself tells whether anything follows it, over TLS too", "[http][h1_connection]") {
    dialogue run(GENERATE(false, true));
    const std::string more = GENERATE("", "x", "HTTP/1.1 200 OK\r\n\r\n");
    run.start();
    run.answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    REQUIRE(!run.read_head());
    run.answer("12345" + more);
    CHECK(run.read_body() == "12345");
    CHECK(run.connection.reusable() == more.empty());
    CHECK(run.connection.may_have_input() == !more.empty());
    CHECK(run.connection.is_quiet() == more.empty());
}

TEST_CASE("one read of a response goes on where its head ended, and gives the loop its turn after that",
          "[http][h1_connection]") {
    dialogue run;
    run.start();
    run.answer("HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + std::string(20'000, 'b'));
    REQUIRE(!run.read_head());
    int turns = 0;
    dragline::result<std::vector<int>> taken;
    asio::co_spawn(run.loop.get_executor(), turns_of_reads(run.connection, turns, {20'000, 1'000, 1'000}),
                   [&](std::exception_ptr, dragline::result<std::vector<int>> each) { taken = each; });
    run_until(run.loop, [&] { return ++turns, !taken->empty(); });
    CHECK(*taken == std::vector{0, 0, 1});
}

TEST_CASE("an idle connection is quiet until something comes, be it the end", "[http][h1_connection]") {
    dialogue bytes(GENERATE(false, true));
    CHECK(bytes.connection.is_quiet());
    CHECK(bytes.connection.is_quiet());
    bytes.answer("x");
    CHECK(!bytes.connection.is_quiet());
    dialogue end(GENERATE(false, true));
    end.pair.server.abort();
    CHECK(!end.connection.is_quiet());
    dialogue closed;
    closed.connection.close();
    CHECK(!closed.connection.is_quiet());
}

TEST_CASE("a large head makes the buffer grow, up to its limit", "[http][h1_connection]") {
    dialogue run;
    run.start();
    std::string text = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 100; ++i) text += "A: " + std::string(1000, 'a') + "\r\n";
    run.start_reading();
    run.answer(text + "Content-Length: 5\r\n\r\n12345");
    run_until(run.loop, [&] { return run.head_read; });
    CHECK(run.head.headers.size() == 101);
    CHECK(run.read_body() == "12345");
    CHECK(run.connection.reusable());
}

TEST_CASE("interim responses are dropped, and their bytes kept apart", "[http][h1_connection]") {
    dialogue run;
    run.start();
    run.answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nX: y\r\n\r\n" + lengthy);
    REQUIRE(!run.read_head());
    CHECK(run.head.status == 200);
    CHECK(!run.head.headers.contains("X"));
    CHECK(run.read_body() == "12345");
    CHECK(run.connection.reusable());
}

// What the peer says when it has nothing more to say. Closing with unread bytes would be a reset.
void end_of(dialogue& from) { dragline::test::run_to_end(from.loop, from.pair.server.shutdown()); }

TEST_CASE("the end of the peer is told apart by when it comes", "[http][h1_connection]") {
    dialogue before;
    before.start();
    end_of(before);
    CHECK(before.read_head() == http::errc::connection_closed);

    dialogue head;
    head.start();
    head.answer(lengthy.substr(0, 10));
    end_of(head);
    CHECK(head.read_head() == h1::errc::truncated);

    dialogue body;
    body.start();
    body.answer(lengthy.substr(0, lengthy.size() - 2));
    end_of(body);
    CHECK(!body.read_head());
    CHECK(body.read_body() == "123[" + make_error_code(h1::errc::truncated).message() + "]");

    dialogue until_close;
    until_close.start();
    until_close.answer("HTTP/1.1 200 OK\r\n\r\n123");
    end_of(until_close);
    CHECK(!until_close.read_head());
    CHECK(!until_close.head.content_length);
    CHECK(until_close.read_body() == "123");
    CHECK(!until_close.connection.reusable());
}

TEST_CASE("a stage ends at its limit with its own name", "[http][h1_connection]") {
    dialogue run;
    run.start();
    const auto soon = [&] { return run.loop.state().now() + 5ms; };
    CHECK(run.read_head({soon(), phase::first_byte}) == dragline::make_timeout(phase::first_byte));
    CHECK(!run.connection.answered());
}

TEST_CASE("a limit on the head of one exchange does not hold for the next", "[http][h1_connection]") {
    dialogue run;
    run.connection.start("GET", h1::head_limits().max_size(10));
    run.answer(lengthy);
    CHECK(run.read_head() == h1::errc::head_too_large);
    dialogue other;
    other.connection.start("GET", h1::head_limits().max_fields(1));
    other.connection.start("GET", h1::head_limits());
    other.answer(lengthy);
    CHECK(!other.read_head());
}
