// Closing sessions: with calls at every stage, on one loop and on all.
#include <dragline/http/session.hpp>

#include "../support/http_client.hpp"
#include "../support/tcp_peer.hpp"

#include <dragline/async/loop_group.hpp>
#include <dragline/testing/sockets.hpp>

#include <asio/bind_executor.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_future.hpp>
#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using dragline::close_all_sessions;
using dragline::close_session;
using dragline::event_loop;
using dragline::fetch_options;
using dragline::fetch_url;
using dragline::get_session;
using dragline::test::http_client;
using dragline::test::kept_completion;
using dragline::test::run_until;
using dragline::testing::ending;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

// A handler that hands its code to another thread. Not use_future: an exception that passes between threads
// is a race to TSan, which cannot see into libstdc++.
class code_promise {
public:
    template <class... Values>
    void operator()(std::error_code ec, const Values&...) {
        promise_->set_value(ec);
    }
    std::future<std::error_code> future() { return promise_->get_future(); }

private:
    std::shared_ptr<std::promise<std::error_code>> promise_ =
        std::make_shared<std::promise<std::error_code>>();
};

void close_and_wait(http_client& client) {
    kept_completion<void> closed;
    close_session(client.loop, "test", closed);
    CHECK(!closed.done());
    run_until(client.loop, [&] { return closed.done(); });
    CHECK(!closed.ec());
}

asio::awaitable<void> close_here(event_loop& loop) {
    co_await close_session(loop, "awaited");
    co_await close_all_sessions(loop);
}

asio::awaitable<void> close_everywhere() {
    co_await close_session("awaited");
    co_await close_all_sessions();
}

}  // namespace

TEST_CASE("closing a session ends its calls at every stage as operation_aborted", "[http][session][close]") {
    dragline::testing::dns_server names;
    names.on("*", dragline::testing::dns_reply().silent());
    const dragline::testing::black_hole hole;
    dragline::test::tcp_peer silent;
    http_server server;
    server.on("/head", http_reply().no_answer());
    server.on("/body", http_reply().body("12345").cut_body(2, ending::stall));
    server.on("/drip", http_reply().body(std::string(100'000, 'x')).drip_body(1, 1ms));
    http_client client(dragline::test::using_dns(names).tls(dragline::test::trusting_test_ca()));
    const auto at = [](std::uint16_t port) { return "127.0.0.1:" + std::to_string(port) + "/"; };
    std::vector<std::shared_ptr<dragline::test::fetched>> started;
    for (const auto& url :
         {std::string("http://a.test/"), "http://" + at(hole.port()), "https://" + at(silent.port()),
          server.url("/head"), server.url("/body"), server.url("/drip")}) {
        started.push_back(client.start(url));
    }
    started.push_back(client.start(silent.url("/upload"), fetch_options().body(std::string(32 << 20, 'b'))));
    for (int i = 0; i < 20; ++i) started.push_back(client.start(server.url("/head")));  // some of them wait
    run_until(client.loop, [&] { return server.request_count() >= 3; });
    client.run_for(50ms);
    CHECK(client.statistics().waiting > 0);
    for (const auto& each : started) CHECK(!each->done);

    close_and_wait(client);
    for (const auto& each : started) {
        CHECK(each->done);
        CHECK(each->ec == asio::error::operation_aborted);
        REQUIRE(each->trace.attempts.size() == 1);
    }
    CHECK(client.statistics().calls == 0);
    CHECK(client.statistics().connections == 0);
    CHECK(server.wait_for_open_connections(0));
    CHECK(!client.session.is_open());
}

TEST_CASE("a closed session refuses calls, and the next get_session makes a new one",
          "[http][session][close]") {
    http_server server;
    server.on("/", http_reply().body("x"));
    http_client client;
    REQUIRE(!client.fetch(server.url("/")).ec);
    close_and_wait(client);
    CHECK(server.wait_for_open_connections(0));
    CHECK(client.fetch(server.url("/")).ec == http::errc::session_closed);

    const auto next = get_session(client.loop, "test", http::session_options().connections(1));
    CHECK(!(next == client.session));
    CHECK(next.is_open());
    client.session = next;
    CHECK(client.fetch(server.url("/")).response.body == "x");
    CHECK(server.connection_count() == 2);
}

TEST_CASE("closing what is not there, or twice, succeeds", "[http][session][close]") {
    http_client client;
    close_and_wait(client);
    close_and_wait(client);
    kept_completion<void> other;
    close_session(client.loop, "no such session", other);
    run_until(client.loop, [&] { return other.done(); });
    CHECK(!other.ec());
}

TEST_CASE("two who close at the same time both wait for the end", "[http][session][close]") {
    http_server server;
    server.on("/", http_reply().no_answer());
    http_client client;
    auto started = client.start(server.url("/"));
    REQUIRE((run_until(client.loop, [&] { return server.request_count() == 1; }), true));
    kept_completion<void> first, second;
    close_session(client.loop, "test", first);
    close_all_sessions(client.loop, second);
    run_until(client.loop, [&] { return first.done() && second.done(); });
    CHECK(!first.ec());
    CHECK(!second.ec());
    CHECK(started->ec == asio::error::operation_aborted);
}

TEST_CASE("a session closed by the completion of one of its own calls ends the others",
          "[http][session][close]") {
    dragline::testing::dns_server names;
    names.host("a.test", {"127.0.0.1"});
    http_server server;
    server.on("/", http_reply().body("x").close());
    http_client client(dragline::test::using_dns(names).connections_per_host(1));
    const auto url = "http://a.test:" + std::to_string(server.port()) + "/";
    kept_completion<void> closed;
    bool first_done = false;
    fetch_url(client.session, url, [&](std::error_code ec, http::response) {
        CHECK(!ec);
        first_done = true;
        close_session(client.loop, "test", closed);
    });
    // Its place goes to the second, which has it in hand, unused, when the session closes.
    auto second = client.start(url);
    auto third = client.start(url);
    run_until(client.loop, [&] { return closed.done() && second->done && third->done; });
    CHECK(first_done);
    CHECK((!second->ec || second->ec == asio::error::operation_aborted));
    CHECK(third->ec == asio::error::operation_aborted);
    CHECK(client.statistics().connections == 0);
    dragline::test::settle(client.loop);
}

TEST_CASE("closing all sessions of a loop leaves other loops alone", "[http][session][close]") {
    event_loop one, other;
    const auto a = get_session(one, "a"), b = get_session(one, "b"), c = get_session(other, "a");
    kept_completion<void> closed;
    close_all_sessions(one, closed);
    run_until(one, [&] { return closed.done(); });
    CHECK(!a.is_open());
    CHECK(!b.is_open());
    CHECK(c.is_open());
}

TEST_CASE("closing works with every token", "[http][session][close]") {
    event_loop loop;
    get_session(loop, "awaited");
    dragline::test::run_to_end(loop, close_here(loop));
    get_session(loop, "awaited");
    dragline::test::run_to_end(loop, close_everywhere());
    auto here = close_session(loop, "", asio::use_future);
    auto everywhere = close_session("", asio::use_future);
    auto all = close_all_sessions(asio::use_future);
    run_until(loop, [&] { return here.wait_for(0s) == std::future_status::ready; });
    here.get();
    everywhere.get();
    all.get();
}

TEST_CASE("closing everywhere reaches the loops of other threads", "[http][session][close][thread]") {
    http_server server;
    server.on("/", http_reply().no_answer());
    dragline::loop_group loops(2);
    std::vector<std::future<std::error_code>> calls;
    for (std::size_t i = 0; i < loops.size(); ++i) {
        for (int n = 0; n < 3; ++n) {
            code_promise call;
            calls.push_back(call.future());
            fetch_url(loops.at(i), server.url("/"), call);
        }
    }
    REQUIRE(server.wait_for_requests(6));
    close_session("", asio::use_future).get();  // the key of the default sessions
    for (auto& each : calls) CHECK(each.get() == asio::error::operation_aborted);
    CHECK(server.wait_for_open_connections(0));
    close_all_sessions(asio::use_future).get();
}

TEST_CASE("loops may die while sessions are closed everywhere", "[http][session][close][thread]") {
    http_server server;
    server.on("/", http_reply().body("x"));
    std::atomic<bool> stop = false;
    std::thread closer([&] {
        while (!stop) close_all_sessions(asio::use_future).get();
    });
    for (int round = 0; round < 20; ++round) {
        dragline::loop_group loops(2);
        for (int n = 0; n < 8; ++n) {
            code_promise call;
            fetch_url(loops.next(), server.url("/"), call);
            const auto ec = call.future().get();
            CHECK((!ec || ec == asio::error::operation_aborted || ec == http::errc::session_closed));
        }
    }
    stop = true;
    closer.join();
}

TEST_CASE("a loop may end as soon as a closing everywhere has told it", "[http][session][close][thread]") {
    for (int round = 0; round < 100; ++round) {
        auto awaiting = std::make_unique<event_loop>();
        dragline::test::run_to_end(*awaiting, close_everywhere());
        awaiting.reset();

        auto calling = std::make_unique<event_loop>();
        std::optional<std::error_code> told;
        const auto handler = [&](std::error_code ec) { told = ec; };
        close_session("none", asio::bind_executor(calling->get_executor(), handler));
        run_until(*calling, [&] { return told.has_value(); });
        calling.reset();
        CHECK(!*told);
    }
}

TEST_CASE("a loop may die while it awaits a closing everywhere", "[http][session][close][thread]") {
    event_loop idle;  // holds it up
    const auto session = get_session(idle, "stuck");
    {
        event_loop dying;
        asio::co_spawn(dying.get_executor(), close_everywhere(), asio::detached);
        dying.poll();
    }
    CHECK(session.is_open());
    kept_completion<void> closed;
    close_all_sessions(idle, closed);
    run_until(idle, [&] { return closed.done(); });
    CHECK(!session.is_open());
}

TEST_CASE("closing everywhere may be awaited on a pool of threads", "[http][session][close][thread]") {
    asio::thread_pool pool(2);
    for (int round = 0; round < 50; ++round) asio::co_spawn(pool, close_everywhere(), asio::use_future).get();
    pool.join();
}

TEST_CASE("the last handle of a closed session may go on any thread", "[http][session][close][thread]") {
    http_server server;
    server.on("/", http_reply().body("x"));
    dragline::loop_group loops(1);
    auto& loop = loops.at(0);
    const auto fetched = [&](auto&& where) {
        code_promise call;
        fetch_url(where, server.url("/"), call);
        return call.future().get();
    };
    for (int round = 0; round < 20; ++round) {
        std::promise<http::session> opening;
        asio::post(loop.get_executor(), [&] { opening.set_value(get_session(loop, "key")); });
        std::optional<http::session> kept = opening.get_future().get();
        CHECK(!fetched(*kept));  // which leaves an idle connection
        code_promise closed;
        close_session(loop, "key", closed);
        CHECK(!closed.future().get());
        code_promise other;
        fetch_url(loop, server.url("/"), other);  // the loop has deadlines to see to meanwhile
        kept.reset();
        CHECK(!other.future().get());
    }
}

TEST_CASE("a loop that nobody runs is reported, in bounded time", "[http][session][close][thread]") {
    event_loop idle;
    const auto session = get_session(idle, "stuck");
    code_promise closing;
    close_session("stuck", closing);
    CHECK(closing.future().get() == http::errc::loop_not_running);
    idle.poll();  // late, but it is closed all the same
    CHECK(!session.is_open());
}
