#include <dragline/net/dns_over_tls.hpp>

#include "../support/tcp_peer.hpp"
#include "tls_dns_server.hpp"

#include <dragline/dns/wire/option.hpp>
#include <dragline/testing/sockets.hpp>
#include <dragline/tls/error.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace dragline::test;
using dragline::condition;
using dragline::dns::errc;
using dragline::net::dns_over_tls_options;
using dragline::net::dns_privacy;
using dragline::testing::certificate_request;
using peer = tls_dns_server::peer;

namespace dns = dragline::dns;
namespace tls = dragline::tls;
namespace wire = dragline::dns::wire;

namespace {

dns_over_tls_options trusting() { return dns_over_tls_lab::trusting(); }

std::error_code ask(dragline::event_loop& loop, std::shared_ptr<dns::transport> transport,
                    dns::query_options options = {}) {
    const dns::resolver resolver(loop, std::vector<std::shared_ptr<dns::transport>>{std::move(transport)},
                                 options.hosts_file(false));
    loop.restart();
    return std::get<0>(dragline::run(loop, dns::resolve_host(resolver, "a.test", no_throw)));
}

// Answers so many queries, and ends the connection at the next one, before it is answered.
asio::awaitable<void> hang_up_after(peer& client, std::size_t answers, dragline::testing::ending how) {
    for (std::size_t i = 0; i < answers; ++i) {
        auto query = co_await client.next();
        if (!query) co_return;
        co_await client.send(good_answer(*query));
    }
    co_await client.next();
    co_await client.close(how);
}

// Answers with what `make` says while it is the first connection, and well afterwards.
tls_dns_server::conversation first_with(std::function<std::string(const tls_dns_query&)> make) {
    return [make](peer& client) {
        const auto talk = [](peer& with,
                             std::function<std::string(const tls_dns_query&)> text) -> asio::awaitable<void> {
            while (auto query = co_await with.next()) {
                auto answer = with.number == 1 ? text(*query) : good_answer(*query);
                co_await with.send(std::move(answer));
            }
        };
        return talk(client, make);
    };
}

}  // namespace

TEST_CASE("a server that proves another name, or none that is trusted, gets no query",
          "[net][dns_over_tls]") {
    dragline::event_loop loop;
    const auto at = [&](const tls_dns_server& server, const dns_over_tls_options& options) {
        const dns::server place(asio::ip::address_v4::loopback(), server.port());
        return ask(loop, dragline::net::make_dns_over_tls(loop, place, options));
    };
    const auto refused = [&](const tls_dns_server& server, const dns_over_tls_options& options) {
        const auto ec = at(server, options);
        CHECK(ec == condition::tls_failed);
        REQUIRE(server.wait_for_ends(server.connections()));
        CHECK(server.secure_connections() == 0);
        CHECK(server.queries().empty());
        return ec;
    };
    const auto ca = tls::client_options().ca_pem(dns_authority().certificate_pem());
    tls_dns_server server;
    auto other = trusting().server_name("other.test");
    CHECK(refused(server, other) == tls::errc::host_mismatch);
    const auto stranger = tls::client_options().ca_pem(
        dragline::testing::certificate_authority("another CA").certificate_pem());
    CHECK(refused(server, trusting().tls(stranger)) == tls::errc::unknown_issuer);
    // Strict, though the TLS options would not verify.
    CHECK(refused(server, other.tls(tls::client_options(ca).verify(false))) == tls::errc::host_mismatch);

    const tls_dns_server expired(&tls_dns_server::answer_all,
                                 dns_authority().issue(certificate_request().name("dns.test").expired()));
    CHECK(refused(expired, trusting()) == tls::errc::certificate_expired);

    // Without a name it is the address that counts.
    auto by_address = dns_over_tls_options().tls(ca);
    CHECK(!at(server, by_address));
    const tls_dns_server named(&tls_dns_server::answer_all,
                               dns_authority().issue(certificate_request().name("dns.test")));
    CHECK(refused(named, by_address) == tls::errc::address_mismatch);

    // Only who asks for it gets along without proof.
    CHECK(!at(expired, dns_over_tls_options().privacy(dns_privacy::opportunistic)));
    CHECK(!at(named, by_address.privacy(dns_privacy::opportunistic)));
}

TEST_CASE("nothing is ever sent in the clear", "[net][dns_over_tls]") {
    for (const std::string answer : {"HTTP/1.1 400 Bad Request\r\n\r\n", ""}) {
        tcp_peer plain;
        dragline::event_loop loop;
        const auto transport =
            dragline::net::make_dns_over_tls(loop, dns::server(plain.endpoint().address(), plain.port()),
                                             trusting().privacy(dns_privacy::opportunistic));
        const dns::resolver resolver(loop, std::vector<std::shared_ptr<dns::transport>>{transport});
        kept_completion<dns::address_list_v4> done;
        dns::resolve_host(resolver, "secret.test", dns::query_options().tries(1), done);
        settle(loop);
        auto& connection = plain.accept();
        settle(loop);
        auto sent = receive(connection);
        send(connection, answer);
        connection.shutdown(asio::ip::tcp::socket::shutdown_send);
        run_until(loop, [&] { return done.done(); });
        CHECK(done.ec() == condition::tls_failed);
        for (;;) {
            const auto more = receive(connection);
            if (more.empty()) break;
            sent += more;
        }
        CHECK(sent.at(0) == 0x16);
        CHECK(sent.find("secret") == sent.npos);
    }
}

TEST_CASE("nobody at the port, or nobody who speaks, is told as such", "[net][dns_over_tls]") {
    dragline::event_loop loop;
    const auto once = dns::query_options().tries(1);
    const dragline::testing::dead_port dead;
    const dns::server nobody(dead.endpoint().address(), dead.port());
    CHECK(ask(loop, dragline::net::make_dns_over_tls(loop, nobody, trusting()), once) ==
          errc::servers_unreachable);

    const dragline::testing::black_hole hole;
    const dns::server lost(hole.endpoint().address(), hole.port());
    const auto hurried = trusting().connect_timeout(30ms);
    const auto late = ask(loop, dragline::net::make_dns_over_tls(loop, lost, hurried), once);
    CHECK(late == dragline::make_timeout(dragline::phase::connect));

    const tcp_peer silent;
    const dns::server mute(silent.endpoint().address(), silent.port());
    const auto stuck = ask(loop, dragline::net::make_dns_over_tls(loop, mute, hurried), once);
    CHECK(stuck == dragline::make_timeout(dragline::phase::tls));
}

TEST_CASE("the second server is asked when the first fails, and from then on first", "[net][dns_over_tls]") {
    dns_over_tls_lab lab;
    tls_dns_server wrong(&tls_dns_server::answer_all,
                         dns_authority().issue(certificate_request().name("other.test")));
    std::vector<std::shared_ptr<dns::transport>> both{lab.to(wrong, trusting()), lab.transport};
    lab.resolver = dns::resolver(lab.loop, both, dns::query_options().hosts_file(false));
    CHECK(!lab.error("a.test"));
    REQUIRE(lab.trace.attempts.size() == 2);
    CHECK(lab.trace.attempts[0].error == tls::errc::host_mismatch);
    CHECK(!lab.error("b.test"));
    CHECK(lab.trace.attempts.size() == 1);
    CHECK(wrong.connections() == 1);
}

TEST_CASE("a connection that the server closed when idle is replaced unnoticed", "[net][dns_over_tls]") {
    for (const auto how : {dragline::testing::ending::close, dragline::testing::ending::truncate}) {
        dns_over_tls_lab lab([how](peer& client) {
            const auto talk = [](peer& with, dragline::testing::ending end) -> asio::awaitable<void> {
                auto query = co_await with.next();
                if (query) co_await with.send(good_answer(*query));
                co_await with.close(end);
            };
            return talk(client, how);
        });
        CHECK(!lab.error("a.test"));
        REQUIRE(lab.server.wait_for_ends(1));
        CHECK(!lab.error("b.test"));
        CHECK(lab.trace.attempts.size() == 1);
        CHECK(lab.server.connections() == 2);
        CHECK(lab.server.resumed_connections() == 1);  // its ticket spared the second handshake
        CHECK(lab.server.queries().size() == 2);
    }
}

TEST_CASE("what a connection leaves unanswered is asked once more, where it had been of use",
          "[net][dns_over_tls]") {
    for (const auto how : {dragline::testing::ending::close, dragline::testing::ending::truncate,
                           dragline::testing::ending::reset}) {
        dns_over_tls_lab lab([how](peer& client) { return hang_up_after(client, 1, how); });
        CHECK(!lab.error("a.test"));
        CHECK(!lab.error("b.test"));  // at once on the second connection, which is new
        CHECK(lab.trace.attempts.size() == 1);
        CHECK(lab.server.connections() == 2);
        CHECK(lab.server.queries().size() == 3);
    }
    dns_over_tls_lab never(
        [](peer& client) { return hang_up_after(client, 0, dragline::testing::ending::close); });
    CHECK(never.error("a.test") == errc::servers_unreachable);
    CHECK(never.server.queries().size() == 1);

    // The second connection answers others, but not this one.
    dns_over_tls_lab picky([](peer& client) -> asio::awaitable<void> {
        while (auto query = co_await client.next()) {
            if (query->asked().name == "bad.test") co_return;
            co_await client.send(good_answer(*query));
        }
    });
    CHECK(!picky.error("a.test"));
    CHECK(picky.error("bad.test") == errc::servers_unreachable);
    CHECK(picky.server.queries().size() == 3);
    CHECK(!picky.error("b.test"));
}

TEST_CASE("a length that no message has ends the connection", "[net][dns_over_tls]") {
    for (const std::size_t size : {0u, 1u, 11u}) {
        dns_over_tls_lab lab(
            first_with([size](const tls_dns_query&) { return framed(std::string(size, 'x')); }));
        CHECK(lab.error("a.test", dns::query_options().tries(1)) == errc::malformed_message);
        CHECK(!lab.error("a.test"));
        CHECK(lab.server.connections() == 2);
    }
}

TEST_CASE("an answer that makes no sense fails its own question alone", "[net][dns_over_tls]") {
    dns_over_tls_lab lab(first_with([](const tls_dns_query& query) {
        auto answer = good_answer(query);
        if (query.asked().name == "a.test") return framed(answer.substr(2, answer.size() - 3));
        if (query.asked().name == "b.test") {
            return good_answer(query, [](wire::message& reply) { reply.questions[0].name = "c.test"; });
        }
        return answer;
    }));
    CHECK(lab.error("a.test", dns::query_options().tries(1)) == errc::malformed_message);
    CHECK(lab.error("b.test") == errc::question_mismatch);
    CHECK(!lab.error("c.test"));
    CHECK(lab.server.connections() == 1);
}

TEST_CASE("an answer to nothing that was asked ends the connection", "[net][dns_over_tls]") {
    dns_over_tls_lab wrong_id(first_with([](const tls_dns_query& query) {
        return good_answer(query, [](wire::message& reply) { reply.id ^= 1; });
    }));
    CHECK(wrong_id.error("a.test") == errc::id_mismatch);
    CHECK(!wrong_id.error("a.test"));
    CHECK(wrong_id.server.connections() == 2);

    dns_over_tls_lab echo(first_with([](const tls_dns_query& query) {
        return good_answer(query, [](wire::message& reply) { reply.response = false; });
    }));
    CHECK(echo.error("a.test") == errc::not_a_response);
    CHECK(!echo.error("a.test"));

    dns_over_tls_lab unasked([](peer& client) -> asio::awaitable<void> {
        while (auto query = co_await client.next()) {
            co_await client.send(good_answer(*query) + good_answer(*query));
        }
    });
    CHECK(!unasked.error("a.test"));
    CHECK(!unasked.error("b.test"));
}

TEST_CASE("a connection that has fallen silent gets no more queries", "[net][dns_over_tls]") {
    dns_over_tls_lab lab([](peer& client) -> asio::awaitable<void> {
        while (auto query = co_await client.next()) {
            if (client.number > 1) co_await client.send(good_answer(*query));
        }
    });
    kept_completion<dns::address_list_v4> done;
    dns::resolve_host(lab.resolver, "a.test", done);
    run_until(lab.loop, [&] { return lab.server.queries().size() == 1; });
    lab.clock.advance(1600ms);  // the try is over
    run_until(lab.loop, [&] { return done.done(); });
    CHECK(!done.ec());
    CHECK(lab.server.connections() == 2);
    CHECK(!lab.error("b.test"));
    CHECK(lab.server.connections() == 2);
}

TEST_CASE("an answer is not waited for beyond its time, and no surprise when it comes",
          "[net][dns_over_tls]") {
    dns_over_tls_lab lab(
        [](peer& client) -> asio::awaitable<void> {
            std::string late;
            while (auto query = co_await client.next()) {
                auto answer = good_answer(*query);
                if (query->asked().name == "a.test") {
                    late = std::move(answer);
                    continue;
                }
                co_await client.send(std::exchange(late, {}) + answer);
            }
        },
        trusting().answer_timeout(400ms));
    kept_completion<dns::address_list_v4> done;
    const auto patient = dns::query_options().try_timeout(100s).timeout(100s).tries(1);
    dns::resolve_host(lab.resolver, "a.test", patient, done);
    run_until(lab.loop, [&] { return lab.server.queries().size() == 1; });
    lab.clock.advance(520ms);
    run_until(lab.loop, [&] { return done.done(); });
    CHECK(done.ec() == dragline::make_timeout(dragline::phase::resolve));
    CHECK(!lab.error("b.test"));
}

TEST_CASE("an idle connection is used for as long as client and server agree", "[net][dns_over_tls]") {
    const auto saying = [](std::uint16_t time) {  // in units of 100 ms
        return [time](peer& client) {
            const auto talk = [](peer& with, std::uint16_t units) -> asio::awaitable<void> {
                while (auto query = co_await with.next()) {
                    const auto high = static_cast<std::uint8_t>(units >> 8);
                    const auto low = static_cast<std::uint8_t>(units);
                    const std::vector<std::uint8_t> option{0, 11, 0, 2, high, low};
                    auto answer = good_answer(
                        *query, [&option](wire::message& reply) { reply.extension->options = option; });
                    co_await with.send(std::move(answer));
                }
            };
            return talk(client, time);
        };
    };
    const struct {
        std::uint16_t said;
        std::chrono::milliseconds kept;
    } cases[] = {{20, 2000ms}, {600, 10'000ms}};
    for (const auto& each : cases) {
        dns_over_tls_lab lab(saying(each.said));
        CHECK(!lab.error("a.test"));
        lab.clock.advance(each.kept - 1500ms);
        CHECK(!lab.error("b.test"));
        CHECK(lab.server.connections() == 1);
        lab.clock.advance(each.kept);
        CHECK(!lab.error("c.test"));
        CHECK(lab.server.connections() == 2);
    }
    dns_over_tls_lab lab(saying(0));  // hang up at once
    CHECK(!lab.error("a.test"));
    CHECK(lab.server.wait_for_ends(1));
    CHECK(!lab.error("b.test"));
    CHECK(lab.server.connections() == 2);
}
