#include <dragline/async/operation.hpp>

#include <dragline/async/event.hpp>
#include <dragline/async/loop_group.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/bind_executor.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/detached.hpp>
#include <asio/use_future.hpp>

#include <catch2/catch_test_macros.hpp>

#include <deque>
#include <future>
#include <optional>
#include <thread>

using namespace dragline;
using namespace std::chrono_literals;

namespace {

// Ends after `time`, or never.
asio::awaitable<result<int>> nap_body(asio::any_io_executor loop, async::duration time) {
    auto& state = async::loop_state::of(loop);
    async::event never(state);
    auto waiting = never.wait(async::deadline_after(state.now(), time));
    const auto ended = co_await std::move(waiting);
    if (ended.error() == condition::timeout) co_return 1;
    co_return ended.error();
}

template <class Token = default_token>
auto nap(const event_loop& loop, async::duration time, Token&& token = {}) {
    return async::initiate<int>(loop.get_executor(), &nap_body, std::forward<Token>(token),
                                loop.get_executor(), time);
}

struct sees_end {
    bool* flag;
    explicit sees_end(bool* to_set) : flag(to_set) {}
    ~sees_end() { *flag = true; }
};

auto must_not_complete = [](std::error_code, int) { FAIL("completed"); };

constexpr auto terminal = asio::cancellation_type::terminal;

}  // namespace

TEST_CASE("an operation is cancelled by every type of cancellation, from any thread", "[async][operation]") {
    for (auto type : {terminal, asio::cancellation_type::partial, asio::cancellation_type::total}) {
        event_loop here;
        asio::cancellation_signal signal;
        std::optional<std::error_code> code;
        {
            loop_group remote(1);  // the operation is there; signal, handler and emit are here
            nap(remote.at(0), no_limit,
                asio::bind_cancellation_slot(
                    signal.slot(),
                    asio::bind_executor(here.get_executor(), [&](std::error_code ec, int) { code = ec; })));
            signal.emit(type);
            here.run();
            CHECK(code == asio::error::operation_aborted);
            signal.emit(type);  // it has completed
            remote.stop();
            remote.join();
            signal.emit(type);  // its loop has stopped
        }
        signal.emit(type);  // its loop is gone
    }
}

TEST_CASE("a cancellation that comes before the operation has begun is not lost", "[async][operation]") {
    event_loop loop;
    std::optional<std::error_code> code;
    asio::post(loop.get_executor(), [&] {
        asio::cancellation_signal signal;
        nap(loop, no_limit,
            asio::bind_cancellation_slot(signal.slot(), [&](std::error_code ec, int) { code = ec; }));
        std::thread([&] { signal.emit(terminal); }).join();
    });
    loop.run();
    CHECK(code == asio::error::operation_aborted);
}

TEST_CASE("the thread that started an operation may cancel it while it completes", "[async][operation]") {
    loop_group remote(1);
    int finished = 0;
    for (int i = 0; i < 200; ++i) {
        asio::cancellation_signal signal;
        std::promise<std::error_code> done;
        nap(remote.at(0), i % 2 ? 1ms : async::duration(no_limit),
            asio::bind_cancellation_slot(signal.slot(),
                                         [&](std::error_code ec, int) { done.set_value(ec); }));
        if (i % 2) std::this_thread::sleep_for(1ms);  // so that the two race
        signal.emit(terminal);
        const auto ec = done.get_future().get();
        finished += !ec || ec == asio::error::operation_aborted;
    }
    CHECK(finished == 200);
}

TEST_CASE("cancelling coroutines that await another loop races with completion", "[async][operation]") {
    constexpr int count = 300;
    event_loop here;
    loop_group remote(1);
    int ended = 0;
    auto caller = [&ended](event_loop& place, async::duration time) -> asio::awaitable<void> {
        try {
            (void)co_await nap(place, time);
        } catch (const std::system_error&) {
        }
        ++ended;
    };
    std::deque<asio::cancellation_signal> signals(count);
    for (int i = 0; i < count; ++i) {
        asio::co_spawn(
            here.get_executor(), caller(remote.at(0), std::chrono::milliseconds(1 + i % 7)),
            asio::bind_cancellation_slot(signals[static_cast<std::size_t>(i)].slot(), asio::detached));
    }
    async::event never(here.state());
    auto cancel_all = [&]() -> asio::awaitable<void> {
        auto waiting = never.wait(here.state().now() + 3ms);
        (void)co_await std::move(waiting);
        for (auto& signal : signals) signal.emit(terminal);
    };
    asio::co_spawn(here.get_executor(), cancel_all(), asio::detached);
    here.run();
    CHECK(ended == count);
}

TEST_CASE("a loop may be destroyed with operations pending", "[async][operation]") {
    asio::cancellation_signal first, second;
    bool destroyed = false;
    {
        event_loop loop;
        auto awaiting = [](event_loop& place, bool* flag) -> asio::awaitable<void> {
            sees_end guard(flag);
            (void)co_await nap(place, no_limit);
        };
        nap(loop, no_limit, asio::bind_cancellation_slot(first.slot(), must_not_complete));
        auto future = nap(loop, no_limit, asio::use_future);
        asio::co_spawn(loop.get_executor(), awaiting(loop, &destroyed), asio::detached);
        loop.poll();
        nap(loop, no_limit, asio::bind_cancellation_slot(second.slot(), must_not_complete));  // not begun
    }
    CHECK(destroyed);
    first.emit(terminal);  // finds nobody
    second.emit(terminal);
}

TEST_CASE("a loop may be destroyed while others cancel its operations", "[async][operation]") {
    for (int i = 0; i < 50; ++i) {
        auto loop = std::make_unique<event_loop>();
        std::deque<asio::cancellation_signal> signals(20);
        for (auto& signal : signals) {
            nap(*loop, no_limit, asio::bind_cancellation_slot(signal.slot(), must_not_complete));
        }
        loop->poll();
        std::promise<void> begin;
        std::thread canceller([&] {
            begin.get_future().wait();
            for (auto& signal : signals) signal.emit(terminal);
        });
        begin.set_value();
        loop.reset();
        canceller.join();
    }
}

TEST_CASE("loops that await each other end in two phases, in any order", "[async][operation]") {
    for (bool caller_first : {true, false}) {
        bool destroyed = false;
        auto remote = std::make_unique<event_loop>(), mine = std::make_unique<event_loop>();
        auto cross = [](event_loop& place, event_loop& own, bool* flag) -> asio::awaitable<void> {
            sees_end guard(flag);
            async::deadline armed([](void*) noexcept {}, nullptr);  // something of its own loop
            own.state().deadlines().arm(armed, own.state().now() + 1h);
            (void)co_await nap(place, no_limit);
        };
        asio::co_spawn(mine->get_executor(), cross(*remote, *mine, &destroyed), asio::detached);
        mine->poll();
        remote->poll();
        remote->shutdown();
        mine->shutdown();
        (caller_first ? mine : remote).reset();
        CHECK(destroyed);
    }
}
