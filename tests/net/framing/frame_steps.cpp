// Every split, a failure and a cancellation at every step: for frames, and for the packets of a secure
// stream.
#include <dragline/net/framing/framed_stream.hpp>

#include "../meddling_layers.hpp"
#include "../secure_channel/channel_pair.hpp"

#include <dragline/net/framing/codecs.hpp>
#include <dragline/net/framing/length_prefixed.hpp>
#include <dragline/net/secure_channel/secure_stream.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cstddef>
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
