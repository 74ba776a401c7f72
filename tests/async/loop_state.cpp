#include <dragline/async/loop_state.hpp>

#include <dragline/async/event_loop.hpp>
#include <dragline/testing/manual_clock.hpp>

#include <asio/post.hpp>
#include <asio/strand.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace dragline;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> ends;

struct base_object : async::loop_object {
    int value = 0;
    explicit base_object(async::loop_state&) {}
    void shutdown() noexcept override { ends.push_back("base"); }
};
struct object_on_top : async::loop_object {
    base_object& below;
    explicit object_on_top(async::loop_state& loop) : below(loop.get<base_object>()) {}
    void shutdown() noexcept override { ends.push_back("on top"); }
};

struct quiet_object : async::loop_object {
    explicit quiet_object(async::loop_state&) {}
    void shutdown() noexcept override {}
};

std::size_t living_loops() {
    std::size_t count = 0;
    async::loop_state::for_each_loop([&](async::loop_state&) { ++count; });
    return count;
}

}  // namespace

TEST_CASE("a loop has one state, whatever executor of it is asked", "[async][loop_state]") {
    asio::io_context one(1), other(1);
    auto& state = async::loop_state::of(one.get_executor());
    CHECK(&async::loop_state::of(asio::make_strand(one)) == &state);
    CHECK(&async::loop_state::of(other.get_executor()) != &state);
    CHECK(&async::loop_state::of(one.get_executor()) == &state);
    CHECK(state.executor() == one.get_executor());
}

TEST_CASE("asking a loop's state with a counted executor does not keep the loop running",
          "[async][loop_state]") {
    asio::io_context loop(1);
    {
        auto counted = asio::require(loop.get_executor(), asio::execution::outstanding_work.tracked);
        async::loop_state::of(counted);
    }
    CHECK(loop.run() == 0);  // it returns
}

TEST_CASE("several threads that ask first get the same state", "[async][loop_state]") {
    for (int i = 0; i < 200; ++i) {
        asio::io_context loop(1);
        std::vector<async::loop_state*> seen(4);
        std::vector<std::thread> threads;
        for (auto& one : seen) {
            threads.emplace_back([&one, &loop] { one = &async::loop_state::of(loop.get_executor()); });
        }
        for (auto& thread : threads) thread.join();
        CHECK(std::count(seen.begin(), seen.end(), seen.front()) == 4);
    }
}

TEST_CASE("a loop has one object of each type, made at first use", "[async][loop_state]") {
    event_loop loop;
    auto& state = loop.state();
    CHECK(state.find<base_object>() == nullptr);
    auto& on_top = state.get<object_on_top>();
    CHECK(state.find<base_object>() == &on_top.below);
    CHECK(&state.get<base_object>() == &on_top.below);
    CHECK(&state.get<object_on_top>() == &on_top);
}

TEST_CASE("objects end once, those made later first", "[async][loop_state]") {
    ends.clear();
    {
        event_loop loop;
        loop.state().get<object_on_top>();
        loop.shutdown();
        CHECK(ends == std::vector<std::string>{"on top", "base"});
    }
    CHECK(ends.size() == 2);
    ends.clear();
    {
        event_loop loop;  // destroyed without a first phase
        loop.state().get<object_on_top>();
    }
    CHECK(ends == std::vector<std::string>{"on top", "base"});
}

// seed_systems.md, 6.5: sessions of a dead loop were found again through its address.
TEST_CASE("a new loop at the address of a dead one starts afresh", "[async][loop_state]") {
    std::optional<asio::io_context> loop(std::in_place, 1), other(std::in_place, 1);
    for (int i = 1; i <= 3; ++i) {
        auto& object = async::loop_state::of(loop->get_executor()).get<base_object>();
        CHECK(object.value == 0);
        object.value = i;
        async::loop_state::of(other->get_executor()).get<base_object>().value = i;
        loop.emplace(1);  // in the same storage
    }
    CHECK(async::loop_state::of(other->get_executor()).get<base_object>().value == 3);
}

TEST_CASE("a new loop starts afresh though handlers asked for the state of the old one as they died",
          "[async][loop_state]") {
    struct asking {
        asio::any_io_executor loop;
        ~asking() { async::loop_state::of(loop); }
    };
    std::optional<asio::io_context> loop;
    loop.emplace(1);
    async::loop_state::of(loop->get_executor()).get<quiet_object>();
    const asio::any_io_executor executor = loop->get_executor();
    asio::post(executor, [kept = std::make_unique<asking>(executor)] {});
    loop.reset();
    loop.emplace(1);
    CHECK(async::loop_state::of(loop->get_executor()).find<quiet_object>() == nullptr);
}

TEST_CASE("every living loop is visited, and no dead one", "[async][loop_state]") {
    const auto before = living_loops();
    {
        event_loop one, other;
        CHECK(living_loops() == before + 2);
        one.shutdown();
        CHECK(living_loops() == before + 1);
    }
    CHECK(living_loops() == before);
}

TEST_CASE("loops come and go in several threads while another visits them", "[async][loop_state]") {
    std::atomic<bool> stop = false;
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t) {
        threads.emplace_back([] {
            for (int i = 0; i < 200; ++i) {
                event_loop loop;
                loop.state().get<quiet_object>();
                loop.poll();
            }
        });
    }
    std::thread visitor([&] {
        while (!stop) {
            async::loop_state::for_each_loop(
                [](async::loop_state& loop) { asio::post(loop.executor(), [] {}); });
        }
    });
    for (auto& thread : threads) thread.join();
    stop = true;
    visitor.join();
}

TEST_CASE("clock and random source can be replaced", "[async][loop_state]") {
    testing::manual_clock clock;
    testing::seeded_random random(3), same(3);
    asio::io_context context(1);
    auto& state = async::loop_state::of(context.get_executor());
    CHECK(&state.time() == &async::system_clock());
    CHECK(&state.random() == &async::system_random());
    state.use(clock, random);
    CHECK(state.now() == clock.now());
    CHECK(state.deadlines().now() == clock.now());
    CHECK(state.random()() == same());
}
