#include <dragline/dns/address_order.hpp>

#include <asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace dns = dragline::dns;
using asio::ip::make_address;
using asio::ip::make_network_v6;

namespace {

dns::destination to(const char* address, const char* source = nullptr) {
    dns::destination out(make_address(address));
    if (source) out.source = make_address(source);
    return out;
}

using order = std::vector<dns::destination>;

order ordered(order list, std::span<const dns::prefix_policy> policies = dns::default_prefix_policies()) {
    dns::order_destinations(list, policies);
    return list;
}

/// A rule decides, so it decides in both orders of receipt.
bool prefers(const dns::destination& better, const dns::destination& worse,
             std::span<const dns::prefix_policy> policies = dns::default_prefix_policies()) {
    const order expected{better, worse};
    return ordered({better, worse}, policies) == expected && ordered({worse, better}, policies) == expected;
}

/// No rule decides, so both orders of receipt stay.
bool keeps(const dns::destination& one, const dns::destination& other,
           std::span<const dns::prefix_policy> policies = dns::default_prefix_policies()) {
    return ordered({one, other}, policies) == order{one, other} &&
           ordered({other, one}, policies) == order{other, one};
}

std::vector<dns::prefix_policy> with_precedence(const char* prefix, std::uint16_t precedence) {
    const auto standard = dns::default_prefix_policies();
    std::vector<dns::prefix_policy> out(standard.begin(), standard.end());
    for (auto& policy : out) {
        if (policy.prefix == make_network_v6(prefix)) policy.precedence = precedence;
    }
    return out;
}

std::vector<asio::ip::address> addresses(std::initializer_list<const char*> texts) {
    std::vector<asio::ip::address> out;
    for (const char* text : texts) out.push_back(make_address(text));
    return out;
}

// UDP without SO_BROADCAST is refused there, with a network and without one.
const char* const nowhere = "255.255.255.255";

}  // namespace

TEST_CASE("orders the examples of RFC 6724, 10.2", "[dns][address_order]") {
    // Prefer matching scope.
    CHECK(prefers(to("2001:db8:1::1", "2001:db8:1::2"), to("198.51.100.121", "169.254.13.78")));
    CHECK(prefers(to("198.51.100.121", "198.51.100.117"), to("2001:db8:1::1", "fe80::1")));
    // Prefer higher precedence.
    CHECK(prefers(to("2001:db8:1::1", "2001:db8:1::2"), to("10.1.2.3", "10.1.2.4")));
    // Prefer smaller scope.
    CHECK(prefers(to("fe80::1", "fe80::2"), to("2001:db8:1::1", "2001:db8:1::2")));
    // Prefer home addresses, avoid deprecated ones: not known here.
    // Longest matching prefix.
    CHECK(prefers(to("2001:db8:1::1", "2001:db8:1::2"), to("2001:db8:3ffe::1", "2001:db8:3f44::2")));
    // Prefer matching label.
    CHECK(prefers(to("2002:c633:6401::1", "2002:c633:6401::2"), to("2001:db8:1::1", "2002:c633:6401::2")));
    // Prefer higher precedence.
    CHECK(prefers(to("2001:db8:1::1", "2001:db8:1::2"), to("2002:c633:6401::1", "2002:c633:6401::2")));
}

TEST_CASE("orders the examples of RFC 6724, 10.3, with a table that prefers IPv4", "[dns][address_order]") {
    const auto table = with_precedence("::ffff:0:0/96", 100);
    CHECK(prefers(to("2001:db8::1", "2001:db8::2"), to("198.51.100.121", "169.254.13.78"), table));
    CHECK(prefers(to("198.51.100.121", "198.51.100.117"), to("2001:db8::1", "fe80::1"), table));
    CHECK(prefers(to("10.1.2.3", "10.1.2.4"), to("2001:db8::1", "2001:db8::2"), table));
}

TEST_CASE("what cannot be reached comes last, as received", "[dns][address_order]") {
    CHECK(prefers(to("192.0.2.1", "192.0.2.2"), to("2001:db8::1")));
    CHECK(prefers(to("2001:db8::1", "fe80::1"), to("2001:db8::1")));
    CHECK(keeps(to("192.0.2.1"), to("2001:db8::1")));
    CHECK(ordered({to("192.0.2.1"), to("::1"), to("192.0.2.2", "192.0.2.9"), to("fe80::1")}) ==
          order{to("192.0.2.2", "192.0.2.9"), to("192.0.2.1"), to("::1"), to("fe80::1")});
}

TEST_CASE("rules come in their order", "[dns][address_order]") {
    // Scope before label and precedence.
    CHECK(prefers(to("3ffe::1", "2001:db8::2"), to("::1", "2001:db8::2")));
    // Label before precedence and smaller scope.
    CHECK(prefers(to("fd00::1", "fd00::2"), to("2001:db8::1", "fd00::2")));
    // Precedence before smaller scope and before prefixes.
    CHECK(prefers(to("2001:db8::1", "2001:db8:8000::2"), to("fec0::1", "fec0::1")));
    // Smaller scope before prefixes.
    CHECK(prefers(to("fe80::1", "fe80:8000::2"), to("2001:db8::1", "2001:db8::2")));
}

TEST_CASE("scopes are those of RFC 6724, 3", "[dns][address_order]") {
    // With the right one each is preferred to a global address that is reached from a link.
    const auto mismatched = to("2001:db8::1", "fe80::9");
    CHECK(prefers(to("::1", "::1"), mismatched));
    CHECK(prefers(to("127.0.0.1", "127.0.0.1"), mismatched));
    CHECK(prefers(to("169.254.1.1", "169.254.1.2"), mismatched));
    CHECK(prefers(to("10.0.0.1", "192.0.2.1"), mismatched));  // private addresses are global
    CHECK(prefers(to("fec0::1", "fec0::2"), mismatched));
    CHECK(prefers(to("fd00::1", "2001:db8::2"), mismatched));  // and so are unique local ones
    CHECK(prefers(to("ff02::1", "fe80::2"), mismatched));
    CHECK(prefers(to("ff0e::1", "2001:db8::2"), mismatched));
    CHECK(prefers(to("ff02::1", "fe80::2"), to("ff05::1", "fec0::2")));
}

TEST_CASE("IPv4 addresses keep the order of the server, whatever prefix they share", "[dns][address_order]") {
    CHECK(keeps(to("192.0.2.1", "192.0.2.2"), to("203.0.113.1", "192.0.2.2")));
    CHECK(keeps(to("10.0.0.1", "10.0.0.2"), to("192.168.0.1", "10.0.0.2")));
}

TEST_CASE("prefixes are compared up to the interface", "[dns][address_order]") {
    CHECK(keeps(to("2001:db8::1", "2001:db8::1"), to("2001:db8::ffff:ffff:ffff:ffff", "2001:db8::1")));
    CHECK(prefers(to("2001:db8::1", "2001:db8::2"), to("2001:db8:0:1::2", "2001:db8::2")));
}

TEST_CASE("mapped addresses are IPv4 addresses", "[dns][address_order]") {
    CHECK(prefers(to("2001:db8::1", "2001:db8::2"), to("::ffff:192.0.2.1", "192.0.2.9")));
    CHECK(keeps(to("::ffff:192.0.2.1", "192.0.2.9"), to("192.0.2.1", "::ffff:192.0.2.9")));
    CHECK(keeps(to("::ffff:192.0.2.1", "192.0.2.9"), to("::ffff:203.0.113.1", "192.0.2.9")));
    CHECK(prefers(to("::ffff:127.0.0.1", "127.0.0.1"), to("192.0.2.1", "192.0.2.9")));
}

TEST_CASE("equal destinations stay as received, and so do one and none", "[dns][address_order]") {
    CHECK(ordered({}) == order{});
    CHECK(ordered({to("192.0.2.1")}) == order{to("192.0.2.1")});
    order many;
    for (int i = 255; i >= 0; --i) {
        many.push_back(to(("192.0.2." + std::to_string(i)).c_str(), "192.0.2.9"));
        many.push_back(to(("2001:db8::" + std::to_string(i)).c_str(), "2001:db8::9"));
    }
    order expected = many;
    std::stable_partition(expected.begin(), expected.end(),
                          [](const auto& each) { return each.address.is_v6(); });
    CHECK(ordered(many) == expected);
    CHECK(ordered(expected) == expected);
}

TEST_CASE("a table that ranks both families alike leaves their turns alone", "[dns][address_order]") {
    const auto table = with_precedence("::ffff:0:0/96", 40);
    const auto far = to("2001:db8:8000::1", "2001:db8::9");
    const auto near = to("2001:db8::1", "2001:db8::9");
    const auto v4 = to("192.0.2.1", "192.0.2.9");
    CHECK(keeps(near, v4, table));
    CHECK(ordered({far, v4, near}, table) == order{near, v4, far});
    CHECK(ordered({v4, far, near}, table) == order{v4, near, far});
}

TEST_CASE("the longest prefix of the table decides; without one precedence is 0", "[dns][address_order]") {
    const auto a = to("2001:db8:a::1", "2001:db8:a::9");
    const auto b = to("2001:db8:b::1", "2001:db8:b::9");
    std::vector<dns::prefix_policy> table{{make_network_v6("2001:db8::/32"), 90, 1},
                                          {make_network_v6("2001:db8:a::/48"), 10, 1}};
    CHECK(prefers(b, a, table));
    CHECK(prefers(a, to("2002::1", "2002::1"), table));
    std::swap(table[0], table[1]);
    CHECK(prefers(b, a, table));
    table.emplace_back(make_network_v6("2001:db8:a::1/128"), 91, 1);
    CHECK(prefers(a, b, table));
    CHECK(keeps(to("2002::1", "2002::1"), to("192.0.2.1", "192.0.2.1"), table));
}

TEST_CASE("finds the source that the system would choose", "[dns][address_order]") {
    asio::io_context loop;
    const auto source = [&](const char* text) {
        return dns::find_source_address(loop.get_executor(), make_address(text));
    };
    CHECK(source("127.0.0.1") == make_address("127.0.0.1"));
    CHECK(source("::ffff:127.0.0.1") == make_address("127.0.0.1"));
    CHECK(source(nowhere) == std::nullopt);
    if (const auto v6 = source("::1")) CHECK(*v6 == make_address("::1"));
    CHECK(loop.run() == 0);
}

TEST_CASE("orders addresses by what this machine can reach", "[dns][address_order]") {
    asio::io_context loop;
    const auto by_system = [&](std::vector<asio::ip::address> list) {
        return dns::order_addresses(loop.get_executor(), std::move(list));
    };
    CHECK(by_system({}).empty());
    CHECK(by_system(addresses({nowhere})) == addresses({nowhere}));
    CHECK(by_system(addresses({nowhere, "127.0.0.2", "::ffff:127.0.0.1"})) ==
          addresses({"127.0.0.2", "::ffff:127.0.0.1", nowhere}));
    const bool has_v6 = dns::find_source_address(loop.get_executor(), make_address("::1")).has_value();
    CHECK(by_system(addresses({nowhere, "127.0.0.1", "::1"})) ==
          (has_v6 ? addresses({"::1", "127.0.0.1", nowhere}) : addresses({"127.0.0.1", nowhere, "::1"})));
}

TEST_CASE("looks at addresses up to the limit; the rest follow as received", "[dns][address_order]") {
    asio::io_context loop;
    auto list = addresses({nowhere});
    for (std::size_t i = 1; i < dns::max_ordered_addresses; ++i) {
        list.push_back(make_address("127.0.0." + std::to_string(i)));
    }
    auto at_limit = dns::order_addresses(loop.get_executor(), list);
    std::rotate(list.begin(), list.begin() + 1, list.end());
    CHECK(at_limit == list);

    std::rotate(list.begin(), list.end() - 1, list.end());
    list.push_back(make_address("127.0.1.1"));
    const auto past_limit = dns::order_addresses(loop.get_executor(), list);
    at_limit.push_back(make_address("127.0.1.1"));
    CHECK(past_limit == at_limit);
}

TEST_CASE("a table of the caller orders addresses, too", "[dns][address_order]") {
    asio::io_context loop;
    if (!dns::find_source_address(loop.get_executor(), make_address("::1"))) SKIP("no IPv6 here");
    CHECK(dns::order_addresses(loop.get_executor(), addresses({"::1", "127.0.0.1"}),
                               with_precedence("::ffff:0:0/96", 100)) == addresses({"127.0.0.1", "::1"}));
}
