// Fetches through a server of which one request in a hundred is reset, one cut off and one never answered:
// every attempt is accounted for on both sides, and nothing piles up. DRAGLINE_SOAK says how many fetches.
#include <dragline/dragline.hpp>
#include <dragline/testing/http_server.hpp>

#include "../support/run.hpp"

#include <asio/co_spawn.hpp>
#include <catch2/catch_test_macros.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <string>
#include <unordered_map>

using namespace std::chrono_literals;
using dragline::fetch_options;
using dragline::session_options;
using dragline::testing::ending;
using dragline::testing::http_reply;
using dragline::testing::http_request;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

enum class fate { good, reset, cut, silent };
using fates = std::array<std::uint64_t, 4>;

std::uint64_t& of(fates& counts, fate which) { return counts[static_cast<std::size_t>(which)]; }

// What befalls the attempts at a fetch, by their numbers alone: splitmix64.
fate fate_of(std::uint64_t fetch, std::uint64_t attempt) {
    auto bits = (fetch * 64 + attempt + 1) * 0x9e3779b97f4a7c15;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
    const auto percent = (bits ^ (bits >> 31)) % 100;
    return percent < 3 ? static_cast<fate>(percent + 1) : fate::good;
}

bool is_post(std::uint64_t fetch) { return fetch % 10 == 9; }

constexpr int most_attempts = 6;

class faulty_server {
public:
    faulty_server() {
        server.on("*", [this](const http_request& request) { return answer(request); });
    }
    fates counts() {
        const std::lock_guard lock(mutex_);
        return counts_;
    }
    http_server server;

private:
    http_reply answer(const http_request& request) {
        const auto fetch = std::strtoull(request.target.c_str() + 1, nullptr, 10);
        const std::lock_guard lock(mutex_);
        const auto failed = failures_.find(fetch);
        const auto what = fate_of(fetch, failed == failures_.end() ? 0 : failed->second);
        ++of(counts_, what);
        if (what != fate::good) ++failures_[fetch];
        if (what == fate::good || is_post(fetch)) failures_.erase(fetch);
        switch (what) {
            case fate::good: break;
            case fate::reset: return http_reply().no_answer(ending::reset);
            case fate::cut: return http_reply().body(std::string(1000, 'x')).cut_body(500);
            case fate::silent: return http_reply().no_answer(ending::stall);
        }
        return http_reply().body(std::string(1000, 'x'));
    }

    std::mutex mutex_;
    fates counts_{};
    std::unordered_map<std::uint64_t, std::uint64_t> failures_;
};

struct soak_tally {
    std::uint64_t next = 0;
    std::uint64_t done = 0;
    fates attempts{};        // as the traces have them
    std::uint64_t good = 0;  // fetches
    std::uint64_t failed = 0;
    std::uint64_t unexpected = 0;
    std::string example;  // of those
};

// What the last attempt at a fetch comes to.
fate expected_end(std::uint64_t fetch) {
    auto end = fate_of(fetch, 0);
    for (int attempt = 1; attempt < most_attempts && end != fate::good && !is_post(fetch); ++attempt)
        end = fate_of(fetch, static_cast<std::uint64_t>(attempt));
    return end;
}

fate seen_in(const http::attempt_record& attempt) {
    if (!attempt.ec) return fate::good;
    if (attempt.ec == dragline::condition::timeout) return fate::silent;
    return attempt.ec == dragline::h1::errc::truncated ? fate::cut : fate::reset;
}

asio::awaitable<void> soak_worker(http::session session, http_server& server, soak_tally& tally,
                                  std::uint64_t count) {
    const auto origin = server.url("/");
    while (tally.next < count) {
        const auto fetch = tally.next++;
        http::trace trace;
        auto options = fetch_options().first_byte_timeout(3s).timeout(60s).trace(&trace);
        if (is_post(fetch)) options.body("text");
        auto fetching = fetch_url(session, origin + std::to_string(fetch), std::move(options),
                                  dragline::as_tuple(asio::use_awaitable));
        const auto [ec, response] = co_await std::move(fetching);
        for (const auto& attempt : trace.attempts) ++of(tally.attempts, seen_in(attempt));
        const bool whole = !ec && response.status == 200 && response.body.size() == 1000;
        ++(whole ? tally.good : tally.failed);
        const auto expected = expected_end(fetch);
        if (whole != (expected == fate::good) || (ec && seen_in(trace.attempts.back()) != expected)) {
            ++tally.unexpected;
            tally.example = std::to_string(fetch) + ": " + ec.message();
        }
        if (++tally.done % 1000 == 0) server.clear_requests();
    }
}

long resident_pages() {
    std::ifstream file("/proc/self/statm");
    long all = 0;
    long resident = 0;
    file >> all >> resident;
    return resident;
}

std::ptrdiff_t open_descriptors() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool memory_is_watched = true;  // by somebody who needs ever more of it
#else
constexpr bool memory_is_watched = false;
#endif

}  // namespace

TEST_CASE("retries through a faulty server leave nothing unaccounted for and nothing behind",
          "[integration][soak][retry]") {
    const auto* asked = std::getenv("DRAGLINE_SOAK");
    const auto count = asked ? std::strtoull(asked, nullptr, 10) : 5000;
    const auto page = sysconf(_SC_PAGESIZE) / 1024;
    constexpr std::size_t at_once = 100;
    faulty_server faulty;
    dragline::event_loop loop;
    const auto descriptors = open_descriptors();
    const auto policy = http::retry_policy(most_attempts).backoff(1ms, 20ms);
    auto session =
        dragline::get_session(loop, "soak", session_options().connections_per_host(at_once).retry(policy));
    soak_tally tally;
    std::size_t running = at_once;
    for (std::size_t i = 0; i < at_once; ++i) {
        asio::co_spawn(loop.get_executor(), soak_worker(session, faulty.server, tally, count),
                       [&](std::exception_ptr thrown) {
                           CHECK(!thrown);
                           --running;
                       });
    }
    const auto began = std::chrono::steady_clock::now();
    while (tally.done < count / 5 && loop.context().run_one_for(10s) > 0) {
    }
    const auto warm = resident_pages();
    while (running > 0 && loop.context().run_one_for(10s) > 0) {
    }
    REQUIRE(running == 0);
    const auto end = resident_pages();
    const auto took = std::chrono::steady_clock::now() - began;

    INFO("for example " << tally.example);
    CHECK(tally.unexpected == 0);
    CHECK(tally.good + tally.failed == count);
    CHECK(tally.attempts == faulty.counts());
    CHECK(of(tally.attempts, fate::good) == tally.good);
    CHECK(session.statistics().calls == 0);
    if (!memory_is_watched) CHECK((end - warm) * page < 8 * 1024);

    dragline::test::run_to_end(loop, dragline::close_session(loop, "soak"));
    CHECK(faulty.server.wait_for_open_connections(0));
    CHECK(open_descriptors() <= descriptors);
    if (!asked) return;
    rusage used;
    getrusage(RUSAGE_SELF, &used);
    std::printf(
        "%llu fetches in %.1f s, CPU %ld s user %ld s system; attempts: %llu good, %llu reset, %llu cut, "
        "%llu silent; fetches: %llu good, %llu failed; resident %ld KiB after a fifth, %ld KiB at the "
        "end\n",
        static_cast<unsigned long long>(count), std::chrono::duration<double>(took).count(),
        used.ru_utime.tv_sec, used.ru_stime.tv_sec,
        static_cast<unsigned long long>(of(tally.attempts, fate::good)),
        static_cast<unsigned long long>(of(tally.attempts, fate::reset)),
        static_cast<unsigned long long>(of(tally.attempts, fate::cut)),
        static_cast<unsigned long long>(of(tally.attempts, fate::silent)),
        static_cast<unsigned long long>(tally.good), static_cast<unsigned long long>(tally.failed),
        warm * page, end * page);
}
