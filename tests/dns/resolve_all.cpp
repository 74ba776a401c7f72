#include <dragline/dns/resolve_all.hpp>

#include <catch2/catch_test_macros.hpp>

#include "lab.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace dns = dragline::dns;
using namespace dragline::test;
using namespace std::chrono_literals;
using dns::errc;
using dns::record_type;
using dragline::condition;
using dragline::testing::dns_reply;

namespace {

struct all_lab : dns_lab {
    std::pair<std::error_code, dns::address_list> all(std::string_view name) { return all(name, options()); }
    std::pair<std::error_code, dns::address_list> all(std::string_view name, dns::query_options with) {
        auto [ec, found] = run(dns::resolve_all(loop, name, std::move(with), no_throw));
        return {ec, std::move(found)};
    }
    dns::query_options as_received() const { return options().order(dns::address_order::as_received); }
};

}  // namespace

TEST_CASE("resolve_all gives the addresses of both families", "[dns][resolve_all]") {
    all_lab lab;
    lab.server.host("both.test", {"192.0.2.2", "192.0.2.1", "2001:db8::2", "2001:db8::1"}, 60s)
        .alias("www.test", "both.test", 20s);
    const auto [ec, found] = lab.all("both.test", lab.as_received());
    CHECK_FALSE(ec);
    CHECK(texts(found.addresses) == list{"2001:db8::2", "2001:db8::1", "192.0.2.2", "192.0.2.1"});
    CHECK(found.ttl == 60);
    const auto [www_ec, www] = lab.all("www.test", lab.as_received());
    CHECK_FALSE(www_ec);
    CHECK(www.canonical_name == "both.test");
    CHECK(www.ttl == 20);
}

TEST_CASE("resolve_all puts first what this machine reaches best", "[dns][resolve_all]") {
    all_lab lab;
    lab.server.host("near.test", {"127.0.0.1"}).answer("near.test", record_type::aaaa, {"3fff::1"});
    const auto [ec, found] = lab.all("near.test");
    CHECK_FALSE(ec);
    REQUIRE(found.addresses.size() == 2);
    CHECK(found.addresses[0].to_string() == "127.0.0.1");  // the smaller scope, and a source of its own
}

TEST_CASE("one family that fails is no error while the other has addresses", "[dns][resolve_all]") {
    all_lab lab;
    lab.server.host("four.test", {"192.0.2.1"}).host("six.test", {"2001:db8::1"}).empty("none.test");
    CHECK(texts(lab.all("four.test").second.addresses) == list{"192.0.2.1"});
    CHECK(texts(lab.all("six.test").second.addresses) == list{"2001:db8::1"});
    CHECK(lab.all("none.test").first == errc::no_data);
    CHECK(lab.all("gone.test").first == errc::name_not_found);

    lab.server.host("mute.test", {"192.0.2.1"}).on("mute.test", record_type::aaaa, dns_reply().silent());
    const auto quick = lab.options().try_timeout(20ms).tries(1);
    const auto [ec, found] = lab.all("mute.test", quick);
    CHECK_FALSE(ec);
    CHECK(found.addresses.size() == 1);

    lab.server.empty("half.test").on("half.test", record_type::aaaa, dns_reply().silent());
    CHECK(lab.all("half.test", quick).first == condition::timeout);  // there might be some
}

TEST_CASE("resolve_all knows addresses and localhost without asking", "[dns][resolve_all]") {
    all_lab lab;
    CHECK(texts(lab.all("192.0.2.7").second.addresses) == list{"192.0.2.7"});
    CHECK(texts(lab.all("2001:db8::7").second.addresses) == list{"2001:db8::7"});
    CHECK(texts(lab.all("localhost", lab.as_received()).second.addresses) == list{"::1", "127.0.0.1"});
    CHECK(lab.server.query_count() == 0);
}

TEST_CASE("resolve_all searches for both families under one suffix", "[dns][resolve_all]") {
    all_lab lab;
    lab.server.host("host.b.test", {"192.0.2.1", "2001:db8::1"});
    const auto found = lab.all("host", lab.as_received().search({"a.test", "b.test"}));
    CHECK_FALSE(found.first);
    CHECK(texts(found.second.addresses) == list{"2001:db8::1", "192.0.2.1"});
    CHECK(found.second.canonical_name == "host.b.test");
}
