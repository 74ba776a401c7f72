#include <dragline/net/stream_pair.hpp>

#include "../support/run.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <type_traits>

using dragline::net::make_stream_pair;
using dragline::net::read_options;
using dragline::net::stream_pair_options;
using dragline::test::kept_completion;
using dragline::test::run_to_end;
using dragline::test::run_until;
using dragline::test::settle;

static_assert(!std::is_aggregate_v<stream_pair_options>);

TEST_CASE("two streams in memory talk both ways and end", "[net][stream_pair]") {
    dragline::event_loop loop;
    auto [near, far] = make_stream_pair(loop);
    run_to_end(loop, near.write("question\n"));
    CHECK(run_to_end(loop, far.read_line()) == "question");
    run_to_end(loop, far.write("answer"));
    run_to_end(loop, far.close());
    CHECK(run_to_end(loop, near.read_to_end()) == "answer");
    CHECK_THROWS_AS(run_to_end(loop, near.write("x")), std::system_error);
    CHECK(near.is_closing());
    CHECK(!far.is_open());
}

TEST_CASE("no more than its capacity is under way in memory", "[net][stream_pair]") {
    dragline::event_loop loop;
    auto [near, far] = make_stream_pair(loop, stream_pair_options().capacity(10));
    kept_completion<std::size_t> exactly, more;
    near.write(std::string(10, 'a'), exactly);
    settle(loop);
    CHECK(exactly.done());
    near.write("b", more);
    settle(loop);
    CHECK(!more.done());
    CHECK(run_to_end(loop, far.read_exactly(std::size_t{11})) == "aaaaaaaaaab");
    run_until(loop, [&] { return more.done(); });
}

TEST_CASE("an end that is aborted ends the other's reads and writes", "[net][stream_pair]") {
    dragline::event_loop loop;
    auto [near, far] = make_stream_pair(loop, stream_pair_options().capacity(10));
    kept_completion<std::string> own_read;
    kept_completion<std::size_t> own_write, other_write;
    SECTION("which wait for the one that is aborted") {
        far.write(std::string(20, 'a'), other_write);
        settle(loop);
        CHECK(!other_write.done());
        near.abort();
        run_until(loop, [&] { return other_write.done(); });
        CHECK(other_write.ec() == asio::error::broken_pipe);
        CHECK(far.is_closing());
    }
    SECTION("and its own") {
        near.read_line(own_read);
        near.write(std::string(20, 'a'), own_write);
        settle(loop);
        near.abort();
        run_until(loop, [&] { return own_read.done() && own_write.done(); });
        CHECK(own_read.ec() == asio::error::operation_aborted);
        CHECK(own_write.ec() == asio::error::operation_aborted);
        CHECK(run_to_end(loop, far.read_to_end()) == std::string(10, 'a'));
    }
}
