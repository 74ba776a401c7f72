// Bodies that are pulled while they are sent: their bytes on the wire, what goes wrong, and what sends them
// again.
#include <dragline/http/fetch.hpp>

#include "../support/http_client.hpp"
#include "../support/request_body.hpp"
#include "../support/tcp_peer.hpp"

#include <dragline/codec/content_decoder.hpp>
#include <dragline/core/error.hpp>
#include <dragline/http/form.hpp>
#include <dragline/http/multipart.hpp>

#include <asio/error.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

using namespace std::chrono_literals;
using dragline::fetch_options;
using dragline::http::body;
using dragline::http::errc;
using dragline::test::fetched;
using dragline::test::http_client;
using dragline::test::slow_text_reading;
using dragline::test::tcp_peer;
using dragline::test::text_reading;
using dragline::testing::ending;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

// The bytes of the request from its framing field on, up to `end`.
std::string wire(const body& sent, std::string_view end) {
    tcp_peer peer;
    http_client client;
    auto started = client.start(peer.url(), fetch_options().body(sent));
    dragline::test::run_until(client.loop, [&] { return client.statistics().connections == 1; });
    auto& connection = peer.accept();
    std::string text;
    dragline::test::run_until(client.loop, [&] {
        if (connection.available() > 0) text += dragline::test::receive(connection);
        return text.ends_with(end);
    });
    dragline::test::send(connection, "HTTP/1.1 204 No Content\r\n\r\n");
    client.wait_for(started);
    CHECK(!started->ec);
    CHECK(client.statistics().idle_connections == 1);
    CHECK(started->trace.attempts.at(0).bytes_sent == text.size());
    const auto at = text.find("Content-Length");
    return text.substr(at == text.npos ? text.find("Transfer-Encoding") : at);
}

fetched post(const body& sent, const fetch_options& options = fetch_options()) {
    http_server server;
    server.on("/", http_reply());
    http_client client;
    auto got = client.fetch(server.url("/"), fetch_options(options).body(sent));
    CHECK(client.statistics().connections == (got.ec ? 0u : 1u));
    if (got.ec) CHECK(server.request_count() == 0);  // nothing that it could take for a request
    return got;
}

std::string text(std::size_t size) {
    std::string out;
    while (out.size() < size) out += std::to_string(out.size());
    return out.substr(0, size);
}

// A source of so many bytes that knows how many it has given.
struct counting_reading {
    std::uint64_t size;
    std::shared_ptr<std::uint64_t> given = std::make_shared<std::uint64_t>(0);

    std::size_t operator()(asio::mutable_buffer into) {
        const auto now = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size - *given));
        std::memset(into.data(), 'x', now);
        *given += now;
        return now;
    }
};

}  // namespace

TEST_CASE("a source of unknown size is sent in chunks as it comes, one of known size with its length",
          "[http][fetch][request_body]") {
    CHECK(wire(body::from_source(text_reading("abcdefghijklmnopq", 15)), "0\r\n\r\n") ==
          "Transfer-Encoding: chunked\r\n\r\nf\r\nabcdefghijklmno\r\n2\r\npq\r\n0\r\n\r\n");
    CHECK(wire(body::from_source(slow_text_reading("abc", 2)), "0\r\n\r\n") ==
          "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
    CHECK(wire(body::from_source(text_reading("")), "0\r\n\r\n") ==
          "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    CHECK(wire(body::from_source(text_reading("abcd", 3), 4), "abcd") == "Content-Length: 4\r\n\r\nabcd");
    CHECK(wire(body::from_source(slow_text_reading(""), 0), "\r\n\r\n") == "Content-Length: 0\r\n\r\n");
    const dragline::test::temporary_folder folder;
    const auto file = body::file(folder.file("f", "0123456789"), "", http::file_range(2, 5));
    CHECK(wire(file, "23456") == "Content-Length: 5\r\n\r\n23456");
}

TEST_CASE("sources of any size arrive whole, over TLS too", "[http][fetch][request_body]") {
    std::optional<dragline::testing::issued_certificate> certificate;
    if (GENERATE(false, true)) certificate = dragline::test::usual_certificate();
    auto server = certificate ? std::make_unique<http_server>(*certificate) : std::make_unique<http_server>();
    server->on("/", http_reply().body("x"));
    http_client client(http::session_options().tls(dragline::test::trusting_test_ca()));
    for (const std::size_t size : {1u, 65'535u, 65'536u, 65'537u, 3'000'000u}) {
        CAPTURE(size);
        const auto whole = text(size);
        const dragline::test::temporary_folder folder;
        for (const auto& sent :
             {body::from_source(text_reading(whole, 100'000)),
              body::from_source(text_reading(whole, 70'001), size),
              body::from_source(slow_text_reading(whole, 9'999)), body::file(folder.file("f", whole))}) {
            server->clear_requests();
            REQUIRE(!client.fetch(server->url("/"), fetch_options().body(sent)).ec);
            const auto request = server->requests().at(0);
            CHECK((request.body == whole));
            CHECK(request.has_field("Content-Length") == !!sent.size().value());
        }
    }
    CHECK(server->connection_count() == 1);
    CHECK(server->malformed_requests() == 0);
}

TEST_CASE("forms and files are options like any other body", "[http][fetch][request_body]") {
    const dragline::test::temporary_folder folder;
    http_server server;
    server.on("/", http_reply());
    http_client client;
    client.fetch(server.url(), fetch_options().body(http::form().add("q", "a b")));
    client.fetch(server.url(),
                 fetch_options().body(http::multipart().file("f", folder.file("f.txt", "abc"))));
    const auto seen = server.requests();
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].body == "q=a+b");
    CHECK(seen[0].field("Content-Type") == "application/x-www-form-urlencoded");
    CHECK(seen[1].body.find("filename=\"f.txt\"") != std::string::npos);
    CHECK(seen[1].field("Content-Length") == std::to_string(seen[1].body.size()));
    CHECK(seen[1].field("Content-Type").starts_with("multipart/form-data; boundary=dragline-"));
}

TEST_CASE("a source that gives fewer or more bytes than it announced is never a whole request",
          "[http][fetch][request_body]") {
    const std::size_t size = GENERATE(0, 4, 6, 100'000);
    CAPTURE(size);
    const auto got = post(body::from_source(text_reading("12345", 3), size));
    CHECK(got.ec == errc::body_size_differs);
    CHECK(dragline::phase_of(got.ec) == dragline::phase::write);
    CHECK(post(body::from_source(slow_text_reading("12345"), size)).ec == errc::body_size_differs);
}

TEST_CASE("an error of a source is that of the fetch", "[http][fetch][request_body]") {
    const auto fails = [](asio::mutable_buffer) -> dragline::result<std::size_t> {
        return make_error_code(std::errc::io_error);
    };
    CHECK(post(body::from_source(fails)).ec == std::errc::io_error);
    CHECK(post(body::file("/nowhere/at/all")).ec == std::errc::no_such_file_or_directory);
    CHECK(post(http::multipart().field("\x01", "x")).ec == dragline::h1::errc::invalid_field_value);
}

TEST_CASE("what a source throws reaches an awaiting caller as it is", "[http][fetch][request_body]") {
    const bool waits = GENERATE(false, true);
    const auto throws = [](asio::mutable_buffer) -> std::size_t { throw std::out_of_range("mine"); };
    const auto throws_later = [](asio::mutable_buffer) -> asio::awaitable<std::size_t> {
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
        throw std::out_of_range("mine");
    };
    const auto sent = waits ? body::from_source(throws_later) : body::from_source(throws);
    CHECK(post(sent).ec == dragline::errc::callback_failed);
    http_server server;
    http_client client;
    auto options = fetch_options().body(waits ? body::from_source(throws_later) : body::from_source(throws));
    CHECK_THROWS_AS(
        dragline::test::run_to_end(client.loop, fetch_url(client.session, server.url(), std::move(options))),
        std::out_of_range);
    CHECK(client.statistics().connections == 0);
}

TEST_CASE("a coroutine that never gives anything ends with the fetch", "[http][fetch][request_body]") {
    bool ended = false;
    const auto never = [&](asio::mutable_buffer) -> asio::awaitable<std::size_t> {
        const std::shared_ptr<void> leaving(nullptr, [&](void*) { ended = true; });
        asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
        co_await timer.async_wait(asio::use_awaitable);
        co_return 0u;
    };
    http_server server;
    http_client client;
    const auto options = fetch_options().body(body::from_source(never));
    SECTION("at its deadline") {
        CHECK(client.fetch(server.url(), fetch_options(options).timeout(40ms)).ec ==
              dragline::make_timeout(dragline::phase::write));
    }
    SECTION("when it is cancelled") {
        asio::cancellation_signal ending;
        dragline::test::kept_completion<http::response> done;
        fetch_url(client.session, server.url(), options, asio::bind_cancellation_slot(ending.slot(), done));
        dragline::test::run_until(client.loop, [&] { return client.statistics().connections == 1; });
        client.run_for(10ms);
        ending.emit(asio::cancellation_type::total);
        dragline::test::run_until(client.loop, [&] { return done.done(); });
        CHECK(done.ec() == asio::error::operation_aborted);
    }
    SECTION("when its session is closed") {
        auto started = client.start(server.url(), options);
        dragline::test::run_until(client.loop, [&] { return client.statistics().connections == 1; });
        client.run_for(10ms);
        dragline::test::kept_completion<void> closed;
        http::close_session(client.loop, "test", closed);
        client.wait_for(started);
        CHECK(started->ec == asio::error::operation_aborted);
    }
    CHECK(ended);
}

TEST_CASE("redirects that keep the body send again what can be sent again", "[http][fetch][request_body]") {
    http_server server;
    server.on("/307", http_reply::redirect("/end", 307)).on("/308", http_reply::redirect("/end", 308));
    server.on("/303", http_reply::redirect("/end", 303)).on("/end", http_reply());
    http_client client;
    const auto again = body::from_factory([] { return text_reading("abc"); });
    for (const auto* path : {"/307", "/308"}) {
        server.clear_requests();
        CHECK(!client.fetch(server.url(path), fetch_options().body(again)).ec);
        REQUIRE(server.request_count() == 2);
        CHECK(server.requests()[1].body == "abc");
        const auto once = body::from_source(text_reading("abc"));
        const auto got = client.fetch(server.url(path), fetch_options().body(once));
        CHECK(got.ec == errc::body_not_replayable);
        CHECK(server.request_count() == 3);
    }
    const auto once = body::from_source(text_reading("abc"), 3, "text/plain");
    CHECK(!client.fetch(server.url("/303"), fetch_options().body(once)).ec);
    const auto last = server.requests().back();
    CHECK(last.method == "GET");
    for (const auto* name : {"Content-Type", "Content-Length", "Transfer-Encoding"})
        CHECK(!last.has_field(name));
    CHECK(client.fetch(server.url("/end"), fetch_options().body(once)).ec == errc::body_not_replayable);
}

TEST_CASE("a challenge has a body sent again, or is an error where it cannot be",
          "[http][fetch][request_body]") {
    const auto asks = [](const std::string& qop) {
        return http_reply(401).header("WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\", " + qop);
    };
    http_server server;
    server.on("/", std::vector<http_reply>{asks("qop=\"auth,auth-int\""), http_reply()});
    server.on("/once", asks("qop=\"auth\"")).on("/int", asks("qop=\"auth-int\""));
    http_client client;
    const auto as_me = fetch_options().credentials(http::credentials::digest("me", "secret"));
    const auto again = body::from_factory([] { return text_reading("abc"); });
    CHECK(client.fetch(server.url("/"), fetch_options(as_me).body(again)).response.status == 200);
    CHECK(server.requests().at(1).body == "abc");
    CHECK(server.requests().at(1).field("Authorization").find("qop=auth,") != std::string::npos);
    const auto once = body::from_source(text_reading("abc"));
    http_client second, third;  // they know no nonce
    CHECK(second.fetch(server.url("/once"), fetch_options(as_me).body(once)).ec == errc::body_not_replayable);
    CHECK(third.fetch(server.url("/int"), fetch_options(as_me).body(again)).ec ==
          errc::unsupported_challenge);
}

TEST_CASE("a stale connection takes a body with it that cannot be sent again",
          "[http][fetch][request_body]") {
    const bool replayable = GENERATE(false, true);
    http_server server;
    server.on("/warm", http_reply().body("x").next_request(ending::close)).on("/", http_reply());
    http_client client;
    REQUIRE(!client.fetch(server.url("/warm")).ec);
    const auto sent = replayable ? body::from_factory([] { return text_reading("abc"); })
                                 : body::from_source(text_reading("abc"));
    const auto got = client.fetch(server.url("/"), fetch_options().method("PUT").body(sent));
    CHECK(got.trace.attempts.size() == (replayable ? 2u : 1u));
    CHECK(!got.ec == replayable);
    if (!replayable) CHECK((got.ec == errc::connection_closed || got.ec == asio::error::connection_reset));
}

TEST_CASE("a source that always has more leaves their turns to others, and ends at the timeout",
          "[http][fetch][request_body]") {
    http_server server;
    server.on("/", http_reply());
    http_client client;
    int pieces = 0, longest = 0, in_a_row = 0;
    const auto slow_disk = [&](asio::mutable_buffer into) -> std::size_t {
        std::this_thread::sleep_for(2ms);  // the peer has taken everything by then
        longest = std::max(longest, ++in_a_row);
        return ++pieces > 100 ? 0 : into.size();
    };
    bool over = false;
    std::function<void()> others = [&] {
        in_a_row = 0;
        if (!over) asio::post(client.loop.get_executor(), others);
    };
    others();
    CHECK(!client.fetch(server.url(), fetch_options().body(body::from_source(slow_disk))).ec);
    CHECK(longest <= 2);
    pieces = -1'000'000;
    const auto late =
        client.fetch(server.url(), fetch_options().timeout(50ms).body(body::from_source(slow_disk)));
    CHECK(late.ec == dragline::condition::timeout);
    over = true;
}

TEST_CASE("a large source is pulled as the peer takes it", "[http][fetch][request_body]") {
    constexpr std::uint64_t size = 64 * 1024 * 1024;
    tcp_peer peer;
    http_client client;
    const counting_reading reading{size};
    auto started = client.start(peer.url(), fetch_options().body(body::from_source(reading, size)));
    dragline::test::run_until(client.loop, [&] { return client.statistics().connections == 1; });
    auto& connection = peer.accept();
    client.run_for(50ms);
    std::uint64_t received = 0, most_ahead = 0;
    std::string bytes(64 * 1024, '\0');
    bool in_body = false;
    dragline::test::run_until(client.loop, [&] {
        most_ahead = std::max(most_ahead, *reading.given - received);
        while (connection.available() > 0 && received < size) {
            if (!in_body) {
                auto head = dragline::test::receive_head(connection);
                received += head.size() - head.find("\r\n\r\n") - 4;
                in_body = true;
                continue;
            }
            received += connection.read_some(asio::buffer(bytes));
        }
        return received == size;
    });
    // What the two kernels hold, and a piece or two: not what the source could give.
    CHECK(most_ahead < size / 2);
    dragline::test::send(connection, "HTTP/1.1 204 No Content\r\n\r\n");
    client.wait_for(started);
    CHECK(!started->ec);
}

#if DRAGLINE_WITH_ZLIB

TEST_CASE("a body is sent as gzip with its coding and the right framing", "[http][fetch][request_body]") {
    http_server server;
    server.on("/", http_reply()).on("/307", http_reply::redirect("/", 307));
    http_client client;
    const auto whole = text(200'000);
    for (const auto& sent :
         {body(whole, "text/plain").gzip(),
          body::from_factory([=] { return text_reading(whole); }, whole.size(), "text/plain").gzip()}) {
        REQUIRE(!client.fetch(server.url("/307"), fetch_options().body(sent)).ec);
        const auto request = server.requests().back();
        CHECK(request.field("Content-Encoding") == "gzip");
        CHECK(request.field("Content-Type") == "text/plain");
        CHECK(request.has_field("Content-Length") == sent.in_memory());
        CHECK(request.has_field("Transfer-Encoding") == !sent.in_memory());
        std::string decoded;
        auto decoder = dragline::codec::content_decoder::make("gzip");
        const auto decoding = decoder->write(request.body, [&](std::string_view piece) {
            decoded += piece;
            return true;
        });
        CHECK(!decoding.error());
        CHECK((decoded == whole));
    }
    const auto own = fetch_options().body(body("x").gzip()).header("Content-Encoding", "br");
    CHECK(client.fetch(server.url("/"), own).ec == dragline::errc::invalid_option);
}

#endif

TEST_CASE("CONNECT is no fetch, and TRACE has no body", "[http][fetch][request_body]") {
    http_server server;
    http_client client;
    CHECK(client.fetch(server.url(), fetch_options().method("CONNECT")).ec == dragline::errc::invalid_option);
    const auto trace = fetch_options().method("TRACE");
    CHECK(client.fetch(server.url(), fetch_options(trace).body("x")).ec == dragline::errc::invalid_option);
    CHECK(!client.fetch(server.url(), trace).ec);
    CHECK(server.connection_count() == 1);
}
