// Every split, a failure and a cancellation at every step: for frames, and for the packets of a secure
// stream. And peers that are killed.
#include <dragline/net/framing/framed_stream.hpp>

#include "../meddling_layers.hpp"
#include "../secure_channel/channel_pair.hpp"

#include <dragline/net/connect.hpp>
#include <dragline/net/framing/codecs.hpp>
#include <dragline/net/framing/length_prefixed.hpp>
#include <dragline/net/secure_channel/secure_stream.hpp>

#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

using dragline::net::framed_stream;
using dragline::net::secure_stream;
using dragline::test::failing_layer;
using dragline::test::kept_completion;
using dragline::test::meddled_pair;
using dragline::test::run_to_end;
using dragline::test::run_until;
using dragline::test::splitting_layer;

namespace net = dragline::net;

namespace {

using step_frame = kept_completion<std::string>;

template <class Link>
step_frame step_receive(dragline::event_loop& loop, Link& from, asio::cancellation_slot slot = {}) {
    step_frame outcome;
    from.receive(asio::bind_cancellation_slot(slot, outcome));
    run_until(loop, [&] { return outcome.done(); });
    return outcome;
}

template <class Codec>
void check_steps(const Codec& codec) {
    std::string bytes;
    codec.encode("one", bytes).value();
    codec.encode("two", bytes).value();
    for (std::size_t split = 0; split <= bytes.size(); ++split) {
        CAPTURE(split);
        dragline::event_loop loop;
        meddled_pair<splitting_layer> pair(loop);
        pair.layer->first = split;
        pair.layer->then = 1;
        run_to_end(loop, pair.far.write(bytes));
        framed_stream link(std::move(pair.near), codec);
        CHECK(step_receive(loop, link).value() == "one");
        CHECK(step_receive(loop, link).value() == "two");
    }
    bool failed = true;
    for (int step = 1; failed; ++step) {  // until there are no so many
        CAPTURE(step);
        REQUIRE(step < 100);
        dragline::event_loop loop;
        meddled_pair<failing_layer> pair(loop);
        pair.layer->fail_at = step;
        run_to_end(loop, pair.far.write(bytes));
        framed_stream link(std::move(pair.near), codec);
        auto outcome = step_receive(loop, link);
        if (!outcome.ec()) outcome = step_receive(loop, link);
        failed = bool(outcome.ec());
        if (failed) CHECK(outcome.ec() == failing_layer::failure());
        if (!failed) CHECK(outcome.value() == "two");
    }
}

// A handshake and a message each way, over a layer of the client's that meddles.
struct stepped_channel {
    explicit stepped_channel(dragline::event_loop& on) : loop(on), pair(on) {
        const auto options = net::secure_channel_options().key(dragline::test::channel_key());
        client = secure_stream(std::move(pair.near), net::channel_role::client, options);
        server = secure_stream(std::move(pair.far), net::channel_role::server, options);
    }

    // The client's first failure.
    std::error_code talk() {
        kept_completion<void> near, far;
        client.handshake(near);
        server.handshake(far);
        run_until(loop, [&] { return near.done(); });
        if (near.ec()) return near.ec();
        run_until(loop, [&] { return far.done(); });
        if (const auto told = client.queue("question"); !told) return told.error();
        CHECK(step_receive(loop, server).value() == "question");
        CHECK(server.queue("answer"));
        const auto answer = step_receive(loop, client);
        if (!answer.ec()) CHECK(answer.value() == "answer");
        return answer.ec();
    }

    dragline::event_loop& loop;
    meddled_pair<failing_layer> pair;
    secure_stream client, server;
};

// A server in a process of its own, which sends `bytes`, reads nothing, and lives until it is killed.
class doomed_server {
public:
    explicit doomed_server(const std::string& bytes) {
        asio::io_context context;
        asio::ip::tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
        port_ = acceptor.local_endpoint().port();
        std::array<int, 2> said{};
        REQUIRE(::pipe(said.data()) == 0);
        pid_ = ::fork();
        if (pid_ == 0) serve(acceptor.native_handle(), said[1], bytes);
        ::close(said[1]);
        ready_ = said[0];
        REQUIRE(pid_ > 0);
    }
    ~doomed_server() {
        kill();
        ::close(ready_);
    }
    doomed_server(const doomed_server&) = delete;
    doomed_server& operator=(const doomed_server&) = delete;

    net::stream connect(dragline::event_loop& loop) const {
        const net::endpoint at("127.0.0.1", port_);
        auto client = run_to_end(loop, net::open_connection(loop, at, asio::use_awaitable));
        char sent = 0;
        CHECK(::read(ready_, &sent, 1) == 1);
        return client;
    }

    void kill() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = -1;
    }

private:
    // Only what may be done after fork() in a program that has threads.
    [[noreturn]] static void serve(int listening, int ready, const std::string& bytes) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // when the tests crash
        const int client = ::accept(listening, nullptr, nullptr);
        const bool sent = ::write(client, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
        if (!sent || ::write(ready, "!", 1) != 1) ::_exit(1);
        for (;;) ::pause();
    }

    std::uint16_t port_ = 0;
    int ready_ = -1;
    ::pid_t pid_ = -1;
};

}  // namespace

TEST_CASE("frames in every split, and with a failure at every step", "[net][framed_stream]") {
    check_steps(net::length_prefixed(2));
    check_steps(net::netstring());
    check_steps(net::varint_prefixed());
    check_steps(net::delimited("\r\n"));
}

TEST_CASE("a receive that is cancelled at any step loses nothing", "[net][framed_stream]") {
    for (int step = 1;; ++step) {
        CAPTURE(step);
        REQUIRE(step < 100);
        dragline::event_loop loop;
        asio::cancellation_signal ending;
        meddled_pair<failing_layer> pair(loop);
        pair.layer->fail_at = step;
        pair.layer->cancel = &ending;
        framed_stream link(std::move(pair.near), net::length_prefixed(2));
        step_frame outcome;
        link.receive(asio::bind_cancellation_slot(ending.slot(), outcome));
        for (const char byte : {'\0', '\3', 'a', 'b', 'c'}) {
            run_to_end(loop, pair.far.write(std::string(1, byte)));
            dragline::test::settle(loop);
        }
        run_until(loop, [&] { return outcome.done(); });
        if (!outcome.ec()) {
            CHECK(outcome.value() == "abc");
            break;
        }
        CHECK(outcome.ec() == asio::error::operation_aborted);
        CHECK(step_receive(loop, link).value() == "abc");
    }
}

TEST_CASE("a peer that is killed at any byte of a frame ends the receive", "[net][framed_stream]") {
    std::string bytes;
    net::length_prefixed(4).encode("whole", bytes).value();
    const auto whole = bytes.size();
    net::length_prefixed(4).encode("cut off", bytes).value();
    const bool waiting = GENERATE(false, true);
    for (std::size_t sent = 0; sent <= bytes.size(); ++sent) {
        CAPTURE(waiting, sent);
        dragline::event_loop loop;
        doomed_server server(bytes.substr(0, sent));
        framed_stream link(server.connect(loop), net::length_prefixed(4));
        if (sent >= whole) CHECK(step_receive(loop, link).value() == "whole");
        if (sent == bytes.size()) CHECK(step_receive(loop, link).value() == "cut off");
        step_frame outcome;
        if (waiting) {
            link.receive(outcome);
            dragline::test::settle(loop);
        }
        server.kill();
        if (!waiting) link.receive(outcome);
        run_until(loop, [&] { return outcome.done(); });
        const bool between = sent == 0 || sent == whole || sent == bytes.size();
        const std::error_code expected =
            between ? asio::error::eof : make_error_code(net::errc::incomplete_read);
        CHECK(outcome.ec() == expected);
        CHECK(step_receive(loop, link).ec() == expected);
        run_to_end(loop, link.next_layer().close());
    }
}

TEST_CASE("a peer that is killed before it has read what was sent ends all that waits",
          "[net][framed_stream]") {
    const auto size = GENERATE(std::size_t{10}, std::size_t{50'000'000});  // all of it is on its way, or not
    dragline::event_loop loop;
    doomed_server server("");
    framed_stream link(server.connect(loop), net::length_prefixed(4).max_frame(size));
    step_frame received;
    kept_completion<void> sent, again, closed;
    link.send(std::string(size, 'x'), sent);
    link.receive(received);
    dragline::test::settle(loop);
    CAPTURE(size);
    CHECK(sent.done() == (size == 10));
    server.kill();
    run_until(loop, [&] { return received.done() && sent.done(); });
    CHECK(received.ec() == asio::error::connection_reset);  // also when the send was told first
    const auto lost = [](std::error_code ec) {
        return ec == asio::error::connection_reset || ec == asio::error::broken_pipe ||
               ec == net::errc::incomplete_write;
    };
    if (size > 10) CHECK(lost(sent.ec()));
    link.send("more", again);
    run_until(loop, [&] { return again.done(); });
    CHECK(lost(again.ec()));
    CHECK(link.next_layer().is_closing());
    link.next_layer().close(closed);
    run_until(loop, [&] { return closed.done(); });
    CHECK(!link.next_layer().is_open());
}

TEST_CASE("a secure stream with a failure at every step", "[net][secure_stream]") {
    for (const bool on_reads : {true, false}) {
        bool failed = true;
        for (int step = 1; failed; ++step) {
            CAPTURE(on_reads, step);
            REQUIRE(step < 1000);
            dragline::event_loop loop;
            stepped_channel channel(loop);
            channel.pair.layer->on_reads = on_reads;
            channel.pair.layer->on_writes = !on_reads;
            channel.pair.layer->fail_at = step;
            const auto ec = channel.talk();
            failed = bool(ec);
            if (failed) CHECK(ec == failing_layer::failure());
        }
    }
}
