#include <dragline/async/loop_gate.hpp>

#include <dragline/async/event_loop.hpp>

#include <asio/strand.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <memory>
#include <thread>

using namespace dragline;

TEST_CASE("work comes in through the gate, to the loop or to a strand of it", "[async][loop_gate]") {
    event_loop loop;
    const auto gate = loop.state().gate();
    const asio::any_io_executor strand = asio::make_strand(loop.get_executor());
    int calls = 0;
    CHECK(gate->post([&] { ++calls; }));
    CHECK(gate->post_to(strand, [&] { ++calls; }));
    CHECK(calls == 0);
    loop.run();
    CHECK(calls == 2);
}

TEST_CASE("a gate outlives its loop and then takes nothing", "[async][loop_gate]") {
    std::shared_ptr<async::loop_gate> gate;
    auto kept = std::make_unique<int>(5);
    {
        event_loop loop;
        gate = loop.state().gate();
        loop.shutdown();
        CHECK_FALSE(gate->post([] { FAIL("ran"); }));
    }
    auto work = [kept = std::move(kept)] {};
    CHECK_FALSE(gate->post(std::move(work)));  // which is untouched, as a move-only lambda can show
}

TEST_CASE("a loop may end while other threads post to it", "[async][loop_gate]") {
    for (int i = 0; i < 50; ++i) {
        auto loop = std::make_unique<event_loop>();
        const auto gate = loop->state().gate();
        std::atomic<bool> begun = false;
        std::thread poster([&] {
            begun = true;
            while (gate->post([] {})) {
            }
        });
        while (!begun) loop->poll();
        loop.reset();
        poster.join();
    }
}
