#include <dragline/async/dispatcher.hpp>

#include <dragline/async/event.hpp>
#include <dragline/async/loop_group.hpp>
#include <dragline/async/run.hpp>
#include <dragline/testing/manual_clock.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/detached.hpp>
#include <asio/use_future.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <semaphore>
#include <thread>

using namespace dragline;
using namespace std::chrono_literals;

namespace {

struct sees_end {
    bool* ended;
    explicit sees_end(bool* flag) : ended(flag) {}
    ~sees_end() { *ended = true; }
};

// Waits until it is cancelled, then takes `rounds` more turns of the loop to end.
asio::awaitable<int> reluctant(bool* ended, int rounds) {
    sees_end guard(ended);
    async::event never(async::loop_state::of(co_await asio::this_coro::executor));
    auto waiting = never.wait();
    (void)co_await std::move(waiting);
    co_await asio::this_coro::reset_cancellation_state();
    for (int i = 0; i < rounds; ++i) co_await asio::post(asio::use_awaitable);
    co_return 1;
}

int plain(int value) { return value + 1; }

// A blocking handler that does not end before the test lets it, asked to stop or not.
class endless {
public:
    auto handler() {
        return [this](std::stop_token stop) {
            started_.release();
            std::stop_callback asked(stop, [this] { asked_to_stop = true; });
            end_.acquire();
            ++ended;
        };
    }
    void wait_until_started() { started_.acquire(); }
    void end() { end_.release(); }

    std::atomic<bool> asked_to_stop = false;
    std::atomic<int> ended = 0;

private:
    std::counting_semaphore<> started_{0}, end_{0};
};

std::error_code code_of(const std::exception_ptr& error) {
    if (!error) return {};
    try {
        std::rethrow_exception(error);
    } catch (const std::system_error& e) {
        return e.code();
    }
}

struct manual_fixture {
    testing::manual_clock clock;
    event_loop loop{event_loop_options().time(clock)};
    blocking_pool pool{blocking_pool_options().threads(1)};

    void advance_until(const bool& done, async::duration step) {
        while (!done) {
            clock.advance(step);
            loop.context().run_one();
        }
    }
};

}  // namespace

TEST_CASE("a dispatcher waits 300 s unless it is told otherwise", "[async][dispatcher]") {
    CHECK(dispatcher_options().deadline() == 300s);
    CHECK(dispatcher_options().deadline(no_limit).deadline() == no_limit);
    CHECK_FALSE(dispatch_options().deadline());
}

TEST_CASE("a coroutine past its deadline is cancelled and awaited", "[async][dispatcher]") {
    manual_fixture f;
    dispatcher handlers(f.loop, f.pool, dispatcher_options().deadline(5s));
    bool handler_ended = false, completed = false;
    handlers.dispatch(&reluctant, &handler_ended, 10, [&](std::exception_ptr error, int) {
        CHECK(handler_ended);
        CHECK(code_of(error) == make_timeout(phase::total));
        completed = true;
    });
    f.loop.poll();
    f.clock.advance(4s);
    f.loop.context().run_one();
    CHECK_FALSE(handler_ended);
    CHECK(handlers.coroutines() == 1);
    f.advance_until(completed, 1s);
    CHECK(handlers.coroutines() == 0);
}

TEST_CASE("one call may have a deadline of its own, or none", "[async][dispatcher]") {
    manual_fixture f;
    dispatcher handlers(f.loop, f.pool, dispatcher_options().deadline(5s));
    bool short_ended = false, endless_ended = false, default_ended = false;
    handlers.dispatch(dispatch_options().deadline(1s), &reluctant, &short_ended, 0, asio::detached);
    handlers.dispatch(&reluctant, &default_ended, 0, asio::detached);
    handlers.dispatch(dispatch_options().deadline(no_limit), &reluctant, &endless_ended, 0, asio::detached);
    f.loop.poll();
    f.advance_until(short_ended, 100ms);
    CHECK_FALSE(default_ended);
    f.advance_until(default_ended, 100ms);
    f.clock.advance(24h);
    f.loop.poll();
    CHECK_FALSE(endless_ended);
}

TEST_CASE("zero and negative deadlines are refused", "[async][dispatcher]") {
    event_loop loop;
    blocking_pool pool(blocking_pool_options().threads(1));
    for (async::duration wrong : {0s, -1s}) {
        dispatcher handlers(loop, pool, dispatcher_options().deadline(wrong));
        bool ran = false;
        auto blocking = [&ran] { ran = true; };
        auto coroutine = [&ran]() -> asio::awaitable<void> {
            ran = true;
            co_return;
        };
        std::error_code first, second, third;
        handlers.dispatch(blocking, [&](std::exception_ptr e) { first = code_of(e); });
        handlers.dispatch(coroutine, [&](std::exception_ptr e) { second = code_of(e); });
        dispatcher(loop, pool)
            .dispatch(dispatch_options().deadline(wrong), blocking,
                      [&](std::exception_ptr e) { third = code_of(e); });
        loop.run();
        CHECK(first == errc::invalid_option);
        CHECK(second == errc::invalid_option);
        CHECK(third == errc::invalid_option);
        CHECK_FALSE(ran);
    }
}

TEST_CASE("a cancelled coroutine handler is awaited, and may still succeed", "[async][dispatcher]") {
    event_loop loop;
    blocking_pool pool(blocking_pool_options().threads(1));
    dispatcher handlers(loop, pool);
    bool ended = false;
    std::optional<int> value;
    asio::cancellation_signal signal;
    handlers.dispatch(&reluctant, &ended, 5,
                      asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr e, int v) {
                          CHECK_FALSE(e);
                          CHECK(ended);
                          value = v;
                      }));
    loop.poll();
    signal.emit(asio::cancellation_type::terminal);
    loop.run();
    CHECK(value == 1);
}

TEST_CASE("a blocking handler that has not started is removed at its deadline", "[async][dispatcher]") {
    manual_fixture f;
    dispatcher handlers(f.loop, f.pool, dispatcher_options().deadline(5s));
    endless busy;
    auto blocker = handlers.dispatch(dispatch_options().deadline(no_limit), busy.handler(), asio::use_future);
    f.loop.poll();
    busy.wait_until_started();
    auto held = std::make_shared<int>();
    bool ran = false, completed = false;
    handlers.dispatch([held, &ran] { ran = true; },
                      [&](std::exception_ptr e) {
                          CHECK(code_of(e) == condition::timeout);
                          completed = true;
                      });
    f.loop.poll();
    CHECK(handlers.blocking() == 2);
    f.advance_until(completed, 1s);
    CHECK(held.use_count() == 1);
    CHECK(handlers.blocking() == 1);
    CHECK(f.pool.queued() == 0);
    busy.end();
    f.loop.run();
    blocker.get();
    CHECK_FALSE(ran);
}

TEST_CASE("a blocking handler that never ends leaves the dispatcher usable", "[async][dispatcher]") {
    manual_fixture f;
    dispatcher handlers(f.loop, f.pool, dispatcher_options().deadline(5s).max_blocking(2));
    endless stuck;
    auto argument = std::make_shared<int>();
    auto handler = [run = stuck.handler()](std::shared_ptr<int>, std::stop_token stop) { run(stop); };
    bool completed = false;
    handlers.dispatch(handler, argument, [&](std::exception_ptr e) {
        CHECK(code_of(e) == make_timeout(phase::total));
        completed = true;
    });
    f.loop.poll();
    stuck.wait_until_started();
    f.advance_until(completed, 1s);
    CHECK(stuck.asked_to_stop);
    CHECK(stuck.ended == 0);
    CHECK(argument.use_count() == 2);  // the pool keeps it
    CHECK(handlers.blocking() == 1);   // and its place
    auto coroutine = []() -> asio::awaitable<int> { co_return 7; };
    CHECK(run(f.loop, handlers.dispatch(coroutine)) == 7);
    blocking_pool other_pool(blocking_pool_options().threads(1));
    dispatcher other(f.loop, other_pool);
    CHECK(run(f.loop, other.dispatch(&plain, 1)) == 2);
    auto queued = handlers.dispatch(&plain, 1, asio::use_future);
    auto refused = handlers.dispatch(&plain, 1, asio::use_future);  // N + 1
    f.loop.poll();
    CHECK_THROWS_AS(refused.get(), std::system_error);
    stuck.end();
    f.loop.run();
    CHECK(queued.get() == 2);
    CHECK(stuck.ended == 1);
    CHECK(handlers.blocking() == 0);
}

TEST_CASE("cancelling a blocking handler lets its caller go at once", "[async][dispatcher]") {
    event_loop loop;
    blocking_pool pool(blocking_pool_options().threads(1));
    dispatcher handlers(loop, pool);
    endless stuck;
    asio::cancellation_signal signal;
    std::error_code code;
    handlers.dispatch(stuck.handler(), asio::bind_cancellation_slot(
                                           signal.slot(), [&](std::exception_ptr e) { code = code_of(e); }));
    loop.poll();
    stuck.wait_until_started();
    signal.emit(asio::cancellation_type::terminal);
    loop.run();
    CHECK(code == asio::error::operation_aborted);
    CHECK(stuck.asked_to_stop);
    CHECK(stuck.ended == 0);
    stuck.end();
}

TEST_CASE("each kind of handler has a cap of its own", "[async][dispatcher]") {
    event_loop loop;
    endless busy;
    blocking_pool pool(blocking_pool_options().threads(2));
    dispatcher handlers(loop, pool, dispatcher_options().max_coroutines(3).max_blocking(2));
    bool ended[3] = {};
    std::vector<std::future<int>> coroutines;
    std::vector<std::future<void>> blocking;
    for (auto& flag : ended) coroutines.push_back(handlers.dispatch(&reluctant, &flag, 0, asio::use_future));
    for (int i = 0; i < 2; ++i) blocking.push_back(handlers.dispatch(busy.handler(), asio::use_future));
    std::error_code fourth, third;
    bool unused = false;
    handlers.dispatch(&reluctant, &unused, 0, [&](std::exception_ptr e, int) { fourth = code_of(e); });
    handlers.dispatch(&plain, 1, [&](std::exception_ptr e, int) { third = code_of(e); });
    loop.poll();
    CHECK(fourth == errc::queue_full);
    CHECK(third == errc::queue_full);
    CHECK(handlers.coroutines() == 3);
    CHECK(handlers.blocking() == 2);
    for (int i = 0; i < 2; ++i) busy.end();
}

TEST_CASE("a full or stopped pool is an error of the dispatch", "[async][dispatcher]") {
    event_loop loop;
    endless busy;
    blocking_pool pool(blocking_pool_options().threads(1).queue_limit(1));
    dispatcher handlers(loop, pool);
    handlers.dispatch(busy.handler(), asio::detached);
    std::error_code queued, full, stopped;
    handlers.dispatch(&plain, 1, [&](std::exception_ptr e, int) { queued = code_of(e); });
    handlers.dispatch(&plain, 1, [&](std::exception_ptr e, int) { full = code_of(e); });
    loop.poll();
    CHECK(full == errc::queue_full);
    CHECK(handlers.blocking() == 2);
    pool.stop();
    handlers.dispatch(&plain, 1, [&](std::exception_ptr e, int) { stopped = code_of(e); });
    loop.poll();
    CHECK(queued == errc::pool_stopped);  // it was dropped, and its caller knows at once
    CHECK(stopped == errc::pool_stopped);
    busy.end();
}

TEST_CASE("loop and pool may end in either order with handlers under way", "[async][dispatcher]") {
    for (bool pool_first : {true, false}) {
        endless busy;
        bool ended = false;
        auto loop = std::make_unique<event_loop>();
        auto pool = std::make_unique<blocking_pool>(blocking_pool_options().threads(1));
        dispatcher handlers(*loop, *pool);
        handlers.dispatch(busy.handler(), [](std::exception_ptr) { FAIL("completed"); });
        handlers.dispatch(&plain, 1, [](std::exception_ptr, int) { FAIL("completed"); });
        handlers.dispatch(&reluctant, &ended, 0, [](std::exception_ptr, int) { FAIL("completed"); });
        loop->poll();
        busy.wait_until_started();
        if (pool_first) {
            busy.end();
            pool.reset();
        }
        loop.reset();
        CHECK(ended);
        busy.end();
        pool.reset();
        CHECK(busy.ended == 1);
    }
}

TEST_CASE("a dispatcher may go before its handlers", "[async][dispatcher]") {
    event_loop loop;
    blocking_pool pool(blocking_pool_options().threads(1));
    auto handlers = std::make_unique<dispatcher>(loop, pool);
    auto blocking = handlers->dispatch(&plain, 1, asio::use_future);
    auto awaited = handlers->dispatch([]() -> asio::awaitable<int> { co_return 5; }, asio::use_future);
    handlers.reset();
    loop.run();
    CHECK(blocking.get() == 2);
    CHECK(awaited.get() == 5);
}

TEST_CASE("handlers are dispatched from many threads and cancelled at random", "[async][dispatcher]") {
    constexpr int threads = 3, each = 200;
    loop_group group(1);
    blocking_pool pool(blocking_pool_options().threads(3));
    dispatcher handlers(group.at(0), pool);
    std::atomic<int> completed = 0;
    std::vector<std::thread> callers;
    for (int t = 0; t < threads; ++t) {
        callers.emplace_back([&] {
            for (int i = 0; i < each; ++i) {
                asio::cancellation_signal signal;
                std::promise<void> done;
                auto finish = [&](std::exception_ptr, int) {
                    ++completed;
                    done.set_value();
                };
                auto token = asio::bind_cancellation_slot(signal.slot(), finish);
                if (i % 2) {
                    handlers.dispatch(&plain, i, token);
                } else {
                    handlers.dispatch([](int value) -> asio::awaitable<int> { co_return value; }, i, token);
                }
                if (i % 3 == 0) signal.emit(asio::cancellation_type::terminal);
                done.get_future().wait();
            }
        });
    }
    for (auto& caller : callers) caller.join();
    CHECK(completed == threads * each);
}
