// What of the options a server gets to see.
#include <dragline/dns/query.hpp>

#include <catch2/catch_test_macros.hpp>

#include "lab.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <string>
#include <vector>

namespace dns = dragline::dns;
using namespace dragline::test;
using namespace std::chrono_literals;
using dns::errc;
using dns::record_type;
using dragline::testing::dns_reply;
using dragline::testing::dns_transport;

TEST_CASE("the flags and sizes of the options stand in the query", "[dns][options]") {
    dns_lab lab;
    lab.server.host("a.test", {"192.0.2.1"});
    const auto seen = [&lab](const dns::query_options& with) {
        CHECK_FALSE(lab.error("a.test", with));
        return lab.server.queries().back();
    };
    const auto usual = seen(lab.options().bypass_cache(true)).message;
    CHECK(usual.recursion_desired);
    CHECK_FALSE(usual.checking_disabled);
    REQUIRE(usual.extension);
    CHECK(usual.extension->udp_size == 1232);
    CHECK_FALSE(usual.extension->dnssec_ok);

    const auto other = seen(lab.options()
                                .bypass_cache(true)
                                .dnssec_ok(true)
                                .checking_disabled(true)
                                .recursion_desired(false)
                                .udp_size(4096))
                           .message;
    CHECK_FALSE(other.recursion_desired);
    CHECK(other.checking_disabled);
    REQUIRE(other.extension);
    CHECK(other.extension->udp_size == 4096);
    CHECK(other.extension->dnssec_ok);

    CHECK_FALSE(seen(lab.options().bypass_cache(true).udp_size(0)).message.extension);
    CHECK(lab.server.query_count(dns_transport::tcp) == 0);
    CHECK(seen(lab.options().bypass_cache(true).tcp_only(true)).transport == dns_transport::tcp);
}

TEST_CASE("sizes and rates that cannot be are refused", "[dns][options]") {
    const auto bad = make_error_code(dragline::errc::invalid_option);
    const auto options = [] { return dns::query_options(); };
    CHECK_FALSE(options().udp_size(0).problem());
    CHECK(options().udp_size(511).problem() == bad);
    CHECK_FALSE(options().udp_size(512).problem());
    CHECK_FALSE(options().udp_size(4096).problem());
    CHECK(options().udp_size(4097).problem() == bad);
    CHECK(options().udp_size(0).dnssec_ok(true).problem() == bad);
    CHECK(options().queries_per_second(0).problem() == bad);
    CHECK(options().queries_per_second(-1).problem() == bad);
    CHECK_FALSE(options().queries_per_second(0.1).problem());
    CHECK(options().cache(dns::cache_options().refresh_ahead(51)).problem() == bad);
    CHECK(options().cache(dns::cache_options().max_stale(-1s)).problem() == bad);
    CHECK_FALSE(options().cache(dns::cache_options().refresh_ahead(50)).problem());
    CHECK_FALSE(options().ndots(15).problem());
    CHECK(options().ndots(16).problem() == bad);
    CHECK(options().search({"ok.test", "n o"}).problem() == bad);
}

TEST_CASE("answers to queries of different forms are not mixed", "[dns][options]") {
    dns_lab lab;
    lab.server.host("a.test", {"192.0.2.1"});
    CHECK_FALSE(lab.error("a.test"));
    CHECK_FALSE(lab.error("a.test", lab.options().dnssec_ok(true)));
    CHECK(lab.server.query_count() == 2);
    CHECK_FALSE(lab.error("a.test", lab.options().dnssec_ok(true)));
    CHECK_FALSE(lab.error("a.test", lab.options().tcp_only(true)));  // the same answer, however it travels
    CHECK(lab.server.query_count() == 2);
}

TEST_CASE("look-ups begin with one server after the other when they rotate", "[dns][options]") {
    dns_lab lab;
    dragline::testing::dns_server second;
    lab.server.host("*.test", {"192.0.2.1"});
    second.host("*.test", {"192.0.2.1"});
    auto both = lab.options().add_server(second.to_string());
    for (int i = 0; i < 4; ++i) CHECK_FALSE(lab.error("plain" + std::to_string(i) + ".test", both));
    CHECK(lab.server.query_count() == 4);
    both.rotate(true);
    for (int i = 0; i < 4; ++i) CHECK_FALSE(lab.error("round" + std::to_string(i) + ".test", both));
    CHECK(lab.server.query_count() == 6);
    CHECK(second.query_count() == 2);
}

TEST_CASE("without retry_elsewhere every try goes to one server", "[dns][options]") {
    dns_lab lab;
    dragline::testing::dns_server second;
    lab.server.on_query(dns_reply().silent());
    second.host("*.test", {"192.0.2.1"});
    const auto both = lab.options().add_server(second.to_string()).try_timeout(20ms).tries(3);
    CHECK(lab.error("a.test", dns::query_options(both).retry_elsewhere(false)) ==
          dragline::condition::timeout);
    CHECK(lab.server.query_count() == 3);
    CHECK(second.query_count() == 0);
    CHECK_FALSE(lab.error("b.test", both));
}

TEST_CASE("only servers of the family that is asked for are asked", "[dns][options]") {
    dns_lab lab;
    const auto at6 = lab.server.listen(asio::ip::address_v6::loopback());
    lab.server.host("a.test", {"192.0.2.1"});
    const auto both = lab.options().add_server("[::1]:" + std::to_string(at6.port())).bypass_cache(true);
    const auto from = [&](dns::address_family family) {
        CHECK_FALSE(lab.error("a.test", dns::query_options(both).transport_family(family)));
        return lab.server.queries().back().peer_address;
    };
    CHECK(from(dns::address_family::v4).starts_with("127."));
    CHECK(from(dns::address_family::v6).starts_with("[::1]"));
}
