// Names that are looked up under suffixes.
#include <dragline/dns/resolve.hpp>

#include <catch2/catch_test_macros.hpp>

#include "lab.hpp"
#include "temporary_file.hpp"

#include <string>

namespace dns = dragline::dns;
using namespace dragline::test;
using namespace std::chrono_literals;
using dns::errc;
using dragline::testing::dns_reply;

namespace {

list asked(const dns_lab& lab) {
    list names;
    for (const auto& each : lab.server.queries()) names.push_back(each.name());
    return names;
}

}  // namespace

TEST_CASE("names are not searched for unless that is asked for", "[dns][search]") {
    dns_lab lab;
    CHECK(lab.error("host") == errc::name_not_found);
    CHECK(asked(lab) == list{"host"});
}

TEST_CASE("a name with few dots is tried under each suffix, then as it stands", "[dns][search]") {
    dns_lab lab;
    const auto with = lab.options().search({"a.test", "b.test"});
    CHECK(lab.error("host", with) == errc::name_not_found);
    CHECK(asked(lab) == list{"host.a.test", "host.b.test", "host"});
    lab.server.clear_queries();
    CHECK(lab.error("host.b", with) == errc::name_not_found);
    CHECK(asked(lab) == list{"host.b", "host.b.a.test", "host.b.b.test"});
    lab.server.clear_queries();
    CHECK(lab.error("x.y", dns::query_options(with).ndots(2)) == errc::name_not_found);
    CHECK(asked(lab) == list{"x.y.a.test", "x.y.b.test", "x.y"});
    lab.server.clear_queries();
    CHECK(lab.error("absolute.", with) == errc::name_not_found);
    CHECK(asked(lab) == list{"absolute"});
}

TEST_CASE("the search ends with the first name that has addresses", "[dns][search]") {
    dns_lab lab;
    lab.server.empty("host.a.test").host("host.b.test", {"192.0.2.1"}).host("host", {"192.0.2.9"});
    const auto [ec, found] = lab.resolve("host", lab.options().search({"a.test", "b.test"}));
    CHECK_FALSE(ec);
    CHECK(texts(found) == list{"192.0.2.1"});
}

TEST_CASE("that one name has no data tells more than that others do not exist", "[dns][search]") {
    dns_lab lab;
    lab.server.empty("host.a.test");
    CHECK(lab.error("host", lab.options().search({"a.test", "b.test"})) == errc::no_data);
}

TEST_CASE("the search does not go on past a failure, nor past the deadline", "[dns][search]") {
    dns_lab lab;
    lab.server.on("host.a.test", dns_reply(dns::rcode::server_failure)).host("host.b.test", {"192.0.2.1"});
    const auto with = lab.options().search({"a.test", "b.test"});
    CHECK(lab.error("host", with) == errc::server_failure);
    lab.server.on("slow.a.test", dns_reply().silent());
    CHECK(lab.error("slow", dns::query_options(with).timeout(30ms)) == dragline::condition::timeout);
    CHECK(lab.server.query_count("slow.b.test") == 0);
}

TEST_CASE("the system says where to search", "[dns][search]") {
    dns_lab lab;
    temporary_file conf("nameserver 192.0.2.1\nsearch sys.test\noptions ndots:2\n");
    lab.server.host("a.b.sys.test", {"192.0.2.1"});
    const auto with = lab.options().resolv_conf(conf.path()).system_search(true);
    CHECK_FALSE(lab.error("a.b", with));
    CHECK(asked(lab) == list{"a.b.sys.test"});
}

TEST_CASE("addresses and the names of the hosts file need no search", "[dns][search]") {
    dns_lab lab;
    const auto with = lab.options().search({"a.test"});
    CHECK_FALSE(lab.error("192.0.2.1", with));
    CHECK_FALSE(lab.error("localhost", with));
    CHECK(lab.server.query_count() == 0);
}
