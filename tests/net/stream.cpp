#include <dragline/net/stream.hpp>

#include "around_layer.hpp"
#include "stream_pair.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/read.hpp>
#include <asio/read_until.hpp>
#include <asio/write.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

using namespace std::chrono_literals;
using dragline::make_timeout;
using dragline::phase;
using dragline::net::stream;
using dragline::test::kept_completion;
using dragline::test::run_to_end;
using dragline::test::run_until;
using dragline::test::settle;
using dragline::test::stream_pair;

namespace tls = dragline::tls;

namespace {

// A read that is under way.
struct reading {
    std::array<char, 64> bytes{};
    kept_completion<std::size_t> completion;
    asio::cancellation_signal ending;

    explicit reading(stream& from) {
        from.async_read_some(asio::buffer(bytes), asio::bind_cancellation_slot(ending.slot(), completion));
    }
    std::string text() const { return std::string(bytes.data(), completion.value()); }
};

kept_completion<std::size_t> write(stream& to, std::string text) {
    kept_completion<std::size_t> written;
    auto kept = std::make_unique<std::string>(std::move(text));
    const auto bytes = asio::buffer(*kept);
    asio::async_write(to, bytes,
                      [written, kept = std::move(kept)](std::error_code ec, std::size_t size) mutable {
                          written(ec, size);
                      });
    return written;
}

std::string read(dragline::event_loop& loop, stream& from) {
    reading one(from);
    run_until(loop, [&] { return one.completion.done(); });
    return one.completion.ec() ? one.completion.ec().message() : one.text();
}

asio::awaitable<std::string> lines_of(stream& from) {
    std::string text;
    const auto first =
        co_await asio::async_read_until(from, asio::dynamic_buffer(text), "\n", asio::use_awaitable);
    const auto line = text.substr(0, first);
    text.erase(0, first);
    const auto missing = 6 - text.size();
    std::string rest(missing, '\0');
    co_await asio::async_read(from, asio::buffer(rest), asio::use_awaitable);
    co_return line + "|" + text + rest;
}

// Once it is told to, it takes so many bytes of a write and fails.
class breaking_layer final : public dragline::test::around_layer {
public:
    using around_layer::around_layer;

    std::size_t takes = 0;
    bool breaks = false;

    asio::awaitable<dragline::result<void>> write(dragline::net::detail::gather pieces,
                                                  dragline::async::time_point until, phase where,
                                                  dragline::net::detail::input_watch* watch) override {
        return breaks ? fail(watch) : inner_->write(pieces, until, where, watch);
    }

private:
    asio::awaitable<dragline::result<void>> fail(dragline::net::detail::input_watch* watch) {
        watch->written += takes;
        co_return asio::error::make_error_code(asio::error::broken_pipe);
    }
};

}  // namespace

TEST_CASE("a stream works with asio::async_write, async_read_until and async_read", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    const std::array<asio::const_buffer, 4> pieces{asio::buffer("", 0), asio::buffer("one\nt", 5),
                                                   asio::const_buffer(), asio::buffer("wothr", 5)};
    kept_completion<std::size_t> written;
    asio::async_write(pair.client, pieces, written);
    CHECK(run_to_end(loop, lines_of(pair.server)) == "one\n|twothr");
    CHECK(written.value() == 10);
}

TEST_CASE("a read fills the first buffer that is not empty, and an empty one takes nothing",
          "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    kept_completion<std::size_t> nothing;
    pair.server.async_read_some(asio::mutable_buffer(), nothing);
    run_until(loop, [&] { return nothing.done(); });
    CHECK(!nothing.ec());
    CHECK(nothing.value() == 0);

    write(pair.client, "abc");
    std::array<char, 2> bytes{};
    const std::array<asio::mutable_buffer, 2> buffers{asio::mutable_buffer(), asio::buffer(bytes)};
    kept_completion<std::size_t> some;
    pair.server.async_read_some(buffers, some);
    run_until(loop, [&] { return some.done(); });
    CHECK(some.value() == 2);
    CHECK(std::string(bytes.data(), 2) == "ab");
    CHECK(read(loop, pair.server) == "c");
}

TEST_CASE("the end of the sending side is eof at the other, which may still answer", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    write(pair.client, "last");
    kept_completion<void> shut;
    pair.client.shutdown(shut);
    run_until(loop, [&] { return shut.done(); });
    CHECK(!shut.ec());
    CHECK(read(loop, pair.server) == "last");
    reading end(pair.server);
    run_until(loop, [&] { return end.completion.done(); });
    CHECK(end.completion.ec() == asio::error::eof);
    write(pair.server, "answer");
    CHECK(read(loop, pair.client) == "answer");
}

TEST_CASE("over TLS an end without close_notify is a truncation", "[net][stream][tls]") {
    dragline::event_loop loop;
    stream_pair pair(loop, true);
    write(pair.server, "abc");
    CHECK(read(loop, pair.client) == "abc");
    pair.server_socket->close();
    reading end(pair.client);
    run_until(loop, [&] { return end.completion.done(); });
    CHECK(end.completion.ec() == tls::errc::truncated);
    CHECK(end.completion.ec() == dragline::condition::tls_failed);
}

TEST_CASE("a cancelled read consumes nothing, and the stream goes on", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    for (int round = 0; round < 3; ++round) {
        reading cancelled(pair.client);
        settle(loop);
        cancelled.ending.emit(asio::cancellation_type::total);
        run_until(loop, [&] { return cancelled.completion.done(); });
        CHECK(cancelled.completion.ec() == asio::error::operation_aborted);
        CHECK(cancelled.completion.value() == 0);
        write(pair.server, "abc");
        CHECK(read(loop, pair.client) == "abc");
    }
}

TEST_CASE("a read and a write are under way at the same time", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    const std::string sent(3 * 1024 * 1024, 'x');
    std::string to_server(sent.size(), '\0'), to_client(sent.size(), '\0');
    kept_completion<std::size_t> done[4];
    asio::async_write(pair.client, asio::buffer(sent), done[0]);
    asio::async_write(pair.server, asio::buffer(sent), done[1]);
    settle(loop);
    CHECK(!done[0].done());  // more than the sockets hold: both directions wait
    asio::async_read(pair.server, asio::buffer(to_server), done[2]);
    asio::async_read(pair.client, asio::buffer(to_client), done[3]);
    for (auto& each : done) {
        run_until(loop, [&] { return each.done(); });
        CHECK(!each.ec());
        CHECK(each.value() == sent.size());
    }
    CHECK((to_server == sent));
    CHECK((to_client == sent));
}

TEST_CASE("cancelling the read leaves the write alone", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    const std::string sent(2 * 1024 * 1024, 'x');
    auto written = write(pair.client, sent);
    reading cancelled(pair.client);
    settle(loop);
    CHECK(!written.done());
    cancelled.ending.emit(asio::cancellation_type::terminal);
    run_until(loop, [&] { return cancelled.completion.done(); });
    std::string got(sent.size(), '\0');
    kept_completion<std::size_t> read_all;
    asio::async_read(pair.server, asio::buffer(got), read_all);
    run_until(loop, [&] { return written.done() && read_all.done(); });
    CHECK(!written.ec());
    CHECK((got == sent));
}

TEST_CASE("the deadline of one direction leaves the other alone", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    auto& layer = pair.client.layer();
    std::array<char, 16> bytes{};
    const auto soon = [&] { return loop.state().now() + 10ms; };
    auto late = run_to_end(loop, layer.read_some(asio::buffer(bytes), soon(), phase::first_byte));
    CHECK(late.error() == make_timeout(phase::first_byte));

    const std::string sent(2 * 1024 * 1024, 'x');
    auto written = write(pair.client, sent);
    late = run_to_end(loop, layer.read_some(asio::buffer(bytes), soon(), phase::read));
    CHECK(late.error() == make_timeout(phase::read));
    CHECK(!written.done());
    std::string got(sent.size(), '\0');
    kept_completion<std::size_t> read_all;
    asio::async_read(pair.server, asio::buffer(got), read_all);
    run_until(loop, [&] { return written.done() && read_all.done(); });
    CHECK((got == sent));
}

TEST_CASE("a write to a peer that does not read ends at its deadline", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    const std::string sent(2 * 1024 * 1024, 'x');
    const dragline::net::detail::gather pieces{asio::buffer(sent), asio::const_buffer()};
    auto writing = pair.client.layer().write(pieces, loop.state().now() + 10ms, phase::write);
    CHECK(run_to_end(loop, std::move(writing)).error() == make_timeout(phase::write));
}

TEST_CASE("a write that looks out for input stops for it, and goes on", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    const std::string sent(2 * 1024 * 1024, 'x');
    auto& layer = pair.client.layer();
    dragline::net::detail::gather pieces{asio::buffer(sent), asio::const_buffer()};
    const auto write_on = [&] {
        dragline::net::detail::input_watch watch;
        CHECK(!run_to_end(loop, layer.write(pieces, dragline::async::no_deadline, phase::write, &watch))
                   .error());
        pieces[0] += watch.written;
        return watch.input;
    };
    auto answered = write(pair.server, "answer");
    CHECK(write_on());
    CHECK(write_on());  // as long as nobody takes it
    std::array<char, 16> bytes{};
    CHECK(*layer.try_read(asio::buffer(bytes)) == 6);
    std::string got(sent.size(), '\0');
    kept_completion<std::size_t> read_all;
    asio::async_read(pair.server, asio::buffer(got), read_all);
    while (write_on()) CHECK(layer.try_read(asio::buffer(bytes)).error() == asio::error::would_block);
    run_until(loop, [&] { return read_all.done(); });
    CHECK((got == sent));
    CHECK(answered.done());
}

TEST_CASE("over TLS a write that fails tells whether any of it has gone out", "[net][stream][tls]") {
    const std::size_t takes = GENERATE(0, 1, 100);
    dragline::event_loop loop;
    stream_pair pair(loop, true, [](stream_pair::layer socket) -> stream_pair::layer {
        return std::make_shared<breaking_layer>(std::move(socket));
    });
    auto& below = dynamic_cast<breaking_layer&>(*pair.client_socket);
    below.takes = takes;
    below.breaks = true;
    const std::string text(50'000, 'x');
    const dragline::net::detail::gather pieces{asio::buffer(text), asio::const_buffer()};
    dragline::net::detail::input_watch watch;
    auto writing = pair.client.layer().write(pieces, dragline::async::no_deadline, phase::write, &watch);
    CHECK(run_to_end(loop, std::move(writing)).error() == asio::error::broken_pipe);
    CHECK((watch.written > 0) == (takes > 0));
}

TEST_CASE("close ends what is under way, and a closed stream stays closed", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    reading pending(pair.client);
    settle(loop);
    pair.client.abort();
    CHECK(!pair.client.is_open());
    run_until(loop, [&] { return pending.completion.done(); });
    CHECK(pending.completion.ec() == asio::error::operation_aborted);
    reading after(pair.client);
    run_until(loop, [&] { return after.completion.done(); });
    CHECK(after.completion.ec());
    pair.client.abort();
}

TEST_CASE("a stream may be moved or destroyed while an operation is under way", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    SECTION("moved: the operation goes on") {
        reading pending(pair.client);
        settle(loop);
        stream elsewhere = std::move(pair.client);
        write(pair.server, "abc");
        run_until(loop, [&] { return pending.completion.done(); });
        CHECK(pending.text() == "abc");
    }
    SECTION("destroyed: the operation ends as aborted, and so does the connection") {
        reading pending(pair.client);
        settle(loop);
        { stream dying = std::move(pair.client); }
        run_until(loop, [&] { return pending.completion.done(); });
        CHECK(pending.completion.ec() == asio::error::operation_aborted);
        reading end(pair.server);
        run_until(loop, [&] { return end.completion.done(); });
        CHECK(end.completion.ec());
    }
    SECTION("assigned to: the old connection is closed") {
        reading pending(pair.client);
        settle(loop);
        pair.client = stream();
        run_until(loop, [&] { return pending.completion.done(); });
        CHECK(pending.completion.ec() == asio::error::operation_aborted);
        CHECK(!pair.client.is_open());
    }
    SECTION("the loop first: the operation dies with it") {
        auto other = std::make_unique<dragline::event_loop>();
        auto local = std::make_unique<stream_pair>(*other);
        reading pending(local->client);
        settle(*other);
        local.reset();
        other.reset();
        CHECK(pending.completion.calls() <= 1);
    }
}

TEST_CASE("what waits can be read without waiting", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    std::array<char, 16> bytes{};
    const auto look = [&] { return pair.client.layer().try_read(asio::buffer(bytes)); };
    CHECK(look().error() == asio::error::would_block);
    auto written = write(pair.server, "abc");
    run_until(loop, [&] { return written.done(); });
    const auto found = look();
    REQUIRE(!found.error());
    CHECK(std::string(bytes.data(), *found) == "abc");
    CHECK(look().error() == asio::error::would_block);
    kept_completion<void> shut;
    pair.server.shutdown(shut);
    run_until(loop, [&] { return shut.done(); });
    CHECK(look().error() == asio::error::eof);
}
