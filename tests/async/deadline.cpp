#include <dragline/async/deadline.hpp>

#include <dragline/async/event_loop.hpp>
#include <dragline/testing/manual_clock.hpp>

#include <asio/post.hpp>

#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <optional>
#include <random>
#include <vector>

using namespace dragline;
using namespace std::chrono_literals;

namespace {

constexpr auto tick = async::deadline_wheel::tick;

// A deadline that notes when it fired.
struct recorded {
    async::clock& clock;
    async::time_point due{};
    std::optional<async::time_point> fired{};
    int count = 0;
    async::deadline entry{&expired, this};

    explicit recorded(async::clock& time) : clock(time) {}
    void arm(async::deadline_wheel& wheel, async::time_point when) {
        due = when;
        wheel.arm(entry, when);
    }
    static void expired(void* self) noexcept {
        auto& one = *static_cast<recorded*>(self);
        one.fired = one.clock.now();
        ++one.count;
    }
};

struct manual_loop {
    testing::manual_clock clock;
    event_loop loop{event_loop_options().time(clock)};
    async::deadline_wheel& wheel = loop.state().deadlines();

    // Lets the wheel look at the clock, after it was moved.
    void advance(async::duration by) {
        clock.advance(by);
        if (wheel.armed() > 0) loop.context().run_one();
    }
};

class counting_clock final : public async::clock {
public:
    async::time_point now() noexcept override { return std::chrono::steady_clock::now(); }
};

}  // namespace

TEST_CASE("a deadline never fires early, and at most a tick late", "[async][deadline]") {
    manual_loop manual;
    const auto start = manual.clock.now();
    std::mt19937 random(1);
    std::vector<std::unique_ptr<recorded>> all;
    for (int i = 0; i < 500; ++i) {
        all.push_back(std::make_unique<recorded>(manual.clock));
        all.back()->arm(manual.wheel, start + std::chrono::microseconds(random() % 300'000));
    }
    constexpr auto step = 3ms;
    while (manual.wheel.armed() > 0) {
        manual.advance(step);
        const auto now = manual.clock.now();
        for (auto& one : all) {
            if (one->fired) REQUIRE(*one->fired >= one->due);
            if (now >= one->due + tick) REQUIRE(one->fired.has_value());
        }
        REQUIRE(now < start + 1s);
    }
    for (auto& one : all) CHECK(one->count == 1);
}

TEST_CASE("at its very time a deadline may wait one tick, not two", "[async][deadline]") {
    manual_loop manual;
    recorded one(manual.clock);
    one.arm(manual.wheel, manual.clock.now() + 2 * tick);
    manual.advance(2 * tick - 1ns);
    CHECK_FALSE(one.fired);
    manual.advance(1ns + tick);
    CHECK(one.fired);
}

TEST_CASE("ten thousand deadlines fire once each, over turns of the wheel and jumps of the clock",
          "[async][deadline]") {
    manual_loop manual;
    const auto start = manual.clock.now();
    std::mt19937 random(2);
    std::vector<std::unique_ptr<recorded>> all;
    int expected = 0;
    for (int i = 0; i < 10'000; ++i) {
        all.push_back(std::make_unique<recorded>(manual.clock));
        auto& one = *all.back();
        one.arm(manual.wheel,
                start + std::chrono::milliseconds(random() % 60'000));  // the wheel's turn is 16 s
        if (i % 3 == 0) one.entry.disarm();
        if (i % 3 == 1) one.arm(manual.wheel, start + std::chrono::milliseconds(random() % 60'000));
        expected += i % 3 != 0;
    }
    CHECK(manual.wheel.armed() == static_cast<std::size_t>(expected));
    for (auto jump : {1ms, 20ms, 5'000ms, 100ms, 40'000ms, 16'384ms}) manual.advance(jump);
    manual.loop.run();  // nothing armed: it returns
    CHECK(manual.wheel.armed() == 0);
    int fired = 0;
    for (auto& one : all) {
        CHECK(one->count <= 1);
        fired += one->count;
        if (one->fired) CHECK(*one->fired >= one->due);
    }
    CHECK(fired == expected);
}

TEST_CASE("the wheel sleeps until the next deadline instead of ticking", "[async][deadline]") {
    counting_clock clock;
    event_loop loop(event_loop_options().time(clock));
    recorded one(clock);
    one.arm(loop.state().deadlines(), clock.now() + 20 * tick);
    CHECK(loop.run() <= 2);  // wake-ups, where ticking needs 20
    CHECK(one.fired);
}

TEST_CASE("run() returns as soon as nothing is armed any more", "[async][deadline]") {
    event_loop loop;
    recorded one(async::system_clock());
    one.arm(loop.state().deadlines(), loop.state().now() + 1h);
    asio::post(loop.get_executor(), [&] { one.entry.disarm(); });
    loop.run();
    CHECK_FALSE(one.fired);
}

TEST_CASE("a handler that ends one operation and begins the next leaves the loop nothing to look at",
          "[async][deadline]") {
    event_loop loop;
    auto& wheel = loop.state().deadlines();
    async::deadline entry([](void*) noexcept { FAIL("it fired"); }, nullptr);
    const auto in_an_hour = wheel.now() + 1h;
    wheel.arm(entry, in_an_hour);
    const auto handlers_run = [&] {
        const auto count = loop.context().poll();
        loop.context().restart();
        return count;
    };
    SECTION("armed again") {
        {
            const async::deadline_wheel::turn turn(wheel);
            entry.disarm();
            wheel.arm(entry, in_an_hour);
        }
        CHECK(handlers_run() == 0);
        CHECK(wheel.armed() == 1);
    }
    SECTION("in a turn inside another") {
        const async::deadline_wheel::turn turn(wheel);
        {
            const async::deadline_wheel::turn inner(wheel);
            entry.disarm();
        }
        CHECK(handlers_run() == 0);
        wheel.arm(entry, in_an_hour);
    }
    SECTION("not armed again: run() returns") {
        {
            const async::deadline_wheel::turn turn(wheel);
            entry.disarm();
        }
        CHECK(handlers_run() == 1);  // the wait that was cancelled
        loop.run();
    }
    SECTION("without a turn, a handler of its own looks") {
        entry.disarm();
        wheel.arm(entry, in_an_hour);
        CHECK(handlers_run() == 1);
    }
}

TEST_CASE("an earlier deadline shortens the sleep", "[async][deadline]") {
    event_loop loop;
    recorded late(async::system_clock()), early(async::system_clock());
    late.arm(loop.state().deadlines(), loop.state().now() + 1h);
    early.arm(loop.state().deadlines(), loop.state().now() + 1ms);
    while (!early.fired) loop.context().run_one();
    CHECK_FALSE(late.fired);
}

TEST_CASE("no deadline, and one that nobody will see, keep nothing waiting", "[async][deadline]") {
    event_loop loop;
    recorded one(async::system_clock());
    one.arm(loop.state().deadlines(), async::no_deadline);
    CHECK_FALSE(one.entry.armed());
    one.arm(loop.state().deadlines(), async::no_deadline - 1ns);
    CHECK_FALSE(one.entry.armed());
    one.arm(loop.state().deadlines(), loop.state().now() + 1h);
    CHECK(one.entry.armed());
    one.arm(loop.state().deadlines(), async::no_deadline);  // takes it back
    CHECK_FALSE(one.entry.armed());
    loop.run();
    CHECK_FALSE(one.fired);
}

TEST_CASE("a deadline in the past fires from the loop, not while it is armed", "[async][deadline]") {
    event_loop loop;
    recorded one(async::system_clock());
    one.arm(loop.state().deadlines(), loop.state().now() - 1h);
    CHECK_FALSE(one.fired);
    loop.run();
    CHECK(one.fired);
}

TEST_CASE("a destroyed deadline does not fire", "[async][deadline]") {
    manual_loop manual;
    auto one = std::make_unique<recorded>(manual.clock);
    recorded other(manual.clock);
    one->arm(manual.wheel, manual.clock.now() + tick);
    other.arm(manual.wheel, manual.clock.now() + tick);
    one.reset();
    manual.advance(1s);
    CHECK(other.count == 1);
}

TEST_CASE("a firing deadline may arm, disarm and destroy others, and the wheel", "[async][deadline]") {
    struct chain {
        testing::manual_clock clock;
        event_loop loop;
        std::optional<async::deadline_wheel> wheel{std::in_place, loop.get_executor(), clock};
        std::optional<async::deadline> victim;
        int calls = 0;
        async::deadline first{[](void* self) noexcept { static_cast<chain*>(self)->on_first(); }, this};
        async::deadline last{[](void* self) noexcept { static_cast<chain*>(self)->on_last(); }, this};
        async::deadline left{[](void* self) noexcept { static_cast<chain*>(self)->calls += 1000; }, this};

        void on_first() {
            ++calls;
            victim.reset();
            wheel->arm(calls < 5 ? first : last, clock.now());
        }
        void on_last() {
            ++calls;
            wheel->arm(left, clock.now());
            wheel.reset();
        }
        void run() {
            victim.emplace([](void* self) noexcept { static_cast<chain*>(self)->calls += 1000; }, this);
            wheel->arm(first, clock.now());
            wheel->arm(*victim, clock.now());  // due together with `first`
            while (wheel) {
                clock.advance(tick);
                loop.context().run_one();
            }
        }
    } test;
    test.run();
    CHECK(test.calls == 6);
    CHECK_FALSE(test.left.armed());
}

TEST_CASE("a deadline may outlive its wheel", "[async][deadline]") {
    recorded one(async::system_clock());
    {
        event_loop loop;
        one.arm(loop.state().deadlines(), loop.state().now() + 1h);
        loop.shutdown();
        one.entry.disarm();
        one.arm(loop.state().deadlines(), loop.state().now() + 1h);  // the loop has ended: never
        CHECK_FALSE(one.entry.armed());
    }
    CHECK_FALSE(one.entry.armed());
}

TEST_CASE("a patient deadline keeps nobody waiting, and fires when anything else does", "[async][deadline]") {
    manual_loop manual;
    recorded patient(manual.clock), later(manual.clock), other(manual.clock);
    const auto start = manual.clock.now();
    manual.wheel.arm_patiently(patient.entry, start + 1s);
    manual.wheel.arm_patiently(later.entry, start + 100s);
    CHECK(manual.wheel.armed() == 0);
    CHECK(manual.loop.run() == 0);
    manual.loop.context().restart();
    SECTION("what was armed before") {
        other.arm(manual.wheel, start + 50s);
        while (!patient.fired) manual.advance(100ms);
        CHECK(*patient.fired <= start + 1s + 2 * tick + 100ms);
        CHECK(!other.fired);
        CHECK(!later.fired);
    }
    SECTION("what is armed when its time is over") {
        manual.clock.advance(60s);
        CHECK(!patient.fired);
        other.arm(manual.wheel, manual.clock.now() + 90s);
        while (!patient.fired) manual.advance(1ms);
        CHECK(*patient.fired <= start + 61s);
        while (!later.fired) manual.advance(1s);
        CHECK(!other.fired);
    }
    SECTION("what is disarmed does not") {
        other.arm(manual.wheel, start + 5s);
        patient.entry.disarm();
        while (!other.fired) manual.advance(100ms);
        CHECK(!patient.fired);
        manual.wheel.arm(later.entry, manual.clock.now());  // from one kind to the other
        CHECK(manual.wheel.armed() == 1);
    }
}
