// How often a fetch asks the heap for memory: counted, not timed.
#include <dragline/http/fetch.hpp>

#include <dragline/core/features.hpp>

#include "../support/http_client.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// GCC has the function, but not the header that declares it.
extern "C" int __sanitizer_install_malloc_and_free_hooks(  // NOLINT
    void (*)(const volatile void*, std::size_t), void (*)(const volatile void*));
#define DRAGLINE_TEST_COUNTS_ALLOCATIONS 1
#else
#define DRAGLINE_TEST_COUNTS_ALLOCATIONS 0
#endif

using dragline::test::http_client;
using dragline::test::run_to_end;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace {

thread_local bool counting = false;  // the server's thread is none of ours
thread_local int allocations = 0;

#if DRAGLINE_TEST_COUNTS_ALLOCATIONS
void count_one(const volatile void*, std::size_t) {
    if (counting) ++allocations;
}

bool install_counter() {
    static const bool installed =
        __sanitizer_install_malloc_and_free_hooks(&count_one, [](const volatile void*) {}) != 0;
    return installed;
}
#else
bool install_counter() { return false; }
#endif

// The least of a hundred fetches, each counted alone: where an answer comes in pieces, or while the clock of
// the loop turns, it is some more. The first ones are not counted.
asio::awaitable<int> allocations_of_a_fetch(http_client& client, std::string url) {
    int least = std::numeric_limits<int>::max();
    for (int round = 0; round < 120; ++round) {
        allocations = 0;
        counting = true;
        co_await fetch_url(client.session, url);
        counting = false;
        if (round >= 20) least = std::min<int>(least, allocations);
    }
    co_return least;
}

// Four are values: the URL twice, and the text of the fields of request and response. What the thread has to
// spare, frames of coroutines above all, is that of the fetch before; where AddressSanitizer is to see each
// of it go, it is sixteen more.
constexpr int known = dragline::features::address_sanitizer ? 20 : 4;

}  // namespace

TEST_CASE("a fetch on a warm connection takes no more allocations than are known", "[http][fetch]") {
    if (!install_counter()) SKIP("only the allocators of the sanitizers tell");
    http_server server;
    server.on("/", http_reply().header("Content-Type", "text/plain").body("hello, world\n"));
    http_client client;
    const auto counted = run_to_end(client.loop, allocations_of_a_fetch(client, server.url("/")));
    CHECK(client.statistics().connections == 1);
    CHECK(server.request_count() == 120);
    CHECK(counted <= known);
}

TEST_CASE("a fetch that is counted takes one allocation more", "[http][fetch][metrics]") {
    if (!install_counter()) SKIP("only the allocators of the sanitizers tell");
    http_server server;
    server.on("/", http_reply().header("Content-Type", "text/plain").body("hello, world\n"));
    http_client client(dragline::http::session_options().metrics(true));
    const auto counted = run_to_end(client.loop, allocations_of_a_fetch(client, server.url("/")));
    CHECK(counted <= known + 1);
}
