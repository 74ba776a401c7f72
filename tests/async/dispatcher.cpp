#include <dragline/async/dispatcher.hpp>

#include <dragline/async/event.hpp>
#include <dragline/async/run.hpp>
#include <dragline/testing/manual_clock.hpp>

#include <asio/bind_executor.hpp>
#include <asio/detached.hpp>
#include <asio/strand.hpp>
#include <asio/use_future.hpp>

#include <catch2/catch_test_macros.hpp>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

using namespace dragline;
using namespace std::chrono_literals;

namespace {

int plain(int value) { return value + 1; }
asio::awaitable<int> coroutine(int value) { co_return value + 1; }
asio::awaitable<int, asio::io_context::executor_type> narrow(int value) { co_return value + 1; }

struct object {
    int base = 10;
    int blocking(int value) { return base + value; }
    asio::awaitable<int> async(int value) const { co_return base + value; }
};
struct overloaded {
    std::string operator()(int) const { return "blocking"; }
    asio::awaitable<std::string> operator()(std::string text) const { co_return "coroutine " + text; }
};

struct fixture {
    event_loop loop;
    blocking_pool pool{blocking_pool_options().threads(2)};
    dispatcher handlers{loop, pool};

    template <class... Args>
    auto get(Args&&... args) {
        return run(loop, handlers.dispatch(std::forward<Args>(args)...));
    }
};

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

TEST_CASE("a blocking handler runs on the pool, a coroutine on the loop", "[async][dispatcher]") {
    fixture f;
    auto where = [] { return std::this_thread::get_id(); };
    auto where_async = []() -> asio::awaitable<std::thread::id> { co_return std::this_thread::get_id(); };
    CHECK(f.get(where) != std::this_thread::get_id());
    CHECK(f.get(where_async) == std::this_thread::get_id());
}

TEST_CASE("every kind of callable can be dispatched", "[async][dispatcher]") {
    fixture f;
    object thing;
    auto generic = [](auto value) { return value; };
    auto generic_coroutine = [](auto value) -> asio::awaitable<decltype(value)> { co_return value; };
    auto move_only = [owned = std::make_unique<int>(5)](int value) { return *owned + value; };
    CHECK(f.get(&plain, 1) == 2);
    CHECK(f.get(plain, 1) == 2);
    CHECK(f.get(coroutine, 1) == 2);
    CHECK(f.get(&object::blocking, &thing, 5) == 15);
    CHECK(f.get(&object::async, &thing, 5) == 15);
    CHECK(f.get(&object::async, object(), 5) == 15);
    CHECK(f.get(&object::blocking, std::make_shared<object>(), 5) == 15);
    CHECK(f.get(overloaded(), 1) == "blocking");
    CHECK(f.get(overloaded(), "text") == "coroutine text");
    CHECK(f.get(generic, std::string("x")) == "x");
    CHECK(f.get(generic_coroutine, std::string("x")) == "x");
    CHECK(f.get(std::move(move_only), 1) == 6);
    CHECK(f.get(std::function<int(int)>(&plain), 1) == 2);
    CHECK(f.get(std::bind_front(&object::async, &thing), 1) == 11);
}

TEST_CASE("arguments are moved in, references are asked for with std::ref", "[async][dispatcher]") {
    fixture f;
    auto takes = [](std::unique_ptr<int> value) { return *value; };
    auto changes = [](std::string& text) { text += " changed"; };
    auto reads = [](const std::string& text) -> asio::awaitable<std::size_t> { co_return text.size(); };
    std::string text = "text";
    CHECK(f.get(takes, std::make_unique<int>(3)) == 3);
    f.get(changes, std::ref(text));
    CHECK(text == "text changed");
    CHECK(f.get(reads, std::string(1000, 'x')) == 1000);
}

TEST_CASE("a coroutine handler may be an awaitable of the loop's own executor type", "[async][dispatcher]") {
    fixture f;
    CHECK(f.get(&narrow, 1) == 2);
    dispatcher strand_only(asio::make_strand(f.loop.get_executor()), f.pool);
    CHECK(code_of([&] { run(f.loop, strand_only.dispatch(&narrow, 1)); }) == errc::invalid_option);
}

TEST_CASE("a coroutine lambda may capture: the dispatcher keeps it", "[async][dispatcher]") {
    fixture f;
    auto make = [](std::string text) {
        return [text](int repeat) -> asio::awaitable<std::string> {
            auto& loop = async::loop_state::of(co_await asio::this_coro::executor);
            async::event never(loop);
            auto waiting = never.wait(loop.now() + 1ms);
            (void)co_await std::move(waiting);
            std::string all;
            while (repeat-- > 0) all += text;
            co_return all;
        };
    };
    CHECK(f.get(make("a text that is long enough to be on the heap "), 2).size() == 90);
}

TEST_CASE("the last argument is the token if it can be", "[async][dispatcher]") {
    fixture f;
    int value = 0, plain_calls = 0;
    f.handlers.dispatch(&plain, 1, [&](std::exception_ptr e, int v) { value = e ? -1 : v; });
    f.handlers.dispatch([] {}, [&](std::exception_ptr e) { plain_calls += !e; });
    auto future = f.handlers.dispatch(&coroutine, 5, asio::use_future);
    f.handlers.dispatch(&plain, 1, asio::detached);
    // A lambda that the handler itself takes is no token.
    auto takes_a_function = [](auto function) { return function(20); };
    auto with_function = f.handlers.dispatch(takes_a_function, &plain, asio::use_future);
    f.loop.run();
    CHECK(value == 2);
    CHECK(plain_calls == 1);
    CHECK(future.get() == 6);
    CHECK(with_function.get() == 21);
    CHECK(f.get(takes_a_function, &plain) == 21);
    auto with_tuple = [](dispatcher& handlers) -> asio::awaitable<int> {
        auto [error, got] = co_await handlers.dispatch(&plain, 1, as_tuple(asio::use_awaitable));
        co_return error ? -1 : got;
    };
    CHECK(run(f.loop, with_tuple(f.handlers)) == 2);
}

TEST_CASE("a token's executor is honoured, and nothing completes inside dispatch()", "[async][dispatcher]") {
    fixture f;
    event_loop other;
    int calls = 0;
    bool inside = false;
    auto counts = [&](std::exception_ptr, int) { calls += inside ? 100 : 1; };
    asio::post(f.loop.get_executor(), [&] {
        inside = true;
        f.handlers.dispatch(&coroutine, 1,
                            asio::bind_executor(other.get_executor(), [&](std::exception_ptr, int) {
                                CHECK(other.running_in_this_thread());
                                ++calls;
                            }));
        f.handlers.dispatch(&coroutine, 1, counts);
        f.handlers.dispatch(dispatch_options().deadline(0s), &plain, 1, counts);
        inside = false;
    });
    f.loop.run();
    other.run();
    CHECK(calls == 3);
}

// seed_systems.md, 6.1: a handler that was a coroutine was called, and what it returned was dropped.
TEST_CASE("a coroutine handler is really awaited, and its exception reaches the caller",
          "[async][dispatcher]") {
    fixture f;
    int steps = 0;
    auto handler = [&steps](bool fails) -> asio::awaitable<void> {
        ++steps;
        co_await asio::post(asio::use_awaitable);
        ++steps;
        if (fails) throw std::out_of_range("from the handler");
    };
    f.get(handler, false);
    CHECK(steps == 2);
    CHECK_THROWS_AS(f.get(handler, true), std::out_of_range);
    std::exception_ptr error;
    f.handlers.dispatch(handler, true, [&](std::exception_ptr e) { error = e; });
    f.loop.run();
    REQUIRE(error != nullptr);
    CHECK_THROWS_AS(std::rethrow_exception(error), std::out_of_range);
    CHECK(steps == 6);
}

TEST_CASE("the exception of a blocking handler reaches the caller", "[async][dispatcher]") {
    fixture f;
    auto handler = [](int) -> int { throw std::out_of_range("from the handler"); };
    CHECK_THROWS_AS(f.get(handler, 1), std::out_of_range);
}

TEST_CASE("a handler that returns a result gives its value or throws its error", "[async][dispatcher]") {
    fixture f;
    auto blocking = [](bool good) -> result<int> {
        if (good) return 5;
        return errc::not_supported;
    };
    auto async = [](bool good) -> asio::awaitable<result<int>> {
        if (good) co_return 5;
        co_return errc::not_supported;
    };
    CHECK(f.get(blocking, true) == 5);
    CHECK(f.get(async, true) == 5);
    CHECK(code_of([&] { f.get(blocking, false); }) == errc::not_supported);
    CHECK(code_of([&] { f.get(async, false); }) == errc::not_supported);
    auto returns_code = [] { return std::make_error_code(std::errc::io_error); };
    CHECK(f.get(returns_code) == std::errc::io_error);
}

TEST_CASE("a handler and its arguments are gone before its caller goes on", "[async][dispatcher]") {
    fixture f;
    auto held = std::make_shared<int>();
    auto check = [](dispatcher& handlers, std::shared_ptr<int>& watched) -> asio::awaitable<long> {
        auto handler = [kept = watched](std::shared_ptr<int>) {};
        auto dispatched = handlers.dispatch(std::move(handler), watched);
        co_await std::move(dispatched);
        co_return watched.use_count();
    };
    CHECK(run(f.loop, check(f.handlers, held)) == 1);
}

TEST_CASE("a place under a cap is free again when the caller goes on", "[async][dispatcher]") {
    event_loop loop;
    blocking_pool pool(blocking_pool_options().threads(1).queue_limit(0));
    dispatcher handlers(loop, pool, dispatcher_options().max_blocking(1).max_coroutines(1));
    auto many = [](dispatcher& with) -> asio::awaitable<int> {
        int sum = 0;
        for (int i = 0; i < 200; ++i) {
            sum += co_await with.dispatch(&plain, i);
            sum -= co_await with.dispatch(&coroutine, i);
        }
        co_return sum;
    };
    CHECK(run(loop, many(handlers)) == 0);
    CHECK(handlers.blocking() == 0);
    CHECK(handlers.coroutines() == 0);
}
