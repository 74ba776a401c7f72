// How many handlers a loop runs for a fetch: counted, not timed. Between two of them it may ask the kernel
// for events, so each one more is a system call more.
#include <dragline/http/fetch.hpp>

#include "../support/http_client.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <exception>
#include <limits>
#include <string>

using dragline::test::http_client;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace {

// The least of a hundred: where an answer comes in pieces, or while the clock of the loop turns, it is more.
int handlers_of_a_fetch(http_server& server, const http_reply& reply) {
    server.on("/", reply);
    http_client client(dragline::http::session_options().tls(dragline::test::trusting_test_ca()));
    int handlers = 0, least = std::numeric_limits<int>::max();
    bool over = false;
    const auto fetching = [](http_client& from, std::string url, const int& count,
                             int& fewest) -> asio::awaitable<void> {
        for (int round = 0; round < 100; ++round) {
            const int before = count;
            co_await fetch_url(from.session, url);
            if (round > 0) fewest = std::min(fewest, count - before);
        }
    };
    asio::co_spawn(client.loop.get_executor(), fetching(client, server.url("/"), handlers, least),
                   [&](std::exception_ptr thrown) { over = !thrown; });
    dragline::test::run_until(client.loop, [&] {
        ++handlers;
        return over;
    });
    return least;
}

}  // namespace

TEST_CASE("a fetch on a warm connection takes one handler, over TLS too", "[http][fetch]") {
    http_server plain, secure(dragline::test::usual_certificate());
    CHECK(handlers_of_a_fetch(plain, http_reply(204)) == 1);
    CHECK(handlers_of_a_fetch(secure, http_reply(204)) == 1);
}

TEST_CASE("what came with the head, but did not fit beside it, takes no handler more", "[http][fetch]") {
    http_server server;
    CHECK(handlers_of_a_fetch(server, http_reply(200).body(std::string(20'000, 'b'))) == 1);
}
