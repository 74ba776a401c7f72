#include <dragline/async/loop_group.hpp>

#include <dragline/async/event.hpp>
#include <dragline/async/operation.hpp>

#include <asio/detached.hpp>
#include <asio/post.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <future>
#include <set>
#include <stdexcept>
#include <thread>

using namespace dragline;

namespace {

asio::awaitable<result<int>> wait_for_ever(asio::any_io_executor loop) {
    async::event never(async::loop_state::of(loop));
    auto waiting = never.wait();
    const auto ended = co_await std::move(waiting);
    co_return ended.error();
}

// Runs on one loop and awaits an operation of another.
asio::awaitable<void> cross(asio::any_io_executor other, std::atomic<int>& waiting) {
    ++waiting;
    (void)co_await async::initiate<int>(other, &wait_for_ever, asio::use_awaitable, other);
}

}  // namespace

TEST_CASE("each loop of a group runs on a thread of its own", "[async][loop_group]") {
    loop_group group(3);
    CHECK(group.size() == 3);
    std::set<std::thread::id> threads{std::this_thread::get_id()};
    for (std::size_t i = 0; i < group.size(); ++i) {
        std::promise<std::thread::id> where;
        asio::post(group.at(i).get_executor(), [&] { where.set_value(std::this_thread::get_id()); });
        threads.insert(where.get_future().get());
    }
    CHECK(threads.size() == 4);
    CHECK_THROWS_AS(group.at(3), std::out_of_range);
}

TEST_CASE("next() takes the loops in turn", "[async][loop_group]") {
    loop_group group(2);
    auto& first = group.next();
    auto& second = group.next();
    CHECK(&first != &second);
    CHECK(&group.next() == &first);
    CHECK(&group.next() == &second);
}

TEST_CASE("a group has at least one loop", "[async][loop_group]") {
    CHECK(loop_group::default_size() >= 1);
    std::error_code thrown;
    try {
        loop_group none(0);
    } catch (const std::system_error& e) {
        thrown = e.code();
    }
    CHECK(thrown == errc::invalid_option);
}

TEST_CASE("join() waits for somebody to stop the group, who may be one of its handlers",
          "[async][loop_group]") {
    loop_group group(2);
    asio::post(group.at(1).get_executor(), [&] { group.stop(); });
    CHECK_NOTHROW(group.join());
    CHECK_NOTHROW(group.join());
}

TEST_CASE("what handlers throw is handed out at join(), and their loops go on", "[async][loop_group]") {
    loop_group group(1);
    asio::post(group.at(0).get_executor(), [] { throw std::runtime_error("first"); });
    asio::post(group.at(0).get_executor(), [] { throw 5; });
    std::promise<void> after;
    asio::post(group.at(0).get_executor(), [&] { after.set_value(); });
    after.get_future().wait();
    group.stop();
    CHECK_THROWS_AS(group.join(), std::runtime_error);
    const auto rest = group.take_exceptions();
    REQUIRE(rest.size() == 1);
    CHECK_THROWS_AS(std::rethrow_exception(rest.front()), int);
    CHECK_NOTHROW(group.join());
}

TEST_CASE("a group keeps as many exceptions as it says, and dies with them in peace", "[async][loop_group]") {
    loop_group group(1);
    for (std::size_t i = 0; i <= loop_group::max_exceptions; ++i) {
        asio::post(group.at(0).get_executor(), [] { throw 5; });
    }
    std::promise<void> after;
    asio::post(group.at(0).get_executor(), [&] { after.set_value(); });
    after.get_future().wait();
    CHECK(group.take_exceptions().size() == loop_group::max_exceptions);
    asio::post(group.at(0).get_executor(), [] { throw 5; });
}

TEST_CASE("a handler that joins its own group is refused", "[async][loop_group]") {
    loop_group group(2);
    std::promise<std::error_code> refused;
    asio::post(group.at(1).get_executor(), [&] {
        try {
            group.join();
            refused.set_value({});
        } catch (const std::system_error& e) {
            refused.set_value(e.code());
        }
    });
    CHECK(refused.get_future().get() == errc::wrong_thread);
}

TEST_CASE("a group ends cleanly while its loops await each other", "[async][loop_group]") {
    for (int i = 0; i < 20; ++i) {
        std::atomic<int> waiting = 0;
        loop_group group(3);
        for (std::size_t from = 0; from < 3; ++from) {
            for (std::size_t to = 0; to < 3; ++to) {
                asio::co_spawn(group.at(from).get_executor(), cross(group.at(to).get_executor(), waiting),
                               asio::detached);
            }
        }
        while (waiting < 9) std::this_thread::yield();
    }
}
