// How many connections there are, and who waits for one.
#include <dragline/http/fetch.hpp>

#include "../support/http_client.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using dragline::fetch_options;
using dragline::test::fetched;
using dragline::test::http_client;
using dragline::test::kept_completion;
using dragline::test::run_until;
using dragline::testing::ending;
using dragline::testing::http_reply;
using dragline::testing::http_request;
using dragline::testing::http_server;

namespace http = dragline::http;
namespace net = dragline::net;

namespace {

using fetches = std::vector<std::shared_ptr<fetched>>;

fetches start(http_client& client, http_server& server, int count, const std::string& path = "/") {
    fetches started;
    for (int i = 0; i < count; ++i) {
        started.push_back(client.start(server.url(path + "?" + std::to_string(i))));
    }
    return started;
}

void check_all(const fetches& all) {
    for (const auto& each : all) CHECK(each->response.body == "x");
}

}  // namespace

TEST_CASE("no more connections of one host are open than allowed", "[http][fetch][pool]") {
    http_server server;
    server.on("/", http_reply().body("x").delay(5ms));
    http_client client(http::session_options().connections_per_host(3));
    auto started = start(client, server, 20);
    run_until(client.loop, [&] { return client.statistics().calls == 20; });
    CHECK(client.statistics().connections == 3);
    CHECK(client.statistics().waiting == 17);
    client.wait_for(started);
    check_all(started);
    CHECK(server.connection_count() == 3);
    CHECK(client.statistics().waiting == 0);
    CHECK(client.statistics().idle_connections == 3);
}

TEST_CASE("those who wait for a connection are served in their order", "[http][fetch][pool]") {
    http_server server;
    const bool kept = GENERATE(true, false);
    server.on("/", kept ? http_reply().body("x") : http_reply().body("x").close());
    http_client client(http::session_options().connections_per_host(1));
    auto started = start(client, server, 10);
    client.wait_for(started);
    check_all(started);
    const auto seen = server.requests();
    for (int i = 0; i < 10; ++i) CHECK(seen.at(i).target == "/?" + std::to_string(i));
    CHECK(server.connection_count() == (kept ? 1 : 10));
    CHECK(started.back()->trace.attempts.at(0).queue > 0ns);
}

TEST_CASE("no more connections of one session are open than allowed", "[http][fetch][pool]") {
    http_server server;
    server.on("/", http_reply().body("x").delay(5ms));
    http_client client(http::session_options().connections(2));
    fetches started;
    for (int i = 0; i < 12; ++i) {
        const auto url = "http://host" + std::to_string(i % 4) + ".test/?" + std::to_string(i);
        started.push_back(
            client.start(url, fetch_options().connect_to(net::endpoint("127.0.0.1", server.port()))));
    }
    run_until(client.loop, [&] { return client.statistics().calls == 12; });
    CHECK(client.statistics().connections == 2);
    CHECK(client.statistics().waiting == 10);
    client.wait_for(started);
    check_all(started);
    const auto seen = server.requests();
    for (std::size_t i = 2; i < seen.size(); ++i) {  // two at a time, so neighbours may change places
        const auto number = std::stoi(seen[i].target.substr(2));
        CHECK(std::abs(number - static_cast<int>(i)) <= 1);
    }
}

TEST_CASE("an idle connection of another host makes room under the session's cap", "[http][fetch][pool]") {
    http_server server;
    server.on("/", http_reply().body("x"));
    http_client client(http::session_options().connections(2));
    for (const auto* host : {"a.test", "b.test", "c.test", "b.test"}) {
        const auto here = fetch_options().connect_to(net::endpoint("127.0.0.1", server.port()));
        CHECK(!client.fetch("http://" + std::string(host) + "/", here).ec);
        CHECK(client.statistics().connections <= 2);
    }
    CHECK(server.connection_count() == 3);  // b.test found its own again
    CHECK(server.wait_for_open_connections(2));
}

TEST_CASE("a host that waits for room in the session outlives its last connection", "[http][fetch][pool]") {
    http_server server;
    server.on("/", http_reply().body("x").close());
    http_client client(http::session_options().connections(1));
    const auto here = fetch_options().connect_to(net::endpoint("127.0.0.1", server.port()));
    fetches started;
    for (const auto* host : {"a.test", "b.test", "a.test", "b.test", "c.test", "a.test"}) {
        started.push_back(client.start("http://" + std::string(host) + "/", here));
    }
    client.wait_for(started);
    check_all(started);
    CHECK(client.statistics().connections == 0);
}

TEST_CASE("as many may wait as allowed, and one more is refused", "[http][fetch][pool]") {
    http_server server;
    server.on("/", http_reply().body("x").delay(20ms));
    http_client client(http::session_options().connections_per_host(1).max_waiters(2));
    auto started = start(client, server, 4);
    client.wait_for(started);
    int refused = 0;
    for (const auto& each : started) {
        if (!each->ec) continue;
        ++refused;
        CHECK(each->ec == dragline::errc::queue_full);
        CHECK(each->ec == dragline::condition::limit_exceeded);
        CHECK(dragline::phase_of(each->ec) == dragline::phase::queue);
    }
    CHECK(refused == 1);
    CHECK(started[3]->ec);
    CHECK(!client.fetch(server.url("/")).ec);

    http_client impatient(http::session_options().connections_per_host(1).max_waiters(0));
    auto two = start(impatient, server, 2);
    impatient.wait_for(two);
    CHECK(!two[0]->ec);
    CHECK(two[1]->ec == dragline::errc::queue_full);
}

TEST_CASE("a waiter that is cancelled leaves the others in their order", "[http][fetch][pool]") {
    http_server server;
    server.on("/first", http_reply().body("x").delay(300ms)).on("/", http_reply().body("x"));
    http_client client(http::session_options().connections_per_host(1));
    auto first = client.start(server.url("/first"));
    auto before = start(client, server, 1);
    asio::cancellation_signal ending;
    kept_completion<http::response> cancelled;
    fetch_url(client.session, server.url("/cancelled"),
              asio::bind_cancellation_slot(ending.slot(), cancelled));
    auto after = start(client, server, 2);
    run_until(client.loop, [&] { return client.statistics().waiting == 4; });
    ending.emit(asio::cancellation_type::total);
    run_until(client.loop, [&] { return cancelled.done(); });
    CHECK(cancelled.ec() == asio::error::operation_aborted);
    CHECK(client.statistics().waiting == 3);
    CHECK(!first->done);
    client.wait_for({first});
    client.wait_for(before);
    client.wait_for(after);
    check_all(after);
    CHECK(server.connection_count() == 1);
    for (const auto& request : server.requests()) CHECK(request.target != "/cancelled");
}

TEST_CASE("a connection that fails frees its place for the next in line", "[http][fetch][pool]") {
    http_server server;
    server.on("/", http_reply().body("x")).fail_connections(3, ending::reset);
    http_client client(http::session_options().connections_per_host(1));
    auto started = start(client, server, 6);
    client.wait_for(started);
    const auto failed =
        std::count_if(started.begin(), started.end(), [](const auto& each) { return each->ec; });
    CHECK(failed == 3);
    CHECK(client.statistics().waiting == 0);
}

TEST_CASE("a waiter whose time is up leaves, and its host is forgotten", "[http][fetch][pool]") {
    http_server server;
    server.on("/", http_reply().body("x").delay(400ms));
    http_client client(http::session_options().connections(1));
    const auto here = fetch_options().connect_to(net::endpoint("127.0.0.1", server.port()));
    auto first = client.start("http://a.test/", here);
    fetches late;
    for (int i = 0; i < 5; ++i) {
        auto brief = here;
        late.push_back(client.start("http://late" + std::to_string(i) + ".test/", brief.timeout(20ms)));
    }
    client.wait_for(late);
    for (const auto& each : late) CHECK(each->ec == dragline::make_timeout(dragline::phase::queue));
    client.wait_for(first);
    CHECK(first->response.body == "x");
    CHECK(server.request_count() == 1);
}

TEST_CASE("many fetches of many hosts all end, and nothing is left", "[http][fetch][pool]") {
    http_server server;
    server.on("/keep", http_reply().body("x")).on("/close", http_reply().body("x").close());
    server.on("/cut", http_reply().cut_head(10)).on("/reset", http_reply().no_answer(ending::reset));
    http_client client(http::session_options().connections_per_host(3).connections(7));
    const std::vector<std::string> paths{"/keep", "/close", "/cut", "/reset"};
    fetches started;
    for (int i = 0; i < 400; ++i) {
        const auto url = "http://host" + std::to_string(i * 7 % 11) + ".test" + paths[i % 4];
        started.push_back(
            client.start(url, fetch_options().connect_to(net::endpoint("127.0.0.1", server.port()))));
    }
    client.wait_for(started);
    const auto good =
        std::count_if(started.begin(), started.end(), [](const auto& each) { return !each->ec; });
    CHECK(good == 200);
    CHECK(client.statistics().calls == 0);
    CHECK(client.statistics().waiting == 0);
    CHECK(client.statistics().connections <= 7);
}
