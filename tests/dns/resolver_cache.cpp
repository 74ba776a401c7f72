// The cache as look-ups see it: refreshed before its answers end, and serving after that when no server does.
#include <dragline/dns/resolver.hpp>

#include <catch2/catch_test_macros.hpp>

#include "lab.hpp"
#include "temporary_file.hpp"

#include <string>

namespace dns = dragline::dns;
using namespace dragline::test;
using namespace std::chrono_literals;
using dns::errc;
using dragline::testing::dns_reply;

TEST_CASE("an answer near its end is given at once and asked for again in the background",
          "[dns][resolver]") {
    dns_lab lab;
    lab.server.host("a.test", {"192.0.2.1"}, 100s).host("other.test", {"192.0.2.9"}, 3600s);
    CHECK_FALSE(lab.error("a.test"));
    lab.clock.advance(95s);
    lab.server.host("a.test", {"192.0.2.2"}, 100s);
    const auto [ec, still] = lab.resolve("a.test");  // run() ends with it, before the new answer is here
    CHECK_FALSE(ec);
    CHECK(texts(still) == list{"192.0.2.1"});
    CHECK(lab.server.wait_for_queries(2));
    CHECK_FALSE(lab.error("other.test"));  // while this waits, the new answer is taken in
    lab.clock.advance(50s);
    const auto [later_ec, later] = lab.resolve("a.test");
    CHECK_FALSE(later_ec);
    CHECK(texts(later) == list{"192.0.2.2"});
    CHECK(lab.server.query_count("a.test") == 2);
    CHECK(lab.resolver().statistics().refreshed == 1);
}

TEST_CASE("who asks while an answer is on its way in the background shares it", "[dns][resolver]") {
    dns_lab lab;
    lab.server.host("a.test", {"192.0.2.1"}, 100s);
    CHECK_FALSE(lab.error("a.test"));
    lab.clock.advance(95s);
    lab.server.on("a.test", dns_reply().answer(dns::record_type::a, {"192.0.2.2"}).delay(50ms));
    CHECK_FALSE(lab.error("a.test"));  // starts it
    lab.clock.advance(10s);            // what was known has ended
    dns::lookup_trace trace;
    const auto [ec, found] = lab.resolve("a.test", lab.options().trace(&trace));
    CHECK_FALSE(ec);
    CHECK(texts(found) == list{"192.0.2.2"});
    CHECK(trace.shared);
    CHECK(lab.server.query_count("a.test") == 2);
}

TEST_CASE("a refresh that is lost is made up for by who asks next", "[dns][resolver]") {
    dns_lab lab;
    lab.server.host("a.test", {"192.0.2.1"}, 100s);
    CHECK_FALSE(lab.error("a.test"));
    lab.clock.advance(95s);
    lab.server.on("a.test", std::vector<dns_reply>{dns_reply().silent(), dns_reply()});
    CHECK_FALSE(lab.error("a.test"));
    lab.clock.advance(10s);
    CHECK_FALSE(lab.error("a.test", lab.options().try_timeout(50ms)));
}

TEST_CASE("a loop may end while it refreshes", "[dns][resolver]") {
    dns_lab lab;
    lab.server.host("a.test", {"192.0.2.1"}, 100s);
    CHECK_FALSE(lab.error("a.test"));
    lab.clock.advance(95s);
    lab.server.on("a.test", dns_reply().silent());
    CHECK_FALSE(lab.error("a.test"));
    lab.resolver().reconfigure();  // its transport goes first
}

TEST_CASE("an answer that has ended serves when the servers fail (RFC 8767)", "[dns][resolver]") {
    dns_lab lab;
    const auto stale = lab.options().cache(dns::cache_options().max_stale(1h).stale_after(50ms));
    lab.server.host("a.test", {"192.0.2.1"}, 60s);
    CHECK_FALSE(lab.error("a.test", stale));
    lab.clock.advance(61s);
    lab.server.on("a.test", dns_reply(dns::rcode::server_failure));
    dns::lookup_trace trace;
    const dns::resolver resolver(lab.loop, dns::query_options(stale).trace(&trace));
    const auto found = lab.run(resolver.lookup("a.test", dns::address_family::v4)).value();
    CHECK(texts(found.addresses) == list{"192.0.2.1"});
    CHECK(found.ttl == 30);
    CHECK(trace.stale);
    CHECK(trace.source == dns::answer_source::cache);
    const auto asked = lab.server.query_count("a.test");
    CHECK_FALSE(lab.error("a.test", stale));
    CHECK(lab.server.query_count("a.test") == asked);  // for 30 s

    lab.clock.advance(31s);
    lab.server.on("a.test", dns_reply().silent());
    const auto [ec, slow] = lab.resolve("a.test", stale);  // long before the servers' time is up
    CHECK_FALSE(ec);
    CHECK(texts(slow) == list{"192.0.2.1"});

    lab.clock.advance(1h);
    lab.server.on("a.test", dns_reply(dns::rcode::server_failure));
    CHECK(lab.error("a.test", stale) == errc::server_failure);
}

TEST_CASE("what a server denies is believed, however much is known from before", "[dns][resolver]") {
    dns_lab lab;
    const auto stale = lab.options().cache(dns::cache_options().max_stale(1h));
    lab.server.host("a.test", {"192.0.2.1"}, 60s);
    CHECK_FALSE(lab.error("a.test", stale));
    lab.clock.advance(61s);
    lab.server.on("a.test", dns_reply(dns::rcode::name_not_found));
    CHECK(lab.error("a.test", stale) == errc::name_not_found);
}

TEST_CASE("after a change of network everything is found out anew", "[dns][resolver]") {
    dns_lab lab;
    dragline::testing::dns_server elsewhere;
    lab.server.host("a.test", {"192.0.2.1"});
    elsewhere.host("a.test", {"192.0.2.2"});
    temporary_file conf("nameserver " + lab.server.to_string() + "\n");
    temporary_file hosts("192.0.2.7 here.test\n");
    const auto with = dns::query_options().resolv_conf(conf.path()).hosts_path(hosts.path());
    CHECK(texts(std::get<1>(lab.resolve("a.test", with))) == list{"192.0.2.1"});
    CHECK(texts(std::get<1>(lab.resolve("here.test", with))) == list{"192.0.2.7"});
    conf.write("nameserver " + elsewhere.to_string() + "\n");
    hosts.write("192.0.2.8 here.test\n");
    lab.resolver().reconfigure();
    CHECK(texts(std::get<1>(lab.resolve("a.test", with))) == list{"192.0.2.2"});
    CHECK(texts(std::get<1>(lab.resolve("here.test", with))) == list{"192.0.2.8"});
}

TEST_CASE("look-ups that keep different things have different caches", "[dns][resolver]") {
    dns_lab lab;
    lab.server.host("a.test", {"192.0.2.1"});
    const auto nothing = lab.options().cache(dns::cache_options().max_entries(0));
    CHECK_FALSE(lab.error("a.test"));
    CHECK_FALSE(lab.error("a.test", nothing));
    CHECK_FALSE(lab.error("a.test", nothing));
    CHECK(lab.server.query_count() == 3);
}
