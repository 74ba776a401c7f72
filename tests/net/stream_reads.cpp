#include <dragline/net/stream.hpp>

#include "stream_pair.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_signal.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

using namespace std::chrono_literals;
using dragline::make_timeout;
using dragline::phase;
using dragline::net::errc;
using dragline::net::read_options;
using dragline::net::stream;
using dragline::test::kept_completion;
using dragline::test::run_to_end;
using dragline::test::run_until;
using dragline::test::settle;
using dragline::test::stream_pair;

namespace {

using read_outcome = kept_completion<std::string>;

// Completes on the loop, whatever the read was given.
read_outcome ended_read(dragline::event_loop& loop, read_outcome outcome) {
    run_until(loop, [&] { return outcome.done(); });
    return outcome;
}

read_outcome line_of(dragline::event_loop& loop, stream& from, read_options options = read_options()) {
    read_outcome outcome;
    from.read_line(options, outcome);
    return ended_read(loop, outcome);
}

read_outcome text_of(dragline::event_loop& loop, stream& from, std::size_t size) {
    read_outcome outcome;
    from.read_exactly(size, outcome);
    return ended_read(loop, outcome);
}

void tell(dragline::event_loop& loop, stream& to, std::string text) {
    CHECK(run_to_end(loop, to.write(text)) == text.size());
}

void end_of_stream(dragline::event_loop& loop, stream& of) { run_to_end(loop, of.shutdown()); }

std::optional<std::size_t> two_dots(std::string_view bytes) {
    const auto first = bytes.find('.');
    if (first == bytes.npos) return std::nullopt;
    const auto second = bytes.find('.', first + 1);
    if (second == bytes.npos) return std::nullopt;
    return second + 1;
}

}  // namespace

TEST_CASE("reads of all kinds take from one stream in turn", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    tell(loop, pair.client, "one\r\ntwo\nthree--4567a.b.rest of it");
    CHECK(line_of(loop, pair.server).value() == "one");
    CHECK(line_of(loop, pair.server, read_options().keep_delimiter(true)).value() == "two\n");
    read_outcome delimited;
    pair.server.read_until("--", delimited);
    CHECK(ended_read(loop, delimited).value() == "three");
    CHECK(text_of(loop, pair.server, 2).value() == "45");
    std::array<char, 2> bytes{};
    CHECK(run_to_end(loop, pair.server.read_exactly(asio::buffer(bytes))) == 2);
    CHECK(std::string(bytes.data(), 2) == "67");
    read_outcome judged;
    pair.server.read_until(&two_dots, judged);
    CHECK(ended_read(loop, judged).value() == "a.b.");
    CHECK(run_to_end(loop, pair.server.read_some(asio::buffer(bytes))) == 2);
    CHECK(std::string(bytes.data(), 2) == "re");
    CHECK(run_to_end(loop, pair.server.async_read_some(asio::buffer(bytes))) == 2);
    CHECK(std::string(bytes.data(), 2) == "st");
    read_outcome rest;
    pair.server.read_to_end(rest);
    settle(loop);
    CHECK(!rest.done());
    end_of_stream(loop, pair.client);
    CHECK(ended_read(loop, rest).value() == " of it");
    CHECK(line_of(loop, pair.server).ec() == asio::error::eof);
}

TEST_CASE("a read that ends inside says what it had, and leaves it", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    tell(loop, pair.client, "half a li");
    end_of_stream(loop, pair.client);
    CHECK(text_of(loop, pair.server, 10).ec() == errc::incomplete_read);
    CHECK(pair.server.incomplete_read().partial == "half a li");
    CHECK(pair.server.incomplete_read().expected == 10);
    std::array<char, 20> bytes{};
    kept_completion<std::size_t> filled;
    pair.server.read_exactly(asio::buffer(bytes), filled);
    run_until(loop, [&] { return filled.done(); });
    CHECK(filled.ec() == errc::incomplete_read);
    CHECK(pair.server.incomplete_read().expected == 20);
    CHECK(line_of(loop, pair.server).ec() == errc::incomplete_read);
    CHECK(pair.server.incomplete_read().expected == 0);
    CHECK(text_of(loop, pair.server, 9).value() == "half a li");
    CHECK(text_of(loop, pair.server, 1).ec() == asio::error::eof);
}

TEST_CASE("a read that is cancelled or late consumes nothing", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    tell(loop, pair.client, "abc");
    const bool late = GENERATE(false, true);
    const auto options = late ? read_options().timeout(1ms) : read_options();
    asio::cancellation_signal ending;
    const auto end = [&](read_outcome& outcome) {
        settle(loop);
        if (!late) ending.emit(asio::cancellation_type::terminal);
        const auto wanted =
            late ? make_timeout(phase::read) : std::error_code(asio::error::operation_aborted);
        CHECK(ended_read(loop, outcome).ec() == wanted);
    };
    const auto token = [&](read_outcome& outcome) {
        return asio::bind_cancellation_slot(ending.slot(), outcome);
    };
    read_outcome line, text, judged, rest;
    pair.server.read_line(options, token(line));
    end(line);
    pair.server.read_exactly(std::size_t{10}, options, token(text));
    end(text);
    pair.server.read_until(&two_dots, options, token(judged));
    end(judged);
    pair.server.read_to_end(options, token(rest));
    end(rest);
    tell(loop, pair.client, "de\n");
    CHECK(line_of(loop, pair.server).value() == "abcde");
}

TEST_CASE("limits hold at N and at N + 1, and past them nothing is lost", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop, GENERATE(false, true));
    tell(loop, pair.client, "12345\n123456");
    CHECK(line_of(loop, pair.server, read_options().limit(5)).ec() == errc::read_limit_exceeded);
    CHECK(make_error_code(errc::read_limit_exceeded) == dragline::condition::limit_exceeded);
    CHECK(line_of(loop, pair.server, read_options().limit(6)).value() == "12345");
    CHECK(line_of(loop, pair.server, read_options().limit(6)).ec() == errc::read_limit_exceeded);
    read_outcome exact;
    pair.server.read_exactly(std::size_t{7}, read_options().limit(6), exact);
    CHECK(ended_read(loop, exact).ec() == errc::read_limit_exceeded);
    end_of_stream(loop, pair.client);
    read_outcome over, within;
    pair.server.read_to_end(read_options().limit(5), over);
    CHECK(ended_read(loop, over).ec() == errc::read_limit_exceeded);
    pair.server.read_to_end(read_options().limit(6), within);
    CHECK(ended_read(loop, within).value() == "123456");
}

TEST_CASE("what a predicate throws reaches the caller, and takes nothing", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop);
    tell(loop, pair.client, "abc\n");
    const auto thrower = [](std::string_view) -> std::optional<std::size_t> {
        throw std::runtime_error("mine");
    };
    CHECK_THROWS_AS(run_to_end(loop, pair.server.read_until(thrower)), std::runtime_error);
    read_outcome other;
    pair.server.read_until(thrower, other);
    CHECK(ended_read(loop, other).ec() == dragline::errc::callback_failed);
    const auto greedy = [](std::string_view bytes) { return std::optional(bytes.size() + 1); };
    read_outcome beyond;
    pair.server.read_until(greedy, beyond);
    CHECK(ended_read(loop, beyond).ec() == dragline::errc::invalid_option);
    CHECK(line_of(loop, pair.server).value() == "abc");
}

TEST_CASE("a second read is refused while one is under way", "[net][stream]") {
    dragline::event_loop loop;
    stream_pair pair(loop);
    read_outcome first;
    pair.server.read_line(first);
    settle(loop);
    CHECK(line_of(loop, pair.server).ec() == errc::busy);
    tell(loop, pair.client, "x\n");
    CHECK(ended_read(loop, first).value() == "x");
}
