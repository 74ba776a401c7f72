#include <dragline/dns/lookup_quota.hpp>

#include <catch2/catch_test_macros.hpp>

#include "lab.hpp"

#include <string>
#include <system_error>
#include <vector>

namespace dns = dragline::dns;
using namespace dragline::test;
using namespace std::chrono_literals;
using dns::errc;
using dragline::testing::dns_reply;

TEST_CASE("a scope may cause as many look-ups as its quota says", "[dns][lookup_quota]") {
    dns_lab lab;
    lab.server.host("*.test", {"192.0.2.1"});
    const dns::lookup_quota quota;  // 64, as in the system that this comes from
    const auto with = lab.options().quota(quota);
    for (int i = 0; i < 64; ++i) CHECK_FALSE(lab.error("n" + std::to_string(i) + ".test", with));
    CHECK(lab.error("n64.test", with) == errc::quota_exceeded);
    CHECK(lab.error("n64.test", with) == dragline::condition::limit_exceeded);
    CHECK(quota.used() == 64);
    CHECK(quota.refused() == 2);
    CHECK(lab.server.query_count() == 64);

    CHECK_FALSE(lab.error("n0.test", with));    // known: nobody is asked
    CHECK_FALSE(lab.error("192.0.2.1", with));  // nor here
    CHECK_FALSE(lab.error("n65.test", dns::query_options(with).important(true)));
    CHECK(quota.used() == 65);
    CHECK_FALSE(lab.error("n64.test"));  // another scope
}

TEST_CASE("beyond what may be under way look-ups wait, important ones go first", "[dns][lookup_quota]") {
    dns_lab lab;
    lab.server.host("*.test", {"192.0.2.1"});
    const dns::lookup_quota quota(dns::lookup_quota::no_count, 1);
    const auto with = lab.options().quota(quota);
    std::vector<std::string> order;
    const auto look_up = [&](const std::string& name, bool important) {
        dns::resolve_host(lab.loop, name, dns::query_options(with).important(important),
                          [&order, name](std::error_code ec, const auto&) {
                              CHECK_FALSE(ec);
                              order.push_back(name);
                          });
    };
    look_up("first.test", false);
    look_up("second.test", false);
    look_up("third.test", false);
    look_up("urgent.test", true);
    lab.loop.run();
    CHECK(order == list{"first.test", "urgent.test", "second.test", "third.test"});
    CHECK(quota.under_way() == 0);
    CHECK(quota.waiting() == 0);
}

TEST_CASE("the wait for a place counts in the deadline and can be cancelled", "[dns][lookup_quota]") {
    dns_lab lab;
    lab.server.on_query(dns_reply().silent());
    const dns::lookup_quota quota(64, 1);
    const auto with = lab.options().quota(quota);
    dns::resolve_host(lab.loop, "long.test", dns::query_options(with).try_timeout(200ms).tries(1),
                      [](std::error_code, const auto&) {});
    std::error_code brief;
    dns::resolve_host(lab.loop, "brief.test", dns::query_options(with).timeout(20ms),
                      [&brief](std::error_code ec, const auto&) { brief = ec; });
    lab.loop.run();
    CHECK(brief == dragline::condition::timeout);
    CHECK(lab.server.query_count("brief.test") == 0);
    CHECK(quota.under_way() == 0);
    CHECK(quota.waiting() == 0);
}

TEST_CASE("a server gets no more queries in a second than it may, important ones first",
          "[dns][lookup_quota]") {
    dns_lab lab;
    lab.server.host("*.test", {"192.0.2.1"});
    const auto with = lab.options().queries_per_second(20);  // one at once, the next 50 ms later
    std::vector<std::string> order;
    const auto began = std::chrono::steady_clock::now();
    for (const std::string name : {"one.test", "two.test", "urgent.test"}) {
        dns::resolve_host(lab.loop, name, dns::query_options(with).important(name == "urgent.test"),
                          [&order, name](std::error_code ec, const auto&) {
                              CHECK_FALSE(ec);
                              order.push_back(name);
                          });
    }
    lab.loop.run();
    CHECK(order == list{"one.test", "urgent.test", "two.test"});
    CHECK(std::chrono::steady_clock::now() - began >= 100ms);  // never early
}

TEST_CASE("a look-up that waits for its turn can be given up", "[dns][lookup_quota]") {
    dns_lab lab;
    lab.server.host("*.test", {"192.0.2.1"});
    const auto with = lab.options().queries_per_second(0.01);
    CHECK_FALSE(lab.error("one.test", with));
    CHECK(lab.error("two.test", dns::query_options(with).timeout(20ms)) == dragline::condition::timeout);
    CHECK(lab.server.query_count() == 1);
}
