#include <dragline/async/sync_wait.hpp>

#include <dragline/async/event.hpp>
#include <dragline/async/loop_group.hpp>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>

using namespace dragline;
using namespace std::chrono_literals;

namespace {

struct no_default {
    std::unique_ptr<int> value;
    explicit no_default(int of) : value(std::make_unique<int>(of)) {}
};

asio::awaitable<no_default> particular() { co_return no_default(5); }
asio::awaitable<std::thread::id> where() { co_return std::this_thread::get_id(); }
asio::awaitable<void> fails() {
    throw std::out_of_range("operation");
    co_return;
}

struct counted {
    std::atomic<int>& living;
    explicit counted(std::atomic<int>& count) : living(count) { ++living; }
    ~counted() { --living; }
};

asio::awaitable<void> wait_at_most(async::duration time) {
    auto& loop = async::loop_state::of(co_await asio::this_coro::executor);
    async::event never(loop);
    auto waiting = never.wait(async::deadline_after(loop.now(), time));
    const auto ended = co_await std::move(waiting);
    if (ended.error() == asio::error::operation_aborted) throw std::system_error(ended.error());
}

// Counts its steps for as long as it runs.
asio::awaitable<void> keeps_working(std::atomic<int>& living, std::atomic<int>& steps) {
    counted guard(living);
    for (;;) {
        co_await wait_at_most(1ms);
        ++steps;
    }
}

// Needs some more steps when it is cancelled.
asio::awaitable<void> takes_its_leave(std::atomic<int>& living) {
    counted guard(living);
    bool cancelled = false;
    try {
        co_await wait_at_most(no_limit);
    } catch (const std::system_error&) {
        cancelled = true;
    }
    if (!cancelled) co_return;
    co_await asio::this_coro::reset_cancellation_state();
    co_await wait_at_most(20ms);
}

template <class Call>
std::error_code code_of(Call call) {
    try {
        call();
    } catch (const std::system_error& e) {
        return e.code();
    }
    return {};
}

}  // namespace

TEST_CASE("sync_wait returns what the operation returns, done on the loop", "[async][sync_wait]") {
    loop_group group(1);
    CHECK(sync_wait(group.at(0), where(), 10s) != std::this_thread::get_id());
    CHECK(*sync_wait(group.at(0), particular(), no_limit).value == 5);
    CHECK_NOTHROW(sync_wait(group.at(0), wait_at_most(1ms), 10s));
}

TEST_CASE("sync_wait throws what the operation throws", "[async][sync_wait]") {
    loop_group group(1);
    CHECK_THROWS_AS(sync_wait(group.at(0), fails(), 10s), std::out_of_range);
}

// seed_systems.md, 6.2: run_sync gave up waiting, and what it had started went on.
TEST_CASE("past its timeout sync_wait cancels the operation, and nothing of it still runs",
          "[async][sync_wait]") {
    loop_group group(1);
    std::atomic<int> living = 0, steps = 0;
    CHECK(code_of([&] { sync_wait(group.at(0), keeps_working(living, steps), 5ms); }) ==
          make_timeout(phase::total));
    CHECK(living == 0);
    const int then = steps;
    sync_wait(group.at(0), wait_at_most(20ms), 10s);  // the loop works on meanwhile
    CHECK(steps == then);
}

TEST_CASE("sync_wait waits for an operation that takes its leave", "[async][sync_wait]") {
    loop_group group(1);
    std::atomic<int> living = 0;
    CHECK(code_of([&] { sync_wait(group.at(0), takes_its_leave(living), 1ms); }) == condition::timeout);
    CHECK(living == 0);
}

TEST_CASE("sync_wait refuses the loop's own thread, which would wait for itself", "[async][sync_wait]") {
    loop_group group(2);
    auto own = [&]() -> asio::awaitable<std::error_code> {
        co_return code_of([&] { sync_wait(group.at(0), wait_at_most(1ms), 1s); });
    };
    auto other = [&]() -> asio::awaitable<std::error_code> {
        co_return code_of([&] { sync_wait(group.at(1), wait_at_most(1ms), 10s); });
    };
    CHECK(sync_wait(group.at(0), own(), 10s) == errc::wrong_thread);
    CHECK(sync_wait(group.at(0), other(), 10s) == std::error_code());
}

TEST_CASE("sync_wait takes no timeout of zero or less", "[async][sync_wait]") {
    loop_group group(1);
    for (auto wrong : {async::duration(0), async::duration(-1), async::duration::min()}) {
        CHECK(code_of([&] { sync_wait(group.at(0), wait_at_most(1ms), wrong); }) == errc::invalid_option);
    }
}

TEST_CASE("sync_wait ends when the loop ends", "[async][sync_wait]") {
    auto loop = std::make_unique<event_loop>();
    std::atomic<int> living = 0;
    std::promise<void> begun;
    auto waits = [&]() -> asio::awaitable<void> {
        counted guard(living);
        begun.set_value();
        co_await wait_at_most(no_limit);
    };
    std::thread waiter([&] {
        CHECK(code_of([&] { sync_wait(*loop, waits(), no_limit); }) == asio::error::operation_aborted);
        CHECK(living == 0);
    });
    auto begin = begun.get_future();
    while (begin.wait_for(0s) != std::future_status::ready) loop->poll();
    loop->shutdown();
    waiter.join();
}

TEST_CASE("many threads may wait at once, and time out against completion", "[async][sync_wait]") {
    loop_group group(2);
    std::atomic<int> ended = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 50; ++i) {
                const auto ec = code_of([&] { sync_wait(group.next(), wait_at_most(1ms), 1ms + i * 500us); });
                ended += !ec || ec == condition::timeout;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(ended == 200);
}
