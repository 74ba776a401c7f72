#include <dragline/async/where.hpp>

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/strand.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace dragline;

namespace {

struct session {
    asio::any_io_executor loop;
    asio::any_io_executor get_executor() const { return loop; }
};

static_assert(async::where<asio::io_context&> && async::where<asio::io_context::executor_type>);
static_assert(async::where<asio::any_io_executor> && async::where<const asio::any_io_executor&>);
static_assert(async::where<asio::strand<asio::any_io_executor>> && async::where<asio::steady_timer&>);
static_assert(async::where<session> && async::where<const session&>);
static_assert(!async::where<std::string> && !async::where<const char (&)[4]> && !async::where<int>);

}  // namespace

TEST_CASE("an executor, a context, a session and an I/O object all name their loop", "[async][where]") {
    asio::io_context loop(1);
    const asio::any_io_executor executor = loop.get_executor();
    asio::steady_timer timer(loop);
    CHECK(async::executor_of(loop) == executor);
    CHECK(async::executor_of(loop.get_executor()) == executor);
    CHECK(async::executor_of(executor) == executor);
    CHECK(async::executor_of(session{executor}) == executor);
    CHECK(async::executor_of(timer) == executor);
}
