#include <dragline/http/fetch.hpp>

#include "../support/http_client.hpp"

#include <asio/co_spawn.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/use_future.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>

using namespace std::chrono_literals;
using dragline::event_loop;
using dragline::fetch_options;
using dragline::fetch_url;
using dragline::get_session;
using dragline::test::http_client;
using dragline::test::kept_completion;
using dragline::test::run_to_end;
using dragline::test::run_until;
using dragline::testing::http_reply;
using dragline::testing::http_request;
using dragline::testing::http_server;

namespace http = dragline::http;

namespace {

// Answers with what it was asked.
http_reply echo(const http_request& request) {
    return http_reply().body(request.method + " " + request.target + " " + request.body);
}

asio::awaitable<std::string> every_awaitable_form(event_loop& loop, http::session session, std::string url) {
    const auto with_tuple = dragline::as_tuple(asio::use_awaitable);
    std::string statuses;
    const auto add = [&](int status) { statuses += std::to_string(status) + " "; };
    const auto options = fetch_options().method("PUT").body("x");
    add((co_await fetch_url(url)).status);
    add((co_await fetch_url(url, options)).status);
    add(std::get<1>(co_await fetch_url(url, with_tuple)).status);
    add(std::get<1>(co_await fetch_url(url, options, with_tuple)).status);
    add((co_await fetch_url(loop, url)).status);
    add((co_await fetch_url(loop, url, options)).status);
    add((co_await fetch_url(loop.context(), url)).status);
    add((co_await fetch_url(loop.get_executor(), url, options)).status);
    add((co_await fetch_url(session, url)).status);
    add((co_await fetch_url(session, url, options)).status);
    add((co_await fetch_url(session, url, asio::use_awaitable)).status);
    add(std::get<1>(co_await fetch_url(session, url, with_tuple)).status);
    add(std::get<1>(co_await fetch_url(session, url, options, with_tuple)).status);
    co_return statuses;
}

// What a user writes inline: every temporary lives and dies in the expression.
asio::awaitable<std::string> inline_arguments(http::session session, std::string url) {
    auto reply = co_await fetch_url(session, url + "/inline",
                                    fetch_options()
                                        .method("PUT")
                                        .header("X-" + std::string("Key"), std::string(100, 'k'))
                                        .body(http::body::json("{" + std::string(100, ' ') + "}"))
                                        .redirects(http::redirect_policy(3).allow_insecure(true))
                                        .tls(dragline::tls::client_options().ca_pem(std::string(100, 'p')))
                                        .timeout(10s));
    co_return reply.body;
}

asio::awaitable<std::error_code> thrown_by(std::string url) {
    try {
        co_await fetch_url(url);
    } catch (const std::system_error& failure) {
        co_return failure.code();
    }
    co_return std::error_code();
}

}  // namespace

TEST_CASE("fetch_url yields status, reason, headers, body, URL and peer", "[http][fetch]") {
    http_server server;
    server.on("/a", http_reply(404).reason("Nobody Home").header("X-A", "1").header("x-a", "2").body("gone"));
    http_client client;
    const auto got = client.fetch(server.url("/a?b=c#d"));
    REQUIRE(!got.ec);
    const auto& response = got.response;
    CHECK(response.status == 404);
    CHECK(response.reason == "Nobody Home");
    CHECK(response.version_minor == 1);
    CHECK(response.headers.all("X-A") == std::vector<std::string_view>{"1", "2"});
    CHECK(response.body == "gone");
    CHECK(response.url.href() == server.url("/a?b=c#d"));
    CHECK(response.history.empty());
    CHECK(response.peer.address == server.endpoint().address());
    CHECK(response.peer.port == server.port());
    CHECK(!response.peer.reused);
    CHECK(response.timings.total > 0ns);
    CHECK(response.timings.first_byte <= response.timings.total);
    CHECK(server.requests().at(0).target == "/a?b=c");
}

TEST_CASE("fetch_url is awaited in every form, from every WHERE", "[http][fetch]") {
    http_server server;
    server.on("*", echo);
    event_loop loop;
    auto session = get_session(loop, "awaiting");
    CHECK(run_to_end(loop, every_awaitable_form(loop, session, server.url("/"))) ==
          "200 200 200 200 200 200 200 200 200 200 200 200 200 ");
    const auto seen = server.requests();
    REQUIRE(seen.size() == 13);
    CHECK(seen[0].method == "GET");
    CHECK(seen[1].method == "PUT");
    CHECK(server.connection_count() == 2);  // one of each session
}

TEST_CASE("arguments written inline in a co_await expression are safe", "[http][fetch]") {
    http_server server;
    server.on("*", echo);
    event_loop loop;
    const auto url = server.url("");
    CHECK(run_to_end(loop, inline_arguments(get_session(loop), url)) ==
          "PUT /inline {" + std::string(100, ' ') + "}");
    CHECK(server.requests().at(0).field("X-Key") == std::string(100, 'k'));
}

TEST_CASE("a callback is called once, never inside fetch_url, on the thread of the loop", "[http][fetch]") {
    http_server server;
    server.on("/", http_reply().body("x"));
    event_loop loop;
    kept_completion<http::response> good, bad;
    fetch_url(loop, server.url("/"), good);
    fetch_url(loop, "no url", fetch_options(), bad);
    CHECK(!good.done());
    CHECK(!bad.done());
    run_until(loop, [&] { return good.done() && bad.done(); });
    CHECK(good.value().body == "x");
    CHECK(bad.ec() == std::errc::invalid_argument);
    loop.run();
    CHECK(good.calls() == 1);
    CHECK(bad.calls() == 1);
}

TEST_CASE("run() returns when the last fetch is over, idle connections or not", "[http][fetch]") {
    http_server server;
    server.on("/", http_reply().body("x"));
    event_loop loop;
    kept_completion<http::response> done;
    fetch_url(loop, server.url("/"), done);
    loop.run();
    CHECK(done.done());
    CHECK(get_session(loop).statistics().idle_connections == 1);
}

TEST_CASE("a future and a move-only handler take the response", "[http][fetch]") {
    http_server server;
    server.on("/", http_reply().body("x"));
    event_loop loop;
    std::future<http::response> promised = fetch_url(loop, server.url("/"), asio::use_future);
    std::future<http::response> failing = fetch_url(loop, "ftp://a.test/", fetch_options(), asio::use_future);
    std::string body;
    auto unique = std::make_unique<int>(1);
    fetch_url(loop, server.url("/"),
              [&, unique = std::move(unique)](std::error_code, http::response response) {
                  body = std::move(response.body);
              });
    loop.run();
    CHECK(promised.get().body == "x");
    CHECK(body == "x");
    try {
        failing.get();
        FAIL("it did not throw");
    } catch (const std::system_error& failure) {
        CHECK(failure.code() == http::errc::unsupported_scheme);
    }
}

TEST_CASE("the URL is copied at the call", "[http][fetch]") {
    http_server server;
    server.on("/", http_reply().body("x"));
    event_loop loop;
    kept_completion<http::response> done;
    {
        std::string url = server.url("/");
        fetch_url(loop, std::string_view(url), done);
        url.assign(url.size(), '#');
    }
    loop.run();
    CHECK(done.value().body == "x");
}

TEST_CASE("a fetch started on another thread runs on its loop and completes there", "[http][fetch][thread]") {
    http_server server;
    server.on("/", http_reply().body("x"));
    http_client client;
    const auto session = client.session;
    std::future<http::response> promised;
    std::thread::id completed_on;
    kept_completion<http::response> called;
    std::thread starter([&] {
        promised = fetch_url(session, server.url("/"), asio::use_future);
        fetch_url(session, server.url("/"), [&, called](std::error_code ec, http::response response) mutable {
            completed_on = std::this_thread::get_id();
            called(ec, std::move(response));
        });
    });
    starter.join();
    run_until(client.loop, [&] { return called.done(); });
    run_until(client.loop, [&] { return promised.wait_for(0s) == std::future_status::ready; });
    CHECK(promised.get().body == "x");
    CHECK(called.value().body == "x");
    CHECK(completed_on == std::this_thread::get_id());
}

TEST_CASE("an awaiting coroutine gets an error as system_error", "[http][fetch]") {
    event_loop loop;
    CHECK(run_to_end(loop, thrown_by("http://[::1")) == std::errc::invalid_argument);
    CHECK(run_to_end(loop, thrown_by("file:///etc/passwd")) == http::errc::unsupported_scheme);
}

TEST_CASE("a URL or scheme that cannot be fetched is an error that says so", "[http][fetch]") {
    http_client client;
    for (const auto* url : {"", "a.test", "//a.test/", "http://", "http://a.test:65536/", "http://a b/",
                            "http://[::1/", "http://256.1.1.1/"}) {
        CAPTURE(url);
        const auto got = client.fetch(url);
        CHECK(got.ec == std::errc::invalid_argument);
        CHECK(got.trace.attempts.empty());
    }
    for (const auto* url : {"ftp://a.test/", "ws://a.test/", "mailto:a@a.test", "data:,x", "file:///x"}) {
        CAPTURE(url);
        CHECK(client.fetch(url).ec == http::errc::unsupported_scheme);
    }
    CHECK(client.statistics().connections == 0);
}
