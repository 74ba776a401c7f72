#include <dragline/dns/resolv_conf.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

namespace dns = dragline::dns;
using names = std::vector<std::string>;

TEST_CASE("resolv.conf names the servers of the system", "[dns][resolv_conf]") {
    const auto found = dns::parse_resolv_conf(
        "# comment\n"
        "search example.org\n"
        "nameserver 192.0.2.1\r\n"
        "nameserver\t2001:db8::1 # the second\n"
        "nameserver 192.0.2.1\n"
        "nameserver dns.example\n"
        "nameserver\n"
        "nameservers 192.0.2.9\n"
        " nameserver 192.0.2.9\n"
        "options timeout:1\n"
        "nameserver 127.0.0.1:5353");
    REQUIRE(found.servers.size() == 3);
    CHECK(found.servers[0].to_string() == "192.0.2.1:53");
    CHECK(found.servers[1].to_string() == "[2001:db8::1]:53");
    CHECK(found.servers[2].to_string() == "127.0.0.1:5353");
    CHECK(dns::parse_resolv_conf("") == dns::resolv_conf());
}

TEST_CASE("the last line of search or domain counts", "[dns][resolv_conf]") {
    CHECK(dns::parse_resolv_conf("search a.test B.test.\n").search == names{"a.test", "b.test"});
    CHECK(dns::parse_resolv_conf("search a.test\ndomain c.test\n").search == names{"c.test"});
    CHECK(dns::parse_resolv_conf("domain c.test\nsearch\n").search.empty());
    CHECK(dns::parse_resolv_conf("search good.test b@d . other.test ; no\n").search ==
          names{"good.test", "other.test"});
}

TEST_CASE("ndots stands among the options", "[dns][resolv_conf]") {
    CHECK(dns::parse_resolv_conf("").ndots == 1);
    CHECK(dns::parse_resolv_conf("options rotate ndots:5 edns0\n").ndots == 5);
    CHECK(dns::parse_resolv_conf("options ndots:15\n").ndots == 15);
    CHECK(dns::parse_resolv_conf("options ndots:16\n").ndots == 15);
    CHECK(dns::parse_resolv_conf("options ndots:x ndots:-1 ndots:\n").ndots == 1);
}

TEST_CASE("no more is taken from resolv.conf than the limits", "[dns][resolv_conf]") {
    std::string text = "search";
    for (int i = 0; i <= 32; ++i) text += " s" + std::to_string(i) + ".test";
    text += '\n';
    for (int i = 1; i <= 17; ++i) text += "nameserver 192.0.2." + std::to_string(i) + "\n";
    const auto found = dns::parse_resolv_conf(text);
    CHECK(found.servers.size() == dns::max_system_servers);
    CHECK(dns::max_system_servers == 16);
    CHECK(found.search.size() == dns::max_search_suffixes);
    CHECK(dns::max_search_suffixes == 32);
}
