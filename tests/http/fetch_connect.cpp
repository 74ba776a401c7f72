// How a fetch comes by its connection: opened from where it is told, or taken from another fetch meanwhile.
#include <dragline/http/fetch.hpp>

#include "../support/http_client.hpp"
#include "../support/tls_peer.hpp"

#include <dragline/core/platform/sockets.hpp>
#include <dragline/http/open_url.hpp>
#include <dragline/testing/sockets.hpp>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <exception>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include <unistd.h>

using namespace std::chrono_literals;
using dragline::fetch_options;
using dragline::test::http_client;
using dragline::test::run_until;
using dragline::testing::dns_query;
using dragline::testing::dns_reply;
using dragline::testing::ending;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace dns = dragline::dns;
namespace http = dragline::http;

namespace {

const std::string empty_reply = "HTTP/1.1 204 No Content\r\n\r\n";

asio::ip::address address(const char* text) { return asio::ip::make_address(text); }

}  // namespace

TEST_CASE("a fetch takes what another one has done with while its own connection is not yet open",
          "[http][fetch][connect]") {
    http_server server(dragline::test::usual_certificate());
    server.on("/slow", http_reply().body("slow").delay(30ms)).on("/", http_reply().body("x"));
    http_client client(http::session_options().tls(dragline::test::trusting_test_ca()));
    auto first = client.start(server.url("/slow"));
    run_until(client.loop, [&] { return server.request_count() == 1; });
    server.fail_connections(10, ending::stall);  // no handshake will end
    auto second = client.start(server.url("/"));
    client.wait_for({first, second});
    REQUIRE(!second->ec);
    CHECK(second->response.peer.reused);
    CHECK(second->trace.attempts.size() == 1);
    CHECK(second->trace.attempts[0].connection.dials.empty());
    CHECK(server.connection_count() == 2);
    // With the last fetch ends what it began: nothing keeps the loop running.
    client.loop.restart();
    client.loop.run();
    CHECK(client.statistics().connections == 1);
    CHECK(server.wait_for_open_connections(1));
}

TEST_CASE("a connection that is not needed any more is finished, and kept for the next fetch",
          "[http][fetch][connect]") {
    std::promise<void> look_up, first_reply, second_reply;
    dragline::testing::dns_server names;
    names.on_query([open = look_up.get_future().share()](const dns_query& query) {
        if (query.attempt > 1) open.wait();
        if (query.type() != dns::record_type::a) return dns_reply().no_soa();
        return dns_reply().answer(dns::record_type::a, {"127.0.0.1"}, 0s);
    });
    http_server server;
    const auto replies_when = [&](const char* path, std::promise<void>& gate) {
        server.on(path, [open = gate.get_future().share()](const dragline::testing::http_request&) {
            open.wait();
            return http_reply().body("x");
        });
    };
    replies_when("/first", first_reply);
    replies_when("/second", second_reply);
    http_client client(dragline::test::using_dns(names));
    const auto origin = "http://a.test:" + std::to_string(server.port());
    auto first = client.start(origin + "/first");
    run_until(client.loop, [&] { return server.request_count() == 1; });
    auto second = client.start(origin + "/second");
    run_until(client.loop, [&] { return names.query_count() >= 3; });  // it looks up, and has to wait
    first_reply.set_value();
    client.wait_for(first);
    run_until(client.loop, [&] { return server.request_count() == 2; });
    look_up.set_value();
    run_until(client.loop, [&] { return client.statistics().idle_connections == 1; });
    CHECK(client.statistics().connections == 2);
    second_reply.set_value();
    client.wait_for(second);
    CHECK(!second->ec);
    CHECK(second->response.peer.reused);
    CHECK(client.statistics().idle_connections == 2);
}

TEST_CASE("a handshake ends with the request, and without one when the connection is left to others",
          "[http][fetch][connect][tls]") {
    dragline::test::tcp_peer peer;
    const auto url = "https://example.com:" + std::to_string(peer.port()) + "/";
    http_client client(http::session_options().tls(dragline::test::trusting()));
    const auto options = fetch_options().connect_to(dragline::net::endpoint("127.0.0.1", peer.port()));
    auto first = client.start(url, options);
    dragline::test::settle(client.loop);
    dragline::test::tls_peer used(peer.accept());
    used.wait(client.loop);
    used.step();
    used.wait(client.loop);
    CHECK(used.read().starts_with("GET / HTTP/1.1\r\n"));

    // The next fetch takes the connection of the first, and leaves its own, which it was opening.
    auto second = client.start(url, options);
    dragline::test::settle(client.loop);
    dragline::test::tls_peer unused(peer.accept());
    unused.wait(client.loop);
    used.write(empty_reply);
    client.wait_for(first);
    used.wait(client.loop);
    CHECK(used.read().starts_with("GET / HTTP/1.1\r\n"));
    unused.step();
    unused.wait(client.loop);
    CHECK(unused.read().empty());
    CHECK(unused.engine().handshake_done());
    CHECK(client.statistics().idle_connections == 1);
    used.write(empty_reply);
    client.wait_for(second);
    CHECK(!second->ec);
}

TEST_CASE("a handshake does not wait for a slow body", "[http][fetch][connect][tls]") {
    dragline::test::tcp_peer peer;
    http_client client(http::session_options().tls(dragline::test::trusting()));
    const auto never = [](asio::mutable_buffer) -> asio::awaitable<std::size_t> {
        asio::steady_timer pause(co_await asio::this_coro::executor, 1h);
        co_await pause.async_wait(asio::use_awaitable);
        co_return 0;
    };
    auto fetch = client.start("https://example.com/",
                              fetch_options()
                                  .connect_to(dragline::net::endpoint("127.0.0.1", peer.port()))
                                  .method("POST")
                                  .body(http::body::from_source(never)));
    dragline::test::settle(client.loop);
    dragline::test::tls_peer server(peer.accept());
    server.wait(client.loop);
    server.step();
    server.wait(client.loop);
    CHECK(server.read().empty());
    CHECK(server.engine().handshake_done());
    dragline::close_all_sessions(client.loop, [](std::error_code) {});
    client.wait_for(fetch);
    CHECK(fetch->ec == asio::error::operation_aborted);
}

TEST_CASE("a connection that cannot be opened is nothing to a fetch that has got another one",
          "[http][fetch][connect]") {
    http_server server(dragline::test::usual_certificate());
    server.on("*", http_reply().body("x").delay(20ms));
    http_client client(http::session_options().tls(dragline::test::trusting_test_ca()));
    auto first = client.start(server.url("/"));
    run_until(client.loop, [&] { return server.request_count() == 1; });
    server.fail_connections(1, ending::stall);
    auto second = client.start(server.url("/"), fetch_options().tls_timeout(60ms));
    auto third = client.start(server.url("/"));
    client.wait_for({first, second, third});
    CHECK(!second->ec);
    CHECK(!third->ec);
}

TEST_CASE("nothing is dialled for a fetch that gets another one's connection before its turn",
          "[http][fetch][connect]") {
    const std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";
    dragline::test::tcp_peer peer;
    http_client client;
    std::shared_ptr<dragline::test::fetched> second;
    auto both = [](http_client& fetching, const std::string& from,
                   std::shared_ptr<dragline::test::fetched>& begun) -> asio::awaitable<std::string> {
        auto first = co_await http::open_url(fetching.session, from, asio::use_awaitable);
        begun = fetching.start(from);  // and the body of the first, which has come with its head, ends here
        co_return co_await first.read_all(asio::use_awaitable);
    };
    const auto url = peer.url();
    std::string body;
    asio::co_spawn(client.loop.get_executor(), both(client, url, second),
                   [&](std::exception_ptr thrown, std::string got) {
                       CHECK(!thrown);
                       body = got;
                   });
    dragline::test::settle(client.loop);
    auto& connection = peer.accept();
    for (int requests = 0; requests < 2; ++requests) {
        run_until(client.loop, [&] { return connection.available() > 0; });
        dragline::test::receive_head(connection);
        dragline::test::send(connection, reply);  // in one piece
    }
    client.wait_for(second);
    CHECK(body == "x");
    CHECK(!second->ec);
    CHECK(second->response.peer.reused);
    CHECK(client.statistics().connections == 1);
}

TEST_CASE("a connection comes from the address it is told to, and is shared by those who say the same",
          "[http][fetch][connect]") {
    http_server server;
    server.on("/", http_reply().body("x"));
    http_client client;
    const auto from = fetch_options().bind_address(address("127.0.0.2"));
    REQUIRE(!client.fetch(server.url("/"), from).ec);
    REQUIRE(!client.fetch(server.url("/")).ec);
    CHECK(server.connection_count() == 2);
    CHECK(client.fetch(server.url("/"), from).response.peer.reused);
    const auto requests = server.requests();
    CHECK(requests.at(0).peer_address.starts_with("127.0.0.2:"));
    CHECK(requests.at(1).peer_address.starts_with("127.0.0.1:"));
    CHECK(requests.at(2).connection == requests.at(0).connection);

    const auto other_family = client.fetch(server.url("/"), fetch_options().bind_address(address("::1")));
    CHECK(other_family.ec == asio::error::address_family_not_supported);
    const auto not_ours = client.fetch(server.url("/"), fetch_options().bind_address(address("192.0.2.1")));
    CHECK(not_ours.ec == std::error_code(EADDRNOTAVAIL, asio::system_category()));
}

TEST_CASE("a connection goes through the interface it is told to", "[http][fetch][connect]") {
    http_server server;
    server.on("/", http_reply().body("x"));
    http_client client;
    const auto through = client.fetch(server.url("/"), fetch_options().bind_interface("lo"));
    if (!dragline::platform::socket_calls) {
        CHECK(through.ec == asio::error::operation_not_supported);
        return;
    }
    CHECK(!through.ec);
    CHECK(!client.fetch(server.url("/")).response.peer.reused);
    CHECK(client.fetch(server.url("/"), fetch_options().bind_interface("none0")).ec ==
          std::error_code(ENODEV, asio::system_category()));
    CHECK(client.fetch(server.url("/"), fetch_options().bind_interface(std::string(200, 'x'))).ec);
    for (const char* name : {"lo\r\nX: y", "lo\n", "l o"})
        CHECK(client.fetch(server.url("/"), fetch_options().bind_interface(name)).ec);
}

TEST_CASE("a fetch goes to a Unix socket when it is told to, under the name of its URL",
          "[http][fetch][connect]") {
    const auto path =
        std::filesystem::temp_directory_path() / ("dragline_http_" + std::to_string(::getpid()));
    std::filesystem::remove(path);
    http_client client;
    const auto local = fetch_options().connect_to(dragline::net::endpoint::local_socket(path.string()));
    asio::io_context context;
    asio::local::stream_protocol::acceptor acceptor(context, path.string());
    auto first = client.start("http://docker/version", local);
    asio::local::stream_protocol::socket connection(context);
    std::error_code ec = asio::error::would_block;
    acceptor.async_accept(connection, [&](std::error_code outcome) { ec = outcome; });
    for (int round = 0; round < 2; ++round) {
        run_until(client.loop, [&] { return context.poll(), !ec && connection.available() > 0; });
        std::string request(connection.available(), '\0');
        connection.read_some(asio::buffer(request));
        CHECK(request.starts_with("GET /version HTTP/1.1\r\nHost: docker\r\n"));
        asio::write(connection, asio::buffer(empty_reply));
        client.wait_for(first);
        CHECK(!first->ec);
        CHECK(first->response.peer.reused == (round > 0));
        if (round == 0) first = client.start("http://docker/version", local);
    }
    std::filesystem::remove(path);
}

TEST_CASE("a loop that dies while fetches connect takes them along", "[http][fetch][connect]") {
    const dragline::testing::black_hole hole;
    const auto url = "http://127.0.0.1:" + std::to_string(hole.port()) + "/";
    for (const int fetches : {1, 3}) {
        for (const bool polls : {false, true}) {
            http_client client;
            for (int i = 0; i < fetches; ++i) client.start(url);
            if (polls) client.loop.poll();
        }
    }
}

TEST_CASE("a path that is too long for a Unix socket is an error of the fetch", "[http][fetch][connect]") {
    const auto nowhere =
        fetch_options().connect_to(dragline::net::endpoint::local_socket(std::string(300, 'x')));
    http_client client;
    for (const int fetches : {1, 2}) {
        std::vector<std::shared_ptr<dragline::test::fetched>> all;
        for (int i = 0; i < fetches; ++i) all.push_back(client.start("http://a.test/", nowhere));
        for (const auto& each : all) {
            client.wait_for(each);
            CHECK(each->ec == asio::error::name_too_long);
        }
    }
}

TEST_CASE("a fetch that fails at once, again and again, leaves the loop to others",
          "[http][fetch][connect]") {
    const dragline::testing::dead_port closed;
    dragline::event_loop loop;
    const auto session = dragline::get_session(loop, "again");
    bool others = false;
    int tries = 0;
    const auto try_on = [&](dragline::session here) -> asio::awaitable<void> {
        const auto url = "http://127.0.0.1:" + std::to_string(closed.port()) + "/";
        while (!others && tries < 10'000) {
            ++tries;
            auto fetching = dragline::fetch_url(here, url, dragline::as_tuple(asio::use_awaitable));
            const auto [ec, page] = co_await std::move(fetching);
            CHECK(ec == asio::error::connection_refused);
        }
    };
    asio::co_spawn(loop.get_executor(), try_on(session), asio::detached);
    asio::post(loop.get_executor(), [&] { others = true; });
    loop.run();
    CHECK(others);
    CHECK(tries < 10);
}
