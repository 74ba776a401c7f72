#include <dragline/net/address_policy.hpp>

#include "../support/tcp_peer.hpp"

#include <dragline/net/connect.hpp>
#include <dragline/net/error.hpp>
#include <dragline/testing/dns_server.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using dragline::condition;
using dragline::connect_options;
using dragline::net::address_policy;
using dragline::net::connect_trace;
using dragline::net::endpoint;
using dragline::net::errc;
using dragline::test::kept_completion;
using dragline::test::run_until;
using dragline::testing::dns_reply;
using dragline::testing::dns_server;

namespace dns = dragline::dns;
namespace net = dragline::net;

namespace {

const std::vector<std::string> public_addresses = {
    "1.1.1.1",         "8.8.8.8",         "9.255.255.255",   "11.0.0.0",         "100.63.255.255",
    "100.128.0.0",     "126.255.255.255", "128.0.0.0",       "169.253.255.255",  "169.255.0.0",
    "172.15.255.255",  "172.32.0.0",      "191.255.255.255", "192.0.1.0",        "192.0.3.0",
    "192.88.98.255",   "192.88.100.0",    "192.167.255.255", "192.169.0.0",      "198.17.255.255",
    "198.20.0.0",      "198.51.99.255",   "198.51.101.0",    "203.0.112.255",    "203.0.114.0",
    "223.255.255.255", "168.63.129.15",   "2001:200::1",     "2606:4700::1111",  "2a00:1450::1",
    "2003::1",         "3ffe:ffff::1",    "3fff:1000::1",    "64:ff9b::8.8.8.8", "2001:db7:ffff::1",
    "2001:db9::1",     "2000::",          "3fff:ffff::1"};

const std::vector<std::string> special_addresses = {
    // this network, private, of carriers
    "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0",
    "192.168.255.255", "100.64.0.0", "100.127.255.255",
    // loopback, link-local and the metadata of clouds
    "127.0.0.1", "127.255.255.255", "169.254.0.1", "169.254.169.254", "100.100.100.200", "192.0.0.192",
    "168.63.129.16",
    // documentation, relays of 6to4, benchmarks, multicast, reserved, broadcast
    "192.0.2.1", "198.51.100.255", "203.0.113.0", "192.88.99.1", "198.18.0.0", "198.19.255.255", "224.0.0.1",
    "239.255.255.255", "240.0.0.1", "255.255.255.255",
    // unspecified, loopback, compatible, mapped, translated
    "::", "::1", "::2", "::8.8.8.8", "::127.0.0.1", "::ffff:8.8.8.8", "::ffff:127.0.0.1",
    "::ffff:0:127.0.0.1",
    // NAT64, that of a network's own, discard, Teredo and IETF protocols
    "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::8.8.8.8", "100::1", "100:0:0:1::1",
    "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:1ff::1",
    // documentation, 6to4, segment routing, not allocated
    "2001:db8::1", "3fff::1", "3fff:fff::1", "2002:808:808::1", "2002:7f00:1::1", "5f00::1", "4000::1",
    "1fff:ffff::1",
    // unique local with metadata, link-local, with a scope too, site-local, multicast, ISATAP
    "fc00::1", "fd00:ec2::254", "fdff:ffff::1", "fe80::1", "febf:ffff::1", "fe80::1%1", "fec0::1", "ff02::1",
    "ff0e::1", "2606:4700::5efe:10.0.0.1", "2606:4700::200:5efe:127.0.0.1"};

std::error_code judged(const address_policy& policy, const std::string& address, std::uint16_t port = 80) {
    return policy.judge(asio::ip::make_address(address), port);
}

bool allows(const address_policy& policy, const std::string& address, std::uint16_t port = 80) {
    return !judged(policy, address, port);
}

dns::resolver policy_resolver(dragline::event_loop& loop, const dns_server& server) {
    return dns::resolver(loop, dns::query_options().add_server(server.to_string()).hosts_file(false));
}

template <class Where>
std::error_code policed(dragline::event_loop& loop, Where&& where, const endpoint& target,
                        const connect_options& options) {
    kept_completion<net::stream> opened;
    dragline::open_connection(where, target, options, opened);
    run_until(loop, [&] { return opened.done(); });
    return opened.ec();
}

// The first family that is refused ends it: the other need not have answered.
void check_nothing_dialled(const connect_trace& trace, std::size_t least, std::size_t most) {
    CHECK(trace.dials.size() >= least);
    CHECK(trace.dials.size() <= most);
    for (const auto& each : trace.dials) CHECK(each.ec == errc::address_blocked);
}

}  // namespace

TEST_CASE("a policy allows everything until it is told otherwise", "[net][address_policy]") {
    for (const auto* list : {&public_addresses, &special_addresses}) {
        for (const auto& each : *list) CHECK(allows(address_policy(), each));
    }
    CHECK(!address_policy().judge(endpoint::local_socket("/run/a")));
    CHECK(address_policy() == address_policy());
}

TEST_CASE("public_only allows the public internet, and none of the special networks",
          "[net][address_policy]") {
    const auto policy = address_policy::public_only();
    for (const auto& each : public_addresses) {
        CAPTURE(each);
        CHECK(allows(policy, each));
    }
    for (const auto& each : special_addresses) {
        CAPTURE(each);
        CHECK(judged(policy, each) == errc::address_blocked);
        CHECK(judged(policy, each) == condition::blocked);
    }
    CHECK(policy.judge(endpoint::local_socket("/run/a")) == errc::address_blocked);
    CHECK(!address_policy::public_only().local_sockets(true).judge(endpoint::local_socket("/run/a")));
    CHECK(address_policy().local_sockets(false).judge(endpoint::local_socket("/run/a")));
}

TEST_CASE("the smallest range of the lists decides, in whatever order they come", "[net][address_policy]") {
    const auto ordered = address_policy().deny("10.0.0.0/8").allow("10.1.0.0/16").deny("10.1.2.3");
    const auto turned = address_policy().deny("10.1.2.3").allow("10.1.0.0/16").deny("10.0.0.0/8");
    for (const auto& policy : {ordered, turned}) {
        CHECK(!allows(policy, "10.0.0.1"));
        CHECK(allows(policy, "10.1.0.0"));
        CHECK(allows(policy, "10.1.255.255"));
        CHECK(!allows(policy, "10.2.0.0"));
        CHECK(!allows(policy, "10.1.2.3"));
        CHECK(allows(policy, "11.0.0.0"));
    }
    CHECK(ordered == turned);
    CHECK(!allows(address_policy().allow("10.0.0.1").deny("10.0.0.1"), "10.0.0.1"));
    CHECK(!allows(address_policy().deny("10.0.0.1").allow("10.0.0.1"), "10.0.0.1"));
}

TEST_CASE("lists are exceptions to the base, and may be all there is", "[net][address_policy]") {
    const auto inner = address_policy::public_only().allow("10.1.0.0/16").deny("8.8.8.8");
    CHECK(allows(inner, "10.1.2.3"));
    CHECK(!allows(inner, "10.2.0.0"));
    CHECK(!allows(inner, "8.8.8.8"));
    const auto only = address_policy::listed_only().allow("192.0.2.5-192.0.2.7").allow("2001:db8::/32");
    CHECK(!allows(only, "192.0.2.4"));
    CHECK(allows(only, "192.0.2.5"));
    CHECK(allows(only, "192.0.2.7"));
    CHECK(!allows(only, "192.0.2.8"));
    CHECK(allows(only, "2001:db8:ffff::1"));
    CHECK(!allows(only, "2001:db9::1"));
    CHECK(!allows(only, "8.8.8.8"));
}

TEST_CASE("an IPv4 address inside an IPv6 one is judged too", "[net][address_policy]") {
    const auto policy = address_policy().deny("10.0.0.0/8");
    for (const std::string inside :
         {"::ffff:10.0.0.1", "::10.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::10.0.0.1",
          "64:ff9b:1:a00:0:100::", "64:ff9b:1:aa0a:0:1::", "64:ff9b:1:0:a:0:100::", "2002:a00:1::1",
          "2001:0:a00:1::1", "2001:0:808:808::f5ff:fffe", "2a00::5efe:10.0.0.1"}) {
        CAPTURE(inside);
        const auto outer = asio::ip::make_address(inside);
        CHECK(policy.judge(outer, 80) == errc::address_blocked);
        CHECK(!address_policy().deny("11.0.0.0/8").judge(outer, 80));
    }
    CHECK(!allows(address_policy::public_only().allow("64:ff9b:1::/48"), "64:ff9b:1::10.0.0.1"));
    CHECK(allows(address_policy::public_only().allow("::ffff:0:0/96"), "::ffff:8.8.8.8"));
}

TEST_CASE("whole families, single bits and no bits are networks too", "[net][address_policy]") {
    const auto v4 = address_policy().deny("0.0.0.0/0");
    CHECK(!allows(v4, "255.255.255.255"));
    CHECK(allows(v4, "2606:4700::1"));
    const auto v6 = address_policy().deny("::/0");
    CHECK(!allows(v6, "ffff:ffff::ffff"));
    CHECK(allows(v6, "8.8.8.8"));
    CHECK(!allows(address_policy().deny("128.0.0.0/1"), "128.0.0.0"));
    CHECK(allows(address_policy().deny("128.0.0.0/1"), "127.255.255.255"));
    CHECK(!allows(address_policy().deny("2001:db8::1/128"), "2001:db8::1"));
    CHECK(allows(address_policy().deny("2001:db8::1/128"), "2001:db8::2"));
    CHECK(!allows(address_policy().deny("2001:db8:0:0:8000::/65"), "2001:db8::8000:0:0:1"));
    CHECK(allows(address_policy().deny("2001:db8:0:0:8000::/65"), "2001:db8::7fff:0:0:1"));
}

TEST_CASE("a policy within another one only forbids more", "[net][address_policy]") {
    const auto outer = address_policy::public_only().allow("10.1.0.0/16").deny_port(25);
    const auto both = address_policy().deny("8.8.8.8").within(outer);
    CHECK(allows(both, "1.1.1.1"));
    CHECK(allows(both, "10.1.2.3"));
    CHECK(!allows(both, "8.8.8.8"));
    CHECK(!allows(both, "127.0.0.1"));
    CHECK(!allows(both, "1.1.1.1", 25));
    CHECK(!allows(address_policy().allow("127.0.0.1").within(outer), "127.0.0.1"));
    CHECK(!allows(address_policy::listed_only().within(outer), "1.1.1.1"));
    CHECK(both.judge(endpoint("a.test", 25)) == errc::address_blocked);
    CHECK(!both.judge(endpoint("a.test", 80)));
    for (const auto* host : {"localhost", "127.1", "8.8.2056"})
        CHECK(both.judge(endpoint(host, 80)) == errc::address_blocked);
    CHECK(both.judge(endpoint::local_socket("/run/a")) == errc::address_blocked);
    CHECK(address_policy().local_sockets(true).within(outer).judge(endpoint::local_socket("/run/a")));

    CHECK(address_policy().within(address_policy()).allows_all());
    CHECK(both == address_policy().deny("8.8.8.8").within(outer));
    CHECK(both != address_policy().deny("8.8.8.8"));
    CHECK(address_policy().within(address_policy().deny("rubbish")).error() ==
          dragline::errc::invalid_option);
    auto changed = outer;
    const auto kept = address_policy().within(changed);
    changed.allow("127.0.0.0/8");
    CHECK(!allows(kept, "127.0.0.1"));
    changed.within(changed);
    CHECK(allows(changed, "127.0.0.1"));
    int asked = 0;
    const auto counted = address_policy()
                             .check([&](const asio::ip::address&, std::uint16_t) { return ++asked > 0; })
                             .within(outer);
    CHECK(!allows(counted, "127.0.0.1"));
    CHECK(asked == 0);
    CHECK(allows(counted, "1.1.1.1"));
    CHECK(asked == 1);

    CHECK(address_policy().partial_answers());
    CHECK(!both.partial_answers());
    CHECK(!address_policy().partial_answers(true).within(outer).partial_answers());
    CHECK(address_policy()
              .partial_answers(true)
              .within(address_policy(outer).partial_answers(true))
              .partial_answers());
    CHECK(address_policy(outer).partial_answers(true) != outer);
}

TEST_CASE("text that names no addresses allows nothing any more", "[net][address_policy]") {
    using namespace std::string_literals;
    for (const std::string& text : {""s,
                                    "a"s,
                                    "localhost"s,
                                    "10.0.0.0/33"s,
                                    "10.0.0.0/"s,
                                    "10.0.0.0/-1"s,
                                    "10.0.0.0/ 8"s,
                                    " 10.0.0.0/8"s,
                                    "10.0.0.1/8"s,
                                    "2001:db8::1/64"s,
                                    "::/129"s,
                                    "10.0.0.9-10.0.0.5"s,
                                    "10.0.0.1-::1"s,
                                    "10.0.0.1-"s,
                                    "-"s,
                                    "/8"s,
                                    "fe80::1%lo"s,
                                    "fe80::1%1"s,
                                    "10.0.0.1\0.example"s,
                                    "[::1]"s,
                                    "10.0.0"s,
                                    "1.2.3.4.5"s}) {
        CAPTURE(text);
        const auto policy = address_policy().allow(text);
        CHECK(policy.error() == dragline::errc::invalid_option);
        CHECK(judged(policy, "8.8.8.8") == dragline::errc::invalid_option);
        CHECK(policy.judge(endpoint("a.test", 80)) == dragline::errc::invalid_option);
        CHECK(address_policy().deny(text).error() == dragline::errc::invalid_option);
    }
    CHECK(address_policy().allow_ports(2, 1).error() == dragline::errc::invalid_option);
    CHECK(!address_policy::public_only().allow("10.0.0.0/8").error());
}

TEST_CASE("ports can be listed, and a copy that is changed leaves its origin alone",
          "[net][address_policy]") {
    const auto web = address_policy().allow_port(443).allow_ports(8000, 8010).deny_port(8005);
    CHECK(allows(web, "8.8.8.8", 443));
    CHECK(allows(web, "8.8.8.8", 8000));
    CHECK(allows(web, "8.8.8.8", 8010));
    for (const int port : {0, 80, 442, 7999, 8005, 8011}) {
        CHECK(!allows(web, "8.8.8.8", static_cast<std::uint16_t>(port)));
        CHECK(web.judge(endpoint("a.test", static_cast<std::uint16_t>(port))) == errc::address_blocked);
    }
    auto copy = web;
    copy.allow_port(80);
    CHECK(allows(copy, "8.8.8.8", 80));
    CHECK(!allows(web, "8.8.8.8", 80));
    CHECK(copy != web);
}

TEST_CASE("a function of the user is asked last, and forbids when it throws", "[net][address_policy]") {
    int asked = 0;
    const auto policy =
        address_policy::public_only().check([&](const asio::ip::address& address, std::uint16_t) {
            ++asked;
            if (address.to_string() == "8.8.4.4") throw std::runtime_error("no");
            return address.to_string() != "8.8.8.8";
        });
    CHECK(!allows(policy, "127.0.0.1"));
    CHECK(asked == 0);
    CHECK(allows(policy, "1.1.1.1"));
    CHECK(judged(policy, "8.8.8.8") == errc::address_blocked);
    CHECK(judged(policy, "8.8.4.4") == dragline::errc::callback_failed);
    CHECK(asked == 3);
    CHECK(policy == address_policy(policy));
}

TEST_CASE("names that others look up are judged as far as they tell an address", "[net][address_policy]") {
    const auto policy = address_policy::public_only();
    for (const std::string host :
         {"localhost", "LOCALHOST", "localhost.", "a.localhost", "127.1", "0x7f.1", "0", "2130706433",
          "017700000001", "127.0.0.1.", "1.2.3.4.5", "a.1", "[::1]", "0x"}) {
        CAPTURE(host);
        CHECK(policy.judge(endpoint(host, 80)) == errc::address_blocked);
    }
    for (const std::string host : {"a.test", "notlocalhost", "8.8.2056", "localhost.example", "1.example"}) {
        CAPTURE(host);
        CHECK(!policy.judge(endpoint(host, 80)));
    }
}

TEST_CASE("nothing that a policy blocks is dialled: a literal", "[net][address_policy]") {
    dragline::event_loop loop;
    for (const auto& each : special_addresses) {
        CAPTURE(each);
        connect_trace trace;
        const auto options = connect_options().address_policy(address_policy::public_only()).trace(&trace);
        CHECK(policed(loop, loop, endpoint(each, 9), options) == errc::address_blocked);
        check_nothing_dialled(trace, 1, 1);
    }
    const auto path = endpoint::local_socket("/nonexistent");
    const auto options = connect_options().address_policy(address_policy::public_only());
    CHECK(policed(loop, loop, path, options) == errc::address_blocked);
    CHECK(policed(loop, loop, endpoint("127.0.0.1", 9),
                  connect_options().address_policy(address_policy().deny("rubbish"))) ==
          dragline::errc::invalid_option);
}

TEST_CASE("nothing that a policy blocks is dialled: an answer of the DNS", "[net][address_policy]") {
    dns_server server;
    server.host("v4.test", {"127.0.0.1", "10.0.0.1", "169.254.169.254"});
    server.host("v6.test", {"::1", "fd00:ec2::254", "::ffff:127.0.0.1"});
    server.host("both.test", {"127.0.0.1", "::1"});
    server.alias("alias.test", "both.test");
    dragline::event_loop loop;
    const auto resolver = policy_resolver(loop, server);
    for (const auto& [name, least, most] : {std::tuple("v4.test", 3u, 3u),
                                            {"v6.test", 3u, 3u},
                                            {"both.test", 1u, 2u},
                                            {"alias.test", 1u, 2u},
                                            {"localhost", 1u, 2u}}) {
        CAPTURE(name);
        connect_trace trace;
        const auto options = connect_options().address_policy(address_policy::public_only()).trace(&trace);
        CHECK(policed(loop, resolver, endpoint(name, 9), options) == errc::address_blocked);
        check_nothing_dialled(trace, least, most);
    }
}

TEST_CASE("of a mixed answer nothing is dialled, or where that is wished only what is allowed",
          "[net][address_policy]") {
    dragline::test::tcp_peer peer;
    dns_server server;
    server.host("mixed.test", {"10.0.0.1", "127.0.0.1", "fd00::1", "::1"});
    dragline::event_loop loop;
    connect_trace trace;
    auto policy = address_policy::public_only().allow("127.0.0.1");
    auto options = connect_options().address_policy(policy).trace(&trace);
    CHECK(policed(loop, policy_resolver(loop, server), endpoint("mixed.test", peer.port()), options) ==
          errc::address_blocked);
    for (const auto& each : trace.dials) CHECK(each.ec == errc::address_blocked);

    trace = connect_trace();
    options.address_policy(policy.partial_answers(true));
    CHECK(!policed(loop, policy_resolver(loop, server), endpoint("mixed.test", peer.port()), options));
    std::size_t dialled = 0;
    for (const auto& each : trace.dials) {
        if (each.ec == errc::address_blocked) continue;
        ++dialled;
        CHECK(each.address == peer.endpoint().address());
    }
    CHECK(dialled == 1);
    CHECK(trace.dials.size() >= 2);
}

TEST_CASE("an answer that changes between look-ups is judged anew", "[net][address_policy]") {
    dragline::test::tcp_peer peer;
    dns_server server;
    std::atomic<int> asked = 0;
    server.on("change.test", dns::record_type::a, [&](const dragline::testing::dns_query&) {
        return dns_reply().answer(dns::record_type::a, {++asked == 1 ? "127.0.0.1" : "127.0.0.2"}, 0s);
    });
    dragline::event_loop loop;
    const auto policy = address_policy::public_only().allow("127.0.0.1");
    const auto resolver = policy_resolver(loop, server);
    const endpoint target("change.test", peer.port());
    CHECK(!policed(loop, resolver, target, connect_options().address_policy(policy)));
    connect_trace trace;
    CHECK(policed(loop, resolver, target, connect_options().address_policy(policy).trace(&trace)) ==
          errc::address_blocked);
    check_nothing_dialled(trace, 1, 1);
    CHECK(asked == 2);
}
