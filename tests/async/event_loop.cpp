#include <dragline/async/event_loop.hpp>

#include <dragline/testing/manual_clock.hpp>

#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>

#include <catch2/catch_test_macros.hpp>

#include <future>
#include <stdexcept>
#include <thread>

using namespace dragline;
using namespace std::chrono_literals;

TEST_CASE("run() returns when nothing is pending, and runs again what comes later", "[async][event_loop]") {
    event_loop loop;
    int calls = 0;
    CHECK(loop.run() == 0);
    for (int i = 1; i <= 3; ++i) {
        asio::post(loop.get_executor(), [&] { ++calls; });
        CHECK(loop.run() == 1);
        CHECK(calls == i);
    }
}

TEST_CASE("poll() runs what is ready and waits for nothing", "[async][event_loop]") {
    event_loop loop;
    auto work = asio::make_work_guard(loop.get_executor());
    CHECK(loop.poll() == 0);
    asio::post(loop.get_executor(), [] {});
    CHECK(loop.poll() == 1);
}

TEST_CASE("stop() lasts until restart(), also when it comes before run()", "[async][event_loop]") {
    event_loop loop;
    int calls = 0;
    asio::post(loop.get_executor(), [&] { ++calls; });
    loop.stop();
    CHECK(loop.run() == 0);
    CHECK(loop.poll() == 0);
    loop.restart();
    CHECK(loop.run() == 1);
    CHECK(calls == 1);
}

TEST_CASE("stop() ends a run() of another thread", "[async][event_loop]") {
    event_loop loop;
    auto work = asio::make_work_guard(loop.get_executor());
    std::promise<void> running;
    asio::post(loop.get_executor(), [&] { running.set_value(); });
    std::thread thread([&] { loop.run(); });
    running.get_future().wait();
    loop.stop();
    thread.join();
}

TEST_CASE("a loop knows its own thread", "[async][event_loop]") {
    event_loop loop, other;
    bool own = false, others = true;
    CHECK_FALSE(loop.running_in_this_thread());
    asio::post(loop.get_executor(), [&] {
        own = loop.running_in_this_thread();
        others = other.running_in_this_thread();
    });
    loop.run();
    CHECK(own);
    CHECK_FALSE(others);
}

TEST_CASE("an exception of a handler leaves run(), and the loop goes on", "[async][event_loop]") {
    event_loop loop;
    bool after = false;
    asio::post(loop.get_executor(), [] { throw std::runtime_error("from a handler"); });
    asio::post(loop.get_executor(), [&] { after = true; });
    CHECK_THROWS_AS(loop.run(), std::runtime_error);
    loop.run();
    CHECK(after);
}

TEST_CASE("an adopted context stays its owner's", "[async][event_loop]") {
    asio::io_context context(1);
    int calls = 0;
    {
        event_loop loop(context);
        CHECK(&loop.context() == &context);
        CHECK(loop.get_executor() == context.get_executor());
        asio::post(loop.get_executor(), [&] { ++calls; });
        loop.shutdown();  // not ours to end
    }
    CHECK(context.run() == 1);
    CHECK(calls == 1);
}

TEST_CASE("a loop takes its time and its random numbers from where it is told", "[async][event_loop]") {
    testing::manual_clock clock;
    testing::seeded_random random(7), same(7);
    asio::io_context context(1);
    event_loop own(event_loop_options().time(clock).random(random));
    event_loop adopted(context, event_loop_options().time(clock));
    CHECK(own.state().now() == clock.now());
    CHECK(own.state().random()() == same());
    CHECK(adopted.state().now() == clock.now());
    clock.advance(5s);
    CHECK(own.state().now() == clock.now());
    CHECK(&event_loop().state().time() == &async::system_clock());
}

TEST_CASE("adopting a context anew leaves its armed deadlines alone", "[async][event_loop]") {
    asio::io_context context(1);
    event_loop first(context);
    bool fired = false;
    async::deadline one([](void* flag) noexcept { *static_cast<bool*>(flag) = true; }, &fired);
    first.state().deadlines().arm(one, first.state().now());
    event_loop second(context);
    second.run();
    CHECK(fired);
}

TEST_CASE("the first phase of the end destroys what is pending, without calling it", "[async][event_loop]") {
    event_loop loop;
    auto pending = std::make_shared<int>(1);
    asio::post(loop.get_executor(), [pending] { FAIL("ran"); });
    CHECK(pending.use_count() == 2);
    loop.shutdown();
    CHECK(pending.use_count() == 1);
}
