#include <dragline/async/for_each.hpp>

#include <dragline/async/event.hpp>
#include <dragline/async/loop_group.hpp>
#include <dragline/async/run.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/use_future.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <list>
#include <memory>
#include <numeric>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace dragline;
using namespace std::chrono_literals;

namespace {

const auto refused = std::make_error_code(std::errc::connection_refused);

asio::awaitable<int> twice(int value) {
    co_await asio::post(asio::use_awaitable);
    co_return 2 * value;
}

// Waits until it is cancelled, and then one turn of the loop more.
asio::awaitable<result<int>> until_cancelled(int& ended) {
    async::event never(async::loop_state::of(co_await asio::this_coro::executor));
    auto waiting = never.wait();
    const auto waited = co_await std::move(waiting);
    co_await asio::this_coro::reset_cancellation_state();
    co_await asio::post(asio::use_awaitable);
    ++ended;
    co_return waited.error();
}

template <class T>
std::vector<T> values_of(const std::vector<async::item_result<T>>& results) {
    std::vector<T> values;
    for (const auto& one : results) values.push_back(one.value());
    return values;
}

}  // namespace

TEST_CASE("results stand in the order of the items, whatever the order of their ends", "[async][for_each]") {
    std::vector<int> turns{5, 1, 4, 0, 3};
    auto takes_turns = [](int count) -> asio::awaitable<int> {
        for (int i = 0; i < count; ++i) co_await asio::post(asio::use_awaitable);
        co_return count;
    };
    for (std::size_t limit : {1u, 2u, 5u, 100u}) {
        CAPTURE(limit);
        CHECK(values_of(run(for_each_limited(turns, limit, takes_turns))) == turns);
    }
}

TEST_CASE("no more than the limit are under way at once, and as many are", "[async][for_each]") {
    for (int limit : {1, 3, 10}) {
        int now = 0, most = 0;
        auto counts = [&](std::size_t) -> asio::awaitable<void> {
            most = std::max(most, ++now);
            co_await asio::post(asio::use_awaitable);
            --now;
        };
        const auto results = run(for_each_limited(100, static_cast<std::size_t>(limit), counts));
        CHECK(results.size() == 100);
        CHECK(most == limit);
        CHECK(now == 0);
    }
}

TEST_CASE("items come from a count, a container, a view, a stream", "[async][for_each]") {
    auto index = [](std::size_t at) -> asio::awaitable<std::size_t> { co_return at; };
    auto length = [](const std::string& text) -> asio::awaitable<std::size_t> {
        co_await asio::post(asio::use_awaitable);
        co_return text.size();
    };
    auto through = [](std::unique_ptr<int>& owned) -> asio::awaitable<int> { co_return *owned; };
    CHECK(values_of(run(for_each_limited(3, 2, index))) == std::vector<std::size_t>{0, 1, 2});
    CHECK(run(for_each_limited(0, 2, index)).empty());
    CHECK(run(for_each_limited(-1, 2, index)).empty());
    CHECK(run(for_each_limited(std::vector<std::string>(), 2, length)).empty());
    std::list<std::string> words{"a", "bb", "ccc"};
    CHECK(values_of(run(for_each_limited(words, 2, length))) == std::vector<std::size_t>{1, 2, 3});
    auto longer = words | std::views::transform([](const std::string& word) { return word + "-"; });
    CHECK(values_of(run(for_each_limited(longer, 2, length))) == std::vector<std::size_t>{2, 3, 4});
    std::istringstream text("one three fifteen");
    auto stream = std::ranges::istream_view<std::string>(text);  // each word overwrites the one before
    CHECK(values_of(run(for_each_limited(std::move(stream), 3, length))) ==
          std::vector<std::size_t>{3, 5, 7});
    std::vector<std::unique_ptr<int>> owners;
    owners.push_back(std::make_unique<int>(4));
    CHECK(values_of(run(for_each_limited(std::move(owners), 2, through))) == std::vector<int>{4});
}

TEST_CASE("an item that fails spoils no other", "[async][for_each]") {
    auto sometimes = [](int value) -> asio::awaitable<result<int>> {
        co_await asio::post(asio::use_awaitable);
        if (value == 1) co_return refused;
        if (value == 2) throw std::out_of_range("item");
        co_return value;
    };
    const auto results = run(for_each_limited(std::vector<int>{0, 1, 2, 3}, 2, sometimes));
    REQUIRE(results.size() == 4);
    CHECK(results[0].value() == 0);
    CHECK(results[1].error() == refused);
    CHECK(results[1].exception() == nullptr);
    CHECK(results[2].error() == errc::unexpected_exception);
    CHECK_THROWS_AS(results[2].value(), std::out_of_range);
    CHECK(results[3].value() == 3);
}

TEST_CASE("with fail_fast the first failure cancels what runs and starts no more", "[async][for_each]") {
    int ended = 0, started = 0;
    auto body = [&](int value) -> asio::awaitable<result<int>> {
        ++started;
        if (value == 2) {
            co_await asio::post(asio::use_awaitable);
            co_return refused;
        }
        auto waiting = until_cancelled(ended);
        co_return co_await std::move(waiting);
    };
    event_loop loop;
    std::error_code code;
    std::size_t size = 0;
    for_each_limited(loop, std::vector<int>{0, 1, 2, 3, 4, 5}, 3, body, for_each_options().fail_fast(true),
                     [&](std::error_code ec, std::vector<async::item_result<int>> results) {
                         CHECK(ended == 2);  // they were awaited
                         code = ec;
                         size = results.size();
                         CHECK(results.at(0).error() == asio::error::operation_aborted);
                         CHECK(results.at(2).error() == refused);
                     });
    loop.run();
    CHECK(code == refused);
    CHECK(size == 3);
    CHECK(started == 3);
}

TEST_CASE("a cancelled for_each cancels and awaits what runs, and keeps the results so far",
          "[async][for_each]") {
    int ended = 0;
    auto body = [&](int value) -> asio::awaitable<result<int>> {
        if (value < 2) co_return value;
        auto waiting = until_cancelled(ended);
        co_return co_await std::move(waiting);
    };
    for (auto type : {asio::cancellation_type::terminal, asio::cancellation_type::total}) {
        ended = 0;
        event_loop loop;
        asio::cancellation_signal signal;
        std::error_code code;
        std::vector<async::item_result<int>> got;
        for_each_limited(
            loop, std::vector<int>{0, 1, 2, 3, 4}, 2, body,
            asio::bind_cancellation_slot(
                signal.slot(), [&](std::error_code ec, std::vector<async::item_result<int>> results) {
                    CHECK(ended == 2);
                    code = ec;
                    got = std::move(results);
                }));
        loop.poll();
        signal.emit(type);
        loop.run();
        CHECK(code == asio::error::operation_aborted);
        REQUIRE(got.size() == 4);
        CHECK(got[1].value() == 1);
        CHECK(got[2].error() == asio::error::operation_aborted);
    }
}

TEST_CASE("progress is told after each item", "[async][for_each]") {
    std::vector<for_each_progress> seen;
    auto options = for_each_options().on_progress([&](const for_each_progress& now) { seen.push_back(now); });
    auto odd_fails = [](std::size_t at) -> asio::awaitable<result<void>> {
        co_await asio::post(asio::use_awaitable);
        if (at % 2) co_return refused;
        co_return result<void>();
    };
    const auto results = run(for_each_limited(5, 2, odd_fails, options));
    REQUIRE(seen.size() == 5);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        CHECK(seen[i].finished == i + 1);
        CHECK(seen[i].total == 5);
        CHECK(seen[i].running <= 2);
    }
    CHECK(seen.back().failed == 2);
    CHECK(seen.back().running == 0);
    CHECK(results.size() == 5);
    seen.clear();
    auto even = std::views::iota(0, 10) | std::views::filter([](int i) { return i % 2 == 0; });
    run(for_each_limited(even, 2, &twice, options));
    REQUIRE(seen.size() == 5);
    CHECK_FALSE(seen.back().total);
}

TEST_CASE("what a progress callback throws cancels and fails the whole", "[async][for_each]") {
    int ended = 0;
    auto body = [&](int value) -> asio::awaitable<result<int>> {
        if (value == 0) co_return 0;
        auto waiting = until_cancelled(ended);
        co_return co_await std::move(waiting);
    };
    auto options = for_each_options().on_progress([](const for_each_progress& now) {
        if (now.finished == 1) throw std::out_of_range("progress");
    });
    std::vector<int> items{1, 1, 0, 1};
    CHECK_THROWS_AS(run(for_each_limited(items, 3, body, options)), std::out_of_range);
    CHECK(ended == 2);
    event_loop loop;
    std::error_code code;
    for_each_limited(loop, items, 3, body, options,
                     [&](std::error_code ec, std::vector<async::item_result<int>>) { code = ec; });
    loop.run();
    CHECK(code == errc::callback_failed);
}

TEST_CASE("what a range throws cancels and fails the whole", "[async][for_each]") {
    auto broken = std::views::iota(0, 10) | std::views::transform([](int i) {
                      if (i == 3) throw std::out_of_range("range");
                      return i;
                  });
    for (std::size_t limit : {1u, 2u, 10u}) {
        CHECK_THROWS_AS(run(for_each_limited(broken, limit, &twice)), std::out_of_range);
    }
}

TEST_CASE("a limit of zero is refused", "[async][for_each]") {
    std::error_code code;
    try {
        run(for_each_limited(3, 0, [](std::size_t) -> asio::awaitable<void> { co_return; }));
    } catch (const std::system_error& e) {
        code = e.code();
    }
    CHECK(code == errc::invalid_option);
}

TEST_CASE("it serves every token, on any loop", "[async][for_each]") {
    loop_group remote(1);
    auto future = for_each_limited(remote.at(0), std::vector<int>{1, 2, 3}, 2, &twice, asio::use_future);
    CHECK(values_of(future.get()) == std::vector<int>{2, 4, 6});
    auto awaits = [](event_loop& other) -> asio::awaitable<std::size_t> {
        std::vector<int> items{1, 2};
        auto [ec, here] = co_await for_each_limited(items, 2, &twice, as_tuple(asio::use_awaitable));
        auto there = co_await for_each_limited(other, items, 2, &twice, for_each_options());
        co_return ec ? 0 : here.size() + there.size();
    };
    CHECK(run(awaits(remote.at(0))) == 4);
}

TEST_CASE("a hundred thousand items that are ready at once need no deep stack", "[async][for_each]") {
    auto ready = [](std::size_t at) -> asio::awaitable<std::size_t> { co_return at; };
    CHECK(run(for_each_limited(100'000, 8, ready)).size() == 100'000);
}

TEST_CASE("a loop may end with items under way", "[async][for_each]") {
    int ended = 0;
    auto held = std::make_shared<int>();
    auto body = [&ended, held](int) { return until_cancelled(ended); };
    {
        event_loop loop;
        for_each_limited(loop, std::views::iota(0, 100), 10, std::move(body),
                         [](std::error_code, std::vector<async::item_result<int>>) { FAIL("completed"); });
        loop.poll();
    }
    CHECK(ended == 0);
    CHECK(held.use_count() == 1);
}
