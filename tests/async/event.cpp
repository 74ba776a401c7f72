#include <dragline/async/event.hpp>

#include <dragline/async/run.hpp>
#include <dragline/testing/manual_clock.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/detached.hpp>

#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <optional>

using namespace dragline;
using namespace std::chrono_literals;

namespace {

using outcome = std::optional<std::error_code>;

asio::awaitable<void> wait_for(async::event& event, async::time_point until, outcome& ended) {
    auto waiting = event.wait(until, phase::connect);
    const auto waited = co_await std::move(waiting);
    ended = waited.error();
}

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
