#include <dragline/dns/resolver.hpp>

#include <catch2/catch_test_macros.hpp>

#include "lab.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/post.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// How look-ups behave together, with several servers, late and forged answers, and at the end of the loop.

namespace dns = dragline::dns;
using namespace dragline::test;
using namespace std::chrono_literals;
using dns::errc;
using dragline::testing::dns_reply;
using dragline::testing::dns_server;

namespace {

struct outcome {
    std::optional<std::error_code> ec;
    dns::address_list_v4 addresses;
};

// Starts a look-up whose end is written to `into`.
void start(dns_lab& lab, std::string_view name, dns::query_options options, outcome& into) {
    dns::resolve_host(lab.loop, name, std::move(options),
                      [&into](std::error_code ec, dns::address_list_v4 addresses) {
                          into.ec = ec;
                          into.addresses = std::move(addresses);
                      });
}

void start(dns_lab& lab, std::string_view name, asio::cancellation_signal& signal, outcome& into) {
    dns::resolve_host(
        lab.loop, name, lab.options(),
        asio::bind_cancellation_slot(signal.slot(),
                                     [&into](std::error_code ec, dns::address_list_v4) { into.ec = ec; }));
}

dns::query_options options_for(const std::vector<const dns_server*>& servers) {
    dns::query_options options;
    for (const auto* server : servers) options.add_server(server->to_string());
    return options.hosts_file(false);
}

// Runs the loop until `done` says so.
template <class Done>
void run_until(dns_lab& lab, Done done) {
    auto wait = [](Done until) -> asio::awaitable<void> {
        asio::steady_timer timer(co_await asio::this_coro::executor);
        while (!until()) {
            timer.expires_after(1ms);
            co_await timer.async_wait(asio::use_awaitable);
        }
    };
    lab.run(wait(done));
}

}  // namespace

TEST_CASE("a question that many ask at the same time is sent once", "[dns][lookup]") {
    dns_lab lab;
    lab.server.host("a.test", {"127.0.0.2"}).on("a.test", dns_reply().delay(20ms));
    std::vector<outcome> all(100);
    for (auto& each : all) start(lab, "a.test", lab.options(), each);
    lab.loop.run();
    for (const auto& each : all) CHECK((each.ec && !*each.ec && each.addresses.size() == 1));
    CHECK(lab.server.query_count() == 1);
}

TEST_CASE("one cancelled waiter of a shared look-up leaves the others running", "[dns][lookup]") {
    dns_lab lab;
    lab.server.host("a.test", {"127.0.0.2"}).on("a.test", dns_reply().delay(50ms));
    asio::cancellation_signal signal;
    outcome first, second, third;
    start(lab, "a.test", signal, first);  // the one that began it
    start(lab, "a.test", lab.options(), second);
    start(lab, "a.test", lab.options().timeout(10ms), third);
    lab.server.wait_for_queries(0);
    run_until(lab, [&lab] { return lab.server.query_count() == 1; });
    signal.emit(asio::cancellation_type::terminal);
    lab.loop.restart();
    lab.loop.run();
    CHECK(first.ec == asio::error::operation_aborted);
    CHECK(third.ec == dragline::make_timeout(dragline::phase::resolve));
    CHECK(second.ec == std::error_code());
    CHECK(texts(second.addresses) == list{"127.0.0.2"});
    CHECK(lab.server.query_count() == 1);
}

TEST_CASE("a look-up is cancelled by any type of cancellation", "[dns][lookup]") {
    dns_lab lab;
    lab.server.on("silent.test", dns_reply().silent());
    for (const auto type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                            asio::cancellation_type::total}) {
        asio::cancellation_signal signal;
        outcome got;
        start(lab, "silent.test", signal, got);
        asio::post(lab.loop.context(), [&] { asio::post(lab.loop.context(), [&] { signal.emit(type); }); });
        lab.loop.restart();
        lab.loop.run();  // returns, though c-ares still waits
        CHECK(got.ec == asio::error::operation_aborted);
    }
}

TEST_CASE("an answer that arrives after cancellation finds nobody, but fills the cache",
          "[dns][lookup][seed_17]") {
    dns_lab lab;
    lab.server.host("late.test", {"127.0.0.2"})
        .on("late.test", dns_reply().delay(60ms))
        .on("busy.test", dns_reply().delay(120ms));
    outcome late;
    start(lab, "late.test", lab.options().timeout(20ms), late);
    lab.loop.run();
    CHECK(late.ec == dragline::condition::timeout);
    late.ec.reset();
    CHECK(lab.error("busy.test") == errc::name_not_found);  // the loop runs on for somebody else
    CHECK_FALSE(late.ec.has_value());
    CHECK_FALSE(lab.error("late.test"));
    CHECK(lab.server.query_count("late.test") == 1);
}

TEST_CASE("three dead servers end within the overall deadline", "[dns][lookup][seed_18]") {
    dns_lab lab;
    dns_server dead[3];
    for (auto& each : dead) each.on_query(dns_reply().silent());
    const auto options = options_for({&dead[0], &dead[1], &dead[2]}).timeout(150ms).try_timeout(100ms);
    const auto began = std::chrono::steady_clock::now();
    CHECK(lab.error("a.test", options) == dragline::condition::timeout);
    const auto took = std::chrono::steady_clock::now() - began;
    CHECK(took >= 150ms);
    CHECK(dead[0].query_count() == 1);
    CHECK(dead[1].query_count() == 1);
    CHECK(dead[2].query_count() == 0);
}

TEST_CASE("the tries go round the servers and no further", "[dns][lookup]") {
    dns_lab lab;
    dns_server dead[2];
    for (auto& each : dead) each.on_query(dns_reply().silent());
    CHECK(lab.error("a.test", options_for({&dead[0], &dead[1]}).try_timeout(20ms)) ==
          dragline::condition::timeout);
    CHECK(dead[0].query_count() == 2);
    CHECK(dead[1].query_count() == 1);
}

TEST_CASE("a server that is silent is asked last from then on", "[dns][lookup]") {
    dns_lab lab;
    dns_server dead;
    dead.on_query(dns_reply().silent());
    lab.server.host("a.test", {"127.0.0.2"}).host("b.test", {"127.0.0.2"});
    const auto options = options_for({&dead, &lab.server}).try_timeout(30ms);
    CHECK_FALSE(lab.error("a.test", options));
    CHECK(dead.query_count() == 1);
    CHECK_FALSE(lab.error("b.test", options));
    CHECK(dead.query_count() == 1);
    CHECK(lab.server.query_count() == 2);
}

TEST_CASE("the next server is asked when one fails, refuses, errs or is not there", "[dns][lookup]") {
    for (const auto code : {dns::rcode::server_failure, dns::rcode::refused, dns::rcode::not_implemented,
                            dns::rcode::format_error, static_cast<dns::rcode>(9)}) {
        dns_lab lab;
        dns_server bad;
        bad.on_query(dns_reply(code));
        lab.server.host("a.test", {"127.0.0.2"});
        CAPTURE(to_string(code));
        CHECK_FALSE(lab.error("a.test", options_for({&bad, &lab.server})));
        CHECK(lab.server.query_count() == 1);
    }
    dns_lab lab;
    lab.server.host("a.test", {"127.0.0.2"});
    const auto options = dns::query_options().add_server("127.0.0.1:1").add_server(lab.server.to_string());
    CHECK_FALSE(lab.error("a.test", options));
}

TEST_CASE("NXDOMAIN is believed and no other server is asked", "[dns][lookup]") {
    dns_lab lab;
    dns_server other;
    CHECK(lab.error("gone.test", options_for({&lab.server, &other})) == errc::name_not_found);
    CHECK(other.query_count() == 0);
}

TEST_CASE("servers that nobody runs are unreachable, at once", "[dns][lookup]") {
    dns_lab lab;
    const auto options =
        dns::query_options().add_server("127.0.0.1:1").add_server("127.0.0.1:2").try_timeout(1h).timeout(1h);
    const auto ec = lab.error("a.test", options);
    CHECK(ec == errc::servers_unreachable);
    CHECK(ec == dragline::condition::resolve_failed);
}

TEST_CASE("what servers said weighs more than that another was silent", "[dns][lookup]") {
    dns_lab lab;
    dns_server dead;
    dead.on_query(dns_reply().silent());
    lab.server.on("a.test", dns_reply(dns::rcode::refused));
    CHECK(lab.error("a.test", options_for({&dead, &lab.server}).try_timeout(20ms).tries(2)) == errc::refused);
}

TEST_CASE("an answer to an earlier try counts while a later one waits", "[dns][lookup]") {
    dns_lab lab;
    dns_server slow, dead;
    slow.host("a.test", {"127.0.0.2"}).on("a.test", dns_reply().delay(60ms));
    dead.on_query(dns_reply().silent());
    dns::lookup_trace trace;
    const auto options = options_for({&slow, &dead}).try_timeout(30ms).tries(2).timeout(5s);
    // The second try, of a minute, would not end before the answer to the first.
    CHECK_FALSE(lab.error("a.test", dns::query_options(options).try_timeout(40ms).trace(&trace)));
    REQUIRE(trace.attempts.size() == 2);
    CHECK_FALSE(trace.attempts[0].error);
    CHECK(trace.source == dns::answer_source::network);
}

TEST_CASE("forged answers are not taken: wrong id, wrong question, wrong source", "[dns][lookup]") {
    dns_lab lab;
    lab.server.host("*.test", {"127.0.0.2"})
        .on("id.test", dns_reply().wrong_id().genuine_after(20ms))
        .on("question.test", dns_reply().wrong_question().genuine_after(20ms))
        .on("port.test", dns_reply().other_port().genuine_after(20ms));
    for (const auto* name : {"id.test", "question.test", "port.test"}) {
        CAPTURE(name);
        const auto [ec, addresses] = lab.resolve(name);
        CHECK_FALSE(ec);
        CHECK(texts(addresses) == list{"127.0.0.2"});
    }
}

TEST_CASE("garbage for ever ends in bounded time, and one good answer after it is taken", "[dns][lookup]") {
    dns_lab lab;
    lab.server.host("*.test", {"127.0.0.2"})
        .on("noise.test", dns_reply().garbage())
        .on("loop.test", dns_reply().compression_loop())
        .on("cut.test", dns_reply().cut(20))
        .on("healed.test", std::vector<dns_reply>{dns_reply().garbage(), dns_reply()});
    const auto fast = lab.options().try_timeout(40ms).timeout(1s);
    for (const auto* name : {"noise.test", "loop.test", "cut.test"}) {
        const auto ec = lab.error(name, fast);
        CAPTURE(name, ec.message());
        CHECK((ec == errc::malformed_message || ec == dragline::condition::timeout));
    }
    CHECK_FALSE(lab.error("healed.test", fast));
    CHECK_FALSE(lab.error("other.test", fast));
}

TEST_CASE("a server that does not know EDNS is asked again without", "[dns][lookup]") {
    dns_lab lab;
    lab.server.host("*.test", {"127.0.0.2"}).on_query([](const dragline::testing::dns_query& query) {
        return query.message.extension ? dns_reply(dns::rcode::format_error).no_extension()
                                       : dns_reply().no_extension();
    });
    CHECK_FALSE(lab.error("a.test"));
    CHECK_FALSE(lab.error("b.test"));
}

TEST_CASE("duplicates of an answer disturb nobody", "[dns][lookup]") {
    dns_lab lab;
    lab.server.host("*.test", {"127.0.0.2"}).on_query(dns_reply().duplicates(3));
    for (int i = 0; i < 20; ++i) CHECK_FALSE(lab.error("n" + std::to_string(i) + ".test"));
}

namespace {

// Starts look-ups one after the other, 500 at a time: more would drown in the server's socket buffer.
struct many_lookups {
    static constexpr int count = 10'000;
    dns_lab& lab;
    dns::query_options options = lab.options().timeout(60s).tries(20).try_timeout(500ms);
    int started = 0;
    int right = 0;

    void next() {
        if (started == count) return;
        const int number = started++;
        dns::resolve_host(lab.loop, "n" + std::to_string(number) + ".test", options,
                          [this, number](std::error_code ec, dns::address_list_v4 addresses) {
                              right += number % 10 == 0 ? ec == errc::name_not_found
                                                        : !ec && texts(addresses) == list{address(number)};
                              next();
                          });
    }
    static std::string address(int number) {
        return "10.0." + std::to_string(number / 256) + "." + std::to_string(number % 256);
    }
};

}  // namespace

TEST_CASE("ten thousand look-ups are all answered, each with its own answer", "[dns][lookup]") {
    dns_lab lab;
    lab.server.on_query([](const dragline::testing::dns_query& query) {
        const auto number = std::stoi(query.name().substr(1));
        if (number % 10 == 0) return dns_reply(dns::rcode::name_not_found);
        return dns_reply().answer(dns::record_type::a, {many_lookups::address(number)});
    });
    many_lookups all{lab};
    for (int i = 0; i < 500; ++i) all.next();
    lab.loop.run();
    CHECK(all.right == many_lookups::count);
}

TEST_CASE("a loop may be destroyed with a thousand look-ups in flight", "[dns][lookup]") {
    auto lab = std::make_unique<dns_lab>();
    lab->server.on_query(dns_reply().silent());
    int completed = 0;
    for (int i = 0; i < 1000; ++i) {
        dns::resolve_host(lab->loop, "n" + std::to_string(i % 600) + ".test", lab->options(),
                          [&completed](std::error_code, auto) { ++completed; });
    }
    dns::check_dns_wildcard(lab->loop, "a.test", lab->wildcard(),
                            [&completed](std::error_code, bool) { ++completed; });
    lab->loop.poll();
    const auto survivor = lab->resolver();  // a handle may outlive its loop
    CHECK(lab->server.wait_for_queries(100));
    lab.reset();
    CHECK(completed == 0);
}

TEST_CASE("run() returns as soon as the last caller has its answer", "[dns][lookup]") {
    dns_lab lab;
    lab.server.host("a.test", {"127.0.0.2"}).on("silent.test", dns_reply().silent());
    outcome given_up, answered;
    start(lab, "silent.test", lab.options().timeout(10ms), given_up);
    lab.loop.run();
    start(lab, "a.test", lab.options(), answered);
    const auto began = std::chrono::steady_clock::now();
    lab.loop.restart();
    lab.loop.run();
    CHECK(answered.ec == std::error_code());
    CHECK(std::chrono::steady_clock::now() - began < 4s);  // c-ares waits for the silent one for 5
}
