#include <dragline/net/connect.hpp>

#include "../../support/tcp_peer.hpp"
#include "lab_proxy.hpp"

#include <dragline/net/error.hpp>
#include <dragline/testing/dns_server.hpp>
#include <dragline/testing/sockets.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::condition;
using dragline::connect_options;
using dragline::make_timeout;
using dragline::phase;
using dragline::net::address_policy;
using dragline::net::connect_trace;
using dragline::net::endpoint;
using dragline::net::errc;
using dragline::net::proxy;
using dragline::net::proxy_chain;
using dragline::net::proxy_scheme;
using dragline::net::stream;
using dragline::test::kept_completion;
using dragline::test::lab_proxy;
using dragline::test::quiet_target;
using dragline::test::run_until;
using dragline::test::tcp_peer;
using dragline::testing::certificate_request;
using dragline::testing::dns_server;

namespace dns = dragline::dns;

namespace {

constexpr proxy_scheme all_schemes[] = {proxy_scheme::http, proxy_scheme::https, proxy_scheme::socks4a,
                                        proxy_scheme::socks5, proxy_scheme::socks5h};

// Looks up nothing but what it is asked.
struct watched_names {
    explicit watched_names(dragline::event_loop& loop)
        : resolver(loop, dns::query_options().add_server(server.to_string()).hosts_file(false)) {}
    dns_server server;
    dns::resolver resolver;
};

template <class Where>
kept_completion<stream> through(dragline::event_loop& loop, Where&& where, const endpoint& target,
                                const connect_options& options) {
    kept_completion<stream> opened;
    dragline::open_connection(where, target, options, opened);
    run_until(loop, [&] { return opened.done(); });
    return opened;
}

kept_completion<stream> through(dragline::event_loop& loop, const endpoint& target,
                                const connect_options& options) {
    return through(loop, loop, target, options);
}

asio::awaitable<std::string> ask(stream& opened, std::string text, std::size_t size) {
    co_await opened.write(std::move(text));
    co_return co_await opened.read_exactly(size);
}

asio::awaitable<void> answer_once(asio::ip::tcp::acceptor& from, bool secure) {
    auto socket = co_await from.async_accept(asio::use_awaitable);
    stream served(std::make_shared<dragline::net::detail::socket_layer>(std::move(socket)));
    const auto certificate = dragline::test::proxy_certificate(certificate_request().name("a.test"));
    if (secure) co_await served.start_tls(certificate);
    const auto text = co_await served.read_exactly(std::size_t{4});
    co_await served.write(text + "!");
    co_await served.read_to_end();
}

// Through `options`, "ping" becomes "ping!".
void check_answers(dragline::event_loop& loop, const std::string& host, connect_options options,
                   bool secure = false) {
    asio::ip::tcp::acceptor target(loop.get_executor(), {asio::ip::address_v4::loopback(), 0});
    asio::co_spawn(loop.get_executor(), answer_once(target, secure), asio::detached);
    if (secure) {
        options.tls(dragline::tls::client_options()
                        .ca_pem(dragline::test::proxy_authority().certificate_pem())
                        .server_name("a.test"));
    }
    auto opened = through(loop, endpoint(host, target.local_endpoint().port()), options);
    REQUIRE(opened.ec() == std::error_code());
    CHECK(dragline::test::run_to_end(loop, ask(opened.value(), "ping", 5)) == "ping!");
}

}  // namespace

TEST_CASE("streams go through a proxy of every scheme, plain and in TLS", "[net][proxies]") {
    dragline::event_loop loop;
    for (const auto scheme : all_schemes) {
        for (const bool secure : {false, true}) {
            CAPTURE(dragline::net::to_string(scheme), secure);
            const lab_proxy lab(loop, scheme);
            connect_trace trace;
            const std::string host = scheme == proxy_scheme::socks5 ? "localhost" : "a.test";
            check_answers(loop, host, connect_options().proxy(lab.as_proxy()).trace(&trace), secure);
            REQUIRE(!trace.proxies.empty());
            CHECK(trace.proxies.back().proxy == lab.as_proxy().to_string());
            CHECK(!trace.proxies.back().ec);
            CHECK((trace.tls > 0ns) == secure);
            REQUIRE(trace.dials.size() >= 1);
            CHECK(trace.dials.back().port == lab.port());
        }
    }
}

TEST_CASE("proxies can stand in a chain, in TLS inside TLS too", "[net][proxies]") {
    dragline::event_loop loop;
    const lab_proxy web(loop, proxy_scheme::https), socks(loop, proxy_scheme::socks5h),
        last(loop, proxy_scheme::https);
    connect_trace trace;
    const auto options =
        connect_options().proxies({web.as_proxy(), socks.as_proxy(), last.as_proxy()}).trace(&trace);
    check_answers(loop, "a.test", options, true);
    CHECK(web.asked() == std::vector{socks.as_proxy().where().to_string()});
    CHECK(socks.asked() == std::vector{last.as_proxy().where().to_string()});
    CHECK(last.asked().size() == 1);
    REQUIRE(trace.proxies.size() == 3);
    CHECK(trace.dials.size() == 1);
}

TEST_CASE("a proxy gets its credentials, and no trace of them remains", "[net][proxies]") {
    dragline::event_loop loop;
    for (const auto scheme : {proxy_scheme::http, proxy_scheme::socks5h}) {
        lab_proxy lab(loop, scheme);
        lab.want("me", "secret");
        check_answers(loop, "a.test", connect_options().proxy(lab.as_proxy().credentials("me", "secret")));

        quiet_target target(loop);
        connect_trace trace;
        const auto wrong = lab.as_proxy().credentials("me", "hush-hush");
        auto refused = through(loop, target.where(), connect_options().proxy(wrong).trace(&trace));
        CHECK(refused.ec() == errc::proxy_authentication_refused);
        CHECK(refused.ec() == condition::proxy_failed);
        REQUIRE(trace.proxies.size() == 1);
        CHECK((trace.proxies[0].proxy + trace.proxies[0].target + refused.ec().message()).find("hush") ==
              std::string::npos);
        auto without = through(loop, target.where(), connect_options().proxy(lab.as_proxy()).trace(&trace));
        CHECK(without.ec() == errc::proxy_authentication_required);
        if (scheme == proxy_scheme::http) {
            CHECK(trace.proxies.back().status == 407);
            CHECK(trace.proxies.back().challenges == std::vector<std::string>{"Basic realm=\"lab\""});
            auto by_hand = lab.as_proxy().authorization("Basic bWU6c2VjcmV0");
            check_answers(loop, "a.test", connect_options().proxy(by_hand));
        }
        CHECK(!target.visited());
    }
}

TEST_CASE("a name that a proxy resolves is never looked up here", "[net][proxies]") {
    dragline::event_loop loop;
    watched_names names(loop);
    names.server.host("here.test", {"127.0.0.1"});
    quiet_target target(loop);
    for (const auto scheme : all_schemes) {
        CAPTURE(dragline::net::to_string(scheme));
        const lab_proxy lab(loop, scheme);
        names.server.clear_queries();
        auto opened = through(loop, names.resolver, endpoint("Here.Test.", target.port()),
                              connect_options().proxy(lab.as_proxy()));
        CHECK(!opened.ec());
        CHECK(target.visited());
        const auto port = ":" + std::to_string(target.port());
        const bool here = scheme == proxy_scheme::socks5;
        CHECK(lab.asked() == std::vector{(here ? "127.0.0.1" : "here.test") + port});
        if (!here) CHECK(names.server.query_count() == 0);
    }
    // Tor's names too, and in a chain the names of the proxies behind the first.
    const lab_proxy first(loop, proxy_scheme::socks5h), second(loop, proxy_scheme::http);
    names.server.clear_queries();
    const proxy named(proxy_scheme::http, "second.test", second.port());
    CHECK(!through(loop, names.resolver, endpoint("abc.onion", target.port()),
                   connect_options().proxies({first.as_proxy(), named}))
               .ec());
    CHECK(first.asked() == std::vector{"second.test:" + std::to_string(second.port())});
    CHECK(second.asked() == std::vector{"abc.onion:" + std::to_string(target.port())});
    CHECK(names.server.query_count() == 0);
}

TEST_CASE("socks5 tries every address of a target", "[net][proxies]") {
    dragline::event_loop loop;
    watched_names names(loop);
    names.server.host("many.test", {"::1", "127.0.0.1"});
    const lab_proxy lab(loop, proxy_scheme::socks5);
    quiet_target target(loop);  // not on ::1
    connect_trace trace;
    CHECK(!through(loop, names.resolver, endpoint("many.test", target.port()),
                   connect_options().proxy(lab.as_proxy()).trace(&trace))
               .ec());
    CHECK(target.visited());
    REQUIRE(trace.proxies.size() == 2);
    CHECK(trace.proxies[0].ec == errc::proxy_connection_refused);
    CHECK(trace.proxies[0].status == 5);

    const dragline::testing::dead_port dead;
    names.server.host("none.test", {"127.0.0.1"});
    CHECK(through(loop, names.resolver, endpoint("none.test", dead.port()),
                  connect_options().proxy(lab.as_proxy()))
              .ec() == errc::proxy_connection_refused);
    CHECK(through(loop, names.resolver, endpoint("missing.test", 80), connect_options().proxy(lab.as_proxy()))
              .ec() == condition::resolve_failed);
}

TEST_CASE("bytes that come with the answer to CONNECT belong to the tunnel", "[net][proxies]") {
    dragline::event_loop loop;
    for (const auto scheme : {proxy_scheme::http, proxy_scheme::https}) {
        lab_proxy lab(loop, scheme);
        lab.early("220 hello\r\n");
        quiet_target target(loop);
        auto opened = through(loop, target.where(), connect_options().proxy(lab.as_proxy()));
        REQUIRE(!opened.ec());
        kept_completion<std::string> line, rest;
        opened.value().read_line(line);
        run_until(loop, [&] { return line.done(); });
        CHECK(line.value() == "220 hello");
        opened.value().read_exactly(std::size_t{1}, dragline::net::read_options().timeout(20ms), rest);
        run_until(loop, [&] { return rest.done(); });
        CHECK(rest.ec() == make_timeout(phase::read));
    }
}

TEST_CASE("a policy is asked about the proxy, the target, and what a name leads to", "[net][proxies]") {
    dragline::event_loop loop;
    watched_names names(loop);
    names.server.host("local.test", {"127.0.0.1", "10.0.0.1"});
    quiet_target target(loop);
    const auto strict = address_policy::public_only();
    for (const auto scheme : all_schemes) {
        CAPTURE(dragline::net::to_string(scheme));
        const lab_proxy lab(loop, scheme);
        const auto outcome = [&](const std::string& host, const proxy& by, const address_policy& policy) {
            return through(loop, names.resolver, endpoint(host, target.port()),
                           connect_options().proxy(by).address_policy(policy))
                .ec();
        };
        CHECK(outcome("8.8.8.8", lab.as_proxy(), strict) == errc::address_blocked);  // the proxy itself
        const auto trusted = lab.as_proxy().policed(false);
        for (const std::string host : {"127.0.0.1", "localhost", "x.localhost"}) {
            CAPTURE(host);
            CHECK(outcome(host, trusted, strict) == errc::address_blocked);
        }
        if (scheme == proxy_scheme::socks5) {
            CHECK(outcome("local.test", trusted, strict) == errc::address_blocked);
            const auto half = address_policy::public_only().allow("127.0.0.1");
            CHECK(outcome("local.test", trusted, half) == errc::address_blocked);
            CHECK(!outcome("local.test", trusted, address_policy(half).partial_answers(true)));
            CHECK(lab.asked() == std::vector{target.where().to_string()});
        } else {
            for (const std::string host : {"127.1", "2130706433", "0x7f.1", "1.2.3.4.5"})
                CHECK(outcome(host, trusted, strict) == errc::address_blocked);
            CHECK(lab.asked().empty());
        }
        const proxy next(proxy_scheme::http, "169.254.169.254", 80);
        const auto chained = connect_options().proxies({trusted, next}).address_policy(strict);
        CHECK(through(loop, endpoint("8.8.8.8", 80), chained).ec() == errc::address_blocked);
    }
}

TEST_CASE("cancelling ends a connection through proxies at every stage", "[net][proxies]") {
    dragline::event_loop loop;
    tcp_peer silent;
    const dragline::testing::black_hole hole;
    for (const auto& by : {proxy(proxy_scheme::socks5h, "127.0.0.1", silent.port()),
                           proxy(proxy_scheme::https, "127.0.0.1", silent.port()),
                           proxy(proxy_scheme::http, "127.0.0.1", hole.port())}) {
        asio::cancellation_signal signal;
        kept_completion<stream> opened;
        dragline::open_connection(loop, endpoint("a.test", 80), connect_options().proxy(by),
                                  asio::bind_cancellation_slot(signal.slot(), opened));
        dragline::test::settle(loop);
        CHECK(!opened.done());
        signal.emit(asio::cancellation_type::terminal);
        run_until(loop, [&] { return opened.done(); });
        CHECK(opened.ec() == asio::error::operation_aborted);
    }
}

TEST_CASE("an interrupter ends a connection through proxies at every stage", "[net][proxies]") {
    dragline::event_loop loop;
    tcp_peer silent;
    watched_names names(loop);
    names.server.on("*", dragline::testing::dns_reply().silent());
    for (const auto scheme : all_schemes) {
        CAPTURE(dragline::net::to_string(scheme));
        dragline::net::connect_request request;
        request.target = endpoint("a.test", 80);
        request.resolver = names.resolver;
        request.proxies = {proxy(scheme, "127.0.0.1", silent.port())};
        connect_trace trace;
        dragline::async::interrupter ending;
        std::error_code ec;
        bool done = false;
        asio::co_spawn(loop.get_executor(), dragline::net::connect(loop.state(), request, trace, ending),
                       [&](std::exception_ptr, const dragline::result<dragline::net::connected>& made) {
                           ec = made.error();
                           done = true;
                       });
        // Until it waits for the proxy, or for the name that it looks up.
        run_until(loop, [&] { return !trace.dials.empty() || names.server.query_count() > 0; });
        dragline::test::settle(loop);
        CHECK(!done);
        ending.interrupt();
        run_until(loop, [&] { return done; });
        CHECK(ec == asio::error::operation_aborted);
    }
}
