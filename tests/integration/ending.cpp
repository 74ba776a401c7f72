// Loops, sessions and callers that end while operations are under way.
#include <dragline/http.hpp>

#include "../support/http_client.hpp"
#include "../support/tcp_peer.hpp"

#include <dragline/dns.hpp>
#include <dragline/testing/sockets.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::check_dns_wildcard;
using dragline::event_loop;
using dragline::fetch_options;
using dragline::fetch_url;
using dragline::get_session;
using dragline::resolve_host;
using dragline::resolve_host6;
using dragline::reverse_resolve;
using dragline::session_options;
using dragline::test::kept_completion;
using dragline::test::run_until;
using dragline::test::settle;
using dragline::test::tcp_peer;
using dragline::test::trusting_test_ca;
using dragline::test::usual_certificate;
using dragline::testing::black_hole;
using dragline::testing::dns_query;
using dragline::testing::dns_reply;
using dragline::testing::dns_server;
using dragline::testing::dns_transport;
using dragline::testing::ending;
using dragline::testing::http_reply;
using dragline::testing::http_server;

namespace dns = dragline::dns;
namespace http = dragline::http;
namespace net = dragline::net;

namespace {

// What is started here never ends by itself: each in another stage.
class endless_lab {
public:
    endless_lab() {
        for (auto* each : {&plain, &secure}) {
            each->on("/stall", http_reply().no_answer());
            each->on("/head", http_reply().body("12345").cut_head(20, ending::stall));
            each->on("/body", http_reply().body("12345").cut_body(2, ending::stall));
            each->on("/moved", http_reply::redirect("/stall"));
        }
        names.on("*.silent.test", dns_reply().silent());
        names.on("*.half.test", [](const dns_query& query) {
            return query.transport == dns_transport::udp ? dns_reply().truncated() : dns_reply().silent();
        });
        names.on("*.in-addr.arpa", dns_reply().silent());
    }

    session_options options() const {
        auto queries = dns::query_options().add_server(names.to_string()).hosts_file(false);
        queries.try_timeout(1h).timeout(1h);
        return session_options().dns(std::move(queries)).tls(trusting_test_ca()).connections(1000);
    }

    // What a session does with 500 fetches and 500 look-ups when it gets one after the other as (start,
    // stage).
    template <class Fetch, class Resolve>
    void start_all(Fetch fetch, Resolve resolve) {
        const auto to = [](std::uint16_t port) {
            return fetch_options().timeout(1h).tls_timeout(1h).connect_timeout(1h).connect_to(
                net::endpoint("127.0.0.1", port));
        };
        const std::string large(4 * 1024 * 1024, 'x');
        const auto writing = to(deaf.port()).body(large);
        for (int i = 0; i < 50; ++i) {
            const auto host = "h" + std::to_string(i) + ".test";
            const auto verified = (i % 2 == 0 ? "https://a.test" : "https://b.test") + std::string("/body");
            fetch("http://" + std::to_string(i) + ".silent.test/", fetch_options().timeout(1h));
            fetch("http://" + host + "/", to(hole.port()));
            fetch("https://" + host + "/", to(deaf.port()));
            fetch("http://" + host + "/", i < 10 ? writing : to(deaf.port()));
            fetch("http://" + host + "/stall", to(plain.port()));
            fetch("http://" + host + "/head", to(plain.port()));
            fetch("http://" + host + "/body", to(plain.port()));
            fetch("http://" + host + "/moved", to(plain.port()));
            fetch("http://one.test/stall", to(plain.port()));  // 10 connections, 40 waiters
            fetch(verified, to(secure.port()));                // the same twice
        }
        for (int i = 0; i < 100; ++i) {
            const auto label = std::to_string(i);
            resolve(label + "a.silent.test", 0);
            resolve("shared.silent.test", 0);
            resolve(label + ".half.test", 0);
            resolve("192.0.2." + label, 1);
            resolve("domain-" + label + ".silent.test", i < 20 ? 2 : 3);
        }
    }

    // Where all of them wait for something that does not come.
    bool reached() const {
        return plain.request_count() >= 50u * 4 + 50 + 10 && secure.request_count() >= 20 &&
               names.query_count() >= 100 + 1 + 2 * 100 + 100 + 20 * 9 + 80;
    }

    http_server plain;
    http_server secure{usual_certificate()};
    dns_server names;
    black_hole hole;
    tcp_peer deaf;  // connects, and says nothing
};

struct counted {
    std::size_t ended = 0;
};

template <class... Values>
auto counting(const std::shared_ptr<counted>& in) {
    return [in](std::error_code, Values...) { ++in->ended; };
}

void start_with_callbacks(endless_lab& lab, const http::session& session,
                          const std::shared_ptr<counted>& all) {
    lab.start_all(
        [&](const std::string& url, const fetch_options& options) {
            fetch_url(session, url, options, counting<http::response>(all));
        },
        [&](const std::string& name, int what) {
            switch (what) {
                case 0: return resolve_host(session, name, counting<dns::address_list_v4>(all));
                case 1:
                    return reverse_resolve(session, asio::ip::make_address(name),
                                           counting<dns::name_list>(all));
                case 2: return check_dns_wildcard(session, name, counting<bool>(all));
                default: return resolve_host6(session, name, counting<dns::address_list_v6>(all));
            }
        });
}

// Coroutines of the loop that await: what dies is their frames.
void start_with_coroutines(endless_lab& lab, const http::session& session,
                           const std::shared_ptr<counted>& all) {
    const auto fetch = [](http::session on, std::string url, fetch_options options,
                          std::shared_ptr<counted> in) -> asio::awaitable<void> {
        co_await fetch_url(on, url, options);
        ++in->ended;
    };
    const auto resolve = [](http::session on, std::string name, int what,
                            std::shared_ptr<counted> in) -> asio::awaitable<void> {
        if (what == 0) co_await resolve_host(on, name);
        if (what == 1) co_await reverse_resolve(on, asio::ip::make_address(name));
        if (what == 2) co_await check_dns_wildcard(on, name);
        if (what == 3) co_await resolve_host6(on, name);
        ++in->ended;
    };
    lab.start_all(
        [&](const std::string& url, const fetch_options& options) {
            asio::co_spawn(session.get_executor(), fetch(session, url, options, all), asio::detached);
        },
        [&](const std::string& name, int what) {
            asio::co_spawn(session.get_executor(), resolve(session, name, what, all), asio::detached);
        });
}

}  // namespace

TEST_CASE("a loop is destroyed with a thousand operations in flight, at every stage",
          "[integration][ending]") {
    endless_lab lab;
    const auto all = std::make_shared<counted>();
    for (const bool coroutines : {false, true}) {
        INFO(coroutines);
        lab.plain.clear_requests();
        lab.secure.clear_requests();
        lab.names.clear_queries();
        std::optional<http::session> outlives;
        {
            event_loop loop;
            const auto session = get_session(loop, "test", lab.options());
            if (coroutines) {
                start_with_coroutines(lab, session, all);
                outlives = session;
            } else {
                start_with_callbacks(lab, session, all);
            }
            run_until(loop, [&] { return lab.reached(); });
            CHECK(session.statistics().calls == 500);
            CHECK(session.statistics().waiting == 40 + 30);
            CHECK(all->ended == 0);
        }
        CHECK(all->ended == 0);
        CHECK(all.use_count() == 1);  // no handler and no frame is left
        if (outlives) CHECK_FALSE(outlives->is_open());
        CHECK(lab.plain.wait_for_open_connections(0));
        CHECK(lab.secure.wait_for_open_connections(0));
    }
}

TEST_CASE("a loop is destroyed before it ever ran, with a thousand operations begun",
          "[integration][ending]") {
    endless_lab lab;
    const auto all = std::make_shared<counted>();
    for (const bool coroutines : {false, true}) {
        event_loop loop;
        const auto session = get_session(loop, "test", lab.options());
        coroutines ? start_with_coroutines(lab, session, all) : start_with_callbacks(lab, session, all);
    }
    CHECK(all->ended == 0);
    CHECK(all.use_count() == 1);
}

TEST_CASE("closing a session with 500 fetches in flight ends each of them as aborted",
          "[integration][ending]") {
    endless_lab lab;
    event_loop loop;
    const auto session = get_session(loop, "test", lab.options());
    std::vector<kept_completion<http::response>> fetches;
    lab.start_all(
        [&](const std::string& url, const fetch_options& options) {
            fetch_url(session, url, options, fetches.emplace_back());
        },
        [](const std::string&, int) {});
    run_until(loop, [&] { return lab.plain.request_count() >= 260 && lab.secure.request_count() >= 20; });

    kept_completion<void> closed;
    dragline::close_session(loop, "test", closed);
    run_until(loop, [&] { return closed.done(); });
    settle(loop);
    CHECK_FALSE(closed.ec());
    std::size_t aborted = 0;
    for (const auto& each : fetches)
        aborted += each.calls() == 1 && each.ec() == asio::error::operation_aborted;
    CHECK(aborted == 500);
    CHECK(session.statistics().connections == 0);
    CHECK(lab.plain.wait_for_open_connections(0));

    kept_completion<http::response> late;
    fetch_url(session, lab.plain.url("/body"), late);
    run_until(loop, [&] { return late.done(); });
    CHECK(late.ec() == http::errc::session_closed);
    const auto next = get_session(loop, "test", lab.options());
    lab.plain.on("/good", http_reply().body("good"));
    kept_completion<http::response> good;
    fetch_url(next, lab.plain.url("/good"), good);
    run_until(loop, [&] { return good.done(); });
    CHECK(good.value().body == "good");
}

TEST_CASE("one cancelled waiter of a shared look-up leaves the others running", "[integration][ending]") {
    dns_server names;
    names.host("shared.test", {"192.0.2.1"}).on("shared.test", dns_reply().delay(100ms));
    event_loop loop;
    const auto session = get_session(loop, "test", dragline::test::using_dns(names));
    std::vector<kept_completion<dns::address_list_v4>> waiters(10);
    std::vector<asio::cancellation_signal> signals(waiters.size());
    for (std::size_t i = 0; i < waiters.size(); ++i) {
        resolve_host(session, "shared.test", asio::bind_cancellation_slot(signals[i].slot(), waiters[i]));
    }
    settle(loop);
    signals[0].emit(asio::cancellation_type::terminal);  // who asked first
    signals[7].emit(asio::cancellation_type::terminal);
    run_until(loop, [&] { return waiters[0].done() && waiters[7].done(); });
    for (const auto which : {0, 7}) CHECK(waiters[which].ec() == asio::error::operation_aborted);
    run_until(loop, [&] {
        return std::all_of(waiters.begin(), waiters.end(), [](const auto& each) { return each.done(); });
    });
    for (std::size_t i = 0; i < waiters.size(); ++i) {
        if (i == 0 || i == 7) continue;
        CHECK_FALSE(waiters[i].ec());
        CHECK(waiters[i].value() == dns::address_list_v4{asio::ip::make_address_v4("192.0.2.1")});
    }
    for (const auto& each : waiters) CHECK(each.calls() == 1);
    CHECK(names.query_count("shared.test") == 1);
}

TEST_CASE("an answer that comes after every waiter was cancelled finds nobody", "[integration][ending]") {
    dns_server names;
    names.host("late.test", {"192.0.2.1"}).on("late.test", dns_reply().delay(50ms));
    names.host("later.test", {"192.0.2.2"}).on("later.test", dns_reply().delay(150ms));
    event_loop loop;
    const auto session = get_session(loop, "test", dragline::test::using_dns(names));
    asio::cancellation_signal signal;
    kept_completion<dns::address_list_v4> late;
    kept_completion<dns::address_list_v4> later;
    resolve_host(session, "late.test", asio::bind_cancellation_slot(signal.slot(), late));
    resolve_host(session, "later.test", later);
    run_until(loop, [&] { return names.query_count() == 2; });
    signal.emit(asio::cancellation_type::terminal);
    run_until(loop, [&] { return later.done(); });  // the answer to the first has come meanwhile
    CHECK(late.calls() == 1);
    CHECK(late.ec() == asio::error::operation_aborted);
    CHECK_FALSE(later.ec());
}

TEST_CASE("a session of a new loop at the place of an old one knows nothing of it", "[integration][ending]") {
    http_server server;
    server.on("/", http_reply().body("good"));
    alignas(event_loop) unsigned char place[sizeof(event_loop)];
    for (int round = 1; round <= 3; ++round) {
        auto* loop = new (place) event_loop;
        {
            const auto session = get_session(*loop, "test");
            CHECK(session.statistics().connections == 0);
            CHECK(dragline::test::run_to_end(*loop, fetch_url(session, server.url("/"))).body == "good");
            CHECK(session.statistics().idle_connections == 1);
        }
        loop->~event_loop();
        CHECK(server.connection_count() == static_cast<std::uint64_t>(round));
    }
}
