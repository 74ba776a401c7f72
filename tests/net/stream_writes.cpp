#include <dragline/net/stream.hpp>

#include "stream_pair.hpp"

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
using dragline::net::read_options;
using dragline::net::stream;
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
