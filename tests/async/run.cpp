#include <dragline/async/run.hpp>

#include <dragline/async/event.hpp>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/post.hpp>

#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <stdexcept>
#include <string>

using namespace dragline;
using namespace std::chrono_literals;

namespace {

struct no_default {
    std::unique_ptr<int> value;
    explicit no_default(int of) : value(std::make_unique<int>(of)) {}
};

asio::awaitable<std::string> text() { co_return "text"; }
asio::awaitable<no_default> particular() { co_return no_default(5); }
asio::awaitable<void> nothing() { co_return; }
asio::awaitable<void> fails() {
    throw std::out_of_range("main");
    co_return;
}
asio::awaitable<void> short_wait() {
    auto& loop = async::loop_state::of(co_await asio::this_coro::executor);
    async::event never(loop);
    auto waiting = never.wait(loop.now() + 1ms);
    (void)co_await std::move(waiting);
}
asio::awaitable<void> wait_for_ever(std::shared_ptr<int> held) {
    auto& loop = async::loop_state::of(co_await asio::this_coro::executor);
    async::event never(loop);
    auto waiting = never.wait();
    (void)co_await std::move(waiting);
    ++*held;
}
asio::awaitable<void> leaves_work(std::shared_ptr<int> held) {
    asio::co_spawn(co_await asio::this_coro::executor, wait_for_ever(held), asio::detached);
    co_await short_wait();
}

}  // namespace

TEST_CASE("run() returns what main returns", "[async][run]") {
    CHECK(run(text()) == "text");
    CHECK(*run(particular()).value == 5);
    CHECK_NOTHROW(run(nothing()));
    CHECK_NOTHROW(run(short_wait()));
}

TEST_CASE("run() throws what main throws", "[async][run]") {
    CHECK_THROWS_AS(run(fails()), std::out_of_range);
}

TEST_CASE("what main leaves running dies with its loop", "[async][run]") {
    auto held = std::make_shared<int>(0);
    run(leaves_work(held));
    CHECK(held.use_count() == 1);
    CHECK(*held == 0);
}

TEST_CASE("a loop that is given keeps what is pending, and runs again", "[async][run]") {
    auto held = std::make_shared<int>(0);
    {
        event_loop loop;
        run(loop, leaves_work(held));
        CHECK(held.use_count() == 2);
        CHECK(run(loop, text()) == "text");
    }
    CHECK(held.use_count() == 1);
}

TEST_CASE("a loop that is stopped under main is an error, and main dies with it", "[async][run]") {
    auto held = std::make_shared<int>(0);
    {
        event_loop loop;
        asio::post(loop.get_executor(), [&] { loop.stop(); });
        std::error_code thrown;
        try {
            run(loop, wait_for_ever(held));
        } catch (const std::system_error& e) {
            thrown = e.code();
        }
        CHECK(thrown == asio::error::operation_aborted);
    }
    CHECK(held.use_count() == 1);
}

TEST_CASE("an exception of another handler leaves run()", "[async][run]") {
    event_loop loop;
    asio::post(loop.get_executor(), [] { throw 5; });
    CHECK_THROWS_AS(run(loop, short_wait()), int);
    CHECK(run(loop, text()) == "text");
}
