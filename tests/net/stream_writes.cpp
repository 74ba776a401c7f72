#include <dragline/net/stream.hpp>

#include "../support/tcp_peer.hpp"
#include "stream_pair.hpp"

#include <dragline/net/connect.hpp>
#include <dragline/net/stream_pair.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/io_context.hpp>
#include <asio/local/connect_pair.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/post.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <thread>

using namespace std::chrono_literals;
using dragline::make_timeout;
using dragline::phase;
using dragline::net::errc;
using dragline::net::make_stream_pair;
using dragline::net::read_options;
using dragline::net::stream;
using dragline::net::stream_options;
using dragline::net::stream_pair_options;
using dragline::net::write_options;
using dragline::test::kept_completion;
using dragline::test::run_to_end;
using dragline::test::run_until;
using dragline::test::settle;
using dragline::test::stream_pair;

namespace {

constexpr std::size_t much = 4 * 1024 * 1024;  // more than a socket takes

std::error_code ended_write(dragline::event_loop& loop, kept_completion<void> outcome) {
    run_until(loop, [&] { return outcome.done(); });
    return outcome.ec();
}

std::string all_of(dragline::event_loop& loop, stream& from) {
    return run_to_end(loop, from.read_to_end(read_options().limit(100'000'000)));
}

}  // namespace

TEST_CASE("what is queued goes before what is written after it", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    const std::string bulk(much, 'q');
    CHECK(!pair.client.queue("first").error());
    CHECK(!pair.client.queue(bulk).error());
    CHECK(pair.client.write_buffer_size() > 0);
    kept_completion<std::size_t> written;
    pair.client.write("written", written);
    settle(loop);
    CHECK(!written.done());
    CHECK(!pair.client.queue("after").error());
    CHECK(run_to_end(loop, pair.server.read_exactly(5 + bulk.size())) == "first" + bulk);
    CHECK(run_to_end(loop, pair.server.read_exactly(std::size_t{12})) == "writtenafter");
    run_until(loop, [&] { return written.done(); });
    CHECK(written.value() == 7);
    CHECK(pair.client.write_buffer_size() == 0);
}

TEST_CASE("buffers are gathered, two or more", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    const std::array<asio::const_buffer, 2> two{asio::buffer("ab", 2), asio::buffer("cd", 2)};
    const std::array<asio::const_buffer, 3> three{asio::buffer("ef", 2), asio::const_buffer(),
                                                  asio::buffer("gh", 2)};
    CHECK(run_to_end(loop, pair.client.write(two)) == 4);
    CHECK(run_to_end(loop, pair.client.write(three)) == 4);
    CHECK(run_to_end(loop, pair.client.write(asio::buffer("i", 1))) == 1);
    CHECK(run_to_end(loop, pair.client.write("")) == 0);
    CHECK(run_to_end(loop, pair.server.read_exactly(std::size_t{9})) == "abcdefghi");
}

TEST_CASE("close sends what is queued and ends in order", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    const std::string bulk(much, 'x');
    CHECK(!pair.client.queue(bulk).error());
    kept_completion<void> closed;
    pair.client.close(closed);
    settle(loop);
    CHECK(pair.client.is_closing());
    CHECK(pair.client.queue("late").error() == asio::error::shut_down);
    CHECK((all_of(loop, pair.server) == bulk));
    CHECK(!ended_write(loop, closed));
    CHECK(!pair.client.is_open());
}

TEST_CASE("close is bounded by its timeout when the peer does not read", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    CHECK(!pair.client.queue(std::string(much, 'x')).error());
    kept_completion<void> closed;
    pair.client.close(write_options().timeout(20ms), closed);
    CHECK(ended_write(loop, closed) == make_timeout(phase::write));
    CHECK(!pair.client.is_open());
}

TEST_CASE("close waits for no close_notify of the peer, which may never come", "[net][stream][tls]") {
    dragline::event_loop loop;
    stream_pair pair(loop, true);
    kept_completion<void> closed;
    pair.client.close(closed);
    CHECK(!ended_write(loop, closed));
    CHECK(!pair.client.is_open());
}

TEST_CASE("a large write to a peer that takes all at once lets the loop do other things", "[net][stream]") {
    constexpr std::size_t size = 32 * 1024 * 1024;
    dragline::event_loop loop;
    asio::local::stream_protocol::socket near(loop.get_executor());
    asio::io_context elsewhere;
    asio::local::stream_protocol::socket far(elsewhere);
    asio::local::connect_pair(near, far);
    std::thread reader([&far] {
        std::string room(1024 * 1024, '\0');
        for (std::size_t got = 0; got < size;) got += far.read_some(asio::buffer(room));
    });
    dragline::net::stream client(std::make_shared<dragline::net::detail::socket_layer>(std::move(near)));
    kept_completion<std::size_t> written;
    client.write(std::string(size, 'x'), written);
    std::size_t turns = 0;
    std::function<void()> turn = [&] {
        ++turns;
        if (!written.done()) asio::post(loop.get_executor(), turn);
    };
    turn();
    run_until(loop, [&] { return written.done(); });
    reader.join();
    CHECK(written.value() == size);
    CHECK(turns >= 31);
}

TEST_CASE("a client that never reads: writes and drains wait, and memory stays flat", "[net][stream]") {
    dragline::event_loop loop;
    const auto options = stream_options().high_water(1000).low_water(100).most_queued(2000);
    auto memory = make_stream_pair(loop, stream_pair_options().capacity(10).stream(options));
    auto& [near, far] = memory;
    CHECK(!near.queue(std::string(10, 'a')).error());
    CHECK(near.write_buffer_size() == 0);
    CHECK(!near.queue(std::string(1000, 'b')).error());
    CHECK(near.write_buffer_size() == 1000);
    run_to_end(loop, near.drain());
    CHECK(!near.queue("c").error());
    kept_completion<void> drained;
    near.drain(drained);
    settle(loop);
    CHECK(!drained.done());  // one above the mark
    CHECK(!near.queue(std::string(999, 'd')).error());
    CHECK(near.queue("e").error() == errc::queue_limit_exceeded);  // one above the cap
    CHECK(make_error_code(errc::queue_limit_exceeded) == dragline::condition::limit_exceeded);
    CHECK(near.write_buffer_size() == 2000);
    run_to_end(loop, far.read_exactly(std::size_t{1000}));
    settle(loop);
    CHECK(!drained.done());  // waits for the low mark, not for the high one
    run_to_end(loop, far.read_exactly(std::size_t{910}));
    run_until(loop, [&] { return drained.done(); });
    CHECK(!drained.ec());
    CHECK(near.write_buffer_size() == 100);
    kept_completion<std::size_t> written;
    near.write("f", write_options().timeout(10ms), written);
    run_until(loop, [&] { return written.done(); });
    CHECK(written.ec() == make_timeout(phase::write));
    CHECK(run_to_end(loop, far.read_exactly(std::size_t{100})) == std::string(100, 'd'));
    run_to_end(loop, near.write("g"));  // nothing of the write that was late has gone
    CHECK(run_to_end(loop, far.read_exactly(std::size_t{1})) == "g");
}

TEST_CASE("a queue that makes no progress fails, and the failure is told once and never lost",
          "[net][stream]") {
    dragline::event_loop loop;
    const auto options = stream_options().write_timeout(10ms);
    auto memory = make_stream_pair(loop, stream_pair_options().capacity(10).stream(options));
    auto& [near, far] = memory;
    CHECK(!near.queue(std::string(100, 'a')).error());
    run_until(loop, [&] { return near.write_buffer_size() == 0; });  // given up
    const int who = GENERATE(0, 1, 2, 3, 4);
    CAPTURE(who);
    kept_completion<void> outcome;
    kept_completion<std::size_t> written;
    if (who == 0) near.drain(outcome);
    if (who == 1) near.close(outcome);
    if (who == 2) near.shutdown(outcome);
    if (who == 3) outcome(near.queue("x").error());
    if (who == 4) near.write("x", written);
    run_until(loop, [&] { return outcome.done() || written.done(); });
    CHECK((who == 4 ? written.ec() : outcome.ec()) == make_timeout(phase::write));
    kept_completion<void> closed;
    near.close(closed);
    CHECK(!ended_write(loop, closed));
    CHECK(run_to_end(loop, far.read_to_end()) == std::string(10, 'a'));
}

TEST_CASE("nothing follows a write that ended in the middle", "[net][stream]") {
    dragline::event_loop loop;
    auto memory = make_stream_pair(loop, stream_pair_options().capacity(10));
    auto& [near, far] = memory;
    asio::cancellation_signal ending;
    kept_completion<std::size_t> written;
    near.write(std::string(20, 'a'), asio::bind_cancellation_slot(ending.slot(), written));
    settle(loop);
    ending.emit(asio::cancellation_type::terminal);
    run_until(loop, [&] { return written.done(); });
    CHECK(written.ec() == asio::error::operation_aborted);
    CHECK(near.queue("b").error() == errc::incomplete_write);
    kept_completion<void> closed;
    near.close(closed);
    CHECK(!ended_write(loop, closed));
    CHECK(run_to_end(loop, far.read_to_end()) == std::string(10, 'a'));
}

TEST_CASE("a peer that resets the connection is noticed", "[net][stream]") {
    dragline::event_loop loop;
    dragline::test::tcp_peer server;
    const dragline::net::endpoint target("127.0.0.1", server.port());
    auto client = run_to_end(loop, open_connection(loop, target, asio::use_awaitable));
    auto& peer = server.accept();
    kept_completion<std::string> line;
    client.read_line(line);
    settle(loop);
    CHECK(!client.is_closing());
    peer.set_option(asio::socket_base::linger(true, 0));
    peer.close();
    run_until(loop, [&] { return line.done(); });
    CHECK(line.ec() == asio::error::connection_reset);
    CHECK(client.is_closing());
    CHECK(client.is_open());
    kept_completion<std::string> again;
    client.read_line(again);
    run_until(loop, [&] { return again.done(); });
    CHECK(again.ec() == asio::error::connection_reset);  // and not a clean end
    kept_completion<void> closed;
    client.close(closed);
    CHECK(!ended_write(loop, closed));
}

TEST_CASE("nothing that is queued passes a write that waits", "[net][stream]") {
    dragline::event_loop loop;
    auto memory = make_stream_pair(loop, stream_pair_options().capacity(10));
    auto& [near, far] = memory;
    CHECK(!near.queue(std::string(15, 'a')).error());
    kept_completion<std::size_t> written;
    near.write("b", written);
    settle(loop);
    CHECK(!near.queue("c").error());
    std::array<char, 10> room{};
    CHECK(far.layer().try_read(asio::buffer(room)).value() == 10);
    // Between the end of what is queued before the write and the write.
    asio::post(loop.get_executor(), [&near = near] { CHECK(!near.queue("d").error()); });
    run_until(loop, [&] { return written.done(); });
    CHECK(run_to_end(loop, far.read_exactly(std::size_t{8})) == "aaaaabcd");
}
