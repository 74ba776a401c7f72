#include <dragline/dns/resolve.hpp>

#include <catch2/catch_test_macros.hpp>

#include "../lab.hpp"

#include <set>
#include <string>

namespace dns = dragline::dns;
using namespace dragline::test;
using namespace std::chrono_literals;
using dns::errc;
using dragline::testing::dns_query;
using dragline::testing::dns_reply;

namespace {

std::tuple<std::error_code, bool> check(dns_lab& lab, std::string_view domain,
                                        dns::wildcard_options options) {
    return lab.run(dragline::check_dns_wildcard(lab.loop, domain, std::move(options), no_throw));
}
std::tuple<std::error_code, bool> check(dns_lab& lab, std::string_view domain) {
    return check(lab, domain, lab.wildcard());
}

using verdict = std::tuple<std::error_code, bool>;
const verdict yes{std::error_code(), true};
const verdict no{std::error_code(), false};
const verdict unknown{errc::inconclusive, false};

}  // namespace

TEST_CASE("a wildcard of any kind of record is found", "[dns][wildcard]") {
    dns_lab lab;
    lab.server.host("*.a.test", {"127.0.0.2"})
        .host("*.aaaa.test", {"::1"})
        .alias("*.cname.test", "somewhere.test")
        .alias("*.chain.test", "x.a.test");
    CHECK(check(lab, "a.test") == yes);
    CHECK(check(lab, "aaaa.test") == yes);
    CHECK(check(lab, "cname.test") == yes);  // an alias is an answer, even one that leads nowhere
    CHECK(check(lab, "chain.test") == yes);
}

TEST_CASE("without a wildcard every probe is denied", "[dns][wildcard]") {
    dns_lab lab;
    lab.server.host("plain.test", {"127.0.0.2"}).host("www.plain.test", {"127.0.0.2"});
    CHECK(check(lab, "plain.test") == no);
    lab.server.on("*.nodata.test", dns_reply(dns::rcode::no_error));
    CHECK(check(lab, "nodata.test") == no);
}

TEST_CASE("a timeout in a wildcard probe yields unknown, not false", "[dns][wildcard][seed_7]") {
    dns_lab lab;
    const auto fast = dns::wildcard_options().query(lab.options().try_timeout(30ms).tries(1));
    lab.server.on("*.all.test", dns_reply().silent());
    CHECK(check(lab, "all.test", fast) == unknown);
    lab.server.on("*.some.test", dns::record_type::aaaa, dns_reply().silent());
    CHECK(check(lab, "some.test", fast) == unknown);
    const auto impatient = dns::wildcard_options().query(lab.options().timeout(40ms));
    CHECK(check(lab, "all.test", impatient) == unknown);
}

TEST_CASE("SERVFAIL and REFUSED prove nothing about a wildcard", "[dns][wildcard]") {
    dns_lab lab;
    lab.server.on("*.servfail.test", dns_reply(dns::rcode::server_failure))
        .on("*.refused.test", dns::record_type::cname, dns_reply(dns::rcode::refused));
    CHECK(check(lab, "servfail.test") == unknown);
    CHECK(check(lab, "refused.test") == unknown);
    const auto nobody = dns::wildcard_options().query(dns::query_options().add_server("127.0.0.1:1"));
    CHECK(check(lab, "a.test", nobody) == unknown);
}

TEST_CASE("one answer proves a wildcard, whatever the other probes came to", "[dns][wildcard]") {
    dns_lab lab;
    lab.server.on("*.half.test", dns::record_type::a, dns_reply(dns::rcode::server_failure))
        .on("*.half.test", dns::record_type::cname, dns_reply().silent())
        .on("*.half.test", dns::record_type::aaaa, dns_reply().answer(dns::record_type::aaaa, {"::1"}));
    CHECK(check(lab, "half.test") == yes);
}

TEST_CASE("the probes are random, of the number that is asked for, and not kept", "[dns][wildcard]") {
    dns_lab lab;
    CHECK(check(lab, "plain.test", lab.wildcard().probes(5)) == no);
    CHECK(check(lab, "plain.test", lab.wildcard().probes(5)) == no);
    std::set<std::string> names;
    for (const auto& query : lab.server.queries()) names.insert(query.name());
    CHECK(names.size() == 10);
    CHECK(lab.server.query_count() == 30);
    for (const auto& name : names) {
        CHECK(name.ends_with(".plain.test"));
        CHECK(name.find('.') >= 12);
        CHECK(name.find('.') <= 24);
    }
    CHECK(lab.run([](dns::resolver r) -> asio::awaitable<std::size_t> {
        co_return r.statistics().stored;
    }(lab.resolver())) == 0);
}

TEST_CASE("a domain that no probe fits into, or is no name, is an error of the call", "[dns][wildcard]") {
    dns_lab lab;
    std::string domain;
    while (domain.size() < 228) domain += domain.size() % 50 == 49 ? '.' : 'a';
    CHECK(check(lab, domain) == no);
    CHECK(check(lab, domain + 'a') == verdict{errc::name_too_long, false});
    CHECK(check(lab, "") == verdict{errc::empty_name, false});
    CHECK(check(lab, "a..b") == verdict{errc::empty_label, false});
    CHECK(check(lab, "a.test", lab.wildcard().probes(0)) == verdict{dragline::errc::invalid_option, false});
}
