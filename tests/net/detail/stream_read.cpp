// Reads that begin on their loop, where they wait at the socket and in no coroutine.
#include <dragline/net/detail/stream_read.hpp>

#include "../stream_pair.hpp"

#include <asio/awaitable.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/bind_executor.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <asio/strand.hpp>
#include <asio/use_awaitable.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>

using namespace std::chrono_literals;
using dragline::make_timeout;
using dragline::phase;
using dragline::net::errc;
using dragline::net::read_options;
using dragline::net::stream;
using dragline::test::run_to_end;
using dragline::test::run_until;
using dragline::test::settle;
using dragline::test::stream_pair;

namespace {

using read_outcome = dragline::test::kept_completion<std::size_t>;

using completed = std::tuple<std::error_code, std::size_t>;

asio::awaitable<completed> awaited(stream& from, asio::mutable_buffer into, bool exact,
                                   read_options options) {
    const auto token = dragline::as_tuple(asio::use_awaitable);
    auto reading = exact ? from.read_exactly(into, options, token) : from.read_some(into, options, token);
    co_return co_await std::move(reading);
}

// One end of a pair, and reads that begin inside the loop.
struct reading_end {
    std::list<asio::cancellation_signal> endings;  // one of each read: a slot serves one operation
    dragline::event_loop loop;
    stream_pair pair{loop};
    std::array<char, 8> bytes{};

    void inside(const std::function<void()>& what) {
        asio::post(loop.get_executor(), what);
        settle(loop);
    }
    // A coroutine's, which may be cancelled.
    read_outcome begin(std::size_t size, bool exact, const read_options& options = read_options(),
                       const std::function<void()>& then = {}) {
        read_outcome outcome;
        inside([&] {
            const auto into = asio::buffer(bytes.data(), size);
            asio::co_spawn(loop.get_executor(), awaited(pair.server, into, exact, options),
                           asio::bind_cancellation_slot(endings.emplace_back().slot(),
                                                        [outcome](std::exception_ptr, completed got) mutable {
                                                            outcome(std::get<0>(got), std::get<1>(got));
                                                        }));
            if (then) then();
            CHECK(!outcome.done());
        });
        return outcome;
    }
    void cancel() { endings.back().emit(asio::cancellation_type::terminal); }
    read_outcome ended(read_outcome outcome) {
        run_until(loop, [&] { return outcome.done(); });
        CHECK(outcome.calls() == 1);
        return outcome;
    }
    void tell(std::string_view text) { CHECK(run_to_end(loop, pair.client.write(std::string(text))) > 0); }
    std::string_view got(std::size_t size) const { return {bytes.data(), size}; }
    // What the next read finds at once.
    std::string left() {
        const auto outcome = ended(begin(bytes.size(), false));
        return std::string(got(outcome.value()));
    }
    // So that the next read lets the others of its loop go first.
    void write_before() { CHECK(run_to_end(loop, pair.server.write("w")) == 1); }
};

}  // namespace

TEST_CASE("a read on its loop gives what comes, in whatever pieces", "[net][stream_read]") {
    reading_end end;
    const auto some = end.begin(8, false);
    settle(end.loop);
    CHECK(!some.done());
    end.tell("abc");
    CHECK(end.ended(some).value() == 3);
    CHECK(end.got(3) == "abc");
    for (std::size_t split = 1; split < 4; ++split) {
        const auto exact = end.begin(4, true);
        const std::string_view text = "defg";
        end.tell(text.substr(0, split));
        settle(end.loop);
        CHECK(!exact.done());
        end.tell(std::string(text.substr(split)) + "hi");
        CHECK(end.ended(exact).value() == 4);
        CHECK(end.got(4) == "defg");
        CHECK(end.left() == "hi");
    }
}

TEST_CASE("a read on its loop is refused after it was begun, not inside", "[net][stream_read]") {
    reading_end end;
    CHECK(end.ended(end.begin(4, true, read_options().timeout(0s))).ec() == dragline::errc::invalid_option);
    CHECK(end.ended(end.begin(4, true, read_options().limit(3))).ec() == errc::read_limit_exceeded);
    CHECK(end.ended(end.begin(0, true)).value() == 0);
    const auto first = end.begin(4, false, read_options().limit(2));
    CHECK(end.ended(end.begin(4, false)).ec() == errc::busy);
    end.tell("abc");
    CHECK(end.ended(first).value() == 2);
    CHECK(end.ended(end.begin(4, false)).value() == 1);
}

TEST_CASE("a read on its loop that is cancelled or late consumes nothing", "[net][stream_read]") {
    reading_end end;
    if (GENERATE(false, true)) end.write_before();
    const bool late = GENERATE(false, true);
    const auto exact = end.begin(8, true, late ? read_options().timeout(1ms) : read_options());
    end.tell("abc");
    settle(end.loop);
    if (!late) end.cancel();
    const auto why = end.ended(exact).ec();
    CHECK(why == (late ? make_timeout(phase::read) : std::error_code(asio::error::operation_aborted)));
    CHECK(end.left() == "abc");
}

TEST_CASE("a cancellation that comes with a part of what was asked for is not lost", "[net][stream_read]") {
    reading_end end;
    end.tell("abc");
    const bool closes = GENERATE(false, true);
    // The part has been received by then, and its handler is queued.
    const auto exact =
        end.begin(8, true, read_options(), [&] { closes ? end.pair.server.abort() : end.cancel(); });
    CHECK(end.ended(exact).ec() == asio::error::operation_aborted);
    if (!closes) CHECK(end.left() == "abc");
}

TEST_CASE("a callback's read begins on its loop, too", "[net][stream_read]") {
    reading_end end;
    read_outcome some, exact, refused;
    end.inside([&] {
        end.pair.server.read_some(asio::buffer(end.bytes), some);
        end.pair.server.read_some(asio::buffer(end.bytes), refused);
        CHECK(!refused.done());
    });
    CHECK(end.ended(refused).ec() == errc::busy);
    end.tell("abc");
    CHECK(end.ended(some).value() == 3);
    end.inside([&] { end.pair.server.read_exactly(asio::buffer(end.bytes.data(), 4), exact); });
    end.tell("de");
    settle(end.loop);
    end.tell("fgh");
    CHECK(end.ended(exact).value() == 4);
    CHECK(end.left() == "h");
}

TEST_CASE("a slot of the caller's may be emitted when the loop has gone", "[net][stream_read]") {
    asio::cancellation_signal ending;
    read_outcome outcome;
    {
        reading_end end;
        end.inside([&] {
            auto token = asio::bind_cancellation_slot(ending.slot(), outcome);
            end.pair.server.read_some(asio::buffer(end.bytes), token);
        });
    }
    ending.emit(asio::cancellation_type::terminal);
    CHECK(!outcome.done());
}

TEST_CASE("a read that has let others go first may be cancelled, closed, dropped or served there",
          "[net][stream_read]") {
    reading_end end;
    end.write_before();
    const int how = GENERATE(0, 1, 2, 3);
    const auto outcome = end.begin(8, false, read_options(), [&] {
        if (how == 0) end.cancel();
        if (how == 1) end.pair.server.abort();
        if (how == 2) end.pair.server = stream();
        if (how == 3) CHECK(!end.pair.client.queue("abc").error());
    });
    end.ended(outcome);
    CHECK(outcome.ec() == (how == 3 ? std::error_code() : asio::error::operation_aborted));
    CHECK(outcome.value() == (how == 3 ? 3 : 0));
}

TEST_CASE("a handler that throws keeps no other read from its turn", "[net][stream_read]") {
    reading_end end;
    stream_pair other(end.loop);
    end.write_before();
    CHECK(run_to_end(end.loop, other.server.write("w")) == 1);
    read_outcome outcome;
    std::array<char, 8> bytes{};
    asio::post(end.loop.get_executor(), [&] {
        end.pair.server.read_some(asio::buffer(end.bytes), [](std::error_code, std::size_t) {
            throw std::runtime_error("of a handler");
        });
        end.pair.server.abort();
        other.server.read_some(asio::buffer(bytes), outcome);
    });
    CHECK_THROWS_AS(settle(end.loop), std::runtime_error);
    CHECK(run_to_end(end.loop, other.client.write("abc")) == 3);
    CHECK(end.ended(outcome).value() == 3);
}

TEST_CASE("a read on its loop outlives the deadline of a write", "[net][stream_read]") {
    reading_end end;
    const auto read = end.begin(8, false);
    const std::string large(4 * 1024 * 1024, 'x');
    read_outcome written;
    end.inside([&] {
        end.pair.server.write(asio::buffer(large), dragline::net::write_options().timeout(1ms), written);
    });
    CHECK(end.ended(written).ec() == make_timeout(phase::write));
    settle(end.loop);
    CHECK(!read.done());
    end.tell("still");
    CHECK(end.ended(read).value() == 5);
}

TEST_CASE("a read on its loop that meets the end says what it had, again and again", "[net][stream_read]") {
    reading_end end;
    const auto exact = end.begin(8, true);
    end.tell("abc");
    run_to_end(end.loop, end.pair.client.shutdown());
    CHECK(end.ended(exact).ec() == errc::incomplete_read);
    CHECK(end.pair.server.incomplete_read().partial == "abc");
    CHECK(end.pair.server.incomplete_read().expected == 8);
    CHECK(end.left() == "abc");
    CHECK(end.ended(end.begin(8, true)).ec() == asio::error::eof);
    CHECK(end.ended(end.begin(8, false)).ec() == asio::error::eof);
}

TEST_CASE("a read on its loop ends with the loop", "[net][stream_read]") {
    auto end = std::make_unique<reading_end>();
    if (GENERATE(false, true)) end->write_before();
    const auto callback = end->begin(8, false);
    const bool ran = GENERATE(false, true);
    if (ran) settle(end->loop);
    end.reset();
    CHECK(!callback.done());
}

TEST_CASE("the coroutine that awaits a read dies with the loop, its stream with it", "[net][stream_read]") {
    auto end = std::make_unique<reading_end>();
    auto wait = [](stream from, std::shared_ptr<int>) -> asio::awaitable<void> {
        std::array<char, 8> into{};
        co_await from.read_some(asio::buffer(into));
    };
    auto alive = std::make_shared<int>();
    asio::co_spawn(end->loop.get_executor(), wait(std::move(end->pair.server), alive), asio::detached);
    settle(end->loop);
    CHECK(alive.use_count() == 2);
    end.reset();
    CHECK(alive.use_count() == 1);
}

TEST_CASE("a read that was made on its loop may be awaited on another", "[net][stream_read]") {
    reading_end end;
    dragline::event_loop other;
    std::optional<asio::awaitable<std::size_t>> made;
    end.inside([&] { made = end.pair.server.read_some(asio::buffer(end.bytes), asio::use_awaitable); });
    REQUIRE(made);
    end.tell("abc");
    std::thread running([&] { run_until(end.loop, [&] { return other.context().stopped(); }); });
    CHECK(run_to_end(other, *std::move(made)) == 3);
    other.context().stop();
    running.join();
    CHECK(end.got(3) == "abc");
}

TEST_CASE("a read on its loop completes on the executor of its handler", "[net][stream_read]") {
    reading_end end;
    dragline::event_loop other;
    read_outcome outcome;
    end.inside([&] {
        end.pair.server.read_some(asio::buffer(end.bytes),
                                  asio::bind_executor(other.get_executor(), outcome));
    });
    end.tell("abc");
    settle(end.loop);
    CHECK(!outcome.done());
    run_until(other, [&] { return outcome.done(); });
    CHECK(outcome.value() == 3);

    const auto strand = asio::make_strand(end.loop.get_executor());
    read_outcome on_strand;
    bool inside = false;
    end.inside([&] {
        end.pair.server.read_some(asio::buffer(end.bytes),
                                  asio::bind_executor(strand, [&](std::error_code ec, std::size_t size) {
                                      inside = strand.running_in_this_thread();
                                      on_strand(ec, size);
                                  }));
    });
    end.tell("d");
    CHECK(end.ended(on_strand).value() == 1);
    CHECK(inside);
}
