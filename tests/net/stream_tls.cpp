// start_tls(): from plaintext to TLS on a stream that lives.
#include <dragline/net/stream.hpp>

#include "meddling_layers.hpp"

#include <dragline/net/detail/tls_layer.hpp>

#include <openssl/ssl.h>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <array>
#include <chrono>
#include <string>
#include <system_error>

using namespace std::chrono_literals;
using dragline::net::errc;
using dragline::net::make_stream_pair;
using dragline::net::stream;
using dragline::net::stream_options;
using dragline::net::stream_pair_options;
using dragline::test::failing_layer;
using dragline::test::kept_completion;
using dragline::test::meddled_pair;
using dragline::test::run_to_end;
using dragline::test::run_until;
using dragline::test::settle;
using dragline::test::tls_ends;

namespace {

// Streams in memory, the client's with a host as open_connection() gives it.
struct plain_ends {
    explicit plain_ends(dragline::event_loop& loop, const stream_options& options = stream_options(),
                        std::string host = "a.test")
        : memory(make_stream_pair(loop)),
          client(memory.first.state()->core.layer, options, std::move(host)),
          server(memory.second) {}

    std::pair<stream, stream> memory;
    stream client;
    stream& server;
    kept_completion<void> client_done, server_done;

    void upgrade(dragline::event_loop& loop) {
        client.start_tls(tls_ends::get().client, client_done);
        server.start_tls(tls_ends::get().server, server_done);
        run_until(loop, [&] { return client_done.done() && server_done.done(); });
    }
};

// Takes nothing more to write, once a test says so.
class clogged_layer final : public dragline::test::around_layer {
public:
    using around_layer::around_layer;
    bool clogged = false;
    dragline::result<bool> try_write(dragline::net::detail::gather& pieces) override {
        return clogged ? dragline::result<bool>(false) : inner_->try_write(pieces);
    }
    asio::awaitable<dragline::result<void>> wait_output(dragline::async::time_point until,
                                                        dragline::phase where) override {
        if (clogged) co_return dragline::make_timeout(where);
        auto waiting = inner_->wait_output(until, where);
        co_return co_await std::move(waiting);
    }
};

// Of the end of TLS, nothing but close_notify comes through.
class unending_layer final : public dragline::test::around_layer {
public:
    using around_layer::around_layer;
    asio::awaitable<dragline::result<void>> shutdown(dragline::async::time_point) override {
        co_return dragline::result<void>();
    }
};

}  // namespace

TEST_CASE("close_notify that comes with the last bytes is the end", "[net][stream][tls]") {
    dragline::event_loop loop;
    dragline::test::meddled_pair<unending_layer> pair(loop);
    kept_completion<void> near, far;
    pair.near.start_tls(tls_ends::get().client, near);
    pair.far.start_tls(tls_ends::get().server, far);
    run_until(loop, [&] { return near.done() && far.done(); });
    run_to_end(loop, pair.near.write("bye"));
    run_to_end(loop, pair.near.shutdown());
    CHECK(run_to_end(loop, pair.far.read_to_end()) == "bye");
}

TEST_CASE("a dialogue goes on in TLS on both sides", "[net][stream][tls]") {
    dragline::event_loop loop;
    plain_ends ends(loop);
    run_to_end(loop, ends.client.write("STARTTLS\r\n"));
    CHECK(run_to_end(loop, ends.server.read_line()) == "STARTTLS");
    CHECK(!ends.server.queue("220 ready\r\n").error());
    CHECK(run_to_end(loop, ends.client.read_line()) == "220 ready");
    CHECK(!ends.client.peer());
    ends.upgrade(loop);
    CHECK(!ends.client_done.ec());
    CHECK(!ends.server_done.ec());
    CHECK(ends.client.peer().version() == "TLSv1.3");
    run_to_end(loop, ends.client.write("EHLO a\r\n"));
    CHECK(run_to_end(loop, ends.server.read_line()) == "EHLO a");
    CHECK(!ends.server.queue("250 hello\r\n").error());
    CHECK(run_to_end(loop, ends.client.read_line()) == "250 hello");
    run_to_end(loop, ends.server.close());
    CHECK(run_to_end(loop, ends.client.read_to_end()).empty());
}

TEST_CASE("plaintext that was pipelined behind the command is refused before the handshake",
          "[net][stream][tls]") {
    dragline::event_loop loop;
    plain_ends ends(loop);
    SECTION("by the server") {
        run_to_end(loop, ends.client.write("STARTTLS\r\nRCPT TO:<evil>\r\n"));
        CHECK(run_to_end(loop, ends.server.read_line()) == "STARTTLS");
        ends.server.start_tls(tls_ends::get().server, ends.server_done);
        run_until(loop, [&] { return ends.server_done.done(); });
        CHECK(ends.server_done.ec() == errc::plaintext_left_over);
    }
    SECTION("by the client, also where it waits unread in the system") {
        run_to_end(loop, ends.server.write("220 ready\r\n250 evil\r\n"));
        CHECK(run_to_end(loop, ends.client.read_exactly(std::size_t{11})) == "220 ready\r\n");
        ends.client.start_tls(tls_ends::get().client, ends.client_done);
        run_until(loop, [&] { return ends.client_done.done(); });
        CHECK(ends.client_done.ec() == errc::plaintext_left_over);
        CHECK(ends.client_done.ec() == dragline::condition::protocol_error);
    }
}

TEST_CASE("a handshake that fails leaves a closed stream", "[net][stream][tls]") {
    dragline::event_loop loop;
    SECTION("the name is another") {
        plain_ends ends(loop, stream_options(), "b.test");
        ends.upgrade(loop);
        CHECK(ends.client_done.ec() == dragline::condition::tls_failed);
        CHECK(ends.server_done.ec() == dragline::condition::tls_failed);
        CHECK(!ends.client.is_open());
        CHECK(ends.client.queue("lost").error());
    }
    SECTION("the peer says nothing") {
        plain_ends ends(loop, stream_options().tls_timeout(20ms));
        ends.client.start_tls(tls_ends::get().client, ends.client_done);
        run_until(loop, [&] { return ends.client_done.done(); });
        CHECK(ends.client_done.ec() == dragline::make_timeout(dragline::phase::tls));
        CHECK(!ends.client.is_open());
    }
    SECTION("options that cannot work change nothing") {
        plain_ends ends(loop);
        ends.server.start_tls(dragline::tls::server_options(), ends.server_done);
        run_until(loop, [&] { return ends.server_done.done(); });
        CHECK(ends.server_done.ec());
        CHECK(ends.server.is_open());
    }
}

TEST_CASE("a handshake that fails tells why, also when its alert finds no room", "[net][stream][tls]") {
    dragline::event_loop loop;
    meddled_pair<clogged_layer> pair(loop);
    kept_completion<void> done;
    pair.near.start_tls(tls_ends::get().client, done);
    settle(loop);
    pair.layer->clogged = true;
    run_to_end(loop, pair.far.write("220 mail.test\r\n"));
    run_until(loop, [&] { return done.done(); });
    CHECK(done.ec() == dragline::tls::errc::not_tls);
}

TEST_CASE("nothing else uses the stream during the handshake, and what is queued waits",
          "[net][stream][tls]") {
    dragline::event_loop loop;
    plain_ends ends(loop);
    ends.client.start_tls(tls_ends::get().client, ends.client_done);
    settle(loop);
    kept_completion<std::size_t> written;
    kept_completion<std::string> read;
    ends.client.write("plain", written);
    ends.client.read_line(read);
    settle(loop);
    CHECK(written.ec() == errc::busy);
    CHECK(read.ec() == errc::busy);
    CHECK(!ends.client.queue("secret\n").error());
    ends.server.start_tls(tls_ends::get().server, ends.server_done);
    run_until(loop, [&] { return ends.client_done.done() && ends.server_done.done(); });
    CHECK(!ends.client_done.ec());
    CHECK(run_to_end(loop, ends.server.read_line()) == "secret");
}

TEST_CASE("TLS over TLS: a stream is upgraded twice", "[net][stream][tls]") {
    dragline::event_loop loop;
    plain_ends ends(loop);
    ends.upgrade(loop);
    ends.client_done = kept_completion<void>();
    ends.server_done = kept_completion<void>();
    ends.upgrade(loop);
    CHECK(!ends.client_done.ec());
    const std::string bulk(300'000, 'x');
    kept_completion<std::size_t> written;
    ends.client.write(bulk, written);
    CHECK(run_to_end(loop, ends.server.read_exactly(bulk.size())) == bulk);
    run_until(loop, [&] { return written.done(); });
    CHECK(!written.ec());
}

TEST_CASE("close over TLS to a peer that does not read ends at its timeout", "[net][stream][tls]") {
    dragline::event_loop loop;
    auto memory = make_stream_pair(loop, stream_pair_options().capacity(4000));
    stream client(memory.first.state()->core.layer, stream_options().write_timeout(20ms), "a.test");
    kept_completion<void> client_done, server_done, closed;
    client.start_tls(tls_ends::get().client, client_done);
    memory.second.start_tls(tls_ends::get().server, server_done);
    run_until(loop, [&] { return client_done.done() && server_done.done(); });
    CHECK(!client.queue(std::string(100'000, 'x')).error());
    client.close(closed);
    run_until(loop, [&] { return closed.done(); });
    CHECK(closed.ec() == dragline::make_timeout(dragline::phase::write));
    CHECK(!client.is_open());
}

TEST_CASE("close over TLS ends what a cancelled shutdown began", "[net][stream][tls]") {
    dragline::event_loop loop;
    const bool reads = GENERATE(true, false);
    auto memory = make_stream_pair(loop, stream_pair_options().capacity(4000));
    stream client(memory.first.state()->core.layer, stream_options(), "a.test");
    auto& server = memory.second;
    kept_completion<void> client_done, server_done, shut, closed;
    client.start_tls(tls_ends::get().client, client_done);
    server.start_tls(tls_ends::get().server, server_done);
    run_until(loop, [&] { return client_done.done() && server_done.done(); });
    // More than there is room for, or as much as leaves half of close_notify.
    const std::string bulk(GENERATE(50'000, 3'968), 'x');
    CHECK(!client.queue(bulk).error());
    asio::cancellation_signal ending;
    client.shutdown(asio::bind_cancellation_slot(ending.slot(), shut));
    settle(loop);
    REQUIRE(!shut.done());
    ending.emit(asio::cancellation_type::terminal);
    run_until(loop, [&] { return shut.done(); });
    CHECK(shut.ec() == asio::error::operation_aborted);
    client.close(dragline::net::write_options().timeout(reads ? 20s : 20ms), closed);
    if (reads) CHECK(run_to_end(loop, server.read_to_end()) == bulk);
    run_until(loop, [&] { return closed.done(); });
    const auto late = dragline::make_timeout(dragline::phase::write);
    CHECK(closed.ec() == (reads ? std::error_code() : late));
    CHECK(!client.is_open());
}

TEST_CASE("a read that is cancelled while TLS has to answer sends nothing twice", "[net][stream][tls]") {
    dragline::event_loop loop;
    auto memory = make_stream_pair(loop, stream_pair_options().capacity(10));
    auto& [client, server] = memory;
    kept_completion<void> client_done, server_done;
    client.start_tls(dragline::tls::client_options(tls_ends::get().client).server_name("a.test"),
                     client_done);
    server.start_tls(tls_ends::get().server, server_done);
    run_until(loop, [&] { return client_done.done(); });
    asio::cancellation_signal ending;
    kept_completion<std::string> line, next;
    client.read_line(asio::bind_cancellation_slot(ending.slot(), line));
    run_until(loop, [&] { return server_done.done(); });  // its tickets are read
    REQUIRE(!server_done.ec());
    auto& speaking = dynamic_cast<dragline::net::detail::tls_layer&>(server.layer());
    for (int i = 0; i < 2; ++i) {
        REQUIRE(SSL_key_update(speaking.engine().native_handle(), SSL_KEY_UPDATE_REQUESTED) == 1);
        kept_completion<std::size_t> written;
        server.write("half ", written);
        for (int turn = 0; turn < 20; ++turn) settle(loop);
    }
    CHECK(client.layer().unsent() > 0);  // more than the peer has room for
    ending.emit(asio::cancellation_type::terminal);
    run_until(loop, [&] { return line.done(); });
    CHECK(line.ec() == asio::error::operation_aborted);
    server.read_line(next);
    kept_completion<std::size_t> answered;
    client.write("hello\n", answered);
    run_until(loop, [&] { return next.done(); });
    CHECK(!next.ec());
    CHECK(next.value() == "hello");
}

TEST_CASE("records that bring nothing keep the loop for no longer than others do", "[net][stream][tls]") {
    dragline::event_loop loop;
    meddled_pair<failing_layer> pair(loop);  // gives single bytes
    kept_completion<void> client_done, server_done;
    pair.near.start_tls(tls_ends::get().client, client_done);
    pair.far.start_tls(tls_ends::get().server, server_done);
    run_until(loop, [&] { return client_done.done() && server_done.done(); });
    run_to_end(loop, pair.far.write(std::string(1000, 'x')));
    std::array<char, 1000> room{};
    pair.layer->steps = 0;
    CHECK(pair.near.layer().try_read(asio::buffer(room)).error() == asio::error::would_block);
    CHECK(pair.layer->steps < 10);
    CHECK(run_to_end(loop, pair.near.read_exactly(room.size())) == std::string(1000, 'x'));
}

TEST_CASE("a write over TLS that fails before a byte has gone leaves its pieces, as one in the clear",
          "[net][stream][tls]") {
    dragline::event_loop loop;
    meddled_pair<failing_layer> pair(loop);
    kept_completion<void> client_done, server_done;
    pair.near.start_tls(tls_ends::get().client, client_done);
    pair.far.start_tls(tls_ends::get().server, server_done);
    run_until(loop, [&] { return client_done.done() && server_done.done(); });
    const std::string bulk(50'000, 'x');  // more records than one
    dragline::net::detail::gather pieces{asio::buffer(bulk), asio::const_buffer()};
    pair.layer->on_writes = true;
    pair.layer->on_reads = false;
    pair.layer->steps = 0;
    pair.layer->fail_at = 1;
    CHECK(pair.near.layer().try_write(pieces).error() == failing_layer::failure());
    CHECK(asio::buffer_size(pieces) == bulk.size());
}
