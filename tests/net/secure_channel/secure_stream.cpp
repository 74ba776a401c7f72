#include <dragline/net/secure_channel/secure_stream.hpp>

#include "../stream_pair.hpp"
#include "channel_pair.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

using namespace std::chrono_literals;
using namespace std::string_literals;
using dragline::make_timeout;
using dragline::phase;
using dragline::net::channel_role;
using dragline::net::errc;
using dragline::net::read_options;
using dragline::net::secure_channel_options;
using dragline::net::secure_stream;
using dragline::test::channel_key;
using dragline::test::kept_completion;
using dragline::test::run_to_end;
using dragline::test::run_until;
using dragline::test::settle;
using dragline::test::stream_pair;

namespace net = dragline::net;

namespace {

secure_channel_options good_options() { return secure_channel_options().key(channel_key()); }

// Two ends over a pair of streams.
struct secure_pair {
    explicit secure_pair(dragline::event_loop& on, secure_channel_options near = good_options(),
                         secure_channel_options far = good_options())
        : loop(on),
          streams(on),
          client(std::move(streams.client), channel_role::client, std::move(near)),
          server(std::move(streams.server), channel_role::server, std::move(far)) {}

    void shake_hands() {
        kept_completion<void> near, far;
        client.handshake(near);
        server.handshake(far);
        run_until(loop, [&] { return near.done() && far.done(); });
        client_error = near.ec();
        server_error = far.ec();
    }

    dragline::event_loop& loop;
    stream_pair streams;
    secure_stream client;
    secure_stream server;
    std::error_code client_error, server_error;
};

kept_completion<std::string> next_message(dragline::event_loop& loop, secure_stream& from,
                                          read_options options = read_options()) {
    kept_completion<std::string> outcome;
    from.receive(options, outcome);
    run_until(loop, [&] { return outcome.done(); });
    return outcome;
}

// A server whose packets go through the hands of the test.
struct tampered_pair {
    explicit tampered_pair(dragline::event_loop& on)
        : loop(on),
          streams(on),
          client(std::move(streams.client), channel_role::client, good_options()),
          server(channel_role::server, good_options()) {
        std::string out;
        server.start(out).value();
        kept_completion<void> shaken;
        client.handshake(shaken);
        while (!shaken.done()) {
            take_handshake_packet(out);
            if (server.established()) break;
            run_to_end(loop, streams.server.write(std::exchange(out, {})));
        }
        run_until(loop, [&] { return shaken.done(); });
        CHECK(!shaken.ec());
        CHECK(server.established());
    }

    void take_handshake_packet(std::string& out) {
        auto packet = run_to_end(loop, streams.server.read_exactly(net::packet_header::size));
        packet += run_to_end(loop, streams.server.read_exactly(static_cast<unsigned char>(packet[7])));
        CHECK(dragline::test::channel_pair::handshake(server, packet, out));
    }
    void tell(std::string_view bytes) { run_to_end(loop, streams.server.write(std::string(bytes))); }
    std::string sealed(std::string_view text) { return dragline::test::channel_pair::seal(server, text); }

    dragline::event_loop& loop;
    stream_pair streams;
    secure_stream client;
    net::secure_channel server;
};

}  // namespace

TEST_CASE("messages go through a secure stream, both ways at once", "[net][secure_stream]") {
    dragline::event_loop loop;
    secure_pair pair(loop);
    pair.shake_hands();
    REQUIRE(!pair.client_error);
    REQUIRE(!pair.server_error);
    CHECK(pair.client.established());
    const std::string large(1 << 20, 'x');
    for (const auto& text : {"hello"s, ""s, large}) {
        kept_completion<void> up, down;
        pair.client.send(text, up);
        pair.server.send(text, down);
        kept_completion<std::string> at_client;
        pair.client.receive(at_client);
        CHECK(next_message(loop, pair.server).value() == text);
        run_until(loop, [&] { return up.done() && down.done() && at_client.done(); });
        CHECK(!up.ec());
        CHECK(!down.ec());
        CHECK(at_client.value() == text);
    }
}

TEST_CASE("another key, cipher or no key is told at both ends, and closes the stream",
          "[net][secure_stream]") {
    dragline::event_loop loop;
    SECTION("another key") {
        secure_pair pair(loop, good_options(), good_options().key(std::string(32, 'x')));
        pair.shake_hands();
        CHECK(pair.client_error == errc::wrong_channel_key);
        CHECK(pair.server_error == errc::wrong_channel_key);
        CHECK(!pair.client.is_open());
        CHECK(!pair.server.is_open());
        CHECK(pair.client.queue("x").error() == errc::wrong_channel_key);
    }
    SECTION("another cipher") {
        secure_pair pair(loop, good_options(), good_options().cipher(net::channel_cipher::aes_256_gcm));
        pair.shake_hands();
        CHECK(pair.client_error == errc::channel_cipher_mismatch);
        CHECK(pair.server_error == errc::channel_cipher_mismatch);
    }
    SECTION("a key of the wrong size") {
        secure_pair pair(loop, good_options().key("short"));
        pair.shake_hands();
        CHECK(pair.client_error == errc::invalid_channel_key);
        CHECK(pair.server_error == errc::channel_truncated);
    }
    SECTION("before the handshake, or a second one") {
        secure_pair pair(loop);
        CHECK(pair.client.queue("x").error() == errc::channel_not_ready);
        pair.shake_hands();
        pair.shake_hands();
        CHECK(pair.client_error == errc::busy);
        CHECK(!pair.client.queue("x").error());
    }
}

TEST_CASE("a handshake that gets no answer ends at its deadline", "[net][secure_stream]") {
    dragline::event_loop loop;
    secure_pair pair(loop, good_options().timeout(5ms));
    kept_completion<void> shaken;
    pair.client.handshake(shaken);
    run_until(loop, [&] { return shaken.done(); });
    CHECK(shaken.ec() == make_timeout(phase::connect));
    CHECK(!pair.client.is_open());
}

TEST_CASE("a receive before the handshake takes nothing from it", "[net][secure_stream]") {
    dragline::event_loop loop;
    secure_pair pair(loop);
    kept_completion<std::string> early;
    pair.server.receive(early);
    settle(loop);
    REQUIRE(early.done());
    CHECK(early.ec() == errc::channel_not_ready);
    pair.shake_hands();
    CHECK(!pair.server_error);
}

TEST_CASE("a handshake that is cancelled closes the stream", "[net][secure_stream]") {
    dragline::event_loop loop;
    secure_pair pair(loop);
    kept_completion<void> shaken;
    asio::cancellation_signal ending;
    pair.client.handshake(asio::bind_cancellation_slot(ending.slot(), shaken));
    settle(loop);
    ending.emit(asio::cancellation_type::total);
    run_until(loop, [&] { return shaken.done(); });
    CHECK(shaken.ec() == asio::error::operation_aborted);
    CHECK(!pair.client.is_open());
}

TEST_CASE("a handshake that is cut off anywhere is a truncation", "[net][secure_stream]") {
    dragline::event_loop loop;
    net::secure_channel client(channel_role::client, good_options());
    std::string hello;
    REQUIRE(client.start(hello));
    for (std::size_t size = 0; size <= hello.size(); ++size) {
        CAPTURE(size);
        stream_pair raw(loop);
        secure_stream server(std::move(raw.server), channel_role::server, good_options());
        kept_completion<void> shaken;
        server.handshake(shaken);
        run_to_end(loop, raw.client.write(hello.substr(0, size)));
        run_to_end(loop, raw.client.shutdown());
        run_until(loop, [&] { return shaken.done(); });
        CHECK(shaken.ec() == errc::channel_truncated);
    }
}

TEST_CASE("a handshake with who speaks another protocol fails", "[net][secure_stream]") {
    dragline::event_loop loop;
    secure_pair pair(loop);
    stream_pair raw(loop);
    secure_stream server(std::move(raw.server), channel_role::server, good_options());
    kept_completion<void> shaken;
    server.handshake(shaken);
    SECTION("HTTP") {
        run_to_end(loop, raw.client.write("GET / HTTP/1.1\r\n\r\n"));
        run_until(loop, [&] { return shaken.done(); });
        CHECK(shaken.ec() == errc::unknown_version);
    }
    SECTION("a hello that claims 4 GiB") {
        run_to_end(loop, raw.client.write("\1\1\0\0\xff\xff\xff\xff"s));
        run_until(loop, [&] { return shaken.done(); });
        CHECK(shaken.ec() == errc::frame_too_large);
    }
    SECTION("nothing") {
        run_to_end(loop, raw.client.shutdown());
        run_until(loop, [&] { return shaken.done(); });
        CHECK(shaken.ec() == errc::channel_truncated);
    }
}

TEST_CASE("the end of a channel is told from an end of its stream", "[net][secure_stream]") {
    dragline::event_loop loop;
    secure_pair pair(loop);
    pair.shake_hands();
    run_to_end(loop, pair.client.send("last"));
    SECTION("shutdown: the other direction goes on") {
        run_to_end(loop, pair.client.shutdown());
        CHECK(pair.client.queue("more").error() == errc::channel_closed);
        CHECK(next_message(loop, pair.server).value() == "last");
        CHECK(next_message(loop, pair.server).ec() == asio::error::eof);
        CHECK(next_message(loop, pair.server).ec() == asio::error::eof);
        run_to_end(loop, pair.server.send("answer"));
        run_to_end(loop, pair.server.close());
        CHECK(next_message(loop, pair.client).value() == "answer");
        CHECK(next_message(loop, pair.client).ec() == asio::error::eof);
        run_to_end(loop, pair.client.close());
        CHECK(!pair.client.is_open());
    }
    SECTION("close") {
        run_to_end(loop, pair.client.close());
        CHECK(!pair.client.is_open());
        CHECK(next_message(loop, pair.server).value() == "last");
        CHECK(next_message(loop, pair.server).ec() == asio::error::eof);
    }
    SECTION("abort: a truncation") {
        pair.client.abort();
        CHECK(next_message(loop, pair.server).value() == "last");
        CHECK(next_message(loop, pair.server).ec() == errc::channel_truncated);
        CHECK(next_message(loop, pair.server).ec() == errc::channel_truncated);
    }
}

TEST_CASE("tampered, replayed, reordered and cut packets end a secure stream", "[net][secure_stream]") {
    dragline::event_loop loop;
    tampered_pair pair(loop);
    const auto first = pair.sealed("first"), second = pair.sealed("second");
    const auto gives = [&](errc expected) {
        CHECK(next_message(loop, pair.client).ec() == expected);
        CHECK(next_message(loop, pair.client).ec() == expected);
        if (expected != errc::channel_truncated) CHECK(pair.client.queue("x").error() == expected);
    };
    SECTION("honest") {
        pair.tell(first + second);
        CHECK(next_message(loop, pair.client).value() == "first");
        CHECK(next_message(loop, pair.client).value() == "second");
    }
    SECTION("tampered") {
        auto changed = first;
        changed.back() = static_cast<char>(changed.back() ^ 1);
        pair.tell(changed + second);
        gives(errc::packet_not_authentic);
    }
    SECTION("replayed") {
        pair.tell(first + first);
        CHECK(next_message(loop, pair.client).value() == "first");
        gives(errc::packet_replayed);
    }
    SECTION("reordered") {
        pair.tell(second + first);
        gives(errc::packet_out_of_order);
    }
    SECTION("cut off within a packet") {
        pair.tell(first + second.substr(0, 20));
        run_to_end(loop, pair.streams.server.shutdown());
        CHECK(next_message(loop, pair.client).value() == "first");
        gives(errc::channel_truncated);
    }
    SECTION("of an unknown version") {
        auto changed = first;
        changed[0] = 2;
        pair.tell(changed);
        CHECK(next_message(loop, pair.client).ec() == errc::unknown_version);
    }
}

TEST_CASE("a receive that times out or is cancelled within a packet loses nothing", "[net][secure_stream]") {
    dragline::event_loop loop;
    tampered_pair pair(loop);
    for (const std::size_t split : {1u, 15u, 16u, 20u, 36u}) {
        const auto next = pair.sealed("hello");
        pair.tell(std::string_view(next).substr(0, split));
        CHECK(next_message(loop, pair.client, read_options().timeout(1ms)).ec() == make_timeout(phase::read));
        kept_completion<std::string> cancelled;
        asio::cancellation_signal ending;
        pair.client.receive(asio::bind_cancellation_slot(ending.slot(), cancelled));
        settle(loop);
        ending.emit(asio::cancellation_type::total);
        run_until(loop, [&] { return cancelled.done(); });
        CHECK(cancelled.ec() == asio::error::operation_aborted);
        pair.tell(std::string_view(next).substr(split));
        CHECK(next_message(loop, pair.client).value() == "hello");
    }
}

TEST_CASE("senders wait for a peer that does not read, and lose nothing", "[net][secure_stream]") {
    dragline::event_loop loop;
    secure_pair pair(loop);
    pair.shake_hands();
    const std::string block(300'000, 'x');
    kept_completion<void> sent[3];
    for (auto& each : sent) pair.client.send(block, each);
    settle(loop);
    for (const auto& each : sent) CHECK(!each.done());
    pair.client.rekey().value();
    pair.client.queue("end").value();
    for (int i = 0; i < 3; ++i) CHECK(next_message(loop, pair.server).value() == block);
    CHECK(next_message(loop, pair.server).value() == "end");
    for (const auto& each : sent) {
        run_until(loop, [&] { return each.done(); });
        CHECK(!each.ec());
    }
}

TEST_CASE("a queue that is full refuses a message before it is sealed", "[net][secure_stream]") {
    dragline::event_loop loop;
    stream_pair streams(loop);
    const auto small = net::stream_options().most_queued(100'000);
    secure_stream client(net::stream(streams.client_socket, small), channel_role::client, good_options());
    secure_stream server(std::move(streams.server), channel_role::server, good_options());
    kept_completion<void> near, far;
    client.handshake(near);
    server.handshake(far);
    run_until(loop, [&] { return near.done() && far.done(); });
    CHECK(client.queue(std::string(100'000, 'x')).error() == errc::queue_limit_exceeded);
    std::size_t queued = 0;
    while (client.queue(std::string(50'000, 'x'))) ++queued;
    for (std::size_t i = 0; i < queued; ++i) CHECK(next_message(loop, server).value().size() == 50'000);
    run_to_end(loop, client.send("goes on"));
    CHECK(next_message(loop, server).value() == "goes on");

    // The end finds its place behind a full queue.
    for (queued = 0; client.queue(std::string(50'000, 'x')) || client.queue("x");) ++queued;
    kept_completion<void> closed;
    client.close(closed);
    for (std::size_t i = 0; i < queued; ++i) next_message(loop, server).value();
    CHECK(next_message(loop, server).ec() == asio::error::eof);
    run_until(loop, [&] { return closed.done(); });
    CHECK(!closed.ec());
}
