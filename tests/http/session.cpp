#include <dragline/http/session.hpp>

#include "../support/http_client.hpp"

#include <dragline/dns/resolve.hpp>

#include <asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

using namespace std::chrono_literals;
using dragline::event_loop;
using dragline::fetch_options;
using dragline::fetch_url;
using dragline::get_session;
using dragline::session_options;
using dragline::test::http_client;
using dragline::test::kept_completion;
using dragline::test::run_until;
using dragline::testing::ending;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace http = dragline::http;

TEST_CASE("the same key on the same loop is the same session", "[http][session]") {
    event_loop loop;
    const auto session = get_session(loop, "key");
    CHECK(session == get_session(loop, "key"));
    CHECK(session == get_session(loop.context(), "key"));
    CHECK(session == get_session(loop.get_executor(), "key"));
    CHECK(session == get_session(session, "key"));
    CHECK(!(session == get_session(loop, "other")));
    CHECK(get_session(loop) == get_session(loop, ""));
    CHECK(!(get_session(loop) == session));
    CHECK(session.key() == "key");
    CHECK(session.is_open());
}

TEST_CASE("the same key on another loop is another session", "[http][session]") {
    event_loop one, other;
    CHECK(!(get_session(one, "key") == get_session(other, "key")));
}

TEST_CASE("options that differ from those of the living session are refused", "[http][session]") {
    event_loop loop;
    const auto options = session_options().connections(3);
    const auto session = get_session(loop, "key", options);
    CHECK(session == get_session(loop, "key", options));
    CHECK(session == get_session(loop, "key"));
    try {
        get_session(loop, "key", session_options());
        FAIL("it did not throw");
    } catch (const std::system_error& failure) {
        CHECK(failure.code() == http::errc::session_options_differ);
        CHECK(std::string(failure.what()).find("key") != std::string::npos);
    }
    CHECK(session.is_open());
}

TEST_CASE("a fetch without a session uses the default one of its loop", "[http][session]") {
    http_server server;
    server.on("/", http_reply());
    event_loop loop;
    kept_completion<http::response> done;
    fetch_url(loop, server.url("/"), done);
    loop.run();
    CHECK(!done.ec());
    CHECK(get_session(loop).statistics().idle_connections == 1);
    CHECK(get_session(loop, "other").statistics().connections == 0);
}

TEST_CASE("a session gives executor and resolver to other operations", "[http][session]") {
    dragline::testing::dns_server names;
    names.host("a.test", {"127.0.0.9"});
    event_loop loop;
    const auto session = get_session(loop, "key", dragline::test::using_dns(names));
    kept_completion<std::vector<asio::ip::address_v4>> found;
    dragline::resolve_host(session, "a.test", found);
    run_until(loop, [&] { return found.done(); });
    REQUIRE(found.value().size() == 1);
    CHECK(found.value()[0].to_string() == "127.0.0.9");
}

TEST_CASE("statistics count calls, waiters and connections", "[http][session]") {
    http_server server;
    server.on("/", http_reply().body("x").delay(50ms));
    http_client client(session_options().connections_per_host(2));
    std::vector<std::shared_ptr<dragline::test::fetched>> started;
    for (int i = 0; i < 3; ++i) started.push_back(client.start(server.url("/")));
    run_until(client.loop, [&] { return client.statistics().calls == 3; });
    CHECK(client.statistics().waiting == 1);
    CHECK(client.statistics().connections == 2);
    CHECK(client.statistics().idle_connections == 0);
    client.wait_for(started);
    CHECK(client.statistics().calls == 0);
    CHECK(client.statistics().idle_connections == 2);
}

TEST_CASE("sessions die with their loop, idle connections and handles included", "[http][session]") {
    http_server server;
    server.on("/", http_reply());
    std::optional<http::session> handle;
    {
        http_client client;
        handle = client.session;
        REQUIRE(!client.fetch(server.url("/")).ec);
        CHECK(server.open_connections() == 1);
    }
    CHECK(server.wait_for_open_connections(0));
    CHECK(!handle->is_open());
}

TEST_CASE("a loop made where another one stood finds nothing of it", "[http][session]") {
    http_server server;
    server.on("/", http_reply());
    alignas(asio::io_context) std::byte place[sizeof(asio::io_context)];
    for (int round = 1; round <= 3; ++round) {
        auto* context = new (place) asio::io_context(1);
        const auto session = get_session(*context, "key", session_options().connections(round));
        kept_completion<http::response> done;
        fetch_url(session, server.url("/"), done);
        context->run();
        CHECK(!done.ec());
        CHECK(!done.value().peer.reused);
        CHECK(server.connection_count() == static_cast<std::uint64_t>(round));
        context->~io_context();
        CHECK(server.wait_for_open_connections(0));
    }
}

TEST_CASE("a loop that is destroyed with a thousand fetches in flight is clean", "[http][session]") {
    dragline::testing::dns_server names;
    names.on("*", dragline::testing::dns_reply().silent());
    http_server server;
    server.on("/", http_reply().no_answer())
        .on("/body", http_reply().body("12345").cut_body(2, ending::stall));
    http_server secure(dragline::test::usual_certificate());
    secure.on("/", http_reply().no_answer());
    kept_completion<http::response> never;
    {
        auto options = dragline::test::using_dns(names).connections_per_host(100);
        http_client client(options.tls(dragline::test::trusting_test_ca()));
        for (int i = 0; i < 250; ++i) {
            fetch_url(client.session, server.url("/"), never);
            fetch_url(client.session, server.url("/body"), never);
            fetch_url(client.session, secure.url("/"), never);
            fetch_url(client.session, "http://host" + std::to_string(i) + ".test/", never);
        }
        run_until(client.loop, [&] { return client.statistics().calls == 1000; });
        client.run_for(50ms);  // so that each stage has some
        CHECK(client.statistics().calls == 1000);
    }
    CHECK(!never.done());
    CHECK(server.wait_for_open_connections(0));
    CHECK(secure.wait_for_open_connections(0));
}

TEST_CASE("fetches that were started and never run die with their loop", "[http][session]") {
    kept_completion<http::response> never;
    {
        event_loop loop;
        for (int i = 0; i < 10; ++i) fetch_url(loop, "http://127.0.0.1:1/", never);
    }
    CHECK(!never.done());
}

TEST_CASE("a hundred settings of TLS are kept for a loop, and one more forgets those that nobody uses",
          "[http][session]") {
    event_loop loop;
    auto& sessions = http::detail::loop_sessions::of(loop.get_executor());
    const auto number = [&](int name) {
        const auto options = dragline::tls::client_options().verify(false).alpn({"p" + std::to_string(name)});
        return sessions.tls(options).value();
    };
    const auto used = number(0);
    const auto first = number(1)->number;
    for (int i = 2; i < 100; ++i) number(i);
    CHECK(number(1)->number == first);
    number(100);
    CHECK(number(0) == used);
    CHECK(number(1)->number > first);
}
