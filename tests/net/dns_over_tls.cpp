#include <dragline/net/dns_over_tls.hpp>

#include "../support/run.hpp"
#include "../support/tcp_peer.hpp"
#include "tls_dns_server.hpp"

#include <dragline/async/for_each.hpp>
#include <dragline/dns/wire/option.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace dragline::test;
using dragline::condition;
using dragline::net::dns_over_tls_options;
using dragline::net::dns_privacy;
using dragline::test::receive;
using peer = tls_dns_server::peer;

namespace dns = dragline::dns;
namespace wire = dragline::dns::wire;

namespace {

// n17.test has the address 10.1.0.17.
std::string numbered_answer(const tls_dns_query& query) {
    const int number = std::stoi(query.asked().name.substr(1));
    return good_answer(query, [number](wire::message& reply) {
        const auto high = static_cast<std::uint8_t>(number >> 8), low = static_cast<std::uint8_t>(number);
        reply.answers.front().data = dns::a_record{{10, 1, high, low}};
    });
}

// Waits for so many queries, then answers them all, the last one first.
asio::awaitable<void> answer_backwards(peer& client, std::size_t count) {
    for (;;) {
        std::vector<tls_dns_query> asked;
        while (asked.size() < count) {
            auto query = co_await client.next();
            if (!query) co_return;
            asked.push_back(*std::move(query));
        }
        std::string all;
        for (auto at = asked.rbegin(); at != asked.rend(); ++at) all += numbered_answer(*at);
        co_await client.send(all);
    }
}

asio::awaitable<std::size_t> look_up_numbers(dns_over_tls_lab& lab, std::size_t count) {
    const auto one = [&lab](std::size_t i) {
        return dns::resolve_host(lab.resolver, "n" + std::to_string(i) + ".test");
    };
    const auto results = co_await dragline::for_each_limited(lab.loop, count, count, one);
    std::size_t right = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto wanted = "10.1." + std::to_string(i >> 8) + '.' + std::to_string(i & 255);
        if (results[i] && texts(results[i].value()) == list{wanted}) ++right;
    }
    co_return right;
}

}  // namespace

TEST_CASE("a look-up over TLS is answered, and the next one uses the same connection",
          "[net][dns_over_tls]") {
    dns_over_tls_lab lab;
    const auto [ec, found] = lab.resolve("a.test");
    CHECK(!ec);
    CHECK(texts(found) == list{"192.0.2.1"});
    CHECK(lab.trace.attempts.at(0).server == "127.0.0.1:" + std::to_string(lab.server.port()) + "#dns.test");
    CHECK(!lab.error("b.test"));
    CHECK(!lab.error("a.test"));  // from the cache
    CHECK(lab.server.connections() == 1);
    CHECK(lab.server.queries().size() == 2);
}

TEST_CASE("a server may be asked over IPv6", "[net][dns_over_tls]") {
    dns_over_tls_lab lab;
    const tls_dns_server other(&tls_dns_server::answer_all, dns_certificate(),
                               asio::ip::address_v6::loopback());
    const dns::server place(asio::ip::address_v6::loopback(), other.port());
    const dns::resolver over_v6(lab.loop, {dragline::net::make_dns_over_tls(lab.loop, place, lab.trusting())},
                                dns::query_options().hosts_file(false));
    lab.loop.restart();
    const auto found = dragline::run(lab.loop, dns::resolve_host(over_v6, "a.test"));
    CHECK(texts(found) == list{"192.0.2.1"});
    CHECK(other.queries().size() == 1);
}

TEST_CASE("a thousand names go over one connection and come back in any order", "[net][dns_over_tls]") {
    dns_over_tls_lab lab([](peer& client) { return answer_backwards(client, 1000); },
                         dns_over_tls_lab::trusting().max_pipelined(1000));
    CHECK(run_to_end(lab.loop, look_up_numbers(lab, 1000)) == 1000);
    CHECK(lab.server.connections() == 1);
    CHECK(lab.server.queries().size() == 1000);
}

TEST_CASE("every query is padded, and without EDNS none is", "[net][dns_over_tls]") {
    for (const std::size_t block : {128u, 64u, 0u}) {
        dns_over_tls_lab lab(&tls_dns_server::answer_all, dns_over_tls_lab::trusting().padding(block));
        std::string name = "a";
        for (; name.size() < 63; name += 'a') REQUIRE(!lab.error(name + ".test"));
        for (const auto& query : lab.server.queries()) {
            if (block > 0) CHECK(query.size % block == 0);
            const auto& options = query.message.extension.value().options;
            CHECK(wire::find_option(options, wire::option_code::padding).has_value() == (block > 0));
            CHECK(wire::find_option(options, wire::option_code::tcp_keepalive));
        }
    }
    dns_over_tls_lab lab([](peer& client) -> asio::awaitable<void> {
        while (auto query = co_await client.next()) {
            const bool plain = !query->message.extension;
            co_await client.send(good_answer(*query, [plain](wire::message& reply) {
                if (!plain) reply.code = dns::rcode::format_error;
            }));
        }
    });
    CHECK(!lab.error("a.test"));
    const auto queries = lab.server.queries();
    REQUIRE(queries.size() == 2);
    CHECK(queries[1].size == 12 + 8 + 4);
}

TEST_CASE("no more queries are on their way than the options say", "[net][dns_over_tls]") {
    dns_over_tls_lab lab([](peer& client) { return answer_backwards(client, 3); },
                         dns_over_tls_lab::trusting().max_pipelined(3).connections(2));
    std::size_t right = 0;
    const auto look_up = [](dns_over_tls_lab& in, std::size_t& out) -> asio::awaitable<void> {
        out = co_await look_up_numbers(in, 300);
    };
    run_to_end(lab.loop, look_up(lab, right));
    CHECK(right == 300);
    CHECK(lab.server.connections() == 2);
    std::map<std::size_t, std::size_t> by_connection;
    for (const auto& query : lab.server.queries()) ++by_connection[query.connection];
    CHECK(by_connection[1] + by_connection[2] == 300);

    dns_over_tls_lab silent(
        [](peer& client) -> asio::awaitable<void> {
            while (co_await client.next()) {
            }
        },
        dns_over_tls_lab::trusting().max_pipelined(4).connections(1));
    for (int i = 0; i < 20; ++i) {
        dns::resolve_host(silent.resolver, "n" + std::to_string(i) + ".test", [](std::error_code, auto) {});
    }
    run_until(silent.loop, [&] { return silent.server.queries().size() >= 4; });
    settle(silent.loop);
    CHECK(silent.server.queries().size() == 4);
    CHECK(silent.server.connections() == 1);
}

TEST_CASE("an answer may come byte by byte, or many in one piece", "[net][dns_over_tls]") {
    dns_over_tls_lab lab([](peer& client) -> asio::awaitable<void> {
        while (auto query = co_await client.next()) {
            const auto answer = good_answer(*query);
            for (const char each : answer) co_await client.send(std::string(1, each));
        }
    });
    CHECK(!lab.error("a.test"));
    CHECK(!lab.error("b.test"));
    CHECK(lab.server.connections() == 1);
}

TEST_CASE("the largest answer there can be is taken", "[net][dns_over_tls]") {
    dns_over_tls_lab lab([](peer& client) -> asio::awaitable<void> {
        while (auto query = co_await client.next()) {
            auto answer = good_answer(*query).substr(2);
            answer.resize(wire::max_message_size);  // what comes behind the last record is ignored
            co_await client.send(framed(answer));
        }
    });
    CHECK(!lab.error("a.test"));
    CHECK(!lab.error("b.test"));
}

TEST_CASE("run() returns with an idle connection open, and with a question that was given up",
          "[net][dns_over_tls]") {
    dns_over_tls_lab lab([](peer& client) -> asio::awaitable<void> {
        std::optional<tls_dns_query> kept;
        while (auto query = co_await client.next()) {
            if (query->asked().name == "slow.test") {
                kept = std::move(query);
                continue;
            }
            if (kept) co_await client.send(good_answer(*std::exchange(kept, std::nullopt)));
            co_await client.send(good_answer(*query));
        }
    });
    CHECK(!lab.error("a.test"));
    lab.run_out();

    asio::cancellation_signal signal;
    std::optional<std::error_code> outcome;
    dns::resolve_host(
        lab.resolver, "slow.test",
        asio::bind_cancellation_slot(signal.slot(), [&](std::error_code ec, auto) { outcome = ec; }));
    run_until(lab.loop, [&] { return lab.server.queries().size() == 2; });
    signal.emit(asio::cancellation_type::terminal);
    lab.run_out();
    REQUIRE(outcome);
    CHECK(*outcome == asio::error::operation_aborted);

    // The late answer comes with that to the next question; nobody but the cache wants it.
    CHECK(!lab.error("b.test"));
    CHECK(!lab.error("slow.test"));
    CHECK(lab.trace.source == dns::answer_source::cache);
    CHECK(lab.server.connections() == 1);
}

TEST_CASE("a question that is given up while connecting takes the connection along", "[net][dns_over_tls]") {
    tcp_peer silent;
    dragline::event_loop loop;
    const auto transport = dragline::net::make_dns_over_tls(
        loop, dns::server(silent.endpoint().address(), silent.port()), dns_over_tls_lab::trusting());
    const dns::resolver resolver(loop, std::vector<std::shared_ptr<dns::transport>>{transport});
    asio::cancellation_signal signal;
    dns::resolve_host(resolver, "a.test",
                      asio::bind_cancellation_slot(signal.slot(), [](std::error_code, auto) {}));
    settle(loop);
    auto& connection = silent.accept();
    settle(loop);
    signal.emit(asio::cancellation_type::terminal);
    loop.restart();
    loop.run();
    std::string sent;
    while (true) {
        const auto more = receive(connection);
        if (more.empty()) break;
        sent += more;
    }
    CHECK(sent.substr(0, 1) == "\x16");  // a handshake record, and nothing after it
    CHECK(sent.find("a.test") == sent.npos);
}

TEST_CASE("what is asked in the background does not keep the loop running", "[net][dns_over_tls]") {
    struct counting_sink final : dns::reply_sink {
        void on_reply(std::size_t, dragline::result<wire::message> reply) override { ++(reply ? good : bad); }
        int good = 0;
        int bad = 0;
    };
    dns_over_tls_lab lab;
    const auto sink = std::make_shared<counting_sink>();
    lab.transport->ask(dns::question("a.test"), {}, sink, 0);  // waits for a connection
    lab.run_out();
    CHECK(lab.server.connections() == 0);
    CHECK(!lab.error("b.test"));
    REQUIRE(lab.server.wait_for_queries(2));

    lab.transport->ask(dns::question("c.test"), {}, sink, 1);  // goes out at once
    lab.run_out();
    REQUIRE(lab.server.wait_for_queries(3));
    CHECK(!lab.error("d.test"));
    run_until(lab.loop, [&] {
        if (sink->good < 2) lab.error("e" + std::to_string(lab.server.queries().size()) + ".test");
        return sink->good == 2;
    });
    CHECK(sink->bad == 0);
    CHECK(lab.server.connections() == 1);

    lab.transport.reset();
    lab.resolver = dns::resolver(lab.loop);
}

TEST_CASE("a silent server is left at the caller's deadline", "[net][dns_over_tls]") {
    dns_over_tls_lab lab([](peer& client) -> asio::awaitable<void> {
        while (co_await client.next()) {
        }
    });
    const auto began = lab.clock.now();
    CHECK(lab.error("a.test", dns::query_options().timeout(150ms)) == condition::timeout);
    CHECK(lab.clock.now() - began >= 150ms);
    lab.run_out();
    CHECK(lab.server.queries().size() == 1);
}

TEST_CASE("a loop ends with queries on their way, whatever stage they are at", "[net][dns_over_tls]") {
    tls_dns_server server([](peer& client) -> asio::awaitable<void> {
        while (co_await client.next()) {
        }
    });
    for (const bool sent : {false, true}) {
        std::optional<dragline::event_loop> loop(std::in_place);
        const dns::server place(asio::ip::address_v4::loopback(), server.port());
        const auto transport =
            dragline::net::make_dns_over_tls(*loop, place, dns_over_tls_lab::trusting().max_pipelined(2));
        {
            const dns::resolver resolver(*loop, std::vector<std::shared_ptr<dns::transport>>{transport});
            for (int i = 0; i < 5; ++i) {
                dns::resolve_host(resolver, "n" + std::to_string(i) + ".test",
                                  [](std::error_code, auto) { FAIL("completed after the end of its loop"); });
            }
        }
        if (sent) run_until(*loop, [&] { return server.queries().size() >= 4; });
        loop->poll();
        loop.reset();
        transport->ask(dns::question("late.test"), {}, nullptr, 0);  // does nothing
        transport->hold();
        transport->release();
    }
}

TEST_CASE("a transport may be dropped while its connection is open", "[net][dns_over_tls]") {
    dns_over_tls_lab lab;
    CHECK(!lab.error("a.test"));
    {
        const auto other = lab.to(lab.server, dns_over_tls_lab::trusting());
        const dns::resolver resolver(lab.loop, std::vector<std::shared_ptr<dns::transport>>{other},
                                     dns::query_options().hosts_file(false));
        lab.loop.restart();
        CHECK(!std::get<0>(dragline::run(lab.loop, dns::resolve_host(resolver, "a.test", no_throw))));
    }
    lab.run_out();
    CHECK(!lab.error("b.test"));  // sweeps what nobody holds
}

TEST_CASE("a server is at port 853 unless something else is said", "[net][dns_over_tls]") {
    dragline::event_loop loop;
    const auto address = asio::ip::make_address("192.0.2.53");
    CHECK(dragline::net::make_dns_over_tls(loop, address)->description() == "192.0.2.53:853");
}
