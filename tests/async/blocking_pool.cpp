#include <dragline/async/blocking_pool.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <semaphore>
#include <set>
#include <stdexcept>
#include <vector>

using namespace dragline;

namespace {

// Keeps one thread of a pool busy until it is opened.
class barrier {
public:
    auto job() {
        return [this] {
            started_.release();
            open_.get_future().wait();
        };
    }
    void wait_until_started() { started_.acquire(); }
    void open() { open_.set_value(); }

private:
    std::binary_semaphore started_{0};
    std::promise<void> open_;
};

}  // namespace

TEST_CASE("a pool runs jobs on its own threads, in order", "[async][blocking_pool]") {
    blocking_pool pool(blocking_pool_options().threads(1));
    std::vector<int> order;
    std::set<std::thread::id> threads;
    std::vector<async::blocking_job> jobs;
    for (int i = 0; i < 5; ++i) {
        auto job = pool.submit([&, i] {
            order.push_back(i);
            threads.insert(std::this_thread::get_id());
        });
        REQUIRE(job);
        jobs.push_back(*job);
    }
    for (auto& job : jobs) job.wait();
    CHECK(order == std::vector<int>{0, 1, 2, 3, 4});
    CHECK(threads.size() == 1);
    CHECK_FALSE(threads.contains(std::this_thread::get_id()));
}

TEST_CASE("as many jobs run at once as a pool has threads", "[async][blocking_pool]") {
    CHECK(blocking_pool_options().threads() == 10);
    blocking_pool pool(blocking_pool_options().threads(3));
    barrier one, two, three;
    for (auto* each : {&one, &two, &three}) CHECK(pool.submit(each->job()));
    for (auto* each : {&one, &two, &three}) each->wait_until_started();
    CHECK(pool.running() == 3);
    for (auto* each : {&one, &two, &three}) each->open();
}

TEST_CASE("the queue takes as many as it may, and not one more", "[async][blocking_pool]") {
    for (std::size_t limit : {0u, 1u, 5u}) {
        CAPTURE(limit);
        std::atomic<int> ran = 0;
        blocking_pool pool(blocking_pool_options().threads(1).queue_limit(limit));
        barrier busy;
        REQUIRE(pool.submit(busy.job()));
        busy.wait_until_started();
        std::vector<async::blocking_job> jobs;
        for (std::size_t i = 0; i < limit; ++i) {
            auto job = pool.submit([&] { ++ran; });
            REQUIRE(job);
            jobs.push_back(*job);
        }
        CHECK(pool.queued() == limit);
        CHECK(pool.submit([&] { ++ran; }).error() == errc::queue_full);
        CHECK(pool.submit([&] { ++ran; }).error() == condition::limit_exceeded);
        busy.open();
        for (auto& job : jobs) job.wait();
        CHECK(ran == static_cast<int>(limit));
    }
}

TEST_CASE("who has seen a job end may submit the next, also without a queue", "[async][blocking_pool]") {
    blocking_pool pool(blocking_pool_options().threads(1).queue_limit(0));
    for (int i = 0; i < 200; ++i) {
        auto job = pool.submit([] {});
        REQUIRE(job);
        job->wait();
    }
}

TEST_CASE("a job that has not started can be removed, and its function is gone then",
          "[async][blocking_pool]") {
    blocking_pool pool(blocking_pool_options().threads(1).queue_limit(1));
    barrier busy;
    REQUIRE(pool.submit(busy.job()));
    busy.wait_until_started();
    auto held = std::make_shared<int>();
    std::atomic<bool> ran = false;
    auto job = pool.submit([held, &ran] { ran = true; });
    REQUIRE(job);
    CHECK(job->cancel());
    CHECK(held.use_count() == 1);
    CHECK_FALSE(job->cancel());
    job->wait();
    auto last = pool.submit([] {});  // its place is free again
    REQUIRE(last);
    busy.open();
    last->wait();
    CHECK_FALSE(ran);
}

TEST_CASE("a job that runs is asked to stop", "[async][blocking_pool]") {
    blocking_pool pool(blocking_pool_options().threads(1));
    std::binary_semaphore started(0);
    auto job = pool.submit([&](std::stop_token stop) {
        started.release();
        while (!stop.stop_requested()) std::this_thread::yield();
    });
    REQUIRE(job);
    started.acquire();
    CHECK_FALSE(job->cancel());
    job->wait();
    CHECK_FALSE(job->cancel());
    CHECK(job->exception() == nullptr);
}

TEST_CASE("the exception of a job is kept, and the thread goes on", "[async][blocking_pool]") {
    blocking_pool pool(blocking_pool_options().threads(1));
    auto failing = pool.submit([] { throw std::out_of_range("job"); });
    auto good = pool.submit([] {});
    REQUIRE((failing && good));
    good->wait();
    REQUIRE(failing->exception() != nullptr);
    CHECK_THROWS_AS(std::rethrow_exception(failing->exception()), std::out_of_range);
    CHECK(good->exception() == nullptr);
}

TEST_CASE("a job's function dies with the job, not with its handles", "[async][blocking_pool]") {
    blocking_pool pool(blocking_pool_options().threads(1));
    auto held = std::make_unique<std::shared_ptr<int>>(std::make_shared<int>());
    std::weak_ptr<int> watched = *held;
    auto job = pool.submit([held = std::move(held)] {});  // move-only, too
    REQUIRE(job);
    job->wait();
    CHECK(watched.expired());
}

TEST_CASE("a stopped pool takes nothing, and drops what has not started", "[async][blocking_pool]") {
    blocking_pool pool(blocking_pool_options().threads(1));
    std::atomic<bool> ran = false;
    std::binary_semaphore started(0);
    auto running = pool.submit([&](std::stop_token stop) {
        started.release();
        while (!stop.stop_requested()) std::this_thread::yield();
    });
    started.acquire();
    auto waiting = pool.submit([&] { ran = true; });
    REQUIRE((running && waiting));
    pool.stop();
    pool.stop();
    running->wait();
    waiting->wait();
    CHECK(pool.submit([] {}).error() == errc::pool_stopped);
    CHECK_FALSE(ran);
}

TEST_CASE("a pool is joined when it is destroyed, and jobs outlive it", "[async][blocking_pool]") {
    std::atomic<int> ended = 0;
    async::blocking_job running, empty;
    {
        blocking_pool pool(blocking_pool_options().threads(1));
        std::binary_semaphore started(0);
        running = *pool.submit([&](std::stop_token stop) {
            started.release();
            while (!stop.stop_requested()) std::this_thread::yield();
            ++ended;
        });
        started.acquire();
        CHECK(pool.submit([&] { ended += 100; }));
    }
    CHECK(ended == 1);
    running.wait();
    CHECK_FALSE(running.cancel());
    CHECK_FALSE(empty.cancel());
    empty.wait();
}

TEST_CASE("a pool needs a thread", "[async][blocking_pool]") {
    std::error_code thrown;
    try {
        blocking_pool none(blocking_pool_options().threads(0));
    } catch (const std::system_error& e) {
        thrown = e.code();
    }
    CHECK(thrown == errc::invalid_option);
}

TEST_CASE("jobs are submitted, cancelled and waited for by many threads at once", "[async][blocking_pool]") {
    blocking_pool pool(blocking_pool_options().threads(4).queue_limit(50));
    std::atomic<int> ran = 0, removed = 0, refused = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 300; ++i) {
                auto job = pool.submit([&] { ++ran; });
                if (!job) {
                    ++refused;
                } else if (i % 3 == 0) {
                    removed += job->cancel();
                }
                if (job && i % 7 == 0) job->wait();
            }
        });
    }
    for (auto& thread : threads) thread.join();
    while (ran + removed + refused < 1200) std::this_thread::yield();
    CHECK(ran + removed + refused == 1200);
}
