#include <dragline/net/framing/framed_stream.hpp>

#include "../around_layer.hpp"
#include "../stream_pair.hpp"

#include <dragline/net/framing/codecs.hpp>
#include <dragline/net/framing/length_prefixed.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/use_future.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

using namespace std::chrono_literals;
using namespace std::string_literals;
using dragline::make_timeout;
using dragline::phase;
using dragline::net::errc;
using dragline::net::framed_stream;
using dragline::net::length_prefixed;
using dragline::net::read_options;
using dragline::test::kept_completion;
using dragline::test::run_to_end;
using dragline::test::run_until;
using dragline::test::settle;
using dragline::test::stream_pair;

namespace net = dragline::net;

namespace {

using framed = framed_stream<length_prefixed<>>;
using received = kept_completion<std::string>;

framed framed_by_4(net::stream& from) { return framed(std::move(from), length_prefixed(4)); }

received next_frame(dragline::event_loop& loop, framed& from, read_options options = read_options()) {
    received outcome;
    from.receive(options, outcome);
    run_until(loop, [&] { return outcome.done(); });
    return outcome;
}

void tell_bytes(dragline::event_loop& loop, net::stream& to, std::string_view bytes) {
    run_to_end(loop, to.write(std::string(bytes)));
}

std::string frame_of(std::string_view payload) {
    std::string out;
    length_prefixed(4).encode(std::string(payload), out).value();
    return out;
}

struct counted_header {
    std::uint8_t first_size = 0;
    std::uint8_t second_size = 0;
};

// GCC 12 destroys some temporaries of a co_await expression twice; none of ours.
asio::awaitable<std::string> send_in_place(net::stream near, net::stream far) {
    const std::string text = "a text that is too long to be stored inside of a std::string object";
    const auto codec = net::length_prefixed<counted_header>()
                           .length<&counted_header::first_size>()
                           .length<&counted_header::second_size>();
    framed_stream from(std::move(near), codec), to(std::move(far), codec);
    co_await from.send(net::header_frame<counted_header>(counted_header(), text, std::string(text)),
                       net::write_options().timeout(1s));
    auto frame = co_await to.receive(read_options().timeout(1s));
    co_return std::string(frame.part(0)) + std::string(frame.part(1));
}

// Counts the looks for something to read.
class counting_layer final : public dragline::test::around_layer {
public:
    using around_layer::around_layer;
    int reads = 0;
    dragline::result<std::size_t> try_read(asio::mutable_buffer into) noexcept override {
        return ++reads, inner_->try_read(into);
    }
};

}  // namespace

TEST_CASE("each send is one receive at the other end", "[net][framed_stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    auto near = framed_by_4(pair.client), far = framed_by_4(pair.server);
    for (const std::size_t size : {0u, 1u, 5u, 2048u, 2049u, 70'000u, 1u << 20}) {
        CAPTURE(size);
        const std::string frame(size, 'x');
        kept_completion<void> sent;
        near.send(frame, sent);
        CHECK(next_frame(loop, far).value() == frame);
        run_until(loop, [&] { return sent.done(); });
        CHECK(!sent.ec());
    }
    run_to_end(loop, far.send("back"));
    const auto [ec, back] = run_to_end(loop, near.receive(dragline::as_tuple(asio::use_awaitable)));
    CHECK(!ec);
    CHECK(back == "back");
}

TEST_CASE("frames are the same however their bytes arrive", "[net][framed_stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop);
    auto far = framed_by_4(pair.server);
    const auto bytes = frame_of("one") + frame_of("") + frame_of("three");
    for (std::size_t split = 0; split <= bytes.size(); ++split) {
        CAPTURE(split);
        tell_bytes(loop, pair.client, std::string_view(bytes).substr(0, split));
        received first;
        far.receive(first);
        settle(loop);
        tell_bytes(loop, pair.client, std::string_view(bytes).substr(split));
        run_until(loop, [&] { return first.done(); });
        CHECK(first.value() == "one");
        CHECK(next_frame(loop, far).value().empty());
        CHECK(next_frame(loop, far).value() == "three");
    }
}

TEST_CASE("streams may share a codec", "[net][framed_stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop);
    const auto codec = std::make_shared<const net::delimited>("\n");
    framed_stream near(std::move(pair.client), codec), far(std::move(pair.server), codec);
    CHECK(&near.codec() == &far.codec());
    run_to_end(loop, near.send("line"));
    CHECK(run_to_end(loop, far.receive()) == "line");
}

TEST_CASE("frames that came together cost no read each", "[net][framed_stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, false, [](stream_pair::layer socket) -> stream_pair::layer {
        return std::make_shared<counting_layer>(std::move(socket));
    });
    auto near = framed_by_4(pair.client);
    std::string bytes;
    for (int i = 0; i < 1000; ++i) bytes += frame_of(std::to_string(i));
    tell_bytes(loop, pair.server, bytes);
    for (int i = 0; i < 1000; ++i) REQUIRE(next_frame(loop, near).value() == std::to_string(i));
    CHECK(dynamic_cast<counting_layer&>(*pair.client_socket).reads < 10);
}

TEST_CASE("a receive that times out or is cancelled within a frame keeps the partial bytes",
          "[net][framed_stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    auto far = framed_by_4(pair.server);
    const auto bytes = frame_of("hello") + frame_of("next");
    for (std::size_t split = 1; split < 9; ++split) {
        CAPTURE(split);
        tell_bytes(loop, pair.client, std::string_view(bytes).substr(0, split));
        const auto late = next_frame(loop, far, read_options().timeout(1ms));
        CHECK(late.ec() == make_timeout(phase::read));
        received cancelled;
        asio::cancellation_signal ending;
        far.receive(asio::bind_cancellation_slot(ending.slot(), cancelled));
        settle(loop);
        ending.emit(asio::cancellation_type::total);
        run_until(loop, [&] { return cancelled.done(); });
        CHECK(cancelled.ec() == asio::error::operation_aborted);
        tell_bytes(loop, pair.client, std::string_view(bytes).substr(split));
        CHECK(next_frame(loop, far).value() == "hello");
        CHECK(next_frame(loop, far).value() == "next");
    }
}

TEST_CASE("the end is eof between frames, and incomplete within one", "[net][framed_stream]") {
    dragline::event_loop loop;
    const std::size_t extra = GENERATE(0, 1, 4, 6);
    stream_pair pair(loop);
    auto far = framed_by_4(pair.server);
    tell_bytes(loop, pair.client, frame_of("whole") + frame_of("cut off").substr(0, extra));
    run_to_end(loop, pair.client.shutdown());
    CHECK(next_frame(loop, far).value() == "whole");
    for (int again = 0; again < 2; ++again) {
        const auto ec = next_frame(loop, far).ec();
        if (extra == 0) {
            CHECK(ec == asio::error::eof);
        } else {
            CHECK(ec == errc::incomplete_read);
            CHECK(far.next_layer().incomplete_read().partial.size() == extra);
            CHECK(far.next_layer().incomplete_read().expected == (extra < 4 ? 4u : 11u));
        }
    }
}

TEST_CASE("a frame that claims 4 GiB is refused at once, and again", "[net][framed_stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop);
    auto far = framed_by_4(pair.server);
    tell_bytes(loop, pair.client, "\xff\xff\xff\xffrest");
    CHECK(next_frame(loop, far).ec() == errc::frame_too_large);
    CHECK(next_frame(loop, far).ec() == errc::frame_too_large);
    auto stream = far.release();
    CHECK(run_to_end(loop, stream.read_exactly(8)) == "\xff\xff\xff\xffrest");
}

TEST_CASE("what a stream had read before is a frame's, and what is left goes back", "[net][framed_stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    tell_bytes(loop, pair.client, "hello\r\n" + frame_of("framed") + "bye\n");
    CHECK(run_to_end(loop, pair.server.read_line()) == "hello");
    auto far = framed_by_4(pair.server);
    CHECK(next_frame(loop, far).value() == "framed");
    auto stream = far.release();
    CHECK(run_to_end(loop, stream.read_line()) == "bye");
}

TEST_CASE("a frame that its codec refuses is not sent, and the next one is", "[net][framed_stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop);
    framed near(std::move(pair.client), length_prefixed(4).max_frame(10));
    auto far = framed_by_4(pair.server);
    kept_completion<void> refused;
    near.send(std::string(11, 'x'), refused);
    run_until(loop, [&] { return refused.done(); });
    CHECK(refused.ec() == errc::frame_too_large);
    CHECK(near.queue(std::string(11, 'x')).error() == errc::frame_too_large);
    run_to_end(loop, near.send(std::string(10, 'y')));
    CHECK(next_frame(loop, far).value() == std::string(10, 'y'));
}

TEST_CASE("one send and one receive at a time, and frames that are queued stay whole",
          "[net][framed_stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop);
    auto near = framed_by_4(pair.client), far = framed_by_4(pair.server);
    const std::string large(1'000'000, 'x');
    kept_completion<void> sent, second;
    near.send(large, sent);
    near.send("second", second);
    settle(loop);
    CHECK(!sent.done());
    CHECK(second.ec() == errc::busy);
    for (int i = 0; i < 3; ++i) CHECK(near.queue("queued " + std::to_string(i)));
    received waiting, other;
    near.receive(waiting);
    near.receive(other);
    run_until(loop, [&] { return other.done(); });
    CHECK(other.ec() == errc::busy);
    CHECK(next_frame(loop, far).value() == large);
    for (int i = 0; i < 3; ++i) CHECK(next_frame(loop, far).value() == "queued " + std::to_string(i));
    run_to_end(loop, far.send("answer"));
    run_until(loop, [&] { return waiting.done(); });
    CHECK(waiting.value() == "answer");
}

TEST_CASE("messages of a user's own type go through a typed codec", "[net][framed_stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop);
    const auto codec = net::typed<int>(
        net::netstring(), [](int value) { return std::to_string(value); },
        [](const std::string& text) -> dragline::result<int> {
            if (text.empty() || text.size() > 9) return errc::malformed_frame;
            return std::stoi(text);
        });
    framed_stream near(std::move(pair.client), codec), far(std::move(pair.server), codec);
    run_to_end(loop, near.send(-42));
    CHECK(run_to_end(loop, far.receive()) == -42);
    run_to_end(loop, near.next_layer().write("0:,"));
    const auto [ec, value] = run_to_end(loop, far.receive(dragline::as_tuple(asio::use_awaitable)));
    CHECK(ec == errc::malformed_frame);
    CHECK(value == 0);
}

TEST_CASE("a frame may be made inside the co_await expression that sends it", "[net][framed_stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop);
    const auto got = run_to_end(loop, send_in_place(std::move(pair.client), std::move(pair.server)));
    CHECK(got.size() == 2 * 67);
}

TEST_CASE("frames may be sent and received from a thread that blocks", "[net][framed_stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop);
    auto near = framed_by_4(pair.client), far = framed_by_4(pair.server);
    auto work = asio::make_work_guard(loop.context());
    std::thread runner([&] { loop.context().run(); });
    for (const auto& text : {"one"s, std::string(100'000, 'x')}) {
        auto sent = near.send(text, asio::use_future);
        CHECK(far.receive(asio::use_future).get() == text);
        sent.get();
    }
    work.reset();
    runner.join();
}

TEST_CASE("a framed stream may be moved or destroyed while a receive is under way", "[net][framed_stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop);
    received pending;
    {
        auto far = framed_by_4(pair.server);
        far.receive(pending);
        settle(loop);
        auto elsewhere = std::move(far);
        tell_bytes(loop, pair.client, frame_of("moved"));
        run_until(loop, [&] { return pending.done(); });
        CHECK(pending.value() == "moved");
        pending = received();
        elsewhere.receive(pending);
        settle(loop);
    }
    run_until(loop, [&] { return pending.done(); });
    CHECK(pending.ec() == asio::error::operation_aborted);
}
