#include <dragline/dns/resolve_records.hpp>

#include <catch2/catch_test_macros.hpp>

#include "lab.hpp"

#include <system_error>
#include <tuple>

namespace dns = dragline::dns;
using namespace dragline::test;
using dns::errc;
using dns::record_type;

TEST_CASE("resolve_mx gives the exchange to be used first", "[dns][resolve_records]") {
    dns_lab lab;
    lab.server.answer("a.test", record_type::mx, {"20 second.test", "10 first.test", "20 third.test"})
        .answer("none.test", record_type::mx, {"0 ."});
    const auto found = lab.run(dns::resolve_mx(lab.loop, "a.test", lab.options()));
    REQUIRE(found.size() == 3);
    CHECK(found[0] == dns::mx_record(10, "first.test"));
    CHECK(found[1].exchange == "second.test");
    CHECK(found[2].exchange == "third.test");
    CHECK(lab.run(dns::resolve_mx(lab.loop, "none.test", lab.options())).at(0) == dns::mx_record(0, "."));
}

TEST_CASE("the records of each type are typed values", "[dns][resolve_records]") {
    dns_lab lab;
    lab.server.answer("a.test", record_type::txt, {"v=spf1 -all"})
        .answer("a.test", record_type::ns, {"ns1.test", "ns2.test"})
        .alias("www.test", "a.test");
    const auto at = lab.resolver();
    CHECK(lab.run(dns::resolve_txt(at, "a.test")).at(0).strings.at(0) == "v=spf1 -all");
    CHECK(lab.run(dns::resolve_txt(at, "www.test")).at(0).strings.at(0) == "v=spf1 -all");
    CHECK(lab.run(dns::resolve_ns(at, "a.test")).size() == 2);
    CHECK(lab.run(dns::resolve_cname(at, "www.test")).at(0).name == "a.test");
}

TEST_CASE("what has a priority or an order comes by it", "[dns][resolve_records]") {
    dns_lab lab;
    lab.server.answer("_sip._tcp.test", record_type::srv, {"20 0 5060 b.test", "10 5 5061 a.test"})
        .answer("a.test", record_type::https, {"2 . alpn=h2", "1 svc.test alpn=h3"})
        .answer("a.test", record_type::naptr,
                {"100 20 \"s\" \"SIP+D2U\" \"\" _sip._udp.test",
                 "100 10 \"s\" \"SIPS+D2T\" \"\" _sips._tcp.test"})
        .answer("a.test", record_type::caa, {"0 issue \"ca.test\""});
    const auto at = lab.resolver();
    const auto services = lab.run(dns::resolve_srv(at, "_sip._tcp.test"));
    REQUIRE(services.size() == 2);
    CHECK(services[0].target == "a.test");
    CHECK(services[0].port == 5061);
    CHECK(lab.run(dns::resolve_https(at, "a.test")).at(0).target == "svc.test");
    CHECK(lab.run(dns::resolve_naptr(at, "a.test")).at(0).preference == 10);
    CHECK(lab.run(dns::resolve_caa(at, "a.test")).at(0).value == "ca.test");
}

TEST_CASE("what a name lacks is an error, as for addresses", "[dns][resolve_records]") {
    dns_lab lab;
    lab.server.host("a.test", {"192.0.2.1"});
    const auto failing = [&lab](std::string_view name) {
        return std::get<0>(lab.run(dns::resolve_mx(lab.loop, name, lab.options(), no_throw)));
    };
    CHECK(failing("a.test") == errc::no_data);
    CHECK(failing("gone.test") == errc::name_not_found);
    CHECK(failing("192.0.2.1") == errc::invalid_name);
    CHECK(failing("") == errc::empty_name);
}
