#include <dragline/async/operation.hpp>

#include <dragline/async/event.hpp>
#include <dragline/async/loop_group.hpp>
#include <dragline/async/run.hpp>
#include <dragline/async/where.hpp>

#include <asio/bind_executor.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/strand.hpp>
#include <asio/use_future.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <memory_resource>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

using namespace dragline;
using namespace std::chrono_literals;

namespace {

const auto refused = std::make_error_code(std::errc::connection_refused);

// An operation as its developer writes it: the body, the face with WHERE, the face without.
asio::awaitable<result<std::string>> fetch_body(asio::any_io_executor loop, std::string url) {
    if (url == "dispatches") co_await asio::dispatch(asio::use_awaitable);
    if (url == "refused") co_return refused;
    if (url == "bug") throw std::runtime_error("a bug");
    if (url == "own code") throw std::system_error(refused);
    if (url == "no memory") throw std::bad_alloc();
    if (url == "suspends") {
        auto& state = async::loop_state::of(loop);
        async::event never(state);
        auto waiting = never.wait(state.now() + 1ms);
        (void)co_await std::move(waiting);
    }
    co_return "page of " + url;
}

template <async::where Where, class Token = default_token>
auto fetch(Where&& place, std::string_view url, Token&& token = {}) {
    auto loop = async::executor_of(place);
    return async::initiate<std::string>(loop, &fetch_body, std::forward<Token>(token), loop,
                                        std::string(url));
}
auto fetch(std::string_view url) { return async::await_here<std::string>(&fetch_body, std::string(url)); }

asio::awaitable<result<void>> ping_body(bool fails) {
    if (fails) co_return refused;
    co_return result<void>();
}
asio::awaitable<int> throwing_body(int value) {
    if (value < 0) throw std::out_of_range("below zero");
    co_return value;
}

struct counting_resource : std::pmr::memory_resource {
    int count = 0;
    void* do_allocate(std::size_t size, std::size_t align) override {
        ++count;
        return std::pmr::new_delete_resource()->allocate(size, align);
    }
    void do_deallocate(void* at, std::size_t size, std::size_t align) override {
        std::pmr::new_delete_resource()->deallocate(at, size, align);
    }
    bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

struct particular_handler {
    using allocator_type = std::pmr::polymorphic_allocator<std::byte>;
    using executor_type = asio::io_context::executor_type;
    counting_resource* memory;
    int* calls;
    executor_type executor;
    allocator_type get_allocator() const noexcept { return memory; }
    executor_type get_executor() const noexcept { return executor; }
    void operator()(std::error_code, std::string) && { ++*calls; }  // as an rvalue only
};

template <class T>
asio::awaitable<std::string> thrown_by(asio::awaitable<T> operation) {
    try {
        (void)co_await std::move(operation);
    } catch (const std::exception& e) {
        co_return e.what();
    }
    co_return "nothing";
}

}  // namespace

TEST_CASE("an operation never completes inside its initiation", "[async][operation]") {
    event_loop loop;
    for (auto* url : {"ready", "dispatches", "refused", "bug", "suspends"}) {
        CAPTURE(url);
        bool inside = false, called = false;
        asio::post(loop.get_executor(), [&] {  // on the loop's own thread, where it could
            inside = true;
            fetch(loop, url, [&](std::error_code, std::string) {
                CHECK_FALSE(inside);
                called = true;
            });
            inside = false;
        });
        loop.run();
        CHECK(called);
    }
}

TEST_CASE("an operation that another one starts does not complete inside it either", "[async][operation]") {
    event_loop loop;
    bool inside = false, called = false;
    auto outer = [&](event_loop& place) -> asio::awaitable<result<int>> {
        inside = true;
        fetch(place, "ready", [&](std::error_code, std::string) {
            CHECK_FALSE(inside);
            called = true;
        });
        inside = false;
        co_return 0;
    };
    auto body = [&outer, &loop] { return outer(loop); };
    asio::post(loop.get_executor(), [&] { async::initiate<int>(loop.get_executor(), body, asio::detached); });
    loop.run();
    CHECK(called);
}

TEST_CASE("a callback may be move-only", "[async][operation]") {
    event_loop loop;
    std::string page;
    fetch(loop, "x", [&, own = std::make_unique<int>(7)](std::error_code ec, std::string got) {
        CHECK_FALSE(ec);
        CHECK(*own == 7);
        page = got;
    });
    loop.run();
    CHECK(page == "page of x");
}

TEST_CASE("a handler's executor, allocator and rvalue call are honoured", "[async][operation]") {
    event_loop loop, other;
    counting_resource memory;
    int calls = 0;
    fetch(loop, "suspends", particular_handler{&memory, &calls, other.get_executor()});
    fetch(loop, "ready", asio::bind_executor(other.get_executor(), [&](std::error_code, std::string) {
              CHECK(other.running_in_this_thread());
              ++calls;
          }));
    loop.run();
    CHECK(calls == 0);
    other.run();  // which had work all the time, so it did not return before
    CHECK(calls == 2);
    CHECK(memory.count > 0);
}

TEST_CASE("an operation serves a future and somebody who does not care", "[async][operation]") {
    event_loop loop;
    auto page = fetch(loop, "x", asio::use_future);
    auto failing = fetch(loop, "refused", asio::use_future);
    fetch(loop, "bug", asio::detached);
    loop.run();
    CHECK(page.get() == "page of x");
    CHECK_THROWS_AS(failing.get(), std::system_error);
}

TEST_CASE("a text argument may die after the call", "[async][operation]") {
    event_loop loop;
    auto text = std::make_unique<std::string>("a text that is too long for the small string optimisation");
    auto later = fetch(loop, *text);
    text.reset();
    CHECK(run(loop, std::move(later)).ends_with("optimisation"));
}

TEST_CASE("a failure is a code, or thrown by co_await", "[async][operation]") {
    event_loop loop;
    auto check = [](event_loop& place) -> asio::awaitable<int> {
        auto [ec, page] = co_await fetch(place, "refused", as_tuple(asio::use_awaitable));
        CHECK(ec == refused);
        CHECK(page.empty());
        auto [none, good] = co_await fetch(place, "x", as_tuple(asio::use_awaitable));
        CHECK_FALSE(none);
        CHECK(good == "page of x");
        auto failing = thrown_by(fetch(place, "refused"));
        const auto thrown = co_await std::move(failing);
        CHECK(thrown == std::system_error(refused).what());
        auto [bug, nothing] = co_await fetch(place, "bug", as_tuple(asio::use_awaitable));
        CHECK(bug == errc::unexpected_exception);
        co_return 1;
    };
    CHECK(run(loop, check(loop)) == 1);
    loop_group remote(1);  // and the same over loops
    CHECK(run(loop, check(remote.at(0))) == 1);
}

TEST_CASE("an operation without a value has only a code", "[async][operation]") {
    event_loop loop;
    auto check = [](event_loop& place) -> asio::awaitable<int> {
        const auto executor = place.get_executor();
        co_await async::initiate<void>(executor, &ping_body, asio::use_awaitable, false);
        auto [ec] = co_await async::initiate<void>(executor, &ping_body, as_tuple(asio::use_awaitable), true);
        CHECK(ec == refused);
        auto failing = async::initiate<void>(executor, &ping_body, asio::use_awaitable, true);
        std::error_code thrown;
        try {
            co_await std::move(failing);
        } catch (const std::system_error& e) {
            thrown = e.code();
        }
        CHECK(thrown == refused);
        co_return 1;
    };
    CHECK(run(loop, check(loop)) == 1);
    loop_group remote(1);
    CHECK(run(loop, check(remote.at(0))) == 1);
    std::error_code code;
    async::initiate<void>(
        loop.get_executor(), &ping_body, [&](std::error_code ec) { code = ec; }, true);
    loop.run();
    CHECK(code == refused);
}

TEST_CASE("a coroutine gets the original exception, also from another loop", "[async][operation]") {
    event_loop loop;
    CHECK(run(loop, thrown_by(fetch(loop, "bug"))) == "a bug");
    CHECK(run(loop, thrown_by(fetch("bug"))) == "a bug");
    loop_group remote(1);
    CHECK(run(loop, thrown_by(fetch(remote.at(0), "bug"))) == "a bug");
}

TEST_CASE("a callback gets the code of an exception", "[async][operation]") {
    event_loop loop;
    std::error_code bug, own, memory;
    fetch(loop, "bug", [&](std::error_code ec, std::string) { bug = ec; });
    fetch(loop, "own code", [&](std::error_code ec, std::string) { own = ec; });
    fetch(loop, "no memory", [&](std::error_code ec, std::string) { memory = ec; });
    loop.run();
    CHECK(bug == errc::unexpected_exception);
    CHECK(own == refused);
    CHECK(memory == std::errc::not_enough_memory);
}

TEST_CASE("a coroutine resumes on its own loop, whatever loop the operation is on", "[async][operation]") {
    event_loop loop;
    loop_group remote(1);
    auto check = [](event_loop& place) -> asio::awaitable<bool> {
        const auto here = std::this_thread::get_id();
        (void)co_await fetch(place, "suspends");
        co_return here == std::this_thread::get_id();
    };
    CHECK(run(loop, check(remote.at(0))));
}

TEST_CASE("on its own loop an awaited operation runs without a spawn", "[async][operation]") {
    event_loop loop;
    auto twice = [](event_loop& place) -> asio::awaitable<void> {
        (void)co_await fetch(place, "ready");
        (void)co_await fetch("ready");
    };
    asio::co_spawn(loop.get_executor(), twice(loop), asio::detached);
    const auto handlers = loop.run();
    asio::co_spawn(
        loop.get_executor(), []() -> asio::awaitable<void> { co_return; }, asio::detached);
    CHECK(handlers == loop.run());  // as many as a coroutine that does nothing
}

TEST_CASE("a coroutine on a strand, or of another executor type, may await", "[async][operation]") {
    event_loop loop;
    std::string on_strand, narrow;
    asio::co_spawn(asio::make_strand(loop.get_executor()), fetch(loop, "strand"),
                   [&](std::exception_ptr, std::string page) { on_strand = page; });
    using token = asio::use_awaitable_t<asio::io_context::executor_type>;
    auto other = [](event_loop& place) -> asio::awaitable<std::string, asio::io_context::executor_type> {
        co_return co_await fetch(place, "narrow", token());
    };
    asio::co_spawn(loop.get_executor(), other(loop),
                   [&](std::exception_ptr, std::string page) { narrow = page; });
    loop.run();
    CHECK(on_strand == "page of strand");
    CHECK(narrow == "page of narrow");
}

TEST_CASE("operations compose with && and ||", "[async][operation]") {
    using namespace asio::experimental::awaitable_operators;
    event_loop loop;
    auto check = [](event_loop& place) -> asio::awaitable<int> {
        auto [one, two] = co_await (fetch(place, "suspends") && fetch("ready"));
        CHECK(one == "page of suspends");
        CHECK(two == "page of ready");
        auto either = co_await (fetch(place, "ready") || fetch(place, "suspends"));
        CHECK(either.index() == 0);
        co_return 1;
    };
    CHECK(run(loop, check(loop)) == 1);
}

TEST_CASE("a throwing completion callback leaves run(), which may be called again", "[async][operation]") {
    event_loop loop;
    for (auto* url : {"ready", "suspends", "refused"}) {
        CAPTURE(url);
        bool after = false;
        fetch(loop, url, [](std::error_code, std::string) { throw 5; });
        CHECK_THROWS_AS(loop.run(), int);
        fetch(loop, url, [&](std::error_code, std::string) { after = true; });
        loop.run();
        CHECK(after);
    }
}

TEST_CASE("bodies that run the code of users complete with an exception_ptr", "[async][operation]") {
    event_loop loop;
    std::exception_ptr none, thrown;
    int value = 0;
    async::initiate_throwing<int>(
        loop.get_executor(), &throwing_body, [&](std::exception_ptr e, int v) { none = e, value = v; }, 5);
    async::initiate_throwing<int>(
        loop.get_executor(), &throwing_body, [&](std::exception_ptr e, int) { thrown = e; }, -1);
    loop.run();
    CHECK(none == nullptr);
    CHECK(value == 5);
    REQUIRE(thrown != nullptr);
    CHECK_THROWS_AS(std::rethrow_exception(thrown), std::out_of_range);
    auto awaited =
        async::initiate_throwing<int>(loop.get_executor(), &throwing_body, asio::use_awaitable, -1);
    CHECK_THROWS_AS(run(loop, std::move(awaited)), std::out_of_range);
}

TEST_CASE("an operation without a WHERE runs where it is awaited", "[async][operation]") {
    event_loop loop;
    CHECK(run(loop, fetch("suspends")) == "page of suspends");
    auto check = []() -> asio::awaitable<std::error_code> {
        std::string url = "refused";
        auto [ec, page] = co_await async::await_here_as_tuple<std::string>(&fetch_body, url);
        co_return ec;
    };
    CHECK(run(loop, check()) == refused);
}
