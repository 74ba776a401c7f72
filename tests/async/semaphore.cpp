#include <dragline/async/semaphore.hpp>

#include <dragline/async/event.hpp>
#include <dragline/async/run.hpp>
#include <dragline/testing/manual_clock.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/detached.hpp>

#include <catch2/catch_test_macros.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <vector>

using namespace dragline;
using namespace std::chrono_literals;

namespace {

struct waiter {
    std::error_code ec = std::make_error_code(std::errc::operation_in_progress);
    async::semaphore::permit held;
    asio::cancellation_signal signal;

    bool waiting() const { return ec == std::errc::operation_in_progress; }
};

asio::awaitable<void> acquire(async::semaphore& from, waiter& into, async::time_point until) {
    auto acquiring = from.acquire(until, phase::queue);
    auto got = co_await std::move(acquiring);
    into.ec = got.error();
    into.held = *std::move(got);
}

void start(event_loop& loop, async::semaphore& from, waiter& into,
           async::time_point until = async::no_deadline) {
    asio::co_spawn(loop.get_executor(), acquire(from, into, until),
                   asio::bind_cancellation_slot(into.signal.slot(), asio::detached));
    loop.poll();
}

}  // namespace

TEST_CASE("a semaphore gives as many permits as it has, and counts them", "[async][semaphore]") {
    event_loop loop;
    async::semaphore places(loop, 2);
    CHECK(places.available() == 2);
    auto one = places.try_acquire(), two = places.try_acquire();
    CHECK((one && two));
    CHECK_FALSE(places.try_acquire());
    CHECK(places.available() == 0);
    one.reset();
    CHECK(places.available() == 1);
    two->release();
    two->release();  // once only
    CHECK(places.available() == 2);
}

TEST_CASE("permits move, and give back what they held", "[async][semaphore]") {
    event_loop loop;
    async::semaphore places(loop, 2);
    auto one = *places.try_acquire(), two = *places.try_acquire();
    async::semaphore::permit empty;
    CHECK((one && !empty));
    empty = std::move(one);
    CHECK((empty && !one));
    CHECK(places.available() == 0);
    empty = std::move(two);
    CHECK(places.available() == 1);
}

TEST_CASE("waiters are served in order, and nobody overtakes them", "[async][semaphore]") {
    event_loop loop;
    async::semaphore places(loop, 1);
    auto first = places.try_acquire();
    std::deque<waiter> waiters(3);
    for (auto& each : waiters) start(loop, places, each);
    CHECK(places.waiting() == 3);
    first.reset();
    CHECK_FALSE(places.try_acquire());  // it is the first waiter's already
    CHECK(places.waiting() == 2);
    loop.poll();
    CHECK(waiters[0].held);
    CHECK((waiters[1].waiting() && waiters[2].waiting()));
    waiters[0].held.release();
    loop.poll();
    CHECK(waiters[1].held);
    CHECK(waiters[2].waiting());
    waiters[1].held.release();
    loop.poll();
    CHECK(waiters[2].held);
}

TEST_CASE("a waiter gives up at its deadline, in the phase it named", "[async][semaphore]") {
    testing::manual_clock clock;
    event_loop loop(event_loop_options().time(clock));
    async::semaphore places(loop, 1);
    auto held = places.try_acquire();
    waiter patient, impatient;
    start(loop, places, impatient, clock.now() + 1s);
    start(loop, places, patient);
    while (impatient.waiting()) {
        clock.advance(100ms);
        loop.context().run_one();
    }
    CHECK(impatient.ec == make_timeout(phase::queue));
    CHECK_FALSE(impatient.held);
    CHECK(places.waiting() == 1);
    held.reset();
    loop.poll();
    CHECK(patient.held);
}

TEST_CASE("a cancelled waiter leaves the queue", "[async][semaphore]") {
    event_loop loop;
    async::semaphore places(loop, 1);
    auto held = places.try_acquire();
    waiter one, two;
    start(loop, places, one);
    start(loop, places, two);
    one.signal.emit(asio::cancellation_type::terminal);
    loop.poll();
    CHECK(one.ec == asio::error::operation_aborted);
    CHECK(places.waiting() == 1);
    held.reset();
    loop.poll();
    CHECK(two.held);
}

TEST_CASE("a permit that comes before the cancellation is kept", "[async][semaphore]") {
    event_loop loop;
    async::semaphore places(loop, 1);
    auto held = places.try_acquire();
    waiter one;
    start(loop, places, one);
    held.reset();
    one.signal.emit(asio::cancellation_type::terminal);
    loop.poll();
    CHECK_FALSE(one.ec);
    CHECK(one.held);
    one.held.release();
    CHECK(places.available() == 1);
}

TEST_CASE("no more may wait than the semaphore allows", "[async][semaphore]") {
    std::deque<waiter> waiters(3);  // their signals outlive what they may cancel
    event_loop loop;
    async::semaphore places(loop, 1, 2);
    auto held = places.try_acquire();
    for (auto& each : waiters) start(loop, places, each);
    CHECK((waiters[0].waiting() && waiters[1].waiting()));
    CHECK(waiters[2].ec == errc::queue_full);
    CHECK(places.waiting() == 2);
}

TEST_CASE("permits and waiters may outlive their semaphore", "[async][semaphore]") {
    event_loop loop;
    auto places = std::make_unique<async::semaphore>(loop, 1);
    auto held = places->try_acquire();
    waiter one;
    start(loop, *places, one);
    places.reset();
    held.reset();
    loop.poll();
    CHECK(one.held);
}

TEST_CASE("a loop may end with permits held and waited for", "[async][semaphore]") {
    auto uses = [](async::semaphore& from) -> asio::awaitable<void> {
        auto acquiring = from.acquire();
        auto permit = co_await std::move(acquiring);
        async::event never(async::loop_state::of(co_await asio::this_coro::executor));
        auto waiting = never.wait();
        (void)co_await std::move(waiting);
    };
    for (int ready = 0; ready < 2; ++ready) {
        auto loop = std::make_unique<event_loop>();
        async::semaphore places(*loop, 2);
        for (int i = 0; i < 5; ++i) asio::co_spawn(loop->get_executor(), uses(places), asio::detached);
        auto own = places.try_acquire();
        loop->poll();
        if (ready) own.reset();  // somebody has been given it, and will not run any more
        own.reset();
        loop.reset();
        CHECK(places.waiting() == 0);
        CHECK(places.available() == 2);
    }
}

TEST_CASE("ten thousand coroutines share a few permits", "[async][semaphore]") {
    event_loop loop;
    async::semaphore places(loop, 7);
    int inside = 0, most = 0, done = 0;
    auto uses = [&]() -> asio::awaitable<void> {
        auto acquiring = places.acquire();
        auto permit = co_await std::move(acquiring);
        most = std::max(most, ++inside);
        co_await asio::post(asio::use_awaitable);
        --inside;
        ++done;
    };
    for (int i = 0; i < 10'000; ++i) asio::co_spawn(loop.get_executor(), uses(), asio::detached);
    loop.run();
    CHECK(done == 10'000);
    CHECK(most == 7);
    CHECK(places.available() == 7);
}
