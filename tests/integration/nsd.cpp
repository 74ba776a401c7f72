// Looking names up in zones that nsd serves.
#include <dragline/dns.hpp>

#include "../support/run.hpp"
#include "nsd_server.hpp"

#include <dragline/async/event_loop.hpp>
#include <dragline/async/for_each.hpp>
#include <dragline/testing/manual_clock.hpp>

#include <asio/ip/address.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <system_error>
#include <tuple>
#include <vector>

using namespace std::chrono_literals;
using asio::ip::make_address;
using dragline::as_tuple;
using dragline::condition;
using dragline::phase;
using dragline::phase_of;
using dragline::dns::answer_source;
using dragline::dns::errc;
using dragline::dns::lookup_trace;
using dragline::dns::query_options;
using dragline::dns::wildcard_options;
using dragline::test::nsd_plan;
using dragline::test::run_to_end;
using dragline::test::server_plan;
using dragline::test::server_process;
using dragline::test::start_of_zone;

namespace dns = dragline::dns;

namespace {

using texts = std::vector<std::string>;

std::string zone() {
    std::string text = start_of_zone + R"(
ns          A      127.0.0.1
one         A      192.0.2.1
two         A      192.0.2.1
two         A      192.0.2.2
six         AAAA   2001:db8::6
both        A      192.0.2.3
both        AAAA   2001:db8::3
words       TXT    "no address here"
brief   30  A      192.0.2.30
zero     0  A      192.0.2.31
alias       CNAME  alias2
alias2  20  CNAME  both
dangling    CNAME  nowhere
circle      CNAME  circle2
circle2     CNAME  circle
*.wild      A      192.0.2.99
made.wild   A      192.0.2.98
*.wild6     AAAA   2001:db8::99
*.aliases   CNAME  one
*.broken    CNAME  nowhere
*.words     TXT    "not what the check asks for, but the names exist"
deep.a.b    A      192.0.2.5
)";
    for (int i = 0; i < 200; ++i) text += "big A 198.51.100." + std::to_string(i + 1) + '\n';
    for (int i = 0; i <= 17; ++i) {
        text += "chain" + std::to_string(i) + " CNAME chain" + std::to_string(i + 1) + '\n';
    }
    return text + "chain18 A 192.0.2.7\n";
}

server_plan plan_of_zones() {
    return nsd_plan({
        {"test.", zone()},
        {"example.", start_of_zone + "one A 192.0.2.77\n"},
        {"2.0.192.in-addr.arpa.", start_of_zone + "1 PTR one.test.\n2 PTR two.test.\n2 PTR also.two.test.\n"},
        {"8.b.d.0.1.0.0.2.ip6.arpa.",
         start_of_zone + "6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 PTR six.test.\n"},
        {"unloaded.", ""},  // a zone without its file: SERVFAIL
    });
}

// nsd, a loop whose time stands still until the test moves it, and a resolver that asks only this nsd.
struct nsd_lab {
    server_process nsd{plan_of_zones()};
    dragline::testing::manual_clock time;
    dragline::event_loop loop{dragline::event_loop_options().time(time)};
    query_options options =
        query_options().add_server("127.0.0.1:" + std::to_string(nsd.port())).hosts_file(false);
    dns::resolver resolver{loop, options};
    lookup_trace trace;

    template <class Address>
    static texts sorted(const std::vector<Address>& addresses) {
        texts out;
        for (const auto& each : addresses) out.push_back(each.to_string());
        std::sort(out.begin(), out.end());
        return out;
    }

    struct outcome {
        std::error_code ec;
        texts values;
    };
    outcome v4(std::string name, query_options with = {}) {
        with.trace(&trace);
        auto token = as_tuple(asio::use_awaitable);
        const auto [ec, found] = run_to_end(loop, resolve_host(resolver, name, with, token));
        return {ec, sorted(found)};
    }
    outcome v6(std::string name) {
        auto token = as_tuple(asio::use_awaitable);
        const auto [ec, found] = run_to_end(loop, resolve_host6(resolver, name, token));
        return {ec, sorted(found)};
    }
    outcome names(const std::string& address) {
        auto token = as_tuple(asio::use_awaitable);
        auto [ec, found] = run_to_end(loop, reverse_resolve(resolver, make_address(address), token));
        std::sort(found.begin(), found.end());
        return {ec, found};
    }
    std::pair<std::error_code, bool> wildcard(std::string domain) {
        auto token = as_tuple(asio::use_awaitable);
        const auto [ec, found] = run_to_end(loop, check_dns_wildcard(resolver, domain, token));
        return {ec, found};
    }
};

}  // namespace

TEST_CASE("nsd tells addresses of both families, names of addresses and what there is not",
          "[integration][nsd]") {
    nsd_lab lab;
    CHECK(lab.v4("one.test").values == texts{"192.0.2.1"});
    CHECK(lab.v4("ONE.Test.").values == texts{"192.0.2.1"});
    CHECK(lab.v4("two.test").values == texts{"192.0.2.1", "192.0.2.2"});
    CHECK(lab.v6("six.test").values == texts{"2001:db8::6"});
    CHECK(lab.v4("both.test").values == texts{"192.0.2.3"});
    CHECK(lab.v6("both.test").values == texts{"2001:db8::3"});
    CHECK(lab.v4("one.example").values == texts{"192.0.2.77"});

    CHECK(lab.v6("one.test").ec == errc::no_data);
    CHECK(lab.v4("six.test").ec == errc::no_data);
    CHECK(lab.v4("words.test").ec == errc::no_data);
    CHECK(lab.v4("a.b.test").ec == errc::no_data);  // exists only as a part of deep.a.b.test
    CHECK(lab.v4("nothing.test").ec == errc::name_not_found);
    CHECK(lab.v6("nothing.test").ec == errc::name_not_found);
    CHECK(lab.v4("elsewhere.invalid").ec == errc::refused);  // no zone of this server
    CHECK(lab.v4("www.unloaded").ec == errc::server_failure);
    for (const auto& ec : {lab.v4("six.test").ec, lab.v4("nothing.test").ec, lab.v4("www.unloaded").ec}) {
        CHECK(ec == condition::resolve_failed);
        CHECK(phase_of(ec) == phase::resolve);
    }
}

TEST_CASE("a PTR look-up at nsd gives every name, for IPv4 and for IPv6", "[integration][nsd]") {
    nsd_lab lab;
    CHECK(lab.names("192.0.2.1").values == texts{"one.test"});
    CHECK(lab.names("192.0.2.2").values == texts{"also.two.test", "two.test"});
    CHECK(lab.names("2001:db8::6").values == texts{"six.test"});
    CHECK(lab.names("::ffff:192.0.2.1").values == texts{"one.test"});
    CHECK(lab.names("192.0.2.9").ec == errc::name_not_found);
    CHECK(lab.names("2001:db8::7").ec == errc::name_not_found);
    CHECK(lab.names("198.51.100.1").ec == errc::refused);
}

TEST_CASE("aliases at nsd are followed to their end, wherever that is", "[integration][nsd]") {
    nsd_lab lab;
    CHECK(lab.v4("alias.test").values == texts{"192.0.2.3"});
    CHECK(lab.v6("alias.test").values == texts{"2001:db8::3"});
    CHECK(lab.v4("dangling.test").ec == errc::name_not_found);
    CHECK(lab.v4("circle.test").ec == errc::cname_loop);
    CHECK(lab.v4("chain2.test").values == texts{"192.0.2.7"});  // 16 aliases
    CHECK(lab.v4("chain1.test").ec == errc::cname_loop);        // 17
}

TEST_CASE("an answer of nsd that is too large for UDP comes over TCP", "[integration][nsd]") {
    nsd_lab lab;
    const auto found = lab.v4("big.test");
    INFO(found.ec.message());
    CHECK(found.values.size() == 200);
    CHECK(std::count(found.values.begin(), found.values.end(), "198.51.100.200") == 1);
    CHECK(lab.v4("one.test").values == texts{"192.0.2.1"});
}

TEST_CASE("the cache keeps what nsd says for as long as nsd says", "[integration][nsd]") {
    nsd_lab lab;
    const auto source = [&](const std::string& name) {
        lab.v4(name);
        return lab.trace.source;
    };
    const struct {
        const char* name;
        std::chrono::seconds lifetime;
    } cases[] = {
        {"one.test", 300s},    {"brief.test", 30s},  {"alias.test", 20s},  // the shortest of the chain
        {"nothing.test", 60s},                                             // the minimum of the SOA
        {"six.test", 60s},     {"www.unloaded", 5s},                       // SERVFAIL
    };
    for (const auto& each : cases) {
        INFO(each.name);
        CHECK(source(each.name) != answer_source::cache);
        CHECK(source(each.name) == answer_source::cache);
        lab.time.advance(each.lifetime - 1ms);
        CHECK(source(each.name) == answer_source::cache);
        lab.time.advance(1ms);
        CHECK(source(each.name) != answer_source::cache);
    }
    CHECK(source("zero.test") != answer_source::cache);
    CHECK(source("zero.test") != answer_source::cache);
    CHECK(source("one.invalid") != answer_source::cache);  // REFUSED
    CHECK(source("one.invalid") != answer_source::cache);
}

TEST_CASE("wildcards of nsd are found, by address and by alias, and their absence is", "[integration][nsd]") {
    nsd_lab lab;
    CHECK(lab.v4("anything.wild.test").values == texts{"192.0.2.99"});
    CHECK(lab.v4("made.wild.test").values == texts{"192.0.2.98"});
    for (const auto* domain : {"wild.test", "wild6.test", "aliases.test", "broken.test", "WILD.test."}) {
        INFO(domain);
        CHECK(lab.wildcard(domain) == std::pair(std::error_code(), true));
    }
    for (const auto* domain : {"test", "one.test", "made.wild.test", "nothing.test", "words.test"}) {
        INFO(domain);
        CHECK(lab.wildcard(domain) == std::pair(std::error_code(), false));
    }
    CHECK(lab.wildcard("elsewhere.invalid").first == errc::inconclusive);  // REFUSED
    CHECK(lab.wildcard("unloaded").first == errc::inconclusive);           // SERVFAIL
}

TEST_CASE("the server of a call's options is asked, also where the loop has others", "[integration][nsd]") {
    server_process nsd(plan_of_zones());
    dragline::event_loop loop;
    const auto place = "127.0.0.1:" + std::to_string(nsd.port());
    const auto all = [](std::string server) -> asio::awaitable<void> {
        const auto here = query_options().add_server(server);
        const auto four = co_await dragline::resolve_host("both.test", here);
        CHECK(four == dns::address_list_v4{asio::ip::make_address_v4("192.0.2.3")});
        const auto six = co_await dragline::resolve_host6("both.test", here);
        CHECK(six == dns::address_list_v6{asio::ip::make_address_v6("2001:db8::3")});
        const auto names = co_await dragline::reverse_resolve(make_address("192.0.2.1"), here);
        CHECK(names == dns::name_list{"one.test"});
        // Named first: GCC 12 evaluates a co_await inside CHECK twice.
        const bool wild = co_await dragline::check_dns_wildcard("wild.test", wildcard_options().query(here));
        CHECK(wild);
        const bool tame =
            co_await dragline::check_dns_wildcard("test", wildcard_options().query(here).probes(1));
        CHECK_FALSE(tame);
    };
    run_to_end(loop, all(place));
}

TEST_CASE("a dead server before nsd costs one try", "[integration][nsd]") {
    nsd_lab lab;
    const auto dead = dragline::test::free_ports(1).front();
    auto both = query_options().add_server("127.0.0.1:" + std::to_string(dead));
    both.add_server("127.0.0.1:" + std::to_string(lab.nsd.port()));
    CHECK(lab.v4("one.test", both).values == texts{"192.0.2.1"});
    REQUIRE(lab.trace.attempts.size() == 2);
    CHECK(lab.trace.attempts[0].error == errc::servers_unreachable);
    CHECK_FALSE(lab.trace.attempts[1].error);
    CHECK(lab.trace.attempts[1].server == "127.0.0.1:" + std::to_string(lab.nsd.port()));
}

TEST_CASE("nsd answers a thousand look-ups, 100 at a time", "[integration][nsd]") {
    nsd_lab lab;
    const auto all = [](nsd_lab& in) -> asio::awaitable<std::size_t> {
        const auto one = [&](std::size_t i) {
            return resolve_host(in.resolver, "n" + std::to_string(i) + ".wild.test");
        };
        const auto results = co_await dragline::for_each_limited(in.loop, std::size_t{1000}, 100, one);
        std::size_t right = 0;
        for (const auto& result : results) {
            if (result && nsd_lab::sorted(result.value()) == texts{"192.0.2.99"}) ++right;
        }
        co_return right;
    };
    CHECK(run_to_end(lab.loop, all(lab)) == 1000);
}
