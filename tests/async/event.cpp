#include <dragline/async/event.hpp>

#include "../support/run.hpp"

#include <dragline/async/run.hpp>
#include <dragline/testing/manual_clock.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>

#include <catch2/catch_test_macros.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <vector>

using namespace dragline;
using namespace std::chrono_literals;

namespace {

using outcome = std::optional<std::error_code>;

asio::awaitable<void> wait_for(async::event& event, async::time_point until, outcome& ended) {
    auto waiting = event.wait(until, phase::connect);
    const auto waited = co_await std::move(waiting);
    ended = waited.error();
}

struct paused_loop {
    testing::manual_clock time;
    event_loop loop{event_loop_options().time(time)};
    async::interrupter ending;
    asio::cancellation_signal cancel;
    outcome ended;

    void start(async::time_point until) {
        asio::co_spawn(
            loop.get_executor(), async::pause(loop.state(), until, ending),
            asio::bind_cancellation_slot(
                cancel.slot(), [this](std::exception_ptr, result<void> given) { ended = given.error(); }));
        test::settle(loop);
    }
};

}  // namespace

TEST_CASE("a notification ends the wait, but not inside notify()", "[async][event]") {
    event_loop loop;
    async::event event(loop.state());
    outcome ended;
    asio::co_spawn(loop.get_executor(), wait_for(event, async::no_deadline, ended), asio::detached);
    loop.poll();
    CHECK_FALSE(ended);
    event.notify();
    CHECK_FALSE(ended);
    loop.run();
    CHECK(ended == std::error_code());
    CHECK_FALSE(event.notified());  // it was taken
}

TEST_CASE("a notification at once ends the wait inside the call, and leaves no deadline", "[async][event]") {
    testing::manual_clock time;
    event_loop loop(event_loop_options().time(time));
    async::event event(loop.state());
    event.notify_at_once();  // kept
    for (const bool waits : {false, true}) {
        outcome ended;
        asio::co_spawn(loop.get_executor(), wait_for(event, time.now() + 1h, ended), asio::detached);
        loop.poll();
        CHECK(ended.has_value() != waits);
        if (waits) event.notify_at_once();
        CHECK(ended == std::error_code());
        CHECK_FALSE(event.notified());
        loop.run();  // no timer holds it
    }
}

TEST_CASE("an event may be destroyed by whom it wakes at once", "[async][event]") {
    event_loop loop;
    auto event = std::make_unique<async::event>(loop.state());
    const auto destroy = [](std::unique_ptr<async::event>& owned) -> asio::awaitable<void> {
        auto waiting = owned->wait();
        [[maybe_unused]] const auto woken = co_await std::move(waiting);
        owned.reset();
    };
    asio::co_spawn(loop.get_executor(), destroy(event), asio::detached);
    loop.poll();
    event->notify_at_once();
    CHECK(event == nullptr);
}

TEST_CASE("a notification that comes first is kept, once", "[async][event]") {
    event_loop loop;
    async::event event(loop.state());
    event.notify();
    event.notify();
    CHECK(event.notified());
    outcome first, second;
    asio::co_spawn(loop.get_executor(), wait_for(event, async::no_deadline, first), asio::detached);
    loop.poll();
    CHECK(first == std::error_code());
    asio::co_spawn(loop.get_executor(), wait_for(event, async::no_deadline, second), asio::detached);
    loop.poll();
    CHECK_FALSE(second);
}

TEST_CASE("a wait ends at its deadline with the phase it was given", "[async][event]") {
    testing::manual_clock clock;
    event_loop loop(event_loop_options().time(clock));
    async::event event(loop.state());
    outcome ended;
    asio::co_spawn(loop.get_executor(), wait_for(event, clock.now() + 1s, ended), asio::detached);
    loop.poll();
    clock.advance(999ms);
    loop.context().run_one();
    CHECK_FALSE(ended);
    clock.advance(1ms + async::deadline_wheel::tick);
    loop.run();
    CHECK(ended == make_timeout(phase::connect));
    CHECK(ended == condition::timeout);
}

TEST_CASE("a deadline that has passed still waits for the loop's next tick", "[async][event]") {
    event_loop loop;
    async::event event(loop.state());
    outcome ended;
    asio::co_spawn(loop.get_executor(), wait_for(event, loop.state().now() - 1h, ended), asio::detached);
    loop.poll();
    event.notify();
    loop.run();
    CHECK(ended == std::error_code());
}

TEST_CASE("a cancelled wait leaves the event usable", "[async][event]") {
    event_loop loop;
    async::event event(loop.state());
    outcome first, second;
    asio::cancellation_signal signal;
    asio::co_spawn(loop.get_executor(), wait_for(event, async::no_deadline, first),
                   asio::bind_cancellation_slot(signal.slot(), asio::detached));
    loop.poll();
    signal.emit(asio::cancellation_type::terminal);
    loop.poll();
    CHECK(first == asio::error::operation_aborted);
    asio::co_spawn(loop.get_executor(), wait_for(event, async::no_deadline, second), asio::detached);
    event.notify();
    loop.run();
    CHECK(second == std::error_code());
}

TEST_CASE("a notification that comes before the cancellation wins", "[async][event]") {
    event_loop loop;
    async::event event(loop.state());
    outcome ended;
    asio::cancellation_signal signal;
    asio::co_spawn(loop.get_executor(), wait_for(event, async::no_deadline, ended),
                   asio::bind_cancellation_slot(signal.slot(), asio::detached));
    loop.poll();
    event.notify();
    signal.emit(asio::cancellation_type::terminal);
    loop.run();
    CHECK(ended == std::error_code());
}

TEST_CASE("a loop may end while coroutines wait, also for each other's frames", "[async][event]") {
    // The first coroutine's end notifies the second, whose wait is gone by then.
    struct notifies_at_end {
        async::event& other;
        explicit notifies_at_end(async::event& event) : other(event) {}
        ~notifies_at_end() { other.notify(); }
    };
    auto shared = [](std::shared_ptr<async::event> mine,
                     std::shared_ptr<async::event> other) -> asio::awaitable<void> {
        notifies_at_end guard(*other);
        auto waiting = mine->wait();
        (void)co_await std::move(waiting);
    };
    event_loop loop;
    auto one = std::make_shared<async::event>(loop.state()),
         two = std::make_shared<async::event>(loop.state());
    asio::co_spawn(loop.get_executor(), shared(one, two), asio::detached);
    asio::co_spawn(loop.get_executor(), shared(two, one), asio::detached);
    one.reset();
    two.reset();
    loop.poll();
    CHECK(loop.context().stopped() == false);
}

TEST_CASE("those who are notified together go on in their order, after what the loop had to do",
          "[async][event]") {
    event_loop loop;
    std::vector<int> order;
    const auto main = [](event_loop& on, std::vector<int>& into) -> asio::awaitable<void> {
        async::event first(on.state()), second(on.state());
        const auto waiter = [](async::event& of, std::vector<int>& order_of, int number,
                               async::event* then) -> asio::awaitable<void> {
            auto waiting = of.wait();
            (void)co_await std::move(waiting);
            order_of.push_back(number);
            if (then) then->notify();
        };
        async::event third(on.state());
        asio::co_spawn(on.get_executor(), waiter(second, into, 2, nullptr), asio::detached);
        asio::co_spawn(on.get_executor(), waiter(first, into, 1, &third), asio::detached);
        asio::co_spawn(on.get_executor(), waiter(third, into, 4, nullptr), asio::detached);
        co_await asio::post(on.get_executor(), asio::use_awaitable);
        first.notify();
        second.notify();
        asio::post(on.get_executor(), [&into] { into.push_back(3); });
        for (int i = 0; i < 4; ++i) co_await asio::post(on.get_executor(), asio::use_awaitable);
    };
    asio::co_spawn(loop.get_executor(), main(loop, order), asio::detached);
    loop.run();
    CHECK(order == std::vector<int>{1, 2, 3, 4});
}

TEST_CASE("an exception of one who goes on leaves the others to go on later", "[async][event]") {
    event_loop loop;
    async::event first(loop.state()), second(loop.state());
    outcome ended;
    const auto thrower = [](async::event& of) -> asio::awaitable<void> {
        auto waiting = of.wait();
        (void)co_await std::move(waiting);
    };
    asio::co_spawn(loop.get_executor(), thrower(first), [](std::exception_ptr) { throw 1; });
    asio::co_spawn(loop.get_executor(), wait_for(second, async::no_deadline, ended), asio::detached);
    loop.poll();
    first.notify();
    second.notify();
    CHECK_THROWS_AS(loop.run(), int);
    loop.run();
    CHECK(ended == std::error_code());
}

TEST_CASE("a loop may end while some are about to go on", "[async][event]") {
    outcome ended;
    {
        event_loop loop;
        async::event event(loop.state());
        asio::co_spawn(loop.get_executor(), wait_for(event, async::no_deadline, ended), asio::detached);
        loop.poll();
        event.notify();
    }
    CHECK_FALSE(ended);
}

TEST_CASE("a pause lasts until its time, and not longer", "[async][event]") {
    paused_loop run;
    run.start(run.time.now() + 10s);
    run.time.advance(9999ms);
    test::settle(run.loop);
    CHECK_FALSE(run.ended);
    run.time.advance(1ms + async::deadline_wheel::tick);
    test::run_until(run.loop, [&] { return run.ended.has_value(); });
    CHECK(run.ended == std::error_code());
}

TEST_CASE("a pause is ended by its interrupter and by its caller", "[async][event]") {
    paused_loop run;
    SECTION("while it lasts") {
        run.start(async::no_deadline);
        REQUIRE_FALSE(run.ended);
        run.ending.interrupt();
    }
    SECTION("before it began") {
        run.ending.interrupt();
        run.start(async::no_deadline);
    }
    SECTION("by cancelling it") {
        run.start(async::no_deadline);
        run.cancel.emit(asio::cancellation_type::terminal);
    }
    test::settle(run.loop);
    CHECK(run.ended == asio::error::make_error_code(asio::error::operation_aborted));
}
